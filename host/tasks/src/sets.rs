//! What belongs to many tasks or steps at once, in as many statements as for one.

use super::{Tasks, TasksError};
use crate::show::{ListedTask, ShownResult, shown_result};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use tasker_domain::ids::TaskId;
use tasker_domain::state::StepState;
use tasker_domain::task_report::{Attempts, LogRecord, ReportedAttempt};
use tasker_engine::sets::{
    AttemptsOfStep, StepLogRow, StepPlaceRow, StepReasonRow, StepsOfTask, TaskInputRow,
    TasksOfNamespace,
};
use tasker_engine::step_read::StepRow;
use tasker_engine::task_read::LockedVersionRow;

/// The attempts of a step, and the namespace of its task.
#[derive(Debug)]
pub struct OwnedAttempts {
    pub namespace: String,
    /// In the order of their numbers.
    pub attempts: Vec<ReportedAttempt>,
}

impl Tasks {
    /// The inputs of these tasks.
    pub async fn inputs(&self, tasks: &[TaskId]) -> Result<Vec<TaskInputRow>, TasksError> {
        Ok(self.engine.inputs_of_tasks(tasks).await?)
    }

    /// What the locks of these tasks name, in the order of the first step that runs it.
    pub async fn locks(
        &self,
        tasks: &[TaskId],
    ) -> Result<BTreeMap<TaskId, Vec<LockedVersionRow>>, TasksError> {
        let mut locks: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in self.engine.locks_of_tasks(tasks).await? {
            let lock = locks.entry(TaskId(row.task_id)).or_default();
            lock.push(row.version);
        }
        Ok(locks)
    }

    /// The results of those of these tasks that are complete.
    pub async fn results(
        &self,
        tasks: &[TaskId],
    ) -> Result<BTreeMap<TaskId, ShownResult>, TasksError> {
        let mut sinks: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in self.engine.sinks_of_tasks(tasks).await? {
            let own = sinks.entry(TaskId(row.task_id)).or_default();
            own.push(row.sink);
        }
        let results = sinks.into_iter();
        let results = results.map(|(task_id, sinks)| Ok((task_id, shown_result(&sinks)?)));
        results.collect()
    }

    /// How many steps of each of these tasks are in each state.
    pub async fn step_counts(
        &self,
        tasks: &[TaskId],
    ) -> Result<BTreeMap<TaskId, BTreeMap<StepState, u64>>, TasksError> {
        let ids: Vec<_> = tasks.iter().map(|task| task.0).collect();
        let mut counts: BTreeMap<TaskId, BTreeMap<StepState, u64>> = BTreeMap::new();
        for row in self.engine.step_counts(&ids).await? {
            let own = counts.entry(TaskId(row.task_id)).or_default();
            *own.entry(row.state).or_default() += row.steps.unsigned_abs();
        }
        Ok(counts)
    }

    /// These tasks, as far as they exist.
    pub async fn by_id(&self, tasks: &[TaskId]) -> Result<Vec<ListedTask>, TasksError> {
        let rows = self.engine.tasks_by_id(tasks).await?;
        self.listed(rows).await
    }

    /// Tasks of these namespaces from the newest to the oldest, for each key.
    pub async fn of_namespaces(
        &self,
        namespaces: &[TasksOfNamespace],
    ) -> Result<Vec<Vec<ListedTask>>, TasksError> {
        let rows = self.engine.tasks_of_namespaces(namespaces).await?;
        let (places, rows): (Vec<i32>, _) = rows.into_iter().map(|it| (it.ord, it.row)).unzip();
        let listed = self.listed(rows).await?;
        Ok(by_key(namespaces.len(), places.into_iter().zip(listed)))
    }

    /// Steps of these tasks in the order of their numbers, for each key.
    pub async fn steps_of_tasks(
        &self,
        tasks: &[StepsOfTask],
    ) -> Result<Vec<Vec<StepRow>>, TasksError> {
        let rows = self.engine.steps_of_tasks(tasks).await?;
        let rows = rows.into_iter().map(|it| (it.ord, it.row));
        Ok(by_key(tasks.len(), rows))
    }

    /// Where those of these steps are that exist.
    pub async fn places_of_steps(
        &self,
        steps: &[(TaskId, String)],
    ) -> Result<Vec<StepPlaceRow>, TasksError> {
        Ok(self.engine.places_of_steps(steps).await?)
    }

    /// Why those of these steps that are open are in their states.
    pub async fn reasons_of_steps(
        &self,
        steps: &[(TaskId, String)],
    ) -> Result<Vec<StepReasonRow>, TasksError> {
        Ok(self.engine.reasons_of_steps(steps).await?)
    }

    /// Attempts of these steps, for each key; none of one without a log.
    pub async fn attempts_of_steps(
        &self,
        steps: &[AttemptsOfStep],
    ) -> Result<Vec<Option<OwnedAttempts>>, TasksError> {
        let rows = self.engine.log_of_steps(steps).await?;
        let rows = rows.into_iter().map(|it| (it.ord, it.row));
        let logs = by_key(steps.len(), rows).into_iter();
        let owned = logs.map(|rows: Vec<StepLogRow>| {
            let Some(first) = rows.first() else {
                return Ok(None);
            };
            let (namespace, step) = (first.namespace.clone(), first.step.clone());
            let mut attempts = Attempts::default();
            for row in rows {
                attempts.add(&step, &log_record(row)?);
            }
            let attempts = attempts.into_inner();
            Ok(Some(OwnedAttempts {
                namespace,
                attempts,
            }))
        });
        owned.collect()
    }
}

/// What belongs to each key, by the places of the keys, from 1.
fn by_key<T>(keys: usize, rows: impl Iterator<Item = (i32, T)>) -> Vec<Vec<T>> {
    let mut sets: Vec<Vec<T>> = (0..keys).map(|_| Vec::new()).collect();
    for (place, row) in rows {
        sets[place as usize - 1].push(row);
    }
    sets
}

fn log_record(row: StepLogRow) -> Result<LogRecord, TasksError> {
    let detail = row.detail.map(RawValue::from_string).transpose();
    Ok(LogRecord {
        seq: row.seq,
        at: row.at,
        step: Some(row.step),
        attempt: Some(row.attempt.unsigned_abs()),
        worker_id: row.worker_id,
        host: row.host,
        to_state: Some(row.to_state),
        detail: detail.map_err(TasksError::StoredJson)?,
        ..LogRecord::default()
    })
}
