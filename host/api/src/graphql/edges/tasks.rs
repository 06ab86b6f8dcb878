//! What belongs to tasks and to their steps.

use super::keys::{Key, Read, load_each, page, refuse_all, value};
use crate::error::ApiError;
use crate::graphql::caller::Caller;
use crate::rest::task_views::{locked_version, raw, step_views, summary};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use tasker_domain::ids::TaskId;
use tasker_domain::task_report::ReportedAttempt;
use tasker_engine::sets::{AttemptsOfStep, StepsOfTask, TasksOfNamespace};
use tasker_engine::step_read::StepRow;
use tasker_graphql::host::Found;
use tasker_graphql::object;
use tasker_tasks::show::ListedTask;
use tasker_tasks::steps::ShownSteps;

/// A task of a namespace that the caller may read.
fn task(caller: &Caller, key: &Key<'_>) -> Read<TaskId> {
    Ok(key.namespace(caller)?.and(key.task()))
}

pub(super) async fn steps(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    let read = |key: &Key<'_>| {
        let (task_id, after) = (task(caller, key)?, key.after()?);
        let limit = key.rows();
        Ok(task_id.map(|task_id| StepsOfTask {
            task_id,
            after,
            limit,
        }))
    };
    load_each(keys, read, async |asked| {
        let steps = caller.api.tasks.steps_of_tasks(asked).await?;
        let pages = asked.iter().zip(steps).map(|(of, rows)| {
            let cursor = |row: &StepRow| row.step_no.to_string();
            page(rows, items(of.limit), cursor, |row| step(of.task_id, row))
        });
        Ok(pages.collect())
    })
    .await
}

/// Steps by their tasks and names. In which namespace a step is says only the database.
pub(super) async fn step_named(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    let named = |key: &Key<'_>| Some((key.task()?, key.text("step")?.to_owned()));
    let asked: Vec<_> = keys.iter().filter_map(|key| named(&Key(key))).collect();
    let places = match caller.api.tasks.places_of_steps(&asked).await {
        Ok(places) => places.into_iter(),
        Err(error) => return refuse_all(keys, error).await,
    };
    let places = places.map(|it| ((TaskId(it.task_id), it.step), (it.namespace, it.step_no)));
    let places: HashMap<_, _> = places.collect();
    let read = |key: &Key<'_>| {
        let Some(step) = named(key) else {
            return Ok(None);
        };
        let Some((namespace, step_no)) = places.get(&step) else {
            return Ok(None);
        };
        caller.check_read(namespace)?;
        Ok(Some(StepsOfTask {
            task_id: step.0,
            after: Some(step_no - 1),
            limit: 1,
        }))
    };
    load_each(keys, read, async |asked| {
        let steps = caller.api.tasks.steps_of_tasks(asked).await?;
        let steps = asked.iter().zip(steps).map(|(of, rows)| {
            let row = rows.into_iter().next();
            row.map(|row| step(of.task_id, row)).unwrap_or_default()
        });
        Ok(steps.collect())
    })
    .await
}

/// How many of the rows that are asked for are of the page.
fn items(limit: i32) -> usize {
    usize::try_from(limit - 1).unwrap_or_default()
}

/// A step, with what edges need of its task. Why it does not proceed is left out.
fn step(task_id: TaskId, row: StepRow) -> Json {
    let views = step_views(ShownSteps {
        rows: vec![row],
        explanations: HashMap::new(),
    });
    let mut step = value(views.into_iter().next());
    step["$task"] = value(task_id);
    step["$is_part"] = true.into();
    step
}

pub(super) async fn attempts(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    let read = |key: &Key<'_>| {
        let after = key.after::<i32>()?.unwrap_or_default();
        let of = key.task().zip(key.text("step"));
        Ok(of.map(|(task_id, step)| AttemptsOfStep {
            task_id,
            step: step.to_owned(),
            after,
            limit: key.rows(),
        }))
    };
    load_each(keys, read, async |asked| {
        let attempts = caller.api.tasks.attempts_of_steps(asked).await?;
        let pages = asked.iter().zip(attempts).map(|(of, owned)| {
            let attempts = match owned {
                None => Vec::new(),
                Some(owned) => {
                    caller.check_read(&owned.namespace)?;
                    owned.attempts
                }
            };
            let cursor = |attempt: &ReportedAttempt| attempt.attempt.to_string();
            let item = |row| attempt(of.task_id, row);
            Ok(page(attempts, items(of.limit), cursor, item))
        });
        pages.collect()
    })
    .await
}

/// An attempt, with what its id needs of its task.
fn attempt(task_id: TaskId, row: ReportedAttempt) -> Json {
    let mut attempt = value(row);
    attempt["$task"] = value(task_id);
    attempt
}

pub(super) async fn step_reasons(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    let read = |key: &Key<'_>| {
        let step = key.text("step").map(str::to_owned);
        Ok(key.task().zip(step))
    };
    load_each(keys, read, async |asked| {
        let mut reasons = HashMap::new();
        for row in caller.api.tasks.reasons_of_steps(asked).await? {
            caller.check_read(&row.namespace)?;
            reasons.insert((TaskId(row.task_id), row.step), row.why);
        }
        let reasons = asked.iter().map(|key| json!({"reason": reasons.get(key)}));
        Ok(reasons.collect())
    })
    .await
}

/// What belongs to each of these tasks, and nothing of those that have none.
async fn of_tasks(
    caller: &Caller,
    keys: &[Json],
    load: impl AsyncFnOnce(&[TaskId]) -> Result<BTreeMap<TaskId, Json>, ApiError>,
) -> Vec<Found> {
    load_each(
        keys,
        |key| task(caller, key),
        async |asked| {
            let mut loaded = load(asked).await?;
            let found = asked.iter().map(|task_id| loaded.remove(task_id));
            Ok(found.map(Option::unwrap_or_default).collect())
        },
    )
    .await
}

pub(super) async fn inputs(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    of_tasks(caller, keys, async |asked| {
        let rows = caller.api.tasks.inputs(asked).await?;
        let inputs = rows.into_iter().map(|row| {
            let input = object([
                ("input", value(row.input.and_then(raw))),
                ("input_bytes", row.input_bytes.into()),
                ("seq", row.seq.into()),
            ]);
            (TaskId(row.task_id), input)
        });
        Ok(inputs.collect())
    })
    .await
}

pub(super) async fn results(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    of_tasks(caller, keys, async |asked| {
        let results = caller.api.tasks.results(asked).await?;
        let results = results.into_iter().map(|(task_id, result)| {
            let result = object([
                ("result", value(result.text)),
                ("result_bytes", result.bytes.into()),
            ]);
            (task_id, result)
        });
        Ok(results.collect())
    })
    .await
}

pub(super) async fn locks(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    of_tasks(caller, keys, async |asked| {
        let locks = caller.api.tasks.locks(asked).await?;
        let locks = locks.into_iter().map(|(task_id, lock)| {
            let lock: Vec<_> = lock.into_iter().map(locked_version).collect();
            (task_id, object([("lock", value(lock))]))
        });
        Ok(locks.collect())
    })
    .await
}

pub(super) async fn step_counts(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    of_tasks(caller, keys, async |asked| {
        let counts = caller.api.tasks.step_counts(asked).await?;
        let counts = counts.into_iter();
        Ok(counts
            .map(|(task_id, counts)| (task_id, object([("step_counts", value(counts))])))
            .collect())
    })
    .await
}

pub(super) async fn by_id(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    load_each(
        keys,
        |key| Ok(key.task()),
        async |asked| {
            let tasks = caller.api.tasks.by_id(asked).await?;
            let mut by_id = HashMap::new();
            for listed in tasks {
                caller.check_read(&listed.task.namespace)?;
                by_id.insert(listed.task.task_id, value(summary(listed)));
            }
            let found = asked.iter().map(|task_id| by_id.remove(&task_id.0));
            Ok(found.map(Option::unwrap_or_default).collect())
        },
    )
    .await
}

pub(super) async fn of_namespaces(caller: &Caller, keys: &[Json]) -> Vec<Found> {
    let read = |key: &Key<'_>| {
        let (namespace, after) = (key.namespace(caller)?, key.after()?);
        let limit = key.rows();
        Ok(namespace.map(|namespace| TasksOfNamespace {
            namespace,
            after,
            limit,
        }))
    };
    load_each(keys, read, async |asked| {
        let tasks = caller.api.tasks.of_namespaces(asked).await?;
        let pages = asked.iter().zip(tasks).map(|(of, rows)| {
            let cursor = |listed: &ListedTask| listed.task.task_id.to_string();
            page(rows, items(of.limit), cursor, |listed| {
                value(summary(listed))
            })
        });
        Ok(pages.collect())
    })
    .await
}
