//! Rules on limits.

use crate::endpoint::{Json, endpoint};
use crate::page::{NamespacePageQuery, Page};
use crate::reason::OnlyReason;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::limits::{LimitPatch, LimitSettings};
use tasker_domain::name::Name;
use tasker_domain::scope::Scope;

/// An existing rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct LimitRule {
    pub namespace: String,
    /// `*`, `name`, or `other/name` of another namespace.
    pub component: Scope,
    pub limits: LimitSettings,
    /// `None` if it limits nothing.
    pub set_at: Option<DateTime<Utc>>,
    /// `None` if it limits nothing.
    pub set_by: Option<String>,
    /// The entity tag of what is set, for `if-match`, without quotation marks; none of what is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// What changes in a rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"limits": {"memory": "64MiB", "cpu": null}})))]
pub struct LimitChanges {
    /// Limit by limit; null removes.
    pub limits: LimitPatch,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}

endpoint! {
    /// Lists rules by namespace and component.
    GET "/v1/limits" ListLimits {}
    needs Read in Query;
    query NamespacePageQuery;
    counts items;
    orders Ascending by "component";
    answers Page<LimitRule>;
}

endpoint! {
    /// Sets and removes limits of `*`, `name`, or `other~name`, since a slash would end the segment.
    PATCH "/v1/namespaces/{namespace}/limits/{component}"
    ChangeLimits { namespace: Name, component: String }
    needs Operate in Path;
    body Json<LimitChanges>;
    answers LimitRule;
    is idempotent;
    checks if_match;
    refuses Malformed "invalid_requirement", Refused "too_many_limits";
}

endpoint! {
    /// Removes a rule, and answers with it.
    DELETE "/v1/namespaces/{namespace}/limits/{component}"
    RemoveLimits { namespace: Name, component: String }
    needs Operate in Path;
    query OnlyReason;
    answers LimitRule;
    checks if_match;
    refuses Malformed "invalid_requirement", NotFound "unknown_limits";
}
