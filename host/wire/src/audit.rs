//! The audit log: who changed what.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One change that was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub actor: String,
    /// Such as `pin.set`.
    pub action: String,
    pub namespace: Option<String>,
    pub subject: String,
    pub reason: String,
    /// What it was, in members that depend on the action.
    pub detail: Option<Value>,
}
