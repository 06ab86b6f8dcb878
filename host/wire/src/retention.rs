//! How long finished tasks are kept.

use crate::endpoint::{Json, endpoint};
use crate::page::{NamespacePageQuery, Page};
use crate::reason::OnlyReason;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;
use tasker_domain::retention::Retention;

/// How long a namespace keeps its finished tasks, or all that have no rule of their own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RetentionRule {
    /// `*` for all that have no rule of their own.
    pub namespace: String,
    /// What it leaves out is kept for ever.
    #[serde(flatten)]
    pub retention: Retention,
    /// `None` if everything is kept for ever.
    pub set_at: Option<DateTime<Utc>>,
    /// `None` if everything is kept for ever.
    pub set_by: Option<String>,
    /// The entity tag of what is set, for `if-match`, without quotation marks; none of what is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// A rule that replaces the one before. The times are from the end of a task, in milliseconds;
/// tasks in a state that is left out are kept for ever.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"complete_ms": 604_800_000_u32})))]
pub struct NewRetention {
    #[serde(default)]
    pub complete_ms: Option<u64>,
    #[serde(default)]
    pub error_ms: Option<u64>,
    #[serde(default)]
    pub cancelled_ms: Option<u64>,
    /// For idempotency keys, from the submit on; left out: as long as their tasks.
    #[serde(default)]
    pub keys_ms: Option<u64>,
    /// Everything is kept, although the rule for all namespaces has times.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_ever: bool,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}

impl NewRetention {
    pub fn new(retention: Retention, reason: String) -> Self {
        Self {
            complete_ms: retention.complete_ms,
            error_ms: retention.error_ms,
            cancelled_ms: retention.cancelled_ms,
            keys_ms: retention.keys_ms,
            for_ever: retention.is_empty(),
            reason,
        }
    }

    pub fn retention(&self) -> Retention {
        Retention {
            complete_ms: self.complete_ms,
            error_ms: self.error_ms,
            cancelled_ms: self.cancelled_ms,
            keys_ms: self.keys_ms,
        }
    }
}

endpoint! {
    /// Lists the rule for all namespaces, then rules by namespace.
    GET "/v1/retention" ListRetention {}
    needs Read in Query;
    query NamespacePageQuery;
    counts items;
    orders Ascending by "namespace";
    answers Page<RetentionRule>;
}

endpoint! {
    /// Replaces the rule for all namespaces that have none of their own.
    PUT "/v1/retention" SetDefaultRetention {}
    needs Operate in AllNamespaces;
    body Json<NewRetention>;
    answers RetentionRule;
    checks if_match;
    refuses Refused "invalid_retention";
}

endpoint! {
    /// Removes the rule for all namespaces, and answers with it.
    DELETE "/v1/retention" RemoveDefaultRetention {}
    needs Operate in AllNamespaces;
    query OnlyReason;
    answers RetentionRule;
    checks if_match;
    refuses NotFound "unknown_retention";
}

endpoint! {
    /// Shows the rule that a namespace goes by: its own, or that for all.
    GET "/v1/namespaces/{namespace}/retention" ShowRetention { namespace: Name }
    needs Read in Path;
    answers RetentionRule;
}

endpoint! {
    /// Replaces the rule of a namespace.
    PUT "/v1/namespaces/{namespace}/retention" SetRetention { namespace: Name }
    needs Operate in Path;
    body Json<NewRetention>;
    answers RetentionRule;
    checks if_match;
    refuses Refused "invalid_retention";
}

endpoint! {
    /// Removes the rule of a namespace, and answers with it.
    DELETE "/v1/namespaces/{namespace}/retention" RemoveRetention { namespace: Name }
    needs Operate in Path;
    query OnlyReason;
    answers RetentionRule;
    checks if_match;
    refuses NotFound "unknown_retention";
}
