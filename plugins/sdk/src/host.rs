//! The host's side of [`Context`](crate::Context): each question is one call.

use crate::bindings::tasker::step::{context, secrets};
use crate::context::{Answers, SecretError};

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
