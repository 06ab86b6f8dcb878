//! `tasker:step/events`.

use crate::bindings::tasker::step::events::{Error, Host};
use crate::meter::HostMemory;
use crate::state::AttemptState;
use crate::stopped::{EventMismatch, Stopped};
use tasker_domain::event::{EventName, SentEvent};
use tasker_domain::json_text;

/// What an event takes beside its payload, about, in bytes.
const EVENT_BYTES: usize = 256;

impl Host for AttemptState {
    fn send(&mut self, name: String, payload: String) -> wasmtime::Result<Result<(), Error>> {
        let name = match self.granted_name(&name) {
            Ok(name) => name,
            Err(error) => return Ok(Err(error)),
        };
        if self.events.len() >= self.limits().events as usize {
            return Err(Stopped::Events.into());
        }
        self.check_size(&payload)?;
        if let Err(error) = json_text::check_readable(&payload) {
            return Ok(Err(Error::Invalid(format!("the payload: {error}"))));
        }
        let payload = self.attempt_secrets.redacted_json(payload);
        // The replacement of a secret may be longer.
        self.check_size(&payload)?;
        self.check_schemas(&name, &payload)?;
        self.event_bytes += EVENT_BYTES + payload.len();
        self.meter
            .hold(HostMemory::Events, self.event_bytes)
            .map_err(Stopped::from)?;
        self.events.push(SentEvent { name, payload });
        Ok(Ok(()))
    }
}

impl AttemptState {
    /// The name, if it is granted and contains no secret.
    fn granted_name(&self, text: &str) -> Result<EventName, Error> {
        if self.invocation.event.is_some() {
            let why = "a subscriber sends no events; they belong to tasks";
            return Err(Error::Invalid(why.to_owned()));
        }
        let name: EventName = match text.parse() {
            Ok(name) => name,
            Err(error) => return Err(Error::Invalid(format!("{error}"))),
        };
        if *self.attempt_secrets.redacted(text) != *text {
            let secret = "the name contains a secret; an event must not reveal one";
            return Err(Error::Invalid(secret.to_owned()));
        }
        let granted = &self.invocation.step.grants.events;
        if granted.iter().any(|prefix| name.is_within(prefix)) {
            return Ok(name);
        }
        self.tell_refused("event", &format!("events {name}"));
        Err(Error::NotGranted)
    }

    /// Of what is stored: the payload as it is without secrets.
    fn check_schemas(&self, name: &EventName, payload: &str) -> Result<(), Stopped> {
        let declared = self.invocation.step.event_schemas.iter();
        let mut declared = declared.filter(|schemas| schemas.has(name)).peekable();
        if declared.peek().is_none() {
            return Ok(());
        }
        // It was checked to be JSON.
        let payload = serde_json::from_str(payload).unwrap_or_default();
        for schemas in declared {
            if let Some(violations) = schemas.violations(name, &payload) {
                return Err(Stopped::EventSchema(EventMismatch {
                    name: name.clone(),
                    declared_by: schemas.declared_by(),
                    violations,
                }));
            }
        }
        Ok(())
    }

    fn check_size(&self, payload: &str) -> Result<(), Stopped> {
        match payload.len() <= self.limits().event_bytes {
            true => Ok(()),
            false => Err(Stopped::EventSize(payload.len())),
        }
    }
}
