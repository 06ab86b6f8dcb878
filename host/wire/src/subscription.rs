//! Subscriptions: events of a namespace that are delivered to a webhook, a component or NATS.

use crate::endpoint::{Json, endpoint};
use crate::log::AttemptLogLine;
use crate::page::{NamespacePageQuery, Page, PageQuery};
use crate::reason::OnlyReason;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::subscription::{SubscriptionKind, SubscriptionState};
use tasker_domain::tag::Tag;
use tasker_domain::task_report::Resources;

/// A subscription, with how far it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Subscription {
    pub namespace: String,
    pub name: String,
    pub kind: SubscriptionKind,
    pub to: String,
    /// With commas between them; all types without it.
    pub types: Option<String>,
    pub template: Option<String>,
    pub task: Option<TaskId>,
    pub step: Option<String>,
    pub handler: Option<String>,
    /// Of the task.
    pub tag: Option<String>,
    /// Names of secrets of the namespace.
    pub secrets: Vec<String>,
    /// Events of one request at most; none: requests have one, and no list.
    pub batch: Option<i16>,
    pub state: SubscriptionState,
    /// Why it has ended.
    pub ended_reason: Option<String>,
    /// Everything up to this cursor was delivered or given up.
    pub cursor: String,
    /// Rows of the log and the audit log behind the cursor; most may be of no event that is wanted.
    pub lag_rows: i64,
    /// How long the oldest event waits that is to be delivered; 0 for none.
    pub lag_ms: i64,
    /// Failed tries of the event that is next, ...
    pub attempts: i32,
    /// ... and when the next one is due.
    pub next_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    pub last_error_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    /// Events delivered.
    pub delivered: i64,
    /// Tries that failed.
    pub failures: i64,
    /// Events that were given up.
    pub given_up: i64,
    /// Dead letters that there are.
    pub dead_letters: i64,
    /// Dead letters that were dropped for newer ones.
    pub dropped: i64,
    /// Runs of the component.
    #[serde(default)]
    pub runs: i64,
    /// The host that delivers; none yet, or it does not renew.
    pub host: Option<String>,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    /// The entity tag of what is set, for `if-match`, without quotation marks.
    #[serde(default)]
    pub etag: String,
    /// Only in the answer to a change: false if it existed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<bool>,
}

/// What a subscription is to be. Its texts are parsed by the host, which can say more of them than a parser of JSON.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"to": "nats", "types": "task.*"})))]
pub struct NewSubscription {
    /// Where events are sent: a URL with https, `component:…`, or `nats`.
    pub to: String,
    /// Names of secrets of the namespace, from 1 to 4 of a webhook: each signs every delivery.
    #[serde(default)]
    pub secrets: Vec<Name>,
    /// Events of one request to a webhook at most, from 1 to 100, as a list; without it requests have one, and no list.
    #[serde(default)]
    pub batch: Option<i16>,
    #[serde(default)]
    pub types: Option<String>,
    #[serde(default)]
    pub template: Option<Name>,
    #[serde(default)]
    pub task: Option<TaskId>,
    #[serde(default)]
    pub step: Option<Name>,
    #[serde(default)]
    pub handler: Option<Name>,
    #[serde(default)]
    pub tag: Option<Tag>,
    /// A cursor or a time; without it from now on. Only for a new one: one that exists keeps its position.
    #[serde(default)]
    pub from: Option<String>,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}

/// Where a subscription is to go on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"from": "2026-01-31T08:00:00Z"})))]
pub struct ReplaySubscription {
    /// A cursor or a time.
    pub from: String,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}

/// An event that could not be delivered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DeadLetter {
    pub id: i64,
    /// Of the event.
    pub event_id: String,
    pub r#type: String,
    /// The cursor behind the event.
    pub cursor: String,
    pub reason: String,
    /// Of the last answer.
    pub status: Option<i32>,
    /// Its first KiB.
    pub body: Option<String>,
    pub attempts: i32,
    pub at: DateTime<Utc>,
    /// It waits to be delivered once more.
    pub is_replaying: bool,
}

/// Which dead letters are delivered once more.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"reason": "the receiver works again"})))]
pub struct Redelivery {
    /// One; without it all.
    #[serde(default)]
    pub id: Option<i64>,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}

/// How many dead letters are delivered once more.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Redelivering {
    pub dead_letters: i64,
}

/// A run that has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SubscriberRun {
    /// Its number among those of the subscription, from 1.
    pub number: i64,
    /// When it ended.
    pub at: DateTime<Utc>,
    pub event_id: String,
    /// The cursor behind the event.
    pub cursor: String,
    /// Which try of the event it was, from 1.
    pub attempt: i32,
    /// `namespace/name`
    pub component: String,
    pub version: String,
    /// The pins whose rollouts led to the version.
    pub rollouts: Vec<String>,
    pub usage: Resources,
    /// None: it handled the event.
    pub failure: Option<SubscriberRunFailure>,
    /// How many lines it logged.
    pub log_lines: i32,
}

/// Why a run did not handle its event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SubscriberRunFailure {
    /// `failed`, `trapped`, `timed_out`, `over_limit`, `host` for what the host could not do, or `conflict` where another
    /// wrote the same entries of kv.
    pub kind: String,
    pub code: String,
    pub message: String,
}

/// A run with what it logged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct LoggedSubscriberRun {
    pub run: SubscriberRun,
    pub lines: Vec<AttemptLogLine>,
}

endpoint! {
    /// Lists subscriptions by namespace and name.
    GET "/v1/subscriptions" ListSubscriptions {}
    needs Read in Query;
    query NamespacePageQuery;
    counts items;
    orders Ascending by "name";
    answers Page<Subscription>;
}

endpoint! {
    /// Shows a subscription.
    GET "/v1/namespaces/{namespace}/subscriptions/{name}"
    ShowSubscription { namespace: Name, name: Name }
    needs Read in Path;
    answers Subscription;
    refuses NotFound "unknown_subscription";
}

endpoint! {
    /// Makes a subscription or changes it; one that exists keeps its position.
    PUT "/v1/namespaces/{namespace}/subscriptions/{name}"
    SetSubscription { namespace: Name, name: Name }
    needs Grant in Path;
    body Json<NewSubscription>;
    makes Subscription;
    checks if_match;
    refuses
        Malformed "invalid_cursor",
        Forbidden "not_shared",
        NotFound "unknown_secret",
        Refused "too_many_subscriptions",
        Refused "unknown_subscriber",
        Refused "unresolved";
}

endpoint! {
    /// Removes a subscription with its dead letters.
    DELETE "/v1/namespaces/{namespace}/subscriptions/{name}"
    RemoveSubscription { namespace: Name, name: Name }
    needs Grant in Path;
    query OnlyReason;
    checks if_match;
    refuses NotFound "unknown_subscription";
}

endpoint! {
    /// Stops deliveries; the position is kept.
    POST "/v1/namespaces/{namespace}/subscriptions/{name}/pause"
    PauseSubscription { namespace: Name, name: Name }
    needs Operate in Path;
    body Json<OnlyReason>;
    answers Subscription;
    is idempotent;
    checks if_match;
    refuses NotFound "unknown_subscription";
}

endpoint! {
    /// Delivers again, from the position on; also to one that has ended.
    POST "/v1/namespaces/{namespace}/subscriptions/{name}/resume"
    ResumeSubscription { namespace: Name, name: Name }
    needs Operate in Path;
    body Json<OnlyReason>;
    answers Subscription;
    is idempotent;
    checks if_match;
    refuses NotFound "unknown_subscription";
}

endpoint! {
    /// Goes on from a cursor or a time, earlier or later.
    POST "/v1/namespaces/{namespace}/subscriptions/{name}/replay"
    MoveSubscription { namespace: Name, name: Name }
    needs Operate in Path;
    body Json<ReplaySubscription>;
    answers Subscription;
    is idempotent;
    refuses Malformed "invalid_cursor", NotFound "unknown_subscription";
}

endpoint! {
    /// Delivers an event of type `tasker.subscription.test`, after those that wait.
    POST "/v1/namespaces/{namespace}/subscriptions/{name}/test"
    TestSubscription { namespace: Name, name: Name }
    needs Operate in Path;
    body Json<OnlyReason>;
    answers Subscription;
    refuses NotFound "unknown_subscription", Refused "subscription_not_active";
}

endpoint! {
    /// Lists events that could not be delivered, the oldest first.
    GET "/v1/namespaces/{namespace}/subscriptions/{name}/dead-letters"
    ListDeadLetters { namespace: Name, name: Name }
    needs Read in Path;
    query PageQuery;
    counts items;
    orders Ascending by "at";
    answers Page<DeadLetter>;
    refuses NotFound "unknown_subscription";
}

endpoint! {
    /// Delivers dead letters once more.
    POST "/v1/namespaces/{namespace}/subscriptions/{name}/dead-letters/replay"
    RedeliverDeadLetters { namespace: Name, name: Name }
    needs Operate in Path;
    body Json<Redelivery>;
    answers Redelivering;
    refuses NotFound "unknown_dead_letter", NotFound "unknown_subscription";
}

endpoint! {
    /// Lists the newest runs of a component for a subscription, the newest first.
    GET "/v1/namespaces/{namespace}/subscriptions/{name}/runs"
    ListSubscriberRuns { namespace: Name, name: Name }
    needs Read in Path;
    query PageQuery;
    counts items;
    orders Descending by "at";
    answers Page<SubscriberRun>;
    refuses NotFound "unknown_subscription";
}

endpoint! {
    /// Shows a run of a component for a subscription, with what it logged.
    GET "/v1/namespaces/{namespace}/subscriptions/{name}/runs/{run}"
    ShowSubscriberRun { namespace: Name, name: Name, run: i64 }
    needs Read in Path;
    answers LoggedSubscriberRun;
    refuses NotFound "unknown_run", NotFound "unknown_subscription";
}
