//! What an attempt leaves besides its result.

use super::event::SentEvent;
use super::kv::KvWrite;

/// Recorded together with a result or checkpoint, or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// By bucket and key.
    pub writes: Vec<KvWrite>,
    /// In the order in which they were sent.
    pub events: Vec<SentEvent>,
}
