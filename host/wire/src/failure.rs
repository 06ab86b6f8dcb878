//! What an error of a task or step says.

use serde::Deserialize;
use serde_json::value::RawValue;

/// Why a task or an attempt failed, or why a task was cancelled: what the commands show of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Failure {
    pub step: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
    pub reason: Option<String>,
    pub backtrace: Vec<String>,
}

impl Failure {
    /// What an error says; nothing where it is of another form.
    pub fn of(error: &RawValue) -> Self {
        serde_json::from_str(error.get()).unwrap_or_default()
    }

    /// `code: message`, as far as there is any.
    pub fn text(&self) -> String {
        let parts = [&self.code, &self.message, &self.reason];
        let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
        parts.join(": ")
    }
}
