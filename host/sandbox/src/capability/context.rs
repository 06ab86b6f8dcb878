//! `tasker:step/context`.

use crate::bindings::tasker::step::{context, types};
use crate::journal::Journal;
use crate::log_line::LogLevel;
use crate::state::AttemptState;
use crate::stopped::Stopped;

impl types::Host for AttemptState {}

impl context::Host for AttemptState {
    fn task_id(&mut self) -> String {
        self.invocation.lease.task_id.to_string()
    }

    fn namespace(&mut self) -> String {
        self.invocation.step.namespace.to_string()
    }

    fn step_name(&mut self) -> String {
        self.invocation.step.name.to_string()
    }

    fn attempt(&mut self) -> u32 {
        self.invocation.lease.attempt.unsigned_abs()
    }

    fn max_attempts(&mut self) -> u32 {
        self.invocation.step.max_attempts
    }

    fn idempotency_key(&mut self) -> String {
        self.invocation.idempotency_key()
    }

    fn correlation_id(&mut self) -> String {
        self.invocation.correlation_id.to_string()
    }

    fn traceparent(&mut self) -> Option<String> {
        if let Some(recorded) = self.journal.as_ref().and_then(Journal::traceparent) {
            return recorded;
        }
        let trace = self.services.trace.as_ref()?;
        Some(trace.context().to_string())
    }

    fn remaining_ms(&mut self) -> u64 {
        u64::try_from(self.remaining().as_millis()).unwrap_or(u64::MAX)
    }

    fn task_input(&mut self) -> String {
        self.invocation.task_input.to_string()
    }

    async fn dependency(&mut self, step: String) -> wasmtime::Result<Option<String>> {
        if let Some(kept) = self.handed.kept(&step) {
            return Ok(Some(kept.to_owned()));
        }
        let mut at_hand = self.invocation.dependencies.iter();
        if let Some((_, result)) = at_hand.find(|(name, _)| **name == *step) {
            self.handed.count(&step, result.len() as u64)?;
            return Ok(Some(result.to_string()));
        }
        let Some(ancestors) = &self.services.ancestors else {
            return Ok(None);
        };
        let bytes_max = self.handed.bytes_left(&step);
        let found = ancestors
            .result(self.invocation.lease, &step, bytes_max)
            .await
            .map_err(Stopped::Host)?;
        let Some(found) = found else {
            return Ok(None);
        };
        self.handed.count(&step, found.bytes)?;
        if let Some(text) = &found.text {
            self.handed.keep(&step, text);
        }
        Ok(found.text)
    }

    fn config(&mut self) -> String {
        self.invocation.step.config.clone()
    }

    fn last_checkpoint(&mut self) -> Option<String> {
        self.invocation.checkpoint.clone()
    }

    fn heartbeat(&mut self, progress: Option<String>) -> bool {
        if let Some(progress) = progress {
            self.log_progress(&progress);
        }
        let cancelled = self.services.cancelled.as_ref();
        let is_cancelled = cancelled.is_some_and(|token| token.is_cancelled());
        !match &self.journal {
            Some(journal) => journal.is_cancelled(is_cancelled),
            None => is_cancelled,
        }
    }
}

/// What is read of a progress beyond the limit of the log, in bytes: more than the longest secret, so
/// that none is cut in two.
const PROGRESS_BEYOND_LOG: usize = 1 << 20;

impl AttemptState {
    fn log_progress(&self, progress: &str) {
        let read_bytes = self.limits().log_bytes.saturating_add(PROGRESS_BEYOND_LOG);
        let read = &progress[..progress.floor_char_boundary(read_bytes)];
        self.log
            .remark(LogLevel::Debug, &format!("progress: {read}"));
    }
}
