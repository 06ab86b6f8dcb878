//! What happened to a task, one line at a time.

use crate::{json, units};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

/// How long `null` is as text.
const NULL_BYTES: u64 = 4;

/// Why a task or an attempt failed, or why a task was cancelled.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Failure {
    pub step: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
    pub reason: Option<String>,
    pub backtrace: Vec<String>,
}

/// One change of state, or an event that a handler sent.
#[derive(Debug, Deserialize)]
pub struct Transition {
    pub seq: i64,
    pub at: DateTime<Utc>,
    /// None where the task itself changed.
    #[serde(default)]
    pub step: Option<String>,
    #[serde(default)]
    pub attempt: Option<u16>,
    /// None where it is an event.
    #[serde(default)]
    pub to_state: Option<String>,
    /// The event's name.
    #[serde(default)]
    pub event: Option<String>,
    /// Why; the payload of an event.
    #[serde(default)]
    pub detail: Option<Box<RawValue>>,
    /// Of the whole detail, which is read by itself where it is large.
    #[serde(default)]
    pub detail_bytes: Option<u64>,
}

impl Transition {
    /// The payload of an event, in one line; its size where it is large.
    pub fn payload(&self) -> String {
        match (&self.detail, self.detail_bytes) {
            (Some(payload), _) => json::compact(payload.get()),
            // JSON's null is read as none, and a payload that was left out is larger.
            (None, Some(bytes)) if bytes > NULL_BYTES => {
                let (size, seq) = (units::size(bytes), self.seq);
                format!("({size}: tasker task detail … {seq})")
            }
            (None, _) => "null".to_owned(),
        }
    }

    /// Why the state changed, as far as it is told.
    pub fn why(&self) -> String {
        let failure = self.detail.as_ref();
        let failure = failure.and_then(|detail| serde_json::from_str::<Failure>(detail.get()).ok());
        failure.map_or_else(String::new, |failure| failure.text())
    }
}

impl Failure {
    /// `code: message`, as far as there is any.
    pub fn text(&self) -> String {
        let parts = [&self.code, &self.message, &self.reason];
        let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
        parts.join(": ")
    }
}
