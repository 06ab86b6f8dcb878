//! What the difference of two schemas means to callers.

use super::{CompatChange, Level};
use schema_compat::{Difference, Effect};
use serde_json::Value;

/// The direction of values through a schema, seen from the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// They give the values, and the host leaves them alone: the input of a handler.
    Input,
    /// They give the values, and the host fills in defaults first: the input of a task.
    FilledInput,
    /// They get the values.
    Result,
}

/// What the differences of two schemas mean; none is the schema that takes everything.
pub(super) fn compare_schemas(
    flow: Flow,
    path: &str,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Vec<CompatChange> {
    let any = Value::Bool(true);
    let (before, after) = (old.unwrap_or(&any), new.unwrap_or(&any));
    let differences = match flow {
        Flow::Input | Flow::Result => schema_compat::compare(before, after),
        Flow::FilledInput => schema_compat::compare_filled_in(before, after),
    };
    if differences.is_empty() && old != new {
        return vec![CompatChange::patch(
            path,
            "the schema is written differently",
        )];
    }
    let change = |difference| change(flow, path, difference);
    differences.into_iter().map(change).collect()
}

fn change(flow: Flow, path: &str, difference: Difference) -> CompatChange {
    let Difference {
        path: pointer,
        what,
        effect,
    } = difference;
    let level =
        match (effect, flow) {
            (Effect::Changed, _) => Level::Major,
            (Effect::Named, _) => Level::Minor,
            (Effect::Narrowed, Flow::Input | Flow::FilledInput)
            | (Effect::Widened, Flow::Result) => Level::Major,
            (Effect::Widened, Flow::Input | Flow::FilledInput)
            | (Effect::Narrowed, Flow::Result) => Level::Minor,
        };
    CompatChange::new(level, format!("{path}{pointer}"), what)
}
