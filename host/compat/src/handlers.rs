//! Compatibility of a component for those who run its handlers.

use super::CompatChange;
use super::schemas::{Flow, compare_schemas};
use serde_json::Value;
use std::collections::BTreeSet;
use tasker_domain::name::Name;

/// A component as templates see it.
pub struct ComponentFace<'a> {
    /// `None` if the component does not describe them.
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

/// All that is different.
pub fn compare(old: &ComponentFace<'_>, new: &ComponentFace<'_>) -> Vec<CompatChange> {
    let mut changes = match (&old.handlers, &new.handlers) {
        (None, None) => Vec::new(),
        (None, Some(_)) => vec![CompatChange::minor("handlers", "are described now")],
        (Some(_), None) => vec![CompatChange::major("handlers", "are no longer described")],
        (Some(old), Some(new)) => compare_handlers(old, new),
    };
    changes.extend(compare_capabilities(old.capabilities, new.capabilities));
    changes
}

fn compare_handlers(old: &[HandlerFace<'_>], new: &[HandlerFace<'_>]) -> Vec<CompatChange> {
    let mut changes = Vec::new();
    for handler in old {
        let path = format!("handlers.{}", handler.name);
        match new.iter().find(|other| other.name == handler.name) {
            Some(other) => changes.extend(compare_handler(&path, handler, other)),
            None => changes.push(CompatChange::major(path, "the handler is no longer there")),
        }
    }
    let is_new = |handler: &&HandlerFace<'_>| !old.iter().any(|it| it.name == handler.name);
    let added = new.iter().filter(is_new);
    changes.extend(added.map(|handler| {
        let path = format!("handlers.{}", handler.name);
        CompatChange::minor(path, "the handler is new")
    }));
    changes
}

fn compare_handler(path: &str, old: &HandlerFace<'_>, new: &HandlerFace<'_>) -> Vec<CompatChange> {
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
        changes.push(CompatChange::patch(
            within("retry"),
            "the defaults are different",
        ));
    }
    if old.description != new.description {
        changes.push(CompatChange::patch(path, "the description is different"));
    }
    changes
}

/// A code that callers do not know is a failure to them as any other.
fn compare_errors(path: &str, old: &[String], new: &[String]) -> Vec<CompatChange> {
    let differ = differing(old, new);
    let gone = differ.gone.iter();
    let gone =
        gone.map(|code| CompatChange::minor(path, format!("`{code}` is no longer returned")));
    let added = differ.added.iter();
    let added = added.map(|code| CompatChange::minor(path, format!("`{code}` is new")));
    gone.chain(added).collect()
}

fn compare_capabilities(old: &[String], new: &[String]) -> Vec<CompatChange> {
    let path = "capabilities";
    let differ = differing(old, new);
    let gone = differ.gone.iter();
    let gone = gone.map(|it| CompatChange::patch(path, format!("`{it}` is no longer requested")));
    let added = differ.added.iter();
    let added = added.map(|it| CompatChange::minor(path, format!("`{it}` is requested now")));
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

#[cfg(test)]
mod tests;
