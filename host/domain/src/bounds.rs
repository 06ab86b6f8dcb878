//! Bounds that the host keeps and that commands check beforehand.

use std::time::Duration;

/// Grants that one namespace has at most.
pub const MAX_GRANTS: i64 = 1_000;

/// Rules on limits that one namespace has at most.
pub const MAX_LIMIT_RULES: i64 = 1_000;

/// Rules on recordings that one namespace has at most.
pub const MAX_RECORDING_RULES: i64 = 1_000;

/// How old what is collected is at least, unless an operator says otherwise: 30 days.
pub const DEFAULT_COLLECT_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The most that may be asked for: 100 years.
pub const MAX_COLLECT_AGE: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// How long finished tasks are kept at least, so that who waits for a task reads its end: a minute.
pub const MIN_KEEP: Duration = Duration::from_secs(60);

/// The longest time to keep them that may be asked for: 100 years.
pub const MAX_KEEP: Duration = MAX_COLLECT_AGE;

/// The most digits of a number in what is stored as `jsonb`, which writes numbers out.
pub const MAX_NUMBER_DIGITS: u64 = 1_000;

/// Tasks that one request submits at most.
pub const MAX_BATCH_TASKS: usize = 1_000;

/// The most capabilities that one component may request.
pub const MAX_REQUESTED: usize = 100;

/// The most subscribers that one component may describe.
pub const MAX_SUBSCRIBERS: usize = 100;

/// The most events that one component or template may declare.
pub const MAX_DECLARED_EVENTS: usize = 100;

/// The largest component, in bytes.
pub const MAX_COMPONENT_BYTES: usize = 64 << 20;
