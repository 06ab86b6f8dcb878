//! Reads variables as OpenTelemetry says: an empty one is none, and one for a signal alone goes before one for all.

use super::signal::Signal;
use std::time::Duration;
use tasker_telemetry::TraceSamplerError;

/// A variable that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error(transparent)]
    Sampler(#[from] TraceSamplerError),
    #[error("{name} is `{value}`; it is {expected}")]
    Value {
        name: String,
        value: String,
        expected: &'static str,
    },
    /// Without the value, which may be a secret.
    #[error(
        "{name} is no list of headers such as `authorization=Bearer%20abc,tenant=a`, with values that are percent-encoded"
    )]
    Headers { name: String },
}

/// The variables of the process, or those of a test.
pub(crate) struct Environment<'a>(pub(crate) &'a dyn Fn(&str) -> Option<String>);

impl Environment<'_> {
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text = self.0(name)?.trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// The value of a setting, and the variable that has it.
    pub(crate) fn setting(&self, signal: Signal, setting: &str) -> Option<(String, String)> {
        let [own, all] = signal.variables(setting);
        match self.text(&own) {
            Some(value) => Some((own, value)),
            None => self.text(&all).map(|value| (all, value)),
        }
    }

    pub(crate) fn ms(&self, name: &str, usual: u64) -> Result<Duration, SettingsError> {
        self.number(name, usual).map(Duration::from_millis)
    }

    /// At least one.
    pub(crate) fn size(&self, name: &str, usual: u64, max: usize) -> Result<usize, SettingsError> {
        let size = self.number(name, usual)?;
        Ok(usize::try_from(size).unwrap_or(max).clamp(1, max))
    }

    fn number(&self, name: &str, usual: u64) -> Result<u64, SettingsError> {
        match self.text(name) {
            Some(value) => number(name.to_owned(), value),
            None => Ok(usual),
        }
    }
}

pub(crate) fn number(name: String, value: String) -> Result<u64, SettingsError> {
    let parsed = value.parse();
    parsed.map_err(|_| unknown((name, value), "a whole number"))
}

pub(crate) fn unknown((name, value): (String, String), expected: &'static str) -> SettingsError {
    SettingsError::Value {
        name,
        value,
        expected,
    }
}
