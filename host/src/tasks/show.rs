//! Looking at tasks: one, many, and what can be derived from their steps.

use super::{Tasks, TasksError};
use crate::domain::ids::TaskId;
use crate::domain::state::{StepState, TaskState};
use crate::store::task_read::{StepRow, TaskDetailRow, TaskFilter, TaskRow, TransitionRow};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Why an open task does not move; derived from its steps, never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StandstillReason {
    WaitingForDependencies,
    WaitingForRetry,
    WaitingForEvent,
    /// What it would run next is quarantined.
    Quarantined,
    BlockedByFailures,
}

/// How a step stands, as far as its task's standstill depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    state: StepState,
    is_parked: bool,
}

impl StandstillReason {
    /// The reason that these states of one open task's steps make; none while it moves.
    fn of(steps: &[Standing]) -> Option<Self> {
        let has = |state| {
            let moves = |step: &Standing| step.state == state && !step.is_parked;
            steps.iter().any(moves)
        };
        if has(StepState::Running) || has(StepState::Ready) {
            None
        } else if has(StepState::WaitingForRetry) {
            Some(Self::WaitingForRetry)
        } else if has(StepState::WaitingForEvent) {
            Some(Self::WaitingForEvent)
        } else if steps.iter().any(|step| step.is_parked) {
            Some(Self::Quarantined)
        } else if has(StepState::Error) {
            Some(Self::BlockedByFailures)
        } else if has(StepState::Waiting) {
            Some(Self::WaitingForDependencies)
        } else {
            None
        }
    }
}

/// A task as a list shows it.
#[derive(Debug)]
pub struct ListedTask {
    pub task: TaskRow,
    pub reason: Option<StandstillReason>,
}

/// A task with all of its steps.
#[derive(Debug)]
pub struct ShownTask {
    pub detail: TaskDetailRow,
    pub reason: Option<StandstillReason>,
    /// The sink's result, or where there are several sinks an object of their results by step
    /// name; none unless the task is complete. JSON text.
    pub result: Option<Box<RawValue>>,
    pub steps: Vec<StepRow>,
    /// By step number, why a step that is not over stands where it stands.
    pub explanations: HashMap<i16, String>,
}

impl Tasks {
    /// Tasks from the newest to the oldest, `limit` at most.
    pub async fn list(
        &self,
        filter: &TaskFilter,
        limit: i64,
    ) -> Result<Vec<ListedTask>, TasksError> {
        let rows = self.store.list_tasks(filter, limit).await?;
        let states = self.open_step_states(&rows).await?;
        let listed = |task: TaskRow| {
            let reason = states
                .get(&task.task_id)
                .and_then(|own| StandstillReason::of(own));
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
        let reason = states
            .remove(&task_id.0)
            .and_then(|own| StandstillReason::of(&own));
        Ok(ListedTask {
            task: detail.task,
            reason,
        })
    }

    /// One task. Its steps are read after it: where it is final, so are they.
    pub async fn show(&self, task_id: TaskId) -> Result<ShownTask, TasksError> {
        let detail = self.detail(task_id).await?;
        let steps = self.store.steps(task_id).await?;
        let standing = |step: &StepRow| Standing {
            state: step.state,
            is_parked: step.is_parked,
        };
        let states: Vec<Standing> = steps.iter().map(standing).collect();
        let is_open = !detail.task.state.is_final();
        Ok(ShownTask {
            reason: StandstillReason::of(&states).filter(|_| is_open),
            result: task_result(&steps)?,
            explanations: self.explanations(&detail.task).await?,
            detail,
            steps,
        })
    }

    /// Transitions of one task after `seq`, or only the events among them, in order, `limit` at most.
    pub async fn transitions(
        &self,
        task_id: TaskId,
        only_events: bool,
        after_seq: i64,
        limit: i64,
    ) -> Result<Vec<TransitionRow>, TasksError> {
        self.progress(task_id).await?;
        let rows = self
            .store
            .transitions(task_id, only_events, after_seq, limit);
        Ok(rows.await?)
    }

    async fn detail(&self, task_id: TaskId) -> Result<TaskDetailRow, TasksError> {
        self.store
            .task(task_id)
            .await?
            .ok_or(TasksError::UnknownTask { task_id })
    }

    /// Nothing is left to explain about a complete task.
    async fn explanations(&self, task: &TaskRow) -> Result<HashMap<i16, String>, TasksError> {
        if task.state == TaskState::Complete {
            return Ok(HashMap::new());
        }
        let explained = self.store.explain_steps(TaskId(task.task_id)).await?;
        Ok(explained.into_iter().collect())
    }

    async fn open_step_states(
        &self,
        tasks: &[TaskRow],
    ) -> Result<HashMap<Uuid, Vec<Standing>>, TasksError> {
        let open: Vec<Uuid> = tasks
            .iter()
            .filter(|task| !task.state.is_final())
            .map(|task| task.task_id)
            .collect();
        let mut states: HashMap<Uuid, Vec<Standing>> = HashMap::new();
        if !open.is_empty() {
            for row in self.store.step_states(&open).await? {
                states.entry(row.task_id).or_default().push(Standing {
                    state: row.state,
                    is_parked: row.is_parked,
                });
            }
        }
        Ok(states)
    }
}

/// None unless every sink has a result.
fn task_result(steps: &[StepRow]) -> Result<Option<Box<RawValue>>, TasksError> {
    let sinks: Vec<&StepRow> = steps.iter().filter(|step| step.is_sink).collect();
    let results: Option<BTreeMap<&str, &str>> = sinks
        .iter()
        .map(|sink| Some((sink.name.as_str(), sink.result.as_deref()?)))
        .collect();
    let Some(results) = results else {
        return Ok(None);
    };
    let text = match sinks.as_slice() {
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
        let standing = |state: &StepState| Standing {
            state: *state,
            is_parked: false,
        };
        StandstillReason::of(&states.iter().map(standing).collect::<Vec<_>>())
    }

    fn with_a_parked_step(states: &[StepState]) -> Option<StandstillReason> {
        let mut steps = vec![Standing {
            state: Ready,
            is_parked: true,
        }];
        steps.extend(states.iter().map(|state| Standing {
            state: *state,
            is_parked: false,
        }));
        StandstillReason::of(&steps)
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
    fn a_parked_step_stands_still_unless_another_moves() {
        let found = with_a_parked_step(&[Complete, Waiting, Error]);
        assert_eq!(found, Some(StandstillReason::Quarantined));
        assert_eq!(with_a_parked_step(&[Running]), None);
        let found = with_a_parked_step(&[WaitingForRetry]);
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
