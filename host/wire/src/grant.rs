//! Grants: what components may reach.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One grant as it stands. Scope and capability are texts: the host may know more of them than a caller.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grant {
    pub id: i64,
    pub namespace: String,
    /// `*`, `name`, or `other/name` of another namespace.
    pub component: String,
    pub capability: String,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    /// Only in the answer to a grant: false where it stood already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<bool>,
}

/// `POST /v1/namespaces/{namespace}/grants`. Its texts are parsed by the host, which can say more of them
/// than a parser of JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    pub component: String,
    pub capability: String,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}
