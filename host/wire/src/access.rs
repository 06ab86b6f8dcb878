//! Access: what the caller is taken for.

use crate::endpoint::endpoint;
use serde::{Deserialize, Serialize};
use tasker_domain::actor::Actor;
use tasker_domain::permission::Permissions;

/// Who asks, and what they may do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Access {
    /// As the audit log names them.
    pub actor: Actor,
    /// False on a host without authentication.
    pub authentication: bool,
    pub permissions: Permissions,
}

endpoint! {
    /// Shows what the caller is taken for.
    GET "/v1/access" ShowAccess {}
    needs Read in Authenticated;
    answers Access;
}
