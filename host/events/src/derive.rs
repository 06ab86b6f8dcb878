//! From a row of the log or the audit to its events.

use super::catalog;
use super::cursor::Position;
use super::event::{Event, EventData};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use tasker_domain::ids::TaskId;
use tasker_domain::trace_context::{SpanOf, TraceParent};
use tasker_engine::feed::FeedRow;
use tasker_engine::wanted_rows::RowKind;
use tasker_telemetry::Tracer;

/// What SQL functions write as the reason of a change.
const CHECKPOINT: &str = "checkpoint";
const WORKER_LOST: &str = "worker lost";
const QUARANTINED: &str = "quarantined";
const NOT_QUARANTINED: &str = "not quarantined any more";
const RESUMED: [&str; 2] = ["released from quarantine", "migrated"];
/// ... and as its code.
const CANNOT_BE_CLAIMED: &str = "cannot_be_claimed";
const LOST_TOO_OFTEN: &str = "lost_too_often";

/// What tells changes of the same state apart.
#[derive(Default, Deserialize)]
struct Why<'a> {
    #[serde(borrow)]
    reason: Option<Cow<'a, str>>,
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
}

/// The events of a row, in order. A change that this release does not know has none.
pub fn events(row: &FeedRow, tracer: &Tracer) -> Vec<Event> {
    let names = names(row);
    let first = Position {
        seq: row.seq,
        index: 0,
    };
    let event = |(index, name): (u8, Cow<'static, str>)| Event {
        position: Position { index, ..first },
        is_of_handler: row.event.is_some(),
        at: row.at,
        cause: (index > 0).then_some(first),
        correlation_id: row.correlation_id.clone(),
        traceparent: traceparent(row, &name, tracer),
        data: data(row, &name),
        name,
        rendered: OnceLock::new(),
    };
    (0..).zip(names).map(event).collect()
}

/// The span of the attempt where there is one, else of the step, else of the task.
fn traceparent(row: &FeedRow, name: &str, tracer: &Tracer) -> Option<TraceParent> {
    let task = TaskId(row.task_id?);
    let attempt = row.attempt.filter(|attempt| *attempt > 0);
    let is_of_attempt = row.event.is_some() || name.starts_with("attempt.");
    let span = match (row.step_no, attempt) {
        (None, _) => SpanOf::Task(task),
        (Some(step), Some(attempt)) if is_of_attempt => SpanOf::Attempt(task, step, attempt),
        (Some(step), _) => SpanOf::Step(task, step),
    };
    let caller = row.traceparent.as_deref();
    let caller = caller.and_then(|text| text.parse().ok());
    tracer.span(task, span, caller)
}

fn names(row: &FeedRow) -> Vec<Cow<'static, str>> {
    let own = |names: &[&'static str]| names.iter().map(|name| Cow::Borrowed(*name)).collect();
    if let Some(action) = &row.action {
        return match catalog::find(action) {
            Some(known) => own(&[known.name]),
            // Of a newer host.
            None => vec![Cow::Owned(action.clone())],
        };
    }
    if let Some(event) = &row.event {
        return vec![Cow::Owned(event.clone())];
    }
    let detail = row.detail.as_deref();
    let why: Why<'_> = detail
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let state = row.to_state.as_deref().unwrap_or_default();
    match row.step_no {
        None => own(of_task(state, detail.is_some())),
        Some(_) => own(of_step(state, row.attempt, &why)),
    }
}

/// The names that events of a row of this kind can have: of a handler's event, and of a change, any.
pub(crate) fn names_of(kind: RowKind) -> Option<BTreeSet<&'static str>> {
    let state = match kind {
        RowKind::Event | RowKind::Change => return None,
        RowKind::Task(state) => {
            let of_task = [false, true].map(|has_detail| of_task(state.into(), has_detail));
            return Some(of_task.concat().into_iter().collect());
        }
        RowKind::Step(state) => state,
    };
    let reasons = [CHECKPOINT, WORKER_LOST, QUARANTINED, NOT_QUARANTINED];
    let reasons = reasons.into_iter().chain(RESUMED).chain(["another"]);
    let reasons = reasons.map(Some).chain([None]);
    let mut names = BTreeSet::new();
    for reason in reasons {
        for code in [
            None,
            Some(CANNOT_BE_CLAIMED),
            Some(LOST_TOO_OFTEN),
            Some("another"),
        ] {
            let why = Why {
                reason: reason.map(Cow::Borrowed),
                code: code.map(Cow::Borrowed),
            };
            for attempt in [1, 2] {
                names.extend(of_step(state.into(), Some(attempt), &why));
            }
        }
    }
    Some(names)
}

fn of_task(state: &str, has_detail: bool) -> &'static [&'static str] {
    match (state, has_detail) {
        ("pending", false) => &["task.created"],
        ("in_progress", false) => &["task.started"],
        ("pending" | "in_progress", true) => &["task.migrated"],
        ("complete", _) => &["task.completed"],
        ("error", _) => &["task.failed"],
        ("cancelled", _) => &["task.cancelled"],
        _ => &[],
    }
}

fn of_step(state: &str, attempt: Option<i32>, why: &Why<'_>) -> &'static [&'static str] {
    let code = why.code.as_deref();
    match state {
        "ready" => of_ready(why),
        "running" if attempt == Some(1) => &["step.started", "attempt.started"],
        "running" => &["attempt.started"],
        "complete" => &["attempt.completed", "step.completed"],
        "waiting_for_retry" if code == Some(CANNOT_BE_CLAIMED) => &["step.postponed"],
        "waiting_for_retry" => &["attempt.failed", "step.retry_scheduled"],
        "error" if code == Some(LOST_TOO_OFTEN) => &["attempt.lost", "step.failed"],
        "error" => &["attempt.failed", "step.failed"],
        "cancelled" => &["step.cancelled"],
        _ => &[],
    }
}

fn of_ready(why: &Why<'_>) -> &'static [&'static str] {
    match (why.reason.as_deref(), why.code.as_deref()) {
        (None, None) => &["step.ready"],
        (_, Some(CANNOT_BE_CLAIMED)) => &["step.postponed"],
        (_, Some(_)) | (Some(NOT_QUARANTINED), None) => &["attempt.given_back"],
        (Some(CHECKPOINT), None) => &["attempt.checkpointed"],
        (Some(WORKER_LOST), None) => &["attempt.lost"],
        (Some(QUARANTINED), None) => &["attempt.quarantined", "step.suspended"],
        (Some(reason), None) if RESUMED.contains(&reason) => &["step.resumed"],
        (Some(_), None) => &["attempt.released"],
    }
}

fn data(row: &FeedRow, name: &str) -> EventData {
    let namespace = row.namespace.clone();
    if row.action.is_some() {
        let detail = raw(row);
        return EventData {
            namespace,
            actor: row.actor.clone(),
            action: row.action.clone(),
            subject: row.subject.clone(),
            reason: row.reason.clone().filter(|reason| !reason.is_empty()),
            omitted_bytes: row.detail_bytes.filter(|_| detail.is_none()),
            detail,
            ..EventData::default()
        };
    }
    let of_task = EventData {
        namespace,
        task_id: row.task_id,
        template: row.template.clone(),
        template_version: row.template_version.clone(),
        tags: row.tags.clone(),
        ..EventData::default()
    };
    match row.step_no {
        None => EventData {
            duration_ms: duration(row, name),
            ..explained(row, name, of_task)
        },
        Some(_) => explained(row, name, of_step_data(row, name, of_task)),
    }
}

fn of_step_data(row: &FeedRow, name: &str, of_task: EventData) -> EventData {
    let digest = row.digest.as_deref();
    let hex = digest.map(|digest| data_encoding::HEXLOWER.encode(digest));
    let data = EventData {
        step: row.step.clone(),
        handler: row.handler.clone(),
        component: row.component.clone(),
        component_version: row.component_version.clone(),
        component_digest: hex.map(|hex| format!("sha256:{hex}")),
        attempt: row.attempt.filter(|attempt| *attempt > 0),
        ..of_task
    };
    match name.starts_with("attempt.") {
        true => EventData {
            worker_id: row.worker_id,
            duration_ms: row.wall_ms.map(f64::from),
            cpu_ms: row.cpu_ms.map(f64::from),
            memory_kib: row.memory_kib,
            ..data
        },
        false => data,
    }
}

/// With why it happened, or what the handler sent.
fn explained(row: &FeedRow, name: &str, data: EventData) -> EventData {
    if row.event.is_some() {
        let payload = raw(row);
        let omitted_bytes = row.detail_bytes.filter(|_| payload.is_none());
        return EventData {
            payload,
            omitted_bytes,
            ..data
        };
    }
    if name == "task.migrated" {
        let detail = raw(row);
        return EventData { detail, ..data };
    }
    let text = row.detail.as_deref();
    let why: Option<Why<'_>> = text.and_then(|text| serde_json::from_str(text).ok());
    match why {
        Some(Why { code: Some(_), .. }) => EventData {
            error: raw(row),
            ..data
        },
        Some(Why { reason, .. }) => EventData {
            reason: reason.map(Cow::into_owned),
            ..data
        },
        None => data,
    }
}

fn raw(row: &FeedRow) -> Option<Box<RawValue>> {
    let text = row.detail.clone()?;
    RawValue::from_string(text).ok()
}

/// From the creation of a task to its end.
fn duration(row: &FeedRow, name: &str) -> Option<f64> {
    const ENDS: [&str; 3] = ["task.completed", "task.failed", "task.cancelled"];
    let created_at = row.created_at.filter(|_| ENDS.contains(&name))?;
    let ms = (row.at - created_at).num_milliseconds().max(0);
    Some(ms as f64)
}
