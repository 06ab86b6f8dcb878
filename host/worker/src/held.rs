//! Inputs and checkpoints that a worker keeps in memory, and their size.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tasker_domain::trace_context::TraceParent;

/// Bytes of tasks that a worker keeps in memory; clones share the count.
#[derive(Clone, Debug, Default)]
pub(super) struct HeldBytes(Arc<AtomicU64>);

impl HeldBytes {
    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts so many until the answer is dropped.
    fn hold(&self, bytes: u64) -> Hold {
        self.0.fetch_add(bytes, Ordering::Relaxed);
        Hold {
            all: self.clone(),
            bytes,
        }
    }
}

#[derive(Debug)]
struct Hold {
    all: HeldBytes,
    bytes: u64,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.all.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// What all steps of a task have in common; shared by those that follow one another on this worker.
#[derive(Debug)]
pub(super) struct TaskText {
    /// JSON text.
    pub(super) input: Arc<str>,
    pub(super) correlation_id: Arc<str>,
    /// The trace context that came with the submit.
    pub(super) caller: Option<TraceParent>,
    _hold: Hold,
}

impl TaskText {
    /// Counts the input and `more_bytes` for as long as a step of the task runs here.
    pub(super) fn new(
        (input, correlation_id): (String, String),
        caller: Option<TraceParent>,
        more_bytes: usize,
        held: &HeldBytes,
    ) -> Self {
        let hold = held.hold((input.len() + more_bytes) as u64);
        Self {
            input: input.into(),
            correlation_id: correlation_id.into(),
            caller,
            _hold: hold,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_counted_once_for_all_its_steps_and_until_the_last_is_over() {
        let held = HeldBytes::default();
        let first = Arc::new(TaskText::new(("{}".into(), String::new()), None, 3, &held));
        let next = first.clone();
        drop(first);
        assert_eq!(held.get(), 5);
        drop(next);
        assert_eq!(held.get(), 0);
    }
}
