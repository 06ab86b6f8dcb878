//! Tasks that were deleted, from the archive of a host.

use crate::{Answer, Exit, Problem, Result};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tasker_archive::{Archive, Location};
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::ids::TaskId;
use tasker_domain::task_report::{MAX_PARENTS, TaskRecord, TaskReport};
use tasker_wire::task::Task;

/// A line of the archive.
#[derive(serde::Deserialize)]
struct Line<'a> {
    task: Map<String, Value>,
    steps: Vec<Map<String, Value>>,
    #[serde(borrow)]
    log: Vec<&'a RawValue>,
}

/// The task as the API showed it, but with whole payloads.
pub async fn find(location: &Location, id: TaskId) -> Result<Answer<Task>> {
    read(location, id, task_of).await
}

/// The report of a task, as the API would give it if the task were still there.
pub async fn report(location: &Location, id: TaskId) -> Result<Answer<TaskReport>> {
    read(location, id, |line| Ok(TaskRecord::parse(line)?.report())).await
}

/// What is made of the line of a task.
async fn read<T: Serialize>(
    location: &Location,
    id: TaskId,
    make: impl FnOnce(&str) -> serde_json::Result<T>,
) -> Result<Answer<T>> {
    let unreadable =
        |error: &dyn std::error::Error| Problem::bad_input(ErrorChain(error).to_string());
    let archive = Archive::open(location.clone()).map_err(|error| unreadable(&error))?;
    let line = archive.find(id).await.map_err(|error| unreadable(&error))?;
    let Some(line) = line else {
        let what = format!("the archive {location} has no task {id}");
        return Err(Problem::new(Exit::NotFound, "unknown_task", what).into());
    };
    let made = || {
        let value = make(&line)?;
        let text = serde_json::to_string(&value)?;
        Ok(Answer { text, value })
    };
    let wrong = |error: serde_json::Error| {
        let what = format!("the archive {location} has something else for {id}: {error}");
        Problem::bad_input(what).into()
    };
    made().map_err(wrong)
}

/// Puts together what the API derives: the result, the counts of steps, the newest transition.
fn task_of(line: &str) -> serde_json::Result<Task> {
    let Line {
        mut task,
        mut steps,
        log,
    } = serde_json::from_str(line)?;
    let mut counts = Map::new();
    for step in &mut steps {
        if let Some(Value::Array(parents)) = step.get_mut("depends_on") {
            parents.truncate(MAX_PARENTS);
        }
        let state = step
            .get("state")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let count = counts.get(state).and_then(Value::as_u64).unwrap_or(0);
        counts.insert(state.to_owned(), json!(count + 1));
    }
    let sinks: Vec<_> = steps
        .iter()
        .filter(|step| is_true(step, "is_sink"))
        .collect();
    if task.get("state") == Some(&json!("complete")) {
        let bytes = sinks
            .iter()
            .filter_map(|step| step.get("result_bytes")?.as_u64());
        task.insert("result_bytes".to_owned(), json!(bytes.sum::<u64>()));
        task.insert("result".to_owned(), result_of(&sinks));
    }
    task.insert("step_counts".to_owned(), Value::Object(counts));
    task.insert("steps".to_owned(), json!(steps));
    task.insert("seq".to_owned(), seq_of(log.last()).unwrap_or(json!(0)));
    serde_json::from_str(&Value::Object(task).to_string())
}

fn seq_of(transition: Option<&&RawValue>) -> Option<Value> {
    let transition: Map<String, Value> = serde_json::from_str(transition?.get()).ok()?;
    transition.get("seq").cloned()
}

fn is_true(step: &Map<String, Value>, member: &str) -> bool {
    step.get(member) == Some(&json!(true))
}

/// The result of the only sink, or an object of those of all by name.
fn result_of(sinks: &[&Map<String, Value>]) -> Value {
    let result = |step: &Map<String, Value>| step.get("result").cloned().unwrap_or_default();
    match sinks {
        [only] => result(only),
        _ => {
            let named = sinks.iter().map(|step| {
                let name = step.get("name").and_then(Value::as_str).unwrap_or_default();
                (name.to_owned(), result(step))
            });
            named.collect()
        }
    }
}
