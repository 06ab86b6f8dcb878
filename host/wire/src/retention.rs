//! How long finished tasks are kept.

use crate::endpoint::{Json, endpoint};
use crate::page::{NamespacePageQuery, Page};
use crate::reason::OnlyReason;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;
use tasker_domain::retention::Retention;

/// How long a namespace keeps its finished tasks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RetentionRule {
    pub namespace: String,
    /// What it leaves out is kept for ever.
    #[serde(flatten)]
    pub retention: Retention,
    /// `None` if everything is kept for ever.
    pub set_at: Option<DateTime<Utc>>,
    /// `None` if everything is kept for ever.
    pub set_by: Option<String>,
}

/// A rule that replaces the one of a namespace. The times are from the end of a task, in milliseconds;
/// tasks in a state that is left out are kept for ever.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRetention {
    #[serde(default)]
    pub complete_ms: Option<u64>,
    #[serde(default)]
    pub error_ms: Option<u64>,
    #[serde(default)]
    pub cancelled_ms: Option<u64>,
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
            reason,
        }
    }

    pub fn retention(&self) -> Retention {
        Retention {
            complete_ms: self.complete_ms,
            error_ms: self.error_ms,
            cancelled_ms: self.cancelled_ms,
        }
    }
}

endpoint! {
    /// Lists rules by namespace.
    GET "/v1/retention" ListRetention {}
    needs Read in Query;
    query NamespacePageQuery;
    answers Page<RetentionRule>;
}

endpoint! {
    /// Shows how long a namespace keeps its finished tasks.
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
}

endpoint! {
    /// Removes the rule of a namespace, and answers with it.
    DELETE "/v1/namespaces/{namespace}/retention" RemoveRetention { namespace: Name }
    needs Operate in Path;
    query OnlyReason;
    answers RetentionRule;
}
