//! Sessions of browsers.

use crate::endpoint::endpoint;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A session that has begun. Its cookie comes in a header.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct BegunSession {
    /// When it ends by itself; earlier where its key is revoked or expires.
    pub expires_at: DateTime<Utc>,
}

endpoint! {
    /// Signs a browser in: whoever shows a key or a token in the header `Authorization` gets a cookie that stands for it.
    POST "/v1/session" BeginSession {}
    needs Read in Authenticated;
    makes BegunSession;
}

endpoint! {
    /// Signs a browser out: its cookie ends to count.
    DELETE "/v1/session" EndSession {}
    needs Read in Authenticated;
}
