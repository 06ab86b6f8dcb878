//! Looking at tasks: one, many, and what can be derived from their steps.

use super::steps::ShownSteps;
use super::{Tasks, TasksError};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};
use tasker_database::listing::RowCount;
use tasker_domain::ids::TaskId;
use tasker_domain::order::Seek;
use tasker_domain::state::{StandstillReason, StepState, TaskState};
use tasker_engine::step_read::{MAX_INLINE_SINKS, SinkRow, StepFilter};
use tasker_engine::task_list::{TaskCount, TaskFilter};
use tasker_engine::task_read::{
    LockedVersionRow, MAX_INLINE_TASK_BYTES, StepCountRow, TaskDetailRow, TaskRow, TransitionRow,
    TransitionsOf,
};
use uuid::Uuid;

/// The steps that are shown with their task; of more, these are the first.
pub const SHOWN_STEPS: i64 = 100;

/// What of a step decides whether its task proceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct StepSummary {
    state: StepState,
    is_suspended: bool,
}

impl StepSummary {
    fn of(row: &StepCountRow) -> Self {
        Self {
            state: row.state,
            is_suspended: row.is_suspended,
        }
    }
}

/// The reason that these states of one open task's steps make; none while it moves.
fn standstill(steps: &[StepSummary]) -> Option<StandstillReason> {
    let has = |state| {
        let moves = |step: &StepSummary| step.state == state && !step.is_suspended;
        steps.iter().any(moves)
    };
    if has(StepState::Running) || has(StepState::Ready) {
        None
    } else if has(StepState::WaitingForRetry) {
        Some(StandstillReason::WaitingForRetry)
    } else if has(StepState::WaitingForEvent) {
        Some(StandstillReason::WaitingForEvent)
    } else if steps.iter().any(|step| step.is_suspended) {
        Some(StandstillReason::Quarantined)
    } else if has(StepState::Error) {
        Some(StandstillReason::BlockedByFailures)
    } else if has(StepState::Waiting) {
        Some(StandstillReason::WaitingForDependencies)
    } else {
        None
    }
}

/// A task as a list shows it.
#[derive(Debug)]
pub struct ListedTask {
    pub task: TaskRow,
    pub reason: Option<StandstillReason>,
}

/// A task with the first of its steps. What is large is not in it: see [`super::payload`].
#[derive(Debug)]
pub struct ShownTask {
    pub detail: TaskDetailRow,
    pub reason: Option<StandstillReason>,
    pub result: ShownResult,
    /// Steps by state.
    pub counts: BTreeMap<StepState, u64>,
    pub lock: Vec<LockedVersionRow>,
    /// [`SHOWN_STEPS`] and one more, where there are more.
    pub steps: ShownSteps,
}

/// The result of a task.
#[derive(Debug, Default)]
pub struct ShownResult {
    /// The sink's result, or where there are several sinks an object of their results by step
    /// name; none unless the task is complete, or where it has more than
    /// [`MAX_INLINE_TASK_BYTES`]. JSON text.
    pub text: Option<Box<RawValue>>,
    /// Of all sinks; none unless the task is complete, or where there are too many to measure.
    pub bytes: Option<i64>,
}

impl Tasks {
    /// Tasks in the order in which they were created.
    pub async fn list(
        &self,
        filter: &TaskFilter,
        seek: Seek<TaskId>,
    ) -> Result<Vec<ListedTask>, TasksError> {
        let rows = self.engine.list_tasks(filter, seek).await?;
        self.listed(rows).await
    }

    /// How many tasks there are of this filter: counted where at most `most` have to be looked at, estimated otherwise.
    pub async fn count(&self, filter: &TaskFilter, most: i32) -> Result<TaskCount, TasksError> {
        Ok(self.engine.count_tasks(filter, most).await?)
    }

    /// These tasks, with why they do not proceed.
    pub(crate) async fn listed(&self, rows: Vec<TaskRow>) -> Result<Vec<ListedTask>, TasksError> {
        let states = self.open_step_states(&rows).await?;
        let listed = |task: TaskRow| {
            let reason = states.get(&task.task_id).and_then(|own| standstill(own));
            ListedTask { task, reason }
        };
        Ok(rows.into_iter().map(listed).collect())
    }

    /// One task without its steps.
    pub async fn summary(&self, task_id: TaskId) -> Result<ListedTask, TasksError> {
        let detail = self.detail(task_id).await?;
        let mut states = self
            .open_step_states(std::slice::from_ref(&detail.task))
            .await?;
        let reason = states.remove(&task_id.0).and_then(|own| standstill(&own));
        Ok(ListedTask {
            task: detail.task,
            reason,
        })
    }

    /// One task. Its steps are read after it: where it is final, so are they.
    pub async fn show(&self, task_id: TaskId) -> Result<ShownTask, TasksError> {
        let detail = self.detail(task_id).await?;
        let counts = self.engine.step_counts(&[task_id.0]).await?;
        let summaries: Vec<StepSummary> = counts.iter().map(StepSummary::of).collect();
        let is_open = !detail.task.state.is_final();
        let filter = StepFilter::default();
        Ok(ShownTask {
            reason: standstill(&summaries).filter(|_| is_open),
            result: self.result_of(&detail.task).await?,
            counts: by_state(&counts),
            lock: self.engine.locked_versions(task_id).await?,
            steps: self
                .steps_of(&detail.task, &filter, Seek::lowest(SHOWN_STEPS + 1))
                .await?,
            detail,
        })
    }

    /// The result of a complete task, if it is small.
    async fn result_of(&self, task: &TaskRow) -> Result<ShownResult, TasksError> {
        if task.state != TaskState::Complete {
            return Ok(ShownResult::default());
        }
        let task_id = TaskId(task.task_id);
        let sinks = self.engine.sink_results(task_id, MAX_INLINE_TASK_BYTES);
        match sinks.await? {
            None => Ok(ShownResult::default()),
            Some(sinks) => shown_result(&sinks),
        }
    }

    /// Transitions of one task by `seq`, or only the events among them.
    pub async fn transitions(
        &self,
        task_id: TaskId,
        only_events: bool,
        seek: Seek<i64>,
    ) -> Result<Vec<TransitionRow>, TasksError> {
        let of = self.transitions_of(task_id, only_events).await?;
        let rows = self.engine.transitions(of, seek).await?;
        rows.ok_or(TasksError::OpenOnReplica { task_id })
    }

    /// How many transitions one task has, or how many events among them.
    pub async fn count_transitions(
        &self,
        task_id: TaskId,
        only_events: bool,
    ) -> Result<RowCount, TasksError> {
        let of = self.transitions_of(task_id, only_events).await?;
        let count = self.engine.count_transitions(of).await?;
        count.ok_or(TasksError::OpenOnReplica { task_id })
    }

    async fn transitions_of(
        &self,
        task_id: TaskId,
        only_events: bool,
    ) -> Result<TransitionsOf, TasksError> {
        Ok(TransitionsOf {
            task_id,
            is_open: !self.progress(task_id).await?.is_final,
            only_events,
        })
    }

    pub(crate) async fn detail(&self, task_id: TaskId) -> Result<TaskDetailRow, TasksError> {
        self.engine
            .task(task_id)
            .await?
            .ok_or(TasksError::UnknownTask { task_id })
    }

    async fn open_step_states(
        &self,
        tasks: &[TaskRow],
    ) -> Result<HashMap<Uuid, Vec<StepSummary>>, TasksError> {
        let open: Vec<Uuid> = tasks
            .iter()
            .filter(|task| !task.state.is_final())
            .map(|task| task.task_id)
            .collect();
        let mut states: HashMap<Uuid, Vec<StepSummary>> = HashMap::new();
        if !open.is_empty() {
            for row in self.engine.step_counts(&open).await? {
                let own = states.entry(row.task_id).or_default();
                own.push(StepSummary::of(&row));
            }
        }
        Ok(states)
    }
}

fn by_state(counts: &[StepCountRow]) -> BTreeMap<StepState, u64> {
    let mut by_state = BTreeMap::new();
    for row in counts {
        *by_state.entry(row.state).or_default() += row.steps.unsigned_abs();
    }
    by_state
}

/// The result of a complete task from its sinks.
pub(crate) fn shown_result(sinks: &[SinkRow]) -> Result<ShownResult, TasksError> {
    if sinks.len() as i64 > MAX_INLINE_SINKS {
        return Ok(ShownResult::default());
    }
    Ok(ShownResult {
        text: task_result(sinks)?,
        bytes: Some(sinks.iter().map(|sink| i64::from(sink.bytes)).sum()),
    })
}

/// `None` if a sink's text was not read.
fn task_result(sinks: &[SinkRow]) -> Result<Option<Box<RawValue>>, TasksError> {
    let results: Option<BTreeMap<&str, &str>> = sinks
        .iter()
        .map(|sink| Some((sink.name.as_str(), sink.result.as_deref()?)))
        .collect();
    let Some(results) = results else {
        return Ok(None);
    };
    let text = match sinks {
        [] => return Ok(None),
        [only] => results[only.name.as_str()].to_owned(),
        [_, ..] => object_of(&results),
    };
    RawValue::from_string(text)
        .map(Some)
        .map_err(TasksError::StoredJson)
}

/// A JSON object of values that are JSON text already; a name needs no escaping.
fn object_of(values: &BTreeMap<&str, &str>) -> String {
    let members: Vec<String> = values
        .iter()
        .map(|(name, json)| format!("\"{name}\":{json}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use StepState::{Complete, Error, Ready, Running, Waiting, WaitingForEvent, WaitingForRetry};

    fn reason(states: &[StepState]) -> Option<StandstillReason> {
        let summary = |state: &StepState| StepSummary {
            state: *state,
            is_suspended: false,
        };
        standstill(&states.iter().map(summary).collect::<Vec<_>>())
    }

    fn with_a_suspended_step(states: &[StepState]) -> Option<StandstillReason> {
        let mut steps = vec![StepSummary {
            state: Ready,
            is_suspended: true,
        }];
        steps.extend(states.iter().map(|state| StepSummary {
            state: *state,
            is_suspended: false,
        }));
        standstill(&steps)
    }

    #[test]
    fn a_task_with_a_ready_or_running_step_moves() {
        assert_eq!(reason(&[Complete, Running, Error]), None);
        assert_eq!(reason(&[Ready, WaitingForRetry]), None);
    }

    #[test]
    fn what_will_move_by_itself_comes_before_what_failed() {
        let found = reason(&[Error, WaitingForRetry, WaitingForEvent]);
        assert_eq!(found, Some(StandstillReason::WaitingForRetry));
        let found = reason(&[Error, WaitingForEvent]);
        assert_eq!(found, Some(StandstillReason::WaitingForEvent));
    }

    #[test]
    fn a_suspended_step_is_a_standstill_unless_another_step_moves() {
        let found = with_a_suspended_step(&[Complete, Waiting, Error]);
        assert_eq!(found, Some(StandstillReason::Quarantined));
        assert_eq!(with_a_suspended_step(&[Running]), None);
        let found = with_a_suspended_step(&[WaitingForRetry]);
        assert_eq!(found, Some(StandstillReason::WaitingForRetry));
    }

    #[test]
    fn waiting_steps_behind_a_failed_one_are_blocked() {
        let found = reason(&[Complete, Error, Waiting]);
        assert_eq!(found, Some(StandstillReason::BlockedByFailures));
        let found = reason(&[Complete, Waiting]);
        assert_eq!(found, Some(StandstillReason::WaitingForDependencies));
    }

    #[test]
    fn results_of_several_sinks_are_an_object_by_step_name() {
        let values = BTreeMap::from([("b", "[1]"), ("a", "null")]);
        assert_eq!(object_of(&values), r#"{"a":null,"b":[1]}"#);
    }
}
