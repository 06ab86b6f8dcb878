//! Shares: whose components the tasks of other namespaces may run.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A component, or all of a namespace, that others may use.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Share {
    pub id: i64,
    /// Whose components.
    pub namespace: String,
    /// `name`, or `*` for all of them.
    pub component: String,
    /// The namespace that may use them, or `*` for every one.
    pub shared_with: String,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    /// Only in the answer to an addition: false where it stood already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<bool>,
}

/// `POST /v1/namespaces/{namespace}/shares`. Its texts are parsed by the host, which can say more of them
/// than a parser of JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewShare {
    pub component: String,
    pub shared_with: String,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}
