//! Rules on which attempts are recorded.

use crate::endpoint::{Json, endpoint};
use crate::page::{NamespacePageQuery, Page};
use crate::reason::OnlyReason;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;
use tasker_domain::recording_rule::RecordingPolicy;
use tasker_domain::rollout::Percent;
use tasker_domain::scope::Scope;

/// An existing rule. The rule for a component counts before that for all.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RecordingRule {
    /// The namespace of the tasks.
    pub namespace: String,
    /// `*`, `name`, or `other/name` of another namespace.
    pub component: Scope,
    /// The share of attempts that is recorded.
    pub percent: Percent,
    /// Only the recordings of attempts that failed are kept.
    pub only_failures: bool,
    pub set_at: DateTime<Utc>,
    pub set_by: String,
    /// The entity tag of what is set, for `if-match`, without quotation marks; none of what is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// What a rule is to say.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"percent": 1, "only_failures": true})))]
pub struct NewRecordingRule {
    /// The share of attempts that is recorded; 0 records none of a component where others are recorded.
    pub percent: Percent,
    /// Keep only the recordings of attempts that failed.
    #[serde(default)]
    pub only_failures: bool,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}

impl RecordingRule {
    pub fn policy(&self) -> RecordingPolicy {
        RecordingPolicy {
            percent: self.percent,
            only_failures: self.only_failures,
        }
    }
}

impl NewRecordingRule {
    pub fn of(policy: RecordingPolicy, reason: String) -> Self {
        Self {
            percent: policy.percent,
            only_failures: policy.only_failures,
            reason,
        }
    }

    pub fn policy(&self) -> RecordingPolicy {
        RecordingPolicy {
            percent: self.percent,
            only_failures: self.only_failures,
        }
    }
}

endpoint! {
    /// Lists rules by namespace and component.
    GET "/v1/recording-rules" ListRecordingRules {}
    needs Read in Query;
    query NamespacePageQuery;
    counts items;
    orders Ascending by "component";
    answers Page<RecordingRule>;
}

endpoint! {
    /// Sets which attempts of `*`, `name`, or `other~name` are recorded, since a slash would end the segment.
    PUT "/v1/namespaces/{namespace}/recording-rules/{component}"
    SetRecordingRule { namespace: Name, component: String }
    needs Operate in Path;
    body Json<NewRecordingRule>;
    answers RecordingRule;
    checks if_match;
    refuses Malformed "invalid_requirement", Refused "too_many_recording_rules";
}

endpoint! {
    /// Removes a rule, and answers with it.
    DELETE "/v1/namespaces/{namespace}/recording-rules/{component}"
    RemoveRecordingRule { namespace: Name, component: String }
    needs Operate in Path;
    query OnlyReason;
    answers RecordingRule;
    checks if_match;
    refuses Malformed "invalid_requirement", NotFound "unknown_recording_rule";
}
