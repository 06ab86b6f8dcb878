//! A tool that runs a recorded attempt again, on this machine.

use super::file;
use crate::local_sandbox::LocalSandbox;
use crate::step::recorded::RecordedAttempt;
use crate::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use std::num::NonZeroU32;
use std::path::PathBuf;
use tasker_domain::ids::TaskId;
use tasker_mcp::{LocalTool, MAX_ANSWER_BYTES};

pub const NAME: &str = "replayStep";

const DESCRIPTION: &str = "\
Run a recorded attempt of a step again, and compare how it ends.

It runs in a sandbox of this machine, offline: every answer that the attempt had of its host and of others is the recorded \
one, so nothing is called and nothing changes. The same code ends in the same way, to the last byte. With `component` other \
code runs instead: whether a fix helps is seen before it is published. The answer has `same`, `mismatches`, how the attempt \
was `recorded` and how it was `replayed` (null of other code, and where the replay left the recording), and the `log` of the \
replay. Members that are too large are left out.

Attempts are recorded where a rule says so (listRecordingRules) or on hosts with --record. Needs `operate` in the namespace of \
the task.";

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    task: TaskId,
    step: String,
    attempt: Option<NonZeroU32>,
    component: Option<PathBuf>,
}

/// As it is offered.
pub fn tool() -> LocalTool {
    let arguments = json!({
        "type": "object",
        "properties": {
            "task": {"type": "string", "format": "uuid", "description": "The id of the task."},
            "step": {"type": "string", "description": "The name of the step."},
            "attempt": {
                "type": ["integer", "null"],
                "minimum": 1,
                "maximum": i32::MAX,
                "description": "This attempt; without it the last that was recorded.",
            },
            "component": {
                "type": ["string", "null"],
                "description": "The path of a component on this machine that runs instead of the one that ran, such as /src/shop/target/charge.wasm.",
            },
        },
        "required": ["task", "step"],
        "additionalProperties": false,
    });
    LocalTool {
        name: NAME,
        description: DESCRIPTION,
        arguments,
    }
}

/// The comparison, as JSON.
pub async fn run(
    arguments: Arguments,
    context: &Context,
    sandbox: &dyn LocalSandbox,
) -> Result<String> {
    let other = arguments.component.as_deref().map(file::component);
    let attempt = RecordedAttempt {
        task: arguments.task,
        step: arguments.step,
        attempt: arguments.attempt.map(NonZeroU32::get),
    };
    let replayable = attempt.replayable(other.transpose()?, context).await?;
    Ok(bounded(sandbox.replay(replayable).await?.json))
}

/// Large members are left out where all together are more than an answer may have, first those that other tools show.
fn bounded(mut comparison: Value) -> String {
    for member in ["recorded", "replayed", "log", "mismatches"] {
        let text = comparison.to_string();
        if text.len() <= MAX_ANSWER_BYTES {
            return text;
        }
        let bytes = comparison[member].to_string().len();
        comparison[member] = format!("left out: it has {bytes} bytes").into();
    }
    comparison.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whether_it_is_the_same_is_answered_whatever_the_size() {
        let small = json!({"same": true, "recorded": {"result": 1}});
        assert_eq!(bounded(small.clone()), small.to_string());
        let long = "x".repeat(MAX_ANSWER_BYTES);
        let large = json!({"same": false, "recorded": long, "replayed": long, "mismatches": ["a"], "log": []});
        let answer: Value = serde_json::from_str(&bounded(large)).unwrap();
        let left_out = format!("left out: it has {} bytes", MAX_ANSWER_BYTES + 2);
        let expected = json!({"same": false, "recorded": left_out, "replayed": left_out, "mismatches": ["a"], "log": []});
        assert_eq!(answer, expected);
    }
}
