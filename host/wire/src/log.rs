//! What the attempts of a step log.

use crate::endpoint::endpoint;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tasker_domain::ids::TaskId;

/// One line of an attempt's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AttemptLogLine {
    pub attempt: u32,
    /// Its number in the log of the attempt, from 1.
    pub line: u32,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// `trace`, `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// `handler`, `stdout`, `stderr`, or `host` for what the host refused or cut.
    pub source: String,
    pub message: String,
    /// Of two fields of one name the last.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

/// A line as the database and the archive have it.
#[derive(Deserialize)]
struct StoredLine {
    at: DateTime<Utc>,
    level: String,
    source: String,
    message: String,
    #[serde(default)]
    fields: Vec<(String, String)>,
}

/// The lines of a stored chunk, a JSON array, whose last one has the number `last_line` in the log of the attempt.
pub fn chunk_lines(
    attempt: u32,
    last_line: u32,
    lines: &str,
) -> serde_json::Result<Vec<AttemptLogLine>> {
    let stored: Vec<StoredLine> = serde_json::from_str(lines)?;
    let before_first = last_line.saturating_sub(u32::try_from(stored.len()).unwrap_or(u32::MAX));
    let line = |(line, stored): (u32, StoredLine)| AttemptLogLine {
        attempt,
        line: before_first + line,
        at: stored.at,
        level: stored.level,
        source: stored.source,
        message: stored.message,
        fields: stored.fields.into_iter().collect(),
    };
    Ok((1..).zip(stored).map(line).collect())
}

/// A part of the log of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AttemptLogPage {
    pub items: Vec<AttemptLogLine>,
    /// Give it as `after` for what follows; none at the end of what was logged so far.
    pub next: Option<String>,
    /// The place behind the last line, for who follows.
    pub position: String,
    /// The step, or the attempt that was asked for, has ended, and this is the end of its log.
    pub is_complete: bool,
}

/// Which part of the log of a step.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AttemptLogQuery {
    /// Without it, all attempts, one after the other.
    pub attempt: Option<u32>,
    /// The `next` or `position` of an earlier answer.
    pub after: Option<String>,
    pub limit: Option<u32>,
    /// At most so long, until there is a line, or the log is complete.
    #[serde(default)]
    pub wait_ms: u64,
}

endpoint! {
    /// Returns what the attempts of a step logged, at once or when there is more.
    GET "/v1/tasks/{id}/steps/{step}/logs" ShowAttemptLog { id: TaskId, step: String }
    needs Read in Task;
    query AttemptLogQuery;
    answers AttemptLogPage;
    refuses NotFound "unknown_step", NotFound "unknown_task", TooMany "too_many_waits";
}
