//! Hosts: list, drain, resume.

use crate::endpoint::{Json, endpoint};
use crate::page::{Page, PageQuery};
use crate::reason::OnlyReason;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::ids::WorkerId;
use tasker_domain::state::HostState;

/// A host with a worker, from its start until it stops.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Host {
    pub id: WorkerId,
    pub host_name: String,
    pub pid: i32,
    /// Null for hosts of earlier releases, as `slots`.
    pub version: Option<String>,
    pub state: HostState,
    /// Attempts that it runs or has yet to report, by its last heartbeat.
    pub running: i32,
    /// Attempts that it runs at the same time.
    pub slots: Option<i32>,
    pub started_at: DateTime<Utc>,
    pub heartbeat_at: DateTime<Utc>,
    pub draining_since: Option<DateTime<Utc>>,
    pub drained_at: Option<DateTime<Utc>>,
    pub stopped_at: Option<DateTime<Utc>>,
    /// Only in the answer to a drain or resume: false if it was asked for before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<bool>,
}

endpoint! {
    /// Lists the hosts that run, and those that stopped in the last hour, the newest first.
    GET "/v1/hosts" ListHosts {}
    needs Read in AllNamespaces;
    query PageQuery;
    counts items;
    orders Descending by "started_at";
    answers Page<Host>;
}

endpoint! {
    /// Shows a host.
    GET "/v1/hosts/{id}" ShowHost { id: WorkerId }
    needs Read in AllNamespaces;
    answers Host;
    refuses NotFound "unknown_host";
}

endpoint! {
    /// Has a host claim nothing more and finish what it runs.
    POST "/v1/hosts/{id}/drain" DrainHost { id: WorkerId }
    needs Operate in AllNamespaces;
    body Json<OnlyReason>;
    answers Host;
    is idempotent;
    refuses NotFound "unknown_host", Conflict "host_stopped";
}

endpoint! {
    /// Ends a drain: the host claims again.
    POST "/v1/hosts/{id}/resume" ResumeHost { id: WorkerId }
    needs Operate in AllNamespaces;
    body Json<OnlyReason>;
    answers Host;
    is idempotent;
    refuses NotFound "unknown_host", Conflict "host_stopped";
}
