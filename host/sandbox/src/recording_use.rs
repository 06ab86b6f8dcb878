//! What is to be done with what an attempt sees of its host.

use std::sync::Arc;
use tasker_domain::recording::Recording;

/// Whether an attempt is recorded, or answered from a recording.
#[derive(Clone, Debug, Default)]
pub enum RecordingUse {
    /// Neither: nothing is kept, and nothing is paid.
    #[default]
    None,
    Record,
    /// Nothing outside of the sandbox is asked.
    Replay(Arc<Recording>),
}
