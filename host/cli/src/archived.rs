//! Tasks that were deleted, from the archive of a host.

use super::{Answer, Exit, Problem, Result};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tasker_archive::{Archive, Location};
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::ids::TaskId;
use tasker_domain::task_report::{MAX_PARENTS, TaskRecord, TaskReport};
use tasker_wire::log::{AttemptLogPage, chunk_lines};
use tasker_wire::task::Task;

/// A line of the archive.
#[derive(serde::Deserialize)]
struct Line<'a> {
    task: Map<String, Value>,
    steps: Vec<Map<String, Value>>,
    #[serde(borrow)]
    log: Vec<&'a RawValue>,
}

/// The line of one task.
pub struct ArchivedTask {
    location: Location,
    id: TaskId,
    line: String,
}

impl ArchivedTask {
    /// Finds the task in the archive there.
    pub async fn find(location: &Location, id: TaskId) -> Result<Self> {
        let unreadable =
            |error: &dyn std::error::Error| Problem::bad_input(ErrorChain(error).to_string());
        let archive = Archive::open(location.clone()).map_err(|error| unreadable(&error))?;
        let line = archive.find(id).await.map_err(|error| unreadable(&error))?;
        let Some(line) = line else {
            let what = format!("the archive {location} has no task {id}");
            return Err(Problem::new(Exit::NotFound, "unknown_task", what).into());
        };
        let location = location.clone();
        Ok(Self { location, id, line })
    }

    /// The task as the API showed it, but with whole payloads.
    pub fn task(&self) -> Result<Answer<Task>> {
        self.read(task_of)
    }

    /// The report of the task, as the API would give it if the task were still there.
    pub fn report(&self) -> Result<Answer<TaskReport>> {
        self.read(|line| Ok(TaskRecord::parse(line)?.report()))
    }

    /// What the attempts of a step logged, or one of them; `None` if the archive was written without.
    pub fn attempt_log(&self, step: &str, attempt: Option<u32>) -> Result<Option<AttemptLogPage>> {
        let logs: Logs<'_> =
            serde_json::from_str(&self.line).map_err(|error| self.wrong(&error))?;
        if !logs.steps.iter().any(|it| it.name == step) {
            let id = self.id;
            let what = format!("the task {id} has no step `{step}`");
            return Err(Problem::new(Exit::NotFound, "unknown_step", what).into());
        }
        let Some(chunks) = logs.attempt_logs else {
            return Ok(None);
        };
        let is_wanted =
            |it: &&LogChunk<'_>| it.step == step && attempt.is_none_or(|no| no == it.attempt);
        let chunks = chunks.iter().filter(is_wanted);
        let lines = chunks.map(|it| chunk_lines(it.attempt, it.last_line, it.lines.get()));
        let lines: serde_json::Result<Vec<_>> = lines.collect();
        let items = lines.map_err(|error| self.wrong(&error))?.concat();
        let position = items
            .last()
            .map_or((0, 0), |last| (last.attempt, last.line));
        Ok(Some(AttemptLogPage {
            items,
            next: None,
            position: format!("{}.{}", position.0, position.1),
            is_complete: true,
        }))
    }

    fn read<T: Serialize>(
        &self,
        make: impl FnOnce(&str) -> serde_json::Result<T>,
    ) -> Result<Answer<T>> {
        let made = || {
            let value = make(&self.line)?;
            let text = serde_json::to_string(&value)?;
            Ok(Answer { text, value })
        };
        made().map_err(|error| self.wrong(&error).into())
    }

    fn wrong(&self, error: &serde_json::Error) -> Problem {
        let (location, id) = (&self.location, self.id);
        Problem::bad_input(format!(
            "the archive {location} has something else for {id}: {error}"
        ))
    }
}

/// What a line has of the logs of attempts.
#[derive(serde::Deserialize)]
struct Logs<'a> {
    steps: Vec<StepName>,
    /// None in lines of earlier releases.
    #[serde(borrow)]
    attempt_logs: Option<Vec<LogChunk<'a>>>,
}

#[derive(serde::Deserialize)]
struct StepName {
    name: String,
}

/// Lines of one attempt that follow each other.
#[derive(serde::Deserialize)]
struct LogChunk<'a> {
    step: String,
    attempt: u32,
    last_line: u32,
    #[serde(borrow)]
    lines: &'a RawValue,
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
