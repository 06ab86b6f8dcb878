//! Handlers that send events. The first word of the input is the name of one.

use crate::failure;
use crate::tasker::step::context;
use crate::tasker::step::events::{self, Error};
use crate::tasker::step::types::{Failure, Outcome};

/// Sends two events and completes.
pub fn sends(name: &str) -> Result<Outcome, Failure> {
    events::send(name, "{\"n\": 1}").map_err(refused)?;
    events::send(&format!("{name}.more"), "null").map_err(refused)?;
    complete()
}

/// Sends an event of each attempt, of which the first two leave a checkpoint.
pub fn sends_on(name: &str) -> Result<Outcome, Failure> {
    let attempt = context::attempt();
    events::send(name, &attempt.to_string()).map_err(refused)?;
    match attempt {
        1 | 2 => Ok(Outcome::Checkpoint(attempt.to_string())),
        _ => complete(),
    }
}

/// Sends an event; its first attempt fails afterwards.
pub fn sends_and_fails_once(name: &str) -> Result<Outcome, Failure> {
    events::send(name, &context::attempt().to_string()).map_err(refused)?;
    match context::attempt() {
        1 => Err(Failure {
            retry: crate::Retry::Policy,
            ..failure("failed", "after it sent an event")
        }),
        _ => complete(),
    }
}

/// Sends as many events as it is told to, each with a payload of so many bytes.
pub fn floods(name: &str, times: &str, bytes: &str) -> Result<Outcome, Failure> {
    let bytes: usize = bytes.parse().expect("a number");
    let payload = format!("\"{}\"", "x".repeat(bytes - 2));
    for _ in 0..times.parse().expect("a number") {
        events::send(name, &payload).map_err(refused)?;
    }
    complete()
}

/// Sends a secret, in the payload and as a name.
pub fn sends_secret(name: &str, clear: &str) -> Result<Outcome, Failure> {
    let payload = crate::forms::json(&format!("it is {clear}"));
    events::send(name, &payload).map_err(refused)?;
    let told = [told(events::send(&format!("{name}.{clear}"), "1"))];
    Ok(Outcome::Complete(format!("{told:?}")))
}

/// Tells what is refused, and how.
pub fn is_refused(name: &str) -> Result<Outcome, Failure> {
    let deep = "[".repeat(101) + &"]".repeat(101);
    let answers = [
        events::send(name, "1"),
        events::send("", "1"),
        events::send("orders charged", "1"),
        events::send("task.complete", "1"),
        events::send(name, "done"),
        events::send(name, &deep),
        events::send(name, r#"{"a": "\u0000"}"#),
        events::send(name, r#""\ud83d""#),
        events::send("orders_old", "1"),
    ];
    let told: Vec<String> = answers.into_iter().map(told).collect();
    Ok(Outcome::Complete(format!("{told:?}")))
}

fn complete() -> Result<Outcome, Failure> {
    Ok(Outcome::Complete("null".to_owned()))
}

fn told(answer: Result<(), Error>) -> String {
    match answer {
        Ok(()) => "sent".to_owned(),
        Err(Error::NotGranted) => "not granted".to_owned(),
        Err(Error::Invalid(why)) => why,
        Err(Error::Extension((name, _))) => name,
    }
}

fn refused(error: Error) -> Failure {
    failure("refused", &told(Err(error)))
}
