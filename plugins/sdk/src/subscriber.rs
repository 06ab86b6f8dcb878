//! The subscribers of one component: which there are, what they say of themselves, how one is run.

use crate::{Context, Failure, Value, json};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// An event of the feed, with the attributes of CloudEvents 1.0.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The same in each try, and in every other form of the event.
    pub id: String,
    /// Where it happened: `/namespaces/orders`.
    pub source: String,
    /// What happened: `tasker.task.completed`.
    pub event_type: String,
    /// What it happened to.
    pub subject: Option<String>,
    /// When it happened, as RFC 3339 has it: `2026-01-31T12:00:00Z`.
    pub time: String,
    /// The cursor behind the event.
    pub sequence: String,
    /// The same from the request that created the task to every event of it.
    pub correlation_id: Option<String>,
    /// The other attributes, by name.
    pub attributes: BTreeMap<String, String>,
    /// What is told of it, an object.
    pub data: Value,
}

impl Event {
    /// The day on which it happened, in UTC: `2026-01-31`.
    pub fn day(&self) -> &str {
        self.time.get(..10).unwrap_or(&self.time)
    }

    /// The data as a type of the subscriber's; a permanent failure with the code `invalid_event` if it is not.
    pub fn data_as<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        json::read("event", &self.data.to_string())
    }
}

/// All subscribers of a component, as [`subscribers!`](crate::subscribers) lists them.
#[derive(Debug)]
pub struct Subscribers {
    entries: &'static [Entry],
    capabilities: &'static [&'static str],
}

/// One subscriber of a component.
#[derive(Debug)]
pub struct Entry {
    /// The name that subscriptions call it by.
    pub name: &'static str,
    /// What people read of it: lines of a doc comment.
    pub description: &'static [&'static str],
    /// Runs it.
    pub run: fn(&Context, Event) -> Result<(), Failure>,
}

#[derive(Serialize)]
struct Description {
    name: &'static str,
    description: String,
}

#[derive(Serialize)]
struct Descriptor {
    handlers: [(); 0],
    subscribers: Vec<Description>,
    capabilities: &'static [&'static str],
}

/// A function that [`subscribers!`](crate::subscribers) can export. Two shapes are subscribers:
///
/// ```text
/// fn(&Context, Event) -> Result<(), E>
/// fn(Event) -> Result<(), E>
/// ```
///
/// `E` is a [`Failure`] or any error that becomes one. `Shape` only tells the two apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a subscriber",
    note = "write `fn(&Context, Event) -> Result<(), Failure>`, without `&Context` if it needs none"
)]
pub trait Subscriber<Shape> {
    /// Calls the function.
    fn run(&self, ctx: &Context, event: Event) -> Result<(), Failure>;
}

/// Shape of `fn(&Context, Event)`.
#[derive(Debug)]
pub struct TakesBoth;
/// Shape of `fn(Event)`.
#[derive(Debug)]
pub struct TakesEvent;

impl<F, E> Subscriber<TakesBoth> for F
where
    F: Fn(&Context, Event) -> Result<(), E>,
    E: Into<Failure>,
{
    fn run(&self, ctx: &Context, event: Event) -> Result<(), Failure> {
        self(ctx, event).map_err(Into::into)
    }
}

impl<F, E> Subscriber<TakesEvent> for F
where
    F: Fn(Event) -> Result<(), E>,
    E: Into<Failure>,
{
    fn run(&self, _ctx: &Context, event: Event) -> Result<(), Failure> {
        self(event).map_err(Into::into)
    }
}

impl Subscribers {
    /// The subscribers of one component, and the capabilities that they want.
    pub const fn new(entries: &'static [Entry], capabilities: &'static [&'static str]) -> Self {
        Self {
            entries,
            capabilities,
        }
    }

    /// Runs the subscriber of that name.
    pub fn handle(&self, name: &str, ctx: &Context, event: Event) -> Result<(), Failure> {
        match self.entries.iter().find(|entry| entry.name == name) {
            Some(entry) => (entry.run)(ctx, event),
            None => Err(self.unknown(name)),
        }
    }

    /// What the component holds, as the JSON text that the contract's `describe` returns.
    pub fn describe(&self) -> String {
        let descriptor = Descriptor {
            handlers: [],
            subscribers: self.entries.iter().map(Entry::described).collect(),
            capabilities: self.capabilities,
        };
        serde_json::to_string(&descriptor).expect("texts can be written as JSON")
    }

    fn unknown(&self, name: &str) -> Failure {
        let known: Vec<_> = self.entries.iter().map(|entry| entry.name).collect();
        let message = format!(
            "this component has no subscriber `{name}`; it has {}",
            known.join(", ")
        );
        Failure::permanent("unknown_subscriber", message)
    }
}

impl Entry {
    fn described(&self) -> Description {
        let lines = self.description.iter();
        let lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(line));
        Description {
            name: self.name,
            description: lines.collect::<Vec<_>>().join("\n"),
        }
    }
}
