//! The audit log: who changed what.

use crate::endpoint::{always, endpoint};
use crate::page::Page;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tasker_domain::name::Name;

/// One change that was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AuditEntry {
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

/// Which changes are listed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Without it, all that the caller may see.
    pub namespace: Option<Name>,
    /// Such as `pin component charge`.
    pub subject: Option<String>,
    /// Such as `pin.set`, or its object `pin`.
    pub action: Option<String>,
    /// Only changes older than this one.
    pub before: Option<i64>,
    pub limit: Option<u32>,
}

endpoint! {
    /// Lists changes, the newest first; `next` is the `before` of the next page.
    GET "/v1/audit" ListAudit {}
    needs Read in Query;
    may lag if always;
    query AuditQuery;
    counts items;
    answers Page<AuditEntry>;
    refuses NotFound "unknown_namespace";
}
