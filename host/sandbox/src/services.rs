//! What an attempt may ask of those who run it.

use super::attempt_log::LogSink;
use super::egress::HttpTransport;
use super::guest_clock::GuestClock;
use super::recording_use::RecordingUse;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::Instant;
use tasker_domain::invocation::Lease;
use tasker_domain::kv::KvValue;
use tasker_domain::name::Name;
use tasker_domain::secret::SecretValue;
use tasker_telemetry::AttemptTrace;
use tokio::sync::SetOnce;
use tokio_util::sync::CancellationToken;

/// When the sandbox starts an attempt, from which its deadline counts.
pub type Begun = SetOnce<Instant>;

/// What an attempt may ask of those who run it.
#[derive(Clone, Default)]
pub struct HostServices {
    /// Where results of earlier steps come from that are not at hand; without it there are none.
    pub ancestors: Option<Arc<dyn AncestorResults>>,
    /// Where secrets come from; without it there are none.
    pub secrets: Option<Arc<dyn SecretValues>>,
    /// Where kv entries are read; without it there are none.
    pub kv: Option<Arc<dyn KvEntries>>,
    /// Sends the requests that the grants admit; without it the sandbox does, to the network.
    pub http: Option<Arc<dyn HttpTransport>>,
    /// The time that the guest sees; without it that of the machine.
    pub clock: Option<Arc<dyn GuestClock>>,
    /// Where the random numbers of the guest come from; without it from the machine.
    pub random: Option<GuestRandom>,
    /// Receives log lines as they are written; without it they are kept and returned at the end.
    pub log: Option<Arc<dyn LogSink>>,
    /// Cancelled when the result is not needed any more; the handler learns it by a heartbeat.
    pub cancelled: Option<CancellationToken>,
    /// Cancelled when the component is quarantined: the guest is ended at the next tick of the
    /// epoch, or at once where it waits for the host.
    pub quarantined: CancellationToken,
    /// Set when the attempt starts: compiling its code and waiting for a slot do not count as its time.
    pub begun: Arc<Begun>,
    /// The attempt's place in a trace; without it there is none.
    pub trace: Option<AttemptTrace>,
    /// Whether what the attempt sees is recorded, or answered from a recording.
    pub recording: RecordingUse,
}

/// Random numbers that are the same in every run.
#[derive(Clone, Debug)]
pub enum GuestRandom {
    /// These bytes, again and again.
    Bytes(Arc<[u8]>),
    /// Those of the attempt whose recording has this seed.
    Recorded(String),
}

/// Answers for the results of steps that a step depends on, directly or not, when a handler asks.
pub trait AncestorResults: Send + Sync {
    /// The result of the step of that name in the task of the lease, where the lease's step depends on
    /// it; none for any other name. Its text is left out where it is larger than `bytes_max`.
    fn result<'a>(
        &'a self,
        lease: Lease,
        step: &'a str,
        bytes_max: u64,
    ) -> BoxFuture<'a, Result<Option<AncestorResult>, AncestorError>>;
}

/// The result of an earlier step.
#[derive(Clone, Debug)]
pub struct AncestorResult {
    /// JSON text; `None` if it is larger than was asked for.
    pub text: Option<String>,
    pub bytes: u64,
}

/// The result of an ancestor could not be read. Ends the attempt as the host's fault.
#[derive(Debug, thiserror::Error)]
#[error("the result of an earlier step could not be read")]
pub struct AncestorError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Where kv entries are read that others wrote.
pub trait KvEntries: Send + Sync {
    /// What stands under the key.
    fn entry<'a>(
        &'a self,
        namespace: &'a str,
        bucket: &'a Name,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<KvValue>, KvUnavailable>>;

    /// The first `limit` keys with this prefix, in byte order.
    fn keys<'a>(
        &'a self,
        namespace: &'a str,
        bucket: &'a Name,
        prefix: &'a str,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, KvUnavailable>>;
}

/// Entries could not be read. Ends the attempt as the host's fault.
#[derive(Debug, thiserror::Error)]
#[error("a kv entry could not be read")]
pub struct KvUnavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Where the values of secrets come from, when a handler asks for one that it was granted.
pub trait SecretValues: Send + Sync {
    /// The value; `None` if the namespace has no secret of that name.
    fn value<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretValue>, SecretUnavailable>>;
}

/// A secret could not be read. Ends the attempt as the host's fault.
#[derive(Debug, thiserror::Error)]
pub enum SecretUnavailable {
    #[error("a secret could not be read")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another host may have the key.
    #[error("this host cannot decrypt a secret")]
    NoKey(#[source] Box<dyn std::error::Error + Send + Sync>),
}
