//! What a component promises to those who run its handlers.

use super::{Change, Level};
use schema_compat::{Difference, Effect};
use serde_json::Value;
use std::collections::BTreeSet;
use tasker_domain::name::Name;

/// A component as templates see it.
pub struct ComponentFace<'a> {
    /// None where it does not tell.
    pub handlers: Option<Vec<HandlerFace<'a>>>,
    pub capabilities: &'a [String],
}

/// A handler as steps see it.
pub struct HandlerFace<'a> {
    pub name: &'a Name,
    pub description: Option<&'a str>,
    /// None: it takes any input. The host does not fill in its defaults, so they change nothing of
    /// what has to be given.
    pub input_schema: Option<&'a Value>,
    /// None: its result may be anything.
    pub result_schema: Option<&'a Value>,
    pub error_codes: &'a [String],
    pub retry: Option<&'a Value>,
}

/// Which way values go through a schema, seen from whoever relies on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// They give the values, and the host leaves them alone: the input of a handler.
    Input,
    /// They give the values, and the host fills in defaults first: the input of a task.
    FilledInput,
    /// They get the values.
    Result,
}

/// All that is different.
pub fn compare(old: &ComponentFace<'_>, new: &ComponentFace<'_>) -> Vec<Change> {
    let mut changes = match (&old.handlers, &new.handlers) {
        (None, None) => Vec::new(),
        (None, Some(_)) => vec![Change::minor("handlers", "are described now")],
        (Some(_), None) => vec![Change::major("handlers", "are no longer described")],
        (Some(old), Some(new)) => compare_handlers(old, new),
    };
    changes.extend(compare_capabilities(old.capabilities, new.capabilities));
    changes
}

fn compare_handlers(old: &[HandlerFace<'_>], new: &[HandlerFace<'_>]) -> Vec<Change> {
    let mut changes = Vec::new();
    for handler in old {
        let path = format!("handlers.{}", handler.name);
        match new.iter().find(|other| other.name == handler.name) {
            Some(other) => changes.extend(compare_handler(&path, handler, other)),
            None => changes.push(Change::major(path, "the handler is no longer there")),
        }
    }
    let is_new = |handler: &&HandlerFace<'_>| !old.iter().any(|it| it.name == handler.name);
    let added = new.iter().filter(is_new);
    changes.extend(added.map(|handler| {
        let path = format!("handlers.{}", handler.name);
        Change::minor(path, "the handler is new")
    }));
    changes
}

fn compare_handler(path: &str, old: &HandlerFace<'_>, new: &HandlerFace<'_>) -> Vec<Change> {
    let within = |part: &str| format!("{path}.{part}");
    let (input, result) = (within("input"), within("result"));
    let mut changes = compare_schemas(Flow::Input, &input, old.input_schema, new.input_schema);
    changes.extend(compare_schemas(
        Flow::Result,
        &result,
        old.result_schema,
        new.result_schema,
    ));
    changes.extend(compare_errors(
        &within("errors"),
        old.error_codes,
        new.error_codes,
    ));
    if old.retry != new.retry {
        changes.push(Change::patch(within("retry"), "the defaults are different"));
    }
    if old.description != new.description {
        changes.push(Change::patch(path, "the description is different"));
    }
    changes
}

/// A code that callers do not know is a failure to them as any other.
fn compare_errors(path: &str, old: &[String], new: &[String]) -> Vec<Change> {
    let differ = differing(old, new);
    let gone = differ.gone.iter();
    let gone = gone.map(|code| Change::minor(path, format!("`{code}` is no longer returned")));
    let added = differ.added.iter();
    let added = added.map(|code| Change::minor(path, format!("`{code}` is new")));
    gone.chain(added).collect()
}

fn compare_capabilities(old: &[String], new: &[String]) -> Vec<Change> {
    let path = "capabilities";
    let differ = differing(old, new);
    let gone = differ.gone.iter();
    let gone = gone.map(|it| Change::patch(path, format!("`{it}` is no longer wanted")));
    let added = differ.added.iter();
    let added = added.map(|it| Change::minor(path, format!("`{it}` is wanted now")));
    gone.chain(added).collect()
}

struct Differing<'a> {
    gone: Vec<&'a str>,
    added: Vec<&'a str>,
}

fn differing<'a>(old: &'a [String], new: &'a [String]) -> Differing<'a> {
    let set = |list: &'a [String]| list.iter().map(String::as_str).collect::<BTreeSet<_>>();
    let (old, new) = (set(old), set(new));
    Differing {
        gone: old.difference(&new).copied().collect(),
        added: new.difference(&old).copied().collect(),
    }
}

/// What the differences of two schemas mean; none is the schema that takes everything.
pub(super) fn compare_schemas(
    flow: Flow,
    path: &str,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Vec<Change> {
    let any = Value::Bool(true);
    let (before, after) = (old.unwrap_or(&any), new.unwrap_or(&any));
    let differences = match flow {
        Flow::Input | Flow::Result => schema_compat::compare(before, after),
        Flow::FilledInput => schema_compat::compare_filled_in(before, after),
    };
    if differences.is_empty() && old != new {
        return vec![Change::patch(path, "the schema is written differently")];
    }
    let change = |difference| change(flow, path, difference);
    differences.into_iter().map(change).collect()
}

fn change(flow: Flow, path: &str, difference: Difference) -> Change {
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
    Change::new(level, format!("{path}{pointer}"), what)
}

#[cfg(test)]
mod tests;
