//! Why the host ended a guest.

use super::journal::ReplayEnd;
use super::services::{AncestorError, KvUnavailable, SecretUnavailable};
use tasker_domain::declared_event::DeclaredBy;
use tasker_domain::event::EventName;
use tasker_domain::limits::Limit;

/// An event whose payload does not match a declared schema.
#[derive(Debug)]
pub(super) struct EventMismatch {
    pub(super) name: EventName,
    pub(super) declared_by: DeclaredBy,
    pub(super) violations: String,
}

/// Why the host ended a guest.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stopped {
    #[error("the deadline passed while the handler was computing")]
    Computing,
    #[error("the deadline passed while the handler was waiting")]
    Waiting,
    #[error("too much processor time")]
    Cpu,
    #[error("too many calls to the host")]
    HostCalls,
    #[error("over the limit `{0}`")]
    Limit(Limit),
    #[error("{0} bytes of input")]
    Input(u64),
    #[error("an event of {0} bytes")]
    EventSize(usize),
    #[error("too many events")]
    Events,
    #[error("an event that does not match its schema")]
    EventSchema(EventMismatch),
    #[error("the component was quarantined")]
    Quarantined,
    #[error("the host could not answer the handler")]
    Host(#[source] AncestorError),
    #[error("the host could not read a secret")]
    Secret(#[source] SecretUnavailable),
    #[error("the host could not read kv")]
    Kv(#[source] KvUnavailable),
    #[error("the replay left its recording: {0}")]
    Diverged(String),
}

impl From<ReplayEnd> for Stopped {
    fn from(end: ReplayEnd) -> Self {
        match end {
            ReplayEnd::Diverged(why) => Self::Diverged(why),
            ReplayEnd::OutOfTime => Self::Computing,
        }
    }
}
