//! What a report sums up: resources, versions, events, changes by operators.

use super::record::{Detail, LogRecord, StepRecord, TaskRecord};
use crate::digest::Digest;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// What attempts used, by the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Resources {
    /// From the start of instances to their end.
    pub wall_ms: f64,
    /// On the processor.
    pub cpu_ms: f64,
    /// Between calls of guests to the host and their answers.
    pub host_ms: f64,
    /// The most that one attempt held.
    pub memory_kib: u64,
    pub in_bytes: u64,
    pub out_bytes: u64,
    pub http_requests: u64,
}

impl Resources {
    pub(super) fn add(&mut self, row: &LogRecord) {
        *self += Self {
            wall_ms: row.wall_ms.unwrap_or_default(),
            cpu_ms: row.cpu_ms.unwrap_or_default(),
            host_ms: row.host_ms.unwrap_or_default(),
            memory_kib: row.memory_kib.unwrap_or_default(),
            in_bytes: row.in_bytes.unwrap_or_default(),
            out_bytes: row.out_bytes.unwrap_or_default(),
            http_requests: row.http_requests.unwrap_or_default(),
        };
    }
}

impl AddAssign for Resources {
    fn add_assign(&mut self, other: Self) {
        self.wall_ms += other.wall_ms;
        self.cpu_ms += other.cpu_ms;
        self.host_ms += other.host_ms;
        self.memory_kib = self.memory_kib.max(other.memory_kib);
        self.in_bytes = self.in_bytes.saturating_add(other.in_bytes);
        self.out_bytes = self.out_bytes.saturating_add(other.out_bytes);
        self.http_requests = self.http_requests.saturating_add(other.http_requests);
    }
}

/// A component version that steps ran, or are to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RunVersion {
    pub component: String,
    pub version: String,
    pub digest: Digest,
    pub steps: u64,
}

/// In the order of the steps that run them.
pub(super) fn versions(steps: &[StepRecord]) -> Vec<RunVersion> {
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut versions: Vec<RunVersion> = Vec::new();
    for step in steps {
        let key = (step.component.as_str(), step.version.as_str());
        let place = *places.entry(key).or_insert(versions.len());
        match versions.get_mut(place) {
            Some(version) => version.steps += 1,
            None => versions.push(RunVersion {
                component: step.component.clone(),
                version: step.version.clone(),
                digest: step.digest,
                steps: 1,
            }),
        }
    }
    versions
}

/// Events of one name that handlers of one step sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SentEvents {
    pub event: String,
    pub step: Option<String>,
    pub count: u64,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
}

/// In the order in which they were sent first.
pub(super) fn events(log: &[LogRecord]) -> Vec<SentEvents> {
    let mut places: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    let mut events: Vec<SentEvents> = Vec::new();
    for row in log {
        let Some(event) = row.event.as_deref() else {
            continue;
        };
        let key = (event, row.step.as_deref());
        let place = *places.entry(key).or_insert(events.len());
        match events.get_mut(place) {
            Some(sent) => {
                sent.count += 1;
                sent.last_at = row.at;
            }
            None => events.push(SentEvents {
                event: event.to_owned(),
                step: row.step.clone(),
                count: 1,
                first_at: row.at,
                last_at: row.at,
            }),
        }
    }
    events
}

/// What an operator, or a host by its own rules, did to the task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Operation {
    pub at: DateTime<Utc>,
    /// `migrated`, `cancelled`, `released from quarantine`, or an action of the audit log.
    pub action: String,
    /// None where the log does not say it.
    pub actor: Option<String>,
    pub reason: Option<String>,
    /// None: the whole task.
    pub step: Option<String>,
}

/// What the log says, and of the audit log what the log does not say, in the order of time.
pub(super) fn operations(record: &TaskRecord) -> Vec<Operation> {
    let logged = record.log.iter().filter_map(logged);
    let audited = record.changes.iter().map(|change| Operation {
        at: change.at,
        action: change.action.clone(),
        actor: Some(change.actor.clone()),
        reason: Some(change.reason.clone()).filter(|it| !it.is_empty()),
        step: None,
    });
    let audited: Vec<Operation> = audited.collect();
    let is_audited = |action: &str| audited.iter().any(|it| it.action == action);
    // The audit log has who cancelled a task; the log has it where the archive has no audit log.
    let logged = logged.filter(|it| it.action != "cancelled" || !is_audited("task.cancel"));
    let mut all: Vec<Operation> = logged.collect();
    all.extend(audited);
    all.sort_by_key(|it| it.at);
    all
}

fn logged(row: &LogRecord) -> Option<Operation> {
    let detail = Detail::of(row.detail.as_deref());
    let (action, reason) = match (row.step.is_some(), row.to_state.as_deref()?) {
        (false, "cancelled") => ("cancelled".to_owned(), detail.reason),
        (false, _) if detail.reason.as_deref() == Some("migrated") => {
            ("migrated".to_owned(), detail.why)
        }
        (true, "ready") => match detail.reason.as_deref()? {
            action @ ("quarantined" | "released from quarantine") => (action.to_owned(), None),
            _ => return None,
        },
        (true, "resolved_manually") => ("resolved".to_owned(), detail.reason),
        _ => return None,
    };
    Some(Operation {
        at: row.at,
        action,
        actor: detail.by,
        reason,
        step: row.step.clone(),
    })
}
