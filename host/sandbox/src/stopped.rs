//! Why the host ended a guest.

use super::services::{AncestorError, KvUnavailable, SecretUnavailable};
use tasker_domain::limits::Limit;

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
    #[error("the component was quarantined")]
    Quarantined,
    #[error("the host could not answer the handler")]
    Host(#[source] AncestorError),
    #[error("the host could not read a secret")]
    Secret(#[source] SecretUnavailable),
    #[error("the host could not read kv")]
    Kv(#[source] KvUnavailable),
}
