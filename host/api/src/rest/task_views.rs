//! Tasks, steps and transitions, from rows to what crosses the wire.

use serde_json::value::RawValue;
use tasker_domain::ids::TaskId;
use tasker_domain::priority::Priority;
use tasker_engine::step_read::StepRow;
use tasker_engine::task_read::{LockedVersionRow, TransitionRow};
use tasker_tasks::show::{ListedTask, SHOWN_STEPS, ShownTask};
use tasker_tasks::steps::ShownSteps;
use tasker_wire::step::Step;
use tasker_wire::task::{LockedVersion, Task, TaskSummary};
use tasker_wire::transition::Transition;

pub fn summary(listed: ListedTask) -> TaskSummary {
    let ListedTask { task, reason } = listed;
    TaskSummary {
        id: TaskId(task.task_id),
        namespace: task.namespace,
        template: task.template,
        version: task.version,
        state: task.state,
        reason,
        created_at: task.created_at,
        finished_at: task.finished_at,
        correlation_id: task.correlation_id,
        tags: task.tags.unwrap_or_default(),
        priority: priority(task.priority),
        error: task.error.and_then(raw),
    }
}

pub fn task_view(shown: ShownTask) -> Task {
    let ShownTask {
        detail,
        reason,
        result,
        counts,
        lock,
        mut steps,
    } = shown;
    let (task, steps_next) = (detail.task, next_step(&mut steps));
    Task {
        id: TaskId(task.task_id),
        namespace: task.namespace,
        template: task.template,
        version: task.version,
        state: task.state,
        reason,
        created_at: task.created_at,
        finished_at: task.finished_at,
        correlation_id: task.correlation_id,
        tags: task.tags.unwrap_or_default(),
        priority: priority(task.priority),
        error: task.error.and_then(raw),
        input: detail.input.and_then(raw),
        input_bytes: bytes(detail.input_bytes),
        result: result.text,
        result_bytes: result.bytes.map(i64::unsigned_abs),
        seq: detail.seq,
        lock: lock.into_iter().map(locked_version).collect(),
        step_counts: counts,
        steps: step_views(steps),
        steps_next,
    }
}

/// The database keeps no other number.
fn priority(number: i16) -> Priority {
    i64::from(number).try_into().unwrap_or_default()
}

/// The cursor behind the last step that is shown; the one beyond is taken off.
fn next_step(steps: &mut ShownSteps) -> Option<String> {
    let most = usize::try_from(SHOWN_STEPS).unwrap_or(usize::MAX);
    let has_more = steps.rows.len() > most;
    steps.rows.truncate(most);
    let last = steps.rows.last().filter(|_| has_more);
    last.map(|step| step.step_no.to_string())
}

pub fn locked_version(row: LockedVersionRow) -> LockedVersion {
    LockedVersion {
        component: format!("{}/{}", row.namespace, row.component),
        version: row.version,
        digest: row.digest,
        steps: row.steps.unsigned_abs(),
    }
}

/// One step a row.
pub fn step_views(steps: ShownSteps) -> Vec<Step> {
    let ShownSteps {
        rows,
        mut explanations,
    } = steps;
    let view = |step: StepRow| {
        let reason = explanations.remove(&step.step_no);
        step_view(step, reason)
    };
    rows.into_iter().map(view).collect()
}

fn step_view(step: StepRow, reason: Option<String>) -> Step {
    let took = step
        .finished_at
        .zip(step.started_at)
        .map(|(end, start)| end - start);
    Step {
        name: step.name,
        state: step.state,
        attempts: step.attempt.unsigned_abs(),
        counted_attempts: (step.attempt - step.free_attempts).unsigned_abs(),
        max_attempts: step.max_attempts.unsigned_abs(),
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
        result_bytes: step.result_bytes.map(bytes),
        checkpoint_bytes: step.checkpoint_bytes.map(bytes),
        error: step.error.and_then(raw),
        error_bytes: step.error_bytes.map(bytes),
        reason,
    }
}

pub fn transition_view(row: TransitionRow) -> Transition {
    Transition {
        seq: row.seq,
        at: row.at,
        step: row.step,
        attempt: row.attempt.map(i32::unsigned_abs),
        worker_id: row.worker_id,
        to_state: row.to_state,
        event: row.event,
        detail: row.detail.and_then(raw),
        detail_bytes: row.detail_bytes.map(bytes),
    }
}

/// No text has fewer than none.
fn bytes(octets: i32) -> u64 {
    octets.unsigned_abs().into()
}

/// The text of a `json` column, which the database checked.
pub fn raw(json: String) -> Option<Box<RawValue>> {
    RawValue::from_string(json).ok()
}
