//! What a handler may ask about the attempt that it runs in.

use crate::events::{self, Events as _};
use crate::kv::Kv;
use crate::{Failure, json};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

#[cfg(target_family = "wasm")]
pub(crate) use crate::host::Host as Source;
#[cfg(not(target_family = "wasm"))]
pub(crate) use crate::testing::MadeUp as Source;

/// The attempt that a handler runs in.
///
/// The host hands one to every handler that asks for it. In tests make one with
/// [`testing::Attempt`](crate::testing::Attempt).
#[derive(Debug)]
pub struct Context(Source);

/// Where a [`Context`] has its answers from: the host, or a test. All of it is JSON or plain text.
pub(crate) trait Answers {
    fn task_id(&self) -> String;
    fn namespace(&self) -> String;
    fn step_name(&self) -> String;
    fn attempt(&self) -> u32;
    fn max_attempts(&self) -> u32;
    fn idempotency_key(&self) -> String;
    fn correlation_id(&self) -> String;
    fn traceparent(&self) -> Option<String>;
    fn remaining_ms(&self) -> u64;
    fn task_input(&self) -> String;
    fn dependency(&self, step: &str) -> Option<String>;
    fn config(&self) -> String;
    fn last_checkpoint(&self) -> Option<String>;
    fn heartbeat(&self, progress: Option<&str>) -> bool;
    fn secret(&self, name: &str) -> Result<String, SecretError>;
    fn secret_in_clear(&self, name: &str) -> Result<String, SecretError>;
}

/// Why there is no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(target_family = "wasm"),
    allow(dead_code, reason = "only a host refuses everything")
)]
pub(crate) enum SecretError {
    Unknown,
    NotGranted,
    Other(String),
}

impl Context {
    pub(crate) fn of(source: Source) -> Self {
        Self(source)
    }

    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn source(&self) -> &Source {
        &self.0
    }

    /// The task, as a UUID.
    pub fn task_id(&self) -> String {
        self.0.task_id()
    }

    /// The namespace of the task.
    pub fn namespace(&self) -> String {
        self.0.namespace()
    }

    /// The step's name in its template.
    pub fn step_name(&self) -> String {
        self.0.step_name()
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.0.attempt()
    }

    /// How many attempts the step has in all.
    pub fn max_attempts(&self) -> u32 {
        self.0.max_attempts()
    }

    /// The same for every attempt of this step, different for every other step: pass it on to
    /// whom you call, so that a second attempt does nothing twice.
    pub fn idempotency_key(&self) -> String {
        self.0.idempotency_key()
    }

    /// The same from the request that made the task to each of its steps.
    pub fn correlation_id(&self) -> String {
        self.0.correlation_id()
    }

    /// The W3C trace context to pass on, if the host traces.
    pub fn traceparent(&self) -> Option<String> {
        self.0.traceparent()
    }

    /// How long until the host ends this attempt.
    pub fn remaining(&self) -> Duration {
        Duration::from_millis(self.0.remaining_ms())
    }

    /// The task's input.
    pub fn task_input<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        json::read("task_input", &self.0.task_input())
    }

    /// The result of a step that this one depends on; a permanent failure where it has none.
    pub fn dependency<T: DeserializeOwned>(&self, step: &str) -> Result<T, Failure> {
        let text = self.0.dependency(step).ok_or_else(|| no_result(step))?;
        json::read("dependency", &text).map_err(|failure| {
            Failure::permanent(
                failure.code(),
                format!("of step `{step}`: {}", failure.message()),
            )
        })
    }

    /// The result of a step that this one depends on, as JSON text; `None` if it has none.
    pub fn dependency_text(&self, step: &str) -> Option<String> {
        self.0.dependency(step)
    }

    /// The step's `config` in the template. Where it has none, every default of `T` applies.
    pub fn config<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        json::read_or_default("config", &self.0.config())
    }

    /// What the last attempt left with [`Outcome::Checkpoint`](crate::Outcome::Checkpoint).
    pub fn checkpoint<T: DeserializeOwned>(&self) -> Result<Option<T>, Failure> {
        self.0
            .last_checkpoint()
            .map(|text| json::read("checkpoint", &text))
            .transpose()
    }

    /// Tells the host that the handler is alive and how far it is (`()` for no more than alive).
    /// A permanent failure with the code `cancelled` when the task was cancelled: let `?` end it.
    pub fn heartbeat(&self, progress: impl Serialize) -> Result<(), Failure> {
        let progress = json::write("progress", &progress)?;
        let told = Some(progress.as_str()).filter(|text| *text != "null");
        match self.0.heartbeat(told) {
            true => Ok(()),
            false => Err(Failure::permanent("cancelled", "the task was cancelled")),
        }
    }

    /// Tells whoever follows the task of something, under a dotted name such as `orders.charged`. The
    /// event is recorded together with the attempt's result or checkpoint, once; an attempt that
    /// fails sends nothing.
    ///
    /// Fails for good with `event_not_granted` or `event_invalid`. An event over the attempt's limits
    /// (16 KiB, and 100 of them, unless they were set otherwise) ends the attempt.
    pub fn send_event(&self, name: &str, payload: impl Serialize) -> Result<(), Failure> {
        let payload = json::write("event", &payload)?;
        let sent = self.0.send_event(name, &payload);
        sent.map_err(|error| events::refused(name, error))
    }

    /// A bucket of small values that outlive tasks.
    pub fn kv(&self, bucket: &str) -> Kv<'_> {
        Kv::of(&self.0, bucket)
    }

    /// A placeholder for a secret of the namespace. In a header of a request of
    /// [`http`](crate::http), or in a small JSON or form body, the host puts the secret in its
    /// place, for the hosts that its grant names.
    ///
    /// Fails for good with `secret_unknown` or `secret_not_granted`.
    pub fn secret(&self, name: &str) -> Result<String, Failure> {
        self.0.secret(name).map_err(|error| no_secret(name, error))
    }

    /// A secret in clear, which is a grant of its own: only where a placeholder will not do, as for
    /// a signature. The host strikes it out of whatever the attempt leaves.
    ///
    /// Fails for good with `secret_unknown` or `secret_not_granted`.
    pub fn secret_in_clear(&self, name: &str) -> Result<String, Failure> {
        self.0
            .secret_in_clear(name)
            .map_err(|error| no_secret(name, error))
    }
}

fn no_secret(name: &str, error: SecretError) -> Failure {
    match error {
        SecretError::Unknown => Failure::permanent(
            "secret_unknown",
            format!("there is no secret `{name}` in this namespace; an operator can set it"),
        ),
        SecretError::NotGranted => Failure::permanent(
            "secret_not_granted",
            format!("this component was not granted the secret `{name}` for this use"),
        ),
        SecretError::Other(why) => Failure::retryable(
            "secret_failed",
            format!("there is no secret `{name}`: {why}"),
        ),
    }
}

fn no_result(step: &str) -> Failure {
    Failure::permanent(
        "missing_dependency",
        format!("there is no result of a step `{step}` here; name it in this step's depends_on"),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::Attempt;

    #[test]
    fn a_dependency_without_a_result_is_reported_with_the_way_to_mend_it() {
        let failure = Attempt::new()
            .context()
            .dependency::<u8>("reserve")
            .unwrap_err();
        assert_eq!(failure.code(), "missing_dependency");
        assert!(
            failure
                .message()
                .contains("name it in this step's depends_on")
        );
    }

    #[test]
    fn a_dependency_of_another_type_is_reported_with_its_step() {
        let failure = Attempt::new()
            .dependency("reserve", "x")
            .context()
            .dependency::<u8>("reserve")
            .unwrap_err();
        assert_eq!(failure.code(), "invalid_dependency");
        assert!(
            failure.message().starts_with("of step `reserve`: "),
            "{}",
            failure.message()
        );
    }

    #[test]
    fn a_secret_is_a_placeholder_unless_it_is_wanted_in_clear() {
        let ctx = Attempt::new().secret("stripe-key", "sk_live_1").context();
        let placeholder = ctx.secret("stripe-key").unwrap();
        assert!(placeholder.starts_with("tasker-secret-"), "{placeholder}");
        assert_eq!(ctx.secret_in_clear("stripe-key").unwrap(), "sk_live_1");
        assert_eq!(ctx.secret("other").unwrap_err().code(), "secret_unknown");
    }

    #[test]
    fn a_heartbeat_ends_the_handler_of_a_cancelled_task() {
        assert!(Attempt::new().context().heartbeat(0.5).is_ok());
        let failure = Attempt::new()
            .cancelled()
            .context()
            .heartbeat(())
            .unwrap_err();
        assert_eq!(failure.code(), "cancelled");
    }
}
