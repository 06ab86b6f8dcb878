//! Tasks as callers see them: submit, look, wait, cancel; and the deletion of those that are kept no longer.

pub mod archive;
pub mod cancel;
pub mod log;
pub mod migrated_component;
pub mod migration;
pub mod payload;
pub mod recording;
pub mod report;
pub mod retention;
pub mod sets;
pub mod show;
pub mod steps;
pub mod submit;
pub mod wait;

mod error;
mod input;

pub use error::{InputProblem, TasksError};
pub use input::MAX_INPUT_BYTES;

use tasker_database::notifications::Notifications;
use tasker_engine::Engine;
use tasker_registry::Registry;
use wait::Waiters;

/// What callers do with tasks; cheap to clone.
#[derive(Clone)]
pub struct Tasks {
    engine: Engine,
    registry: Registry,
    notifications: Notifications,
    waiters: Waiters,
}

impl Tasks {
    pub fn new(engine: Engine, registry: Registry, notifications: Notifications) -> Self {
        Self {
            engine,
            registry,
            notifications,
            waiters: Waiters::default(),
        }
    }
}
