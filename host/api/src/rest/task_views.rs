//! Tasks, steps and transitions as JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use tasker_domain::digest::Digest;
use tasker_domain::ids::TaskId;
use tasker_domain::state::{StepState, TaskState};
use tasker_engine::step_read::StepRow;
use tasker_engine::task_read::{LockedVersionRow, TransitionRow};
use tasker_tasks::show::{ListedTask, SHOWN_STEPS, ShownTask, StandstillReason};
use tasker_tasks::steps::ShownSteps;
use tasker_tasks::submit::Submitted;
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
    /// Why it did not complete.
    pub error: Option<Box<RawValue>>,
}

/// A task with its lock and the first of its steps. What is large has its size here, and a request of
/// its own.
#[derive(Serialize)]
pub struct TaskView {
    #[serde(flatten)]
    pub summary: TaskSummary,
    /// Null where it has more than 64 KiB; see `input_bytes`.
    pub input: Option<Box<RawValue>>,
    pub input_bytes: i32,
    /// Null before the task is complete, and where it has more than 64 KiB; see `result_bytes`.
    pub result: Option<Box<RawValue>>,
    /// Null before the task is complete, and where too many steps make the result.
    pub result_bytes: Option<i64>,
    /// Number of its newest transition.
    pub seq: i64,
    /// What the steps are to run: the first 100 versions.
    pub lock: Vec<LockedVersionView>,
    /// How many steps are in each state.
    pub step_counts: BTreeMap<&'static str, i64>,
    /// The first of them.
    pub steps: Vec<StepView>,
    /// Give it as `after` to `/steps` for the rest; null where these are all.
    pub steps_next: Option<String>,
}

/// A component version that a task's lock names.
#[derive(Serialize)]
pub struct LockedVersionView {
    /// `namespace/name`.
    pub component: String,
    pub version: String,
    pub digest: Digest,
    /// How many steps it is to run.
    pub steps: i64,
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
    /// The first 100.
    pub depends_on: Vec<String>,
    pub ready_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    /// From the start of the newest attempt to the end.
    pub duration_ms: Option<f64>,
    /// What it runs, or ran: `namespace/name`.
    pub component: String,
    pub version: String,
    pub digest: Digest,
    pub handler: String,
    /// Null where it has more than 4 KiB; see `result_bytes`.
    pub result: Option<Box<RawValue>>,
    pub result_bytes: Option<i32>,
    pub checkpoint_bytes: Option<i32>,
    /// Without what makes it larger than 4 KiB; see `error_bytes`.
    pub error: Option<Box<RawValue>>,
    pub error_bytes: Option<i32>,
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
    /// Why; the payload of an event, null where it has more than 4 KiB.
    pub detail: Option<Box<RawValue>>,
    pub detail_bytes: Option<i32>,
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
            error: task.error.and_then(raw),
        }
    }
}

impl From<ShownTask> for TaskView {
    fn from(shown: ShownTask) -> Self {
        let ShownTask {
            detail,
            reason,
            result,
            counts,
            lock,
            mut steps,
        } = shown;
        let steps_next = next_step(&mut steps);
        Self {
            summary: TaskSummary::from(ListedTask {
                task: detail.task,
                reason,
            }),
            input: detail.input.and_then(raw),
            input_bytes: detail.input_bytes,
            result: result.text,
            result_bytes: result.bytes,
            seq: detail.seq,
            lock: lock.into_iter().map(LockedVersionView::from).collect(),
            step_counts: counts,
            steps: step_views(steps),
            steps_next,
        }
    }
}

/// The cursor behind the last step that is shown; the one beyond is taken off.
fn next_step(steps: &mut ShownSteps) -> Option<String> {
    let most = usize::try_from(SHOWN_STEPS).unwrap_or(usize::MAX);
    let has_more = steps.rows.len() > most;
    steps.rows.truncate(most);
    let last = steps.rows.last().filter(|_| has_more);
    last.map(|step| step.step_no.to_string())
}

impl From<LockedVersionRow> for LockedVersionView {
    fn from(row: LockedVersionRow) -> Self {
        Self {
            component: format!("{}/{}", row.namespace, row.component),
            version: row.version,
            digest: row.digest,
            steps: row.steps,
        }
    }
}

/// One view a row.
pub fn step_views(steps: ShownSteps) -> Vec<StepView> {
    let ShownSteps {
        rows,
        mut explanations,
    } = steps;
    let view = |step: StepRow| {
        let reason = explanations.remove(&step.step_no);
        StepView::of(step, reason)
    };
    rows.into_iter().map(view).collect()
}

impl StepView {
    fn of(step: StepRow, reason: Option<String>) -> Self {
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
            depends_on: step.parents,
            ready_at: step.ready_at,
            started_at: step.started_at,
            finished_at: step.finished_at,
            duration_ms: took
                .and_then(|t| t.num_microseconds())
                .map(|us| us as f64 / 1_000.0),
            component: format!("{}/{}", step.component_namespace, step.component),
            version: step.version,
            digest: step.digest,
            handler: step.handler,
            result: step.result.and_then(raw),
            result_bytes: step.result_bytes,
            checkpoint_bytes: step.checkpoint_bytes,
            error: step.error.and_then(raw),
            error_bytes: step.error_bytes,
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
            detail_bytes: row.detail_bytes,
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
