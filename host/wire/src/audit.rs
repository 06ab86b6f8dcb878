//! The audit log: who changed what.

use crate::comma_list;
use crate::endpoint::{always, endpoint};
use crate::page::{Page, paged};
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
    /// In one of these, with commas between them; without it, all that the caller may see.
    #[serde(
        rename = "namespace",
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "comma_list::names"
    )]
    #[cfg_attr(feature = "openapi", schemars(with = "comma_list::NameList"))]
    pub namespaces: Vec<Name>,
    /// Such as `pin component charge`.
    pub subject: Option<String>,
    /// One of these, with commas between them: such as `pin.set`, or its object `pin`.
    #[serde(
        rename = "action",
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "comma_list::names"
    )]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    pub actions: Vec<String>,
    /// Only changes with a lower id than this one.
    pub before: Option<i64>,
    pub after: Option<String>,
    pub limit: Option<u32>,
}

paged!(AuditQuery);

endpoint! {
    /// Lists changes, the newest first.
    GET "/v1/audit" ListAudit {}
    needs Read in Query;
    may lag if always;
    query AuditQuery;
    counts items;
    orders Descending by "at";
    answers Page<AuditEntry>;
    refuses NotFound "unknown_namespace";
}
