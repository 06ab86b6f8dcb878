//! Tasks that were deleted, from the archive of a host.

use crate::{Answer, Exit, Problem, Result};
use flate2::read::MultiGzDecoder;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use tasker_domain::ids::TaskId;
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
pub fn find(folder: &Path, id: TaskId) -> Result<Answer<Task>> {
    let unreadable = |path: &Path, error: &dyn std::fmt::Display| {
        Problem::bad_input(format!("cannot read {}: {error}", path.display()))
    };
    let files = files(folder, id).map_err(|error| unreadable(folder, &error))?;
    for path in files {
        let line = line_of(&path, id).map_err(|error| unreadable(&path, &error))?;
        if let Some(line) = line {
            let task = task_of(&line).map_err(|error| unreadable(&path, &error))?;
            let text = serde_json::to_string(&task).map_err(|error| unreadable(&path, &error))?;
            return Ok(Answer { text, value: task });
        }
    }
    let what = format!("the archive {} has no task {id}", folder.display());
    Err(Problem::new(Exit::NotFound, "unknown_task", what).into())
}

/// Files of `folder/DAY` whose name says that they may have the task.
fn files(folder: &Path, id: TaskId) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for day in std::fs::read_dir(folder)? {
        let day = day?.path();
        if !day.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(day)? {
            let file = file?;
            if may_have(&file.file_name().to_string_lossy(), id) {
                found.push(file.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// True for `FIRST_LAST.jsonl.gz` where the id is between these.
fn may_have(name: &str, id: TaskId) -> bool {
    let ids = name.strip_suffix(".jsonl.gz");
    let Some((first, last)) = ids.and_then(|ids| ids.split_once('_')) else {
        return false;
    };
    let (Ok(first), Ok(last)) = (first.parse::<TaskId>(), last.parse::<TaskId>()) else {
        return false;
    };
    (first..=last).contains(&id)
}

fn line_of(path: &Path, id: TaskId) -> std::io::Result<Option<String>> {
    let lines = BufReader::new(MultiGzDecoder::new(File::open(path)?)).lines();
    let begins = format!("{{\"task\":{{\"id\" : \"{id}\"");
    for line in lines {
        let line = line?;
        if line.starts_with(&begins) {
            return Ok(Some(line));
        }
    }
    Ok(None)
}

/// Puts together what the API derives: the result, the counts of steps, the newest transition.
fn task_of(line: &str) -> serde_json::Result<Task> {
    let Line {
        mut task,
        steps,
        log,
    } = serde_json::from_str(line)?;
    let mut counts = Map::new();
    for step in &steps {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_tasks_between_the_ids_of_its_name() {
        let id = |n: u8| -> TaskId {
            let text = format!("0190aaaa-0000-7000-8000-0000000000{n:02x}");
            text.parse().unwrap()
        };
        let name = format!("{}_{}.jsonl.gz", id(5), id(9));
        assert!(may_have(&name, id(5)) && may_have(&name, id(7)) && may_have(&name, id(9)));
        assert!(!may_have(&name, id(4)) && !may_have(&name, id(10)));
        assert!(
            !may_have("notes.txt", id(5)) && !may_have(&name.replace(".gz", ".partial"), id(5))
        );
    }
}
