//! Attempts of steps, as the log has them.

use super::record::{Detail, LogRecord};
use super::times::ms;
use crate::named_enum::named_enum;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

named_enum! {
    /// How an attempt ended.
    #[derive(strum::Display)]
    pub enum AttemptOutcome {
        Running,
        Complete,
        Failed,
        Checkpoint,
        /// Its host was lost or stopped, or its code quarantined.
        GivenBack,
        Cancelled,
    }
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ReportedAttempt {
    pub step: String,
    pub attempt: u32,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub duration_ms: Option<f64>,
    pub outcome: AttemptOutcome,
    pub worker_id: Option<i32>,
    /// None where the database does not know the worker any more.
    pub host: Option<String>,
    /// Whose fault it was, such as `failed`, `trapped` or `timed_out`.
    pub kind: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
    /// Why it was given back.
    pub reason: Option<String>,
}

impl ReportedAttempt {
    /// One that begins with this row.
    pub(super) fn begin(step: &str, row: &LogRecord) -> Self {
        Self {
            step: step.to_owned(),
            attempt: row.attempt.unwrap_or_default(),
            started_at: row.at,
            ended_at: None,
            duration_ms: None,
            outcome: AttemptOutcome::Running,
            worker_id: row.worker_id,
            host: row.host.clone(),
            kind: None,
            code: None,
            message: None,
            reason: None,
        }
    }

    /// Ends it with the row that took the step to another state.
    pub(super) fn end(&mut self, row: &LogRecord, detail: Detail) {
        let is_checkpoint = detail.reason.as_deref() == Some("checkpoint");
        self.ended_at = Some(row.at);
        self.duration_ms = Some(ms(row.at - self.started_at).max(0.0));
        self.outcome = match row.to_state.as_deref() {
            Some("complete" | "resolved_manually") => AttemptOutcome::Complete,
            Some("cancelled" | "skipped") => AttemptOutcome::Cancelled,
            Some("ready") if is_checkpoint => AttemptOutcome::Checkpoint,
            Some("ready") => AttemptOutcome::GivenBack,
            _ => AttemptOutcome::Failed,
        };
        self.kind = detail.kind;
        self.code = detail.code;
        self.message = detail.message;
        self.reason = detail.reason.filter(|_| !is_checkpoint);
    }
}
