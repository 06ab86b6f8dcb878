//! Where the host comes in.

use crate::bindings::exports::tasker::step::handler as contract;
use crate::host::Host;
use crate::{Context, Handlers, error};
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

// The trap that follows tells the host where, but not why.
fn explain(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("no message");
    match panic.location() {
        Some(location) => error!("panicked at {location}: {message}"),
        None => error!("panicked: {message}"),
    }
}
