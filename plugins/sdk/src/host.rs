//! The host's side of [`Context`](crate::Context): each question is one call.

use crate::bindings::tasker::step::{context, events, kv, secrets};
use crate::context::{Answers, SecretError};
use crate::events::{EventError, Events};
use crate::kv::{Entries, KvError};

#[derive(Debug)]
pub(crate) struct Host;

impl Answers for Host {
    fn task_id(&self) -> String {
        context::task_id()
    }

    fn namespace(&self) -> String {
        context::namespace()
    }

    fn step_name(&self) -> String {
        context::step_name()
    }

    fn attempt(&self) -> u32 {
        context::attempt()
    }

    fn max_attempts(&self) -> u32 {
        context::max_attempts()
    }

    fn idempotency_key(&self) -> String {
        context::idempotency_key()
    }

    fn correlation_id(&self) -> String {
        context::correlation_id()
    }

    fn traceparent(&self) -> Option<String> {
        context::traceparent()
    }

    fn remaining_ms(&self) -> u64 {
        context::remaining_ms()
    }

    fn task_input(&self) -> String {
        context::task_input()
    }

    fn dependency(&self, step: &str) -> Option<String> {
        context::dependency(step)
    }

    fn config(&self) -> String {
        context::config()
    }

    fn last_checkpoint(&self) -> Option<String> {
        context::last_checkpoint()
    }

    fn heartbeat(&self, progress: Option<&str>) -> bool {
        context::heartbeat(progress)
    }

    fn secret(&self, name: &str) -> Result<String, SecretError> {
        secrets::get(name).map_err(SecretError::from)
    }

    fn secret_in_clear(&self, name: &str) -> Result<String, SecretError> {
        secrets::reveal(name).map_err(SecretError::from)
    }
}

impl From<secrets::Error> for SecretError {
    fn from(error: secrets::Error) -> Self {
        match error {
            secrets::Error::Unknown => Self::Unknown,
            secrets::Error::NotGranted => Self::NotGranted,
            secrets::Error::Extension((name, _)) => Self::Other(name),
        }
    }
}

impl Entries for Host {
    fn kv_get(&self, bucket: &str, key: &str) -> Result<Option<(String, u64)>, KvError> {
        let entry = kv::get(bucket, key)?;
        Ok(entry.map(|entry| (entry.value, entry.version)))
    }

    fn kv_set(&self, bucket: &str, key: &str, value: Option<&str>) -> Result<(), KvError> {
        match value {
            Some(value) => kv::set(bucket, key, value)?,
            None => kv::delete(bucket, key)?,
        }
        Ok(())
    }

    fn kv_compare_and_set(
        &self,
        bucket: &str,
        key: &str,
        expected: Option<u64>,
        value: &str,
    ) -> Result<(), KvError> {
        Ok(kv::compare_and_set(bucket, key, expected, value)?)
    }

    fn kv_keys(&self, bucket: &str, prefix: &str, limit: u32) -> Result<Vec<String>, KvError> {
        Ok(kv::list_keys(bucket, prefix, limit)?)
    }
}

impl From<kv::Error> for KvError {
    fn from(error: kv::Error) -> Self {
        match error {
            kv::Error::NotGranted => Self::NotGranted,
            kv::Error::Invalid(why) => Self::Invalid(why),
            kv::Error::Conflict => Self::Conflict,
            kv::Error::Extension((name, _)) => Self::Other(name),
        }
    }
}

impl Events for Host {
    fn send_event(&self, name: &str, payload: &str) -> Result<(), EventError> {
        Ok(events::send(name, payload)?)
    }
}

impl From<events::Error> for EventError {
    fn from(error: events::Error) -> Self {
        match error {
            events::Error::NotGranted => Self::NotGranted,
            events::Error::Invalid(why) => Self::Invalid(why),
            events::Error::Extension((name, _)) => Self::Other(name),
        }
    }
}
