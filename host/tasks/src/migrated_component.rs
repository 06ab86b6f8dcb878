//! Components that take another version in tasks that exist.

use tasker_domain::compatibility::{CompatChange, Level};
use tasker_registry::resolve::Swap;

/// A component that takes another version in some tasks.
#[derive(Clone, Debug)]
pub struct MigratedComponent {
    pub swap: Swap,
    pub tasks: usize,
    /// Steps that will begin on the new version.
    pub steps: usize,
    /// How much the new version asks of those who rely on the old one.
    pub level: Level,
    /// What may not work any more.
    pub breaking: Vec<CompatChange>,
}
