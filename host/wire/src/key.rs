//! API keys.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;
use tasker_domain::permission::Permissions;

/// An API key without its secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Key {
    pub name: String,
    /// The key's public part, as in `tk_<prefix>_…`.
    pub prefix: String,
    pub permissions: Permissions,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    pub expires_at: Option<DateTime<Utc>>,
    pub is_expired: bool,
    /// To within a minute or so.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A key that was made just now. It has no debug form, so that it gets into no message.
#[derive(Serialize, Deserialize)]
pub struct CreatedKey {
    /// The key itself, which is shown here and nowhere else.
    pub key: String,
    #[serde(flatten)]
    pub description: Key,
}

/// `POST /v1/keys`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    pub name: Name,
    pub permissions: Permissions,
    /// Seconds from now; without it the key does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<u64>,
}
