//! Why an attempt failed, and whether trying again makes sense.

use crate::bindings::tasker::step::types as wit;
use serde::Serialize;
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// The code of a failure that came from `?` on an ordinary error.
pub const INTERNAL: &str = "internal";

/// Why an attempt failed.
///
/// `?` turns any [`std::error::Error`] into a retryable failure with the code [`INTERNAL`] and the
/// error's sources in its message. Where a caller should be able to tell failures apart, give them a
/// code of their own: [`Failure::permanent`], [`Failure::retryable`], [`OrFail`].
///
/// ```
/// use tasker_sdk::{Failure, OrFail};
///
/// fn percent(text: &str) -> Result<u8, Failure> {
///     let value: u8 = text.parse().or_permanent("not_a_number")?;
///     if value > 100 {
///         return Err(Failure::permanent("out_of_range", format!("{value} % is more than all")));
///     }
///     Ok(value)
/// }
///
/// assert_eq!(percent("seven").unwrap_err().code(), "not_a_number");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a failure does nothing until it is returned"]
pub struct Failure {
    code: String,
    message: String,
    details: Option<String>,
    retry: Retry,
}

/// When the host may try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// As the step's retry policy says.
    Policy,
    /// Never.
    Never,
    /// Not before this long from now; the policy's attempts still count.
    After(Duration),
}

impl Failure {
    /// A failure that another attempt would only repeat: the step ends here.
    pub fn permanent(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(code.into(), message.into(), Retry::Never)
    }

    /// A failure that may pass: tried again as the step's retry policy says.
    pub fn retryable(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(code.into(), message.into(), Retry::Policy)
    }

    /// A failure that may pass, but not before `delay`; the policy's attempts still count.
    pub fn retry_after(
        delay: Duration,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(code.into(), message.into(), Retry::After(delay))
    }

    fn new(code: String, message: String, retry: Retry) -> Self {
        Self {
            code,
            message,
            details: None,
            retry,
        }
    }

    /// Adds something for machines to read. What cannot be written as JSON is left out.
    pub fn with_details(mut self, details: impl Serialize) -> Self {
        self.details = serde_json::to_string(&details).ok();
        self
    }

    /// Stable and machine-readable, such as `card_declined`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What people read.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The details as JSON text.
    pub fn details(&self) -> Option<&str> {
        self.details.as_deref()
    }

    /// When the host may try again.
    pub fn retry(&self) -> Retry {
        self.retry
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

// This rules out that `Failure` is itself an `Error`, and that is meant: it is where errors end.
impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::retryable(INTERNAL, with_sources(&error))
    }
}

impl From<Failure> for wit::Failure {
    fn from(failure: Failure) -> Self {
        let retry = match failure.retry {
            Retry::Policy => wit::Retry::Policy,
            Retry::Never => wit::Retry::Never,
            Retry::After(delay) => wit::Retry::AfterMs(whole_ms(delay)),
        };
        let Failure {
            code,
            message,
            details,
            ..
        } = failure;
        Self {
            code,
            message,
            details,
            retry,
        }
    }
}

/// Gives an error the code of a failure on its way out.
pub trait OrFail<T> {
    /// The value, or a failure with this code that another attempt would only repeat.
    fn or_permanent(self, code: &str) -> Result<T, Failure>;

    /// The value, or a failure with this code that is tried again as the step's policy says.
    fn or_retryable(self, code: &str) -> Result<T, Failure>;
}

impl<T, E: Error> OrFail<T> for Result<T, E> {
    fn or_permanent(self, code: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure::permanent(code, with_sources(&error)))
    }

    fn or_retryable(self, code: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure::retryable(code, with_sources(&error)))
    }
}

fn with_sources(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        message.push_str(": ");
        message.push_str(&error.to_string());
        source = error.source();
    }
    message
}

fn whole_ms(delay: Duration) -> u64 {
    u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_error_becomes_a_retryable_internal_failure() {
        let parse = || -> Result<u8, Failure> { Ok("x".parse::<u8>()?) };
        let failure = parse().unwrap_err();
        assert_eq!((failure.code(), failure.retry()), (INTERNAL, Retry::Policy));
        assert_eq!(failure.message(), "invalid digit found in string");
    }

    #[test]
    fn a_delay_crosses_to_the_host_in_whole_milliseconds() {
        let failure = Failure::retry_after(Duration::from_micros(2_500), "busy", "later");
        assert!(matches!(
            wit::Failure::from(failure).retry,
            wit::Retry::AfterMs(2)
        ));
    }

    #[test]
    fn details_are_json_text() {
        let failure = Failure::permanent("declined", "no").with_details([1, 2]);
        assert_eq!(failure.details(), Some("[1,2]"));
    }
}
