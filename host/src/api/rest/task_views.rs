//! Tasks, steps and transitions as JSON.

use crate::domain::digest::Digest;
use crate::domain::ids::TaskId;
use crate::domain::state::{StepState, TaskState};
use crate::store::task_read::{StepRow, TransitionRow};
use crate::tasks::show::{ListedTask, ShownTask, StandstillReason};
use crate::tasks::submit::Submitted;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::HashMap;
use uuid::Uuid;

/// A task without its payloads.
#[derive(Serialize)]
pub struct TaskSummary {
    pub id: Uuid,
    pub namespace: String,
    pub template: String,
    pub version: String,
    pub state: TaskState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<StandstillReason>,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub correlation_id: String,
}

/// A task with its payloads, lock and steps.
#[derive(Serialize)]
pub struct TaskView {
    #[serde(flatten)]
    pub summary: TaskSummary,
    pub input: Option<Box<RawValue>>,
    pub result: Option<Box<RawValue>>,
    pub error: Option<Box<RawValue>>,
    /// Number of its newest transition.
    pub seq: i64,
    pub lock: Vec<LockView>,
    pub steps: Vec<StepView>,
}

/// What one step of a task runs.
#[derive(Serialize)]
pub struct LockView {
    pub step: String,
    /// `namespace/name`.
    pub component: String,
    pub version: String,
    pub digest: Digest,
    pub handler: String,
}

/// One step of a task.
#[derive(Serialize)]
pub struct StepView {
    pub name: String,
    pub state: StepState,
    /// The newest attempt's number; 0 before the first.
    pub attempts: i16,
    /// Those of them that count against `max_attempts`: not what was given back without a failure of
    /// the handler, when its host was lost or its code quarantined, or for another call after a
    /// checkpoint.
    pub counted_attempts: i16,
    pub max_attempts: i16,
    pub depends_on: Vec<String>,
    pub ready_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    /// From the start of the newest attempt to the end.
    pub duration_ms: Option<f64>,
    pub result: Option<Box<RawValue>>,
    pub error: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One change of state, of the task where `step` is null; or an event that a handler sent.
#[derive(Serialize)]
pub struct TransitionView {
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub step: Option<String>,
    pub attempt: Option<i16>,
    pub worker_id: Option<i32>,
    /// Null where it is an event.
    pub to_state: Option<String>,
    /// The event's name.
    pub event: Option<String>,
    /// Why; the payload of an event.
    pub detail: Option<Box<RawValue>>,
}

/// Answer to a single submit.
#[derive(Serialize)]
pub struct CreatedView {
    pub created: bool,
    pub task: TaskSummary,
}

/// Answer to a batch, in the order of its submits.
#[derive(Serialize)]
pub struct BatchView {
    pub items: Vec<BatchItem>,
}

/// What came of one submit of a batch.
#[derive(Serialize)]
pub struct BatchItem {
    pub created: bool,
    /// The existing task where it was not created.
    pub task_id: TaskId,
    /// The existing task is not what was asked for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub conflict: bool,
}

impl From<ListedTask> for TaskSummary {
    fn from(listed: ListedTask) -> Self {
        let ListedTask { task, reason } = listed;
        Self {
            id: task.task_id,
            namespace: task.namespace,
            template: task.template,
            version: task.version,
            state: task.state,
            reason,
            created_at: task.created_at,
            finished_at: task.finished_at,
            correlation_id: task.correlation_id,
        }
    }
}

impl From<ShownTask> for TaskView {
    fn from(shown: ShownTask) -> Self {
        let ShownTask {
            detail,
            reason,
            result,
            steps,
            explanations,
        } = shown;
        Self {
            summary: TaskSummary::from(ListedTask {
                task: detail.task,
                reason,
            }),
            input: raw(detail.input),
            result,
            error: detail.error.and_then(raw),
            seq: detail.seq,
            lock: steps.iter().map(LockView::of).collect(),
            steps: step_views(steps, explanations),
        }
    }
}

impl LockView {
    fn of(step: &StepRow) -> Self {
        Self {
            step: step.name.clone(),
            component: format!("{}/{}", step.component_namespace, step.component),
            version: step.version.clone(),
            digest: step.digest,
            handler: step.handler.clone(),
        }
    }
}

fn step_views(steps: Vec<StepRow>, mut explanations: HashMap<i16, String>) -> Vec<StepView> {
    let names: HashMap<i16, String> = steps
        .iter()
        .map(|step| (step.step_no, step.name.clone()))
        .collect();
    let view = |step: StepRow| {
        let reason = explanations.remove(&step.step_no);
        let parents = step
            .parents
            .iter()
            .filter_map(|parent| names.get(parent).cloned());
        StepView {
            depends_on: parents.collect(),
            ..StepView::alone(step, reason)
        }
    };
    steps.into_iter().map(view).collect()
}

impl StepView {
    /// The step without the names of the steps that it depends on.
    fn alone(step: StepRow, reason: Option<String>) -> Self {
        let took = step
            .finished_at
            .zip(step.started_at)
            .map(|(end, start)| end - start);
        Self {
            name: step.name,
            state: step.state,
            attempts: step.attempt,
            counted_attempts: step.attempt - step.uncounted,
            max_attempts: step.max_attempts,
            depends_on: Vec::new(),
            ready_at: step.ready_at,
            started_at: step.started_at,
            finished_at: step.finished_at,
            duration_ms: took
                .and_then(|t| t.num_microseconds())
                .map(|us| us as f64 / 1_000.0),
            result: step.result.and_then(raw),
            error: step.error.and_then(raw),
            reason,
        }
    }
}

impl From<TransitionRow> for TransitionView {
    fn from(row: TransitionRow) -> Self {
        Self {
            seq: row.seq,
            at: row.at,
            step: row.step,
            attempt: row.attempt,
            worker_id: row.worker_id,
            to_state: row.to_state,
            event: row.event,
            detail: row.detail.and_then(raw),
        }
    }
}

impl From<Vec<Submitted>> for BatchView {
    fn from(submitted: Vec<Submitted>) -> Self {
        let item = |one: Submitted| BatchItem {
            created: one.created,
            task_id: one.task_id,
            conflict: one.conflict.is_some(),
        };
        Self {
            items: submitted.into_iter().map(item).collect(),
        }
    }
}

/// The text of a `json` column, which the database checked.
fn raw(json: String) -> Option<Box<RawValue>> {
    RawValue::from_string(json).ok()
}
