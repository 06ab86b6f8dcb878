//! The handlers of one component: which there are, what they say of themselves, how one is run.

use crate::handler::Handler;
use crate::{Context, Failure, TextOutcome, json};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use std::collections::BTreeMap;

/// All handlers of a component, as [`handlers!`](crate::handlers) lists them.
#[derive(Debug)]
pub struct Handlers {
    entries: &'static [Entry],
    capabilities: &'static [&'static str],
    events: &'static [Event],
}

/// An event that handlers of a component send.
#[derive(Debug)]
pub struct Event {
    /// Such as `orders.charged`.
    pub name: &'static str,
    /// What it tells: lines of a doc comment.
    pub description: &'static [&'static str],
    /// The schema of its payload.
    pub schema: fn() -> Schema,
}

/// One handler of a component, without its types.
#[derive(Debug)]
pub struct Entry {
    /// The name that templates call it by.
    pub name: &'static str,
    /// Runs it: context and input as JSON text.
    pub run: fn(&Context, &str) -> Result<TextOutcome, Failure>,
    /// What it says of itself; asked once, when the component is published.
    pub describe: fn() -> Description,
}

/// What a handler says of itself.
#[derive(Debug, Serialize)]
pub struct Description {
    name: &'static str,
    description: String,
    input_schema: Schema,
    result_schema: Schema,
    error_codes: Vec<&'static str>,
}

#[derive(Serialize)]
struct Descriptor {
    handlers: Vec<Description>,
    capabilities: &'static [&'static str],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    events: BTreeMap<&'static str, DeclaredEvent>,
}

#[derive(Serialize)]
struct DeclaredEvent {
    description: String,
    schema: Schema,
}

impl Handlers {
    /// The handlers of one component, the capabilities that they want and the events that they send.
    pub const fn new(
        entries: &'static [Entry],
        capabilities: &'static [&'static str],
        events: &'static [Event],
    ) -> Self {
        Self {
            entries,
            capabilities,
            events,
        }
    }

    /// Runs the handler of that name on an input, both as the host gives them.
    pub fn execute(&self, name: &str, ctx: &Context, input: &str) -> Result<TextOutcome, Failure> {
        match self.entries.iter().find(|entry| entry.name == name) {
            Some(entry) => (entry.run)(ctx, input),
            None => Err(self.unknown(name)),
        }
    }

    /// What the component holds, as the JSON text that the contract's `describe` returns.
    pub fn describe(&self) -> String {
        let handlers = self
            .entries
            .iter()
            .map(|entry| (entry.describe)())
            .collect();
        let descriptor = Descriptor {
            handlers,
            capabilities: self.capabilities,
            events: self.events.iter().map(Event::declared).collect(),
        };
        serde_json::to_string(&descriptor).expect("texts and schemas can be written as JSON")
    }

    fn unknown(&self, name: &str) -> Failure {
        let known: Vec<_> = self.entries.iter().map(|entry| entry.name).collect();
        let message = format!(
            "this component has no handler `{name}`; it has {}",
            known.join(", ")
        );
        Failure::permanent("unknown_handler", message)
    }
}

/// The schema of an event's payload of this type.
pub fn payload_schema<T: JsonSchema>() -> Schema {
    json::result_schema::<T>()
}

impl Event {
    fn declared(&self) -> (&'static str, DeclaredEvent) {
        let lines = self.description.iter();
        let lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(line));
        let event = DeclaredEvent {
            description: lines.collect::<Vec<_>>().join("\n"),
            schema: (self.schema)(),
        };
        (self.name, event)
    }
}

impl Description {
    /// Of a handler without a word about it yet.
    pub fn of<Shape>(name: &'static str, handler: impl Handler<Shape>) -> Self {
        Self {
            name,
            description: String::new(),
            input_schema: handler.input_schema(),
            result_schema: handler.result_schema(),
            error_codes: Vec::new(),
        }
    }

    /// One more line of a doc comment.
    pub fn line(mut self, line: &str) -> Self {
        if !self.description.is_empty() {
            self.description.push('\n');
        }
        self.description
            .push_str(line.strip_prefix(' ').unwrap_or(line));
        self
    }

    /// The codes of failures that callers may tell apart.
    pub fn errors(mut self, codes: &[&'static str]) -> Self {
        self.error_codes.extend(codes);
        self
    }
}
