//! Where the host comes in.

use crate::bindings::exports::tasker::step::handler as contract;
use crate::host::Host;
use crate::subscriber::Event;
use crate::subscriber_bindings::exports::tasker::step::subscriber;
use crate::{Context, Failure, Handlers, Subscribers, error};
use std::panic::{self, PanicHookInfo};

/// Runs one handler for the host, and sees to it that a panic is explained in the attempt's log.
pub fn execute(
    handlers: &Handlers,
    name: &str,
    input: &str,
) -> Result<contract::Outcome, contract::Failure> {
    panic::set_hook(Box::new(explain));
    let outcome = handlers.execute(name, &Context::of(Host), input)?;
    Ok(outcome.into())
}

/// The same for one subscriber.
pub fn handle(
    subscribers: &Subscribers,
    name: &str,
    event: subscriber::Event,
) -> Result<(), subscriber::Failure> {
    panic::set_hook(Box::new(explain));
    let event = read(event)?;
    Ok(subscribers.handle(name, &Context::of(Host), event)?)
}

fn read(event: subscriber::Event) -> Result<Event, Failure> {
    let data = serde_json::from_str(&event.data);
    let data = data.map_err(|error| Failure::permanent("invalid_event", error.to_string()))?;
    Ok(Event {
        id: event.id,
        source: event.source,
        event_type: event.event_type,
        subject: event.subject,
        time: event.time,
        sequence: event.sequence,
        correlation_id: event.correlation_id,
        attributes: event.attributes.into_iter().collect(),
        data,
    })
}

// The trap that follows tells the host where, but not why.
fn explain(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("no message");
    match panic.location() {
        Some(location) => error!("panicked at {location}: {message}"),
        None => error!("panicked: {message}"),
    }
}
