//! What an attempt was handed of its task, counted against the limit `input`.

use super::stopped::Stopped;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tasker_domain::invocation::Invocation;

/// Results up to this size are kept for when the handler asks again, in bytes.
const KEPT_RESULT_BYTES_MAX: usize = 64 << 10;
/// All that is kept for one attempt, in bytes.
const KEPT_BYTES_MAX: usize = 1 << 20;

/// The task's input, the checkpoint, and results of earlier steps, each counted once.
pub(super) struct Handed {
    bytes_max: u64,
    bytes: u64,
    /// Steps whose results were counted.
    counted: HashSet<Box<str>>,
    kept: HashMap<Box<str>, Arc<str>>,
    kept_bytes: usize,
}

impl Handed {
    pub(super) fn new(invocation: &Invocation) -> Self {
        let checkpoint = invocation.checkpoint.as_ref().map_or(0, String::len);
        Self {
            bytes_max: invocation.step.limits.input_bytes,
            bytes: (invocation.task_input.len() + checkpoint) as u64,
            counted: HashSet::new(),
            kept: HashMap::new(),
            kept_bytes: 0,
        }
    }

    /// Fails where it is more than the limit.
    pub(super) fn check(&self) -> Result<(), Stopped> {
        match self.bytes > self.bytes_max {
            true => Err(Stopped::Input(self.bytes)),
            false => Ok(()),
        }
    }

    /// The result of the step, if it was kept.
    pub(super) fn kept(&self, step: &str) -> Option<&str> {
        self.kept.get(step).map(|result| &**result)
    }

    /// The largest result of the step that may still be handed out.
    pub(super) fn bytes_left(&self, step: &str) -> u64 {
        match self.counted.contains(step) {
            true => self.bytes_max,
            false => self.bytes_max.saturating_sub(self.bytes),
        }
    }

    /// Counts a result of this size. Fails where that makes more than the limit.
    pub(super) fn count(&mut self, step: &str, bytes: u64) -> Result<(), Stopped> {
        if self.counted.insert(step.into()) {
            self.bytes = self.bytes.saturating_add(bytes);
        }
        self.check()
    }

    /// Keeps a result that was counted, where it is small.
    pub(super) fn keep(&mut self, step: &str, result: &str) {
        let bytes = self.kept_bytes + result.len();
        if result.len() <= KEPT_RESULT_BYTES_MAX && bytes <= KEPT_BYTES_MAX {
            self.kept_bytes = bytes;
            self.kept.insert(step.into(), result.into());
        }
    }
}
