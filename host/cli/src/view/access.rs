//! Keys, and the record of who changed what.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use tasker_domain::limits::LimitSettings;
use tasker_domain::permission::Permissions;
use tasker_domain::scope::Scope;

/// One change that was made.
#[derive(Debug, Deserialize)]
pub struct Change {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    pub namespace: Option<String>,
    pub subject: String,
    #[serde(default)]
    pub reason: String,
    /// What it was, in members that depend on the action.
    #[serde(default)]
    pub detail: Option<serde_json::Value>,
}

/// An API key without its secret.
#[derive(Debug, Deserialize)]
pub struct Key {
    pub name: String,
    pub prefix: String,
    pub permissions: Permissions,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    pub expires_at: Option<DateTime<Utc>>,
    pub is_expired: bool,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A key that was made just now. It has no debug form, so that it gets into no message.
#[derive(Deserialize)]
pub struct CreatedKey {
    pub key: String,
    #[serde(flatten)]
    pub line: Key,
}

/// What a namespace's rule limits.
#[derive(Debug, Deserialize)]
pub struct Limits {
    pub namespace: String,
    pub component: Scope,
    pub limits: LimitSettings,
    /// None where nothing is limited any more.
    pub set_at: Option<DateTime<Utc>>,
    pub set_by: Option<String>,
}
