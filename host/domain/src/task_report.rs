//! The report of a task: what ran, where its time went and why, computed from its log alone.

mod attempts;
mod course;
mod critical_path;
mod levels;
mod record;
mod report;
mod summary;
#[cfg(test)]
mod tests;
mod times;

pub use attempts::{AttemptOutcome, Attempts, ReportedAttempt};
pub use critical_path::{Span, critical_path};
pub use levels::levels;
pub use record::{ChangeRecord, LogRecord, StepRecord, TaskFacts, TaskRecord};
pub use report::{LeftOut, PathStep, ReportedStep, TaskReport};
pub use summary::{Operation, Resources, RunVersion, SentEvents};
pub use times::Times;

/// Rows of the log of a task that its report reads at most; what is later is left out, and the report says so.
pub const MAX_LOG_ROWS: usize = 60_000;
/// Steps that a report lists at most: those of the critical path, then those that took the longest.
pub const MAX_STEPS: usize = 1_000;
/// Attempts that a report lists at most, of those that did not complete.
pub const MAX_ATTEMPTS: usize = 500;
/// Names of events that a report lists at most, by step.
pub const MAX_EVENTS: usize = 200;
/// Changes by operators that a report lists at most.
pub const MAX_OPERATIONS: usize = 100;
/// Parents of a step that a report names at most.
pub const MAX_PARENTS: usize = 100;
