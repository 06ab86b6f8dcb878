//! Runs of components with subscribers: what each did with an event of a subscription.

use crate::endpoint::endpoint;
use crate::log::AttemptLogLine;
use crate::page::{Page, PageQuery};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;
use tasker_domain::task_report::Resources;

/// A run that has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
pub struct SubscriberRunFailure {
    /// `failed`, `trapped`, `timed_out`, `over_limit`, `host` for what the host could not do, or `conflict` where another
    /// wrote the same entries of kv.
    pub kind: String,
    pub code: String,
    pub message: String,
}

/// A run with what it logged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedSubscriberRun {
    pub run: SubscriberRun,
    pub lines: Vec<AttemptLogLine>,
}

endpoint! {
    /// Lists the newest runs of a component for a subscription, the newest first.
    GET "/v1/namespaces/{namespace}/subscriptions/{name}/runs"
    ListSubscriberRuns { namespace: Name, name: Name }
    needs Read in Path;
    query PageQuery;
    answers Page<SubscriberRun>;
}

endpoint! {
    /// Shows a run of a component for a subscription, with what it logged.
    GET "/v1/namespaces/{namespace}/subscriptions/{name}/runs/{run}"
    ShowSubscriberRun { namespace: Name, name: Name, run: i64 }
    needs Read in Path;
    answers LoggedSubscriberRun;
}
