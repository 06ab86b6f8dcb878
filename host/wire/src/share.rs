//! Shares: whose components the tasks of other namespaces may run.

use crate::endpoint::{Json, endpoint};
use crate::page::{NamespacePageQuery, Page};
use crate::reason::OnlyReason;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;

/// A component, or all of a namespace, that others may use.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
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
    /// Only in the answer to an addition: false if it stood already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<bool>,
}

/// A share that is to be made. Its texts are parsed by the host, which can say more of them than a parser
/// of JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"component": "charge", "shared_with": "warehouse"})))]
pub struct NewShare {
    pub component: String,
    pub shared_with: String,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}

endpoint! {
    /// Lists the shares that a namespace makes, and those that it has a part in.
    GET "/v1/shares" ListShares {}
    needs Read in Query;
    query NamespacePageQuery;
    counts items;
    orders Ascending by "created_at";
    answers Page<Share>;
}

endpoint! {
    /// Shares a component; an existing share is not changed.
    POST "/v1/namespaces/{namespace}/shares" AddShare { namespace: Name }
    needs Use in Path;
    body Json<NewShare>;
    makes Share;
    is idempotent;
    refuses Malformed "invalid_requirement", Refused "too_many_shares", Unavailable "contention";
}

endpoint! {
    /// Removes a share, and answers with it.
    DELETE "/v1/namespaces/{namespace}/shares/{component}/{shared_with}"
    RemoveShare { namespace: Name, component: String, shared_with: String }
    needs Use in Path;
    query OnlyReason;
    answers Share;
    refuses NotFound "unknown_share", Unavailable "contention";
}
