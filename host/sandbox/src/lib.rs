//! Runs handlers. The only module that speaks wasmtime.
//!
//! Bytes are inspected once, when they are uploaded ([`Sandbox::inspect`]); compiled code is kept by
//! digest ([`Sandbox::prepare`]); each attempt runs in a fresh instance with what its invocation
//! grants and no more ([`Sandbox::execute`]). Whatever a guest does ends as an
//! [`Outcome`](tasker_domain::outcome::Outcome); an error means that the host itself is in trouble.

mod attempt_log;
mod attempt_secrets;
mod bindings;
mod cache;
mod capability;
mod code_health;
mod code_metrics;
mod compiler;
mod contract;
mod descriptor;
mod egress;
mod engine;
mod execute;
mod grant_command;
mod guest_clock;
mod guests;
mod handed;
mod host_threads;
mod inspect;
mod journal;
mod journaled;
mod kv_buffer;
mod last_words;
mod limits;
mod linked;
mod log_line;
mod measure;
mod meter;
mod outcome;
mod provenance;
mod recording_use;
mod refusal;
mod seed;
mod services;
mod shape;
mod slots;
mod state;
mod stopped;
mod surface;
mod table;

pub use attempt_log::LogSink;
pub use cache::{KeptCode, Prepared};
pub use code_health::CodeHealth;
pub use compiler::{CompileLimits, Compiler, compile_within};
pub use egress::{HttpFailure, HttpFault, HttpTimeouts, HttpTransport, LookUp};
pub use execute::Executed;
pub use guest_clock::GuestClock;
pub use host_threads::HostThreads;
pub use inspect::Inspected;
pub use journal::Replayed;
pub use log_line::{LogLevel, LogLine, LogSource};
pub use measure::CallTimes;
pub use outcome::is_of_this_host;
pub use recording_use::RecordingUse;
pub use refusal::{CompileBound, Refusal};
pub use seed::recorded_placeholder;
pub use services::{
    AncestorError, AncestorResult, AncestorResults, Begun, GuestRandom, HostServices, KvEntries,
    KvUnavailable, SecretUnavailable, SecretValues,
};

use cache::CodeCache;
use code_metrics::CodeMetrics;
use egress::{EgressClient, SystemNames};
use guests::GuestThreads;
use state::AttemptState;
use std::path::PathBuf;
use std::sync::Arc;
use tasker_egress::InnerAddresses;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use wasmtime::Engine;
use wasmtime::component::Linker;

/// How a [`Sandbox`] is set up.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Where compiled code is kept between runs; made with mode 0700 where missing. Hosts may share
    /// it. Whoever can write its key file can run code in this process.
    pub cache_dir: PathBuf,
    /// Invocations that run at the same time, at least one; others wait for a slot, which is
    /// not counted against their deadline.
    pub max_concurrent: usize,
    /// Where uploads are compiled.
    pub compiler: Compiler,
}

/// What the host itself can't do; never what a guest did.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("the WebAssembly engine did not start; this processor or kernel may be unsupported")]
    Engine(#[source] wasmtime::Error),
    #[error("the cache for compiled code at {} cannot be used; check that it is a writable directory", path.display())]
    CacheDir {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the threads of guests did not start")]
    Threads(#[source] std::io::Error),
    #[error("the component's bytes could not be loaded")]
    Load(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error(
        "the stored bytes have the digest {found} instead of {wanted}: they were changed after the upload"
    )]
    WrongBytes { wanted: String, found: String },
    #[error("the compiler's process failed; try again")]
    Compiler(#[source] std::io::Error),
    #[error("the component does not run on this host")]
    Refused(#[from] Refusal),
}

impl SandboxError {
    /// True if the host is in trouble, and not the component to blame: another host may run it, or this
    /// one later.
    pub fn is_of_host(&self) -> bool {
        match self {
            // The machine is slow where a compiler takes time without computing.
            Self::Refused(Refusal::CompileLimit(CompileBound::Wall(_))) => true,
            Self::Refused(_) | Self::WrongBytes { .. } => false,
            Self::Engine(_)
            | Self::CacheDir { .. }
            | Self::Threads(_)
            | Self::Load(_)
            | Self::Compiler(_) => true,
        }
    }
}

/// The engine, the linked capabilities and the compiled code. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    linker: Linker<AttemptState>,
    cache: CodeCache,
    code_metrics: CodeMetrics,
    /// One for each attempt of a step that may run at the same time.
    permits: Semaphore,
    /// The same for subscribers.
    subscribers: Semaphore,
    /// The same for inspections: a mended version must not wait for the attempts that it would end.
    inspections: Semaphore,
    http: Arc<dyn HttpTransport>,
    guests: GuestThreads,
}

/// Uploads that describe themselves at the same time; places in the pool are kept for them.
const INSPECTIONS: usize = 2;

/// Subscribers that run at the same time, in places of the pool that are kept for them.
pub const SUBSCRIBER_SLOTS: usize = 32;

impl Sandbox {
    /// Starts the engine and the thread that ends endless loops; opens the cache.
    ///
    /// Where memory for a pool of instances cannot be reserved, instances are made on demand, which
    /// is slower, and a warning says so.
    pub fn new(config: SandboxConfig) -> Result<Self, SandboxError> {
        Self::with_names(config, Arc::new(SystemNames))
    }

    /// The same; handlers' requests find the addresses of hosts there.
    pub fn with_names(config: SandboxConfig, names: Arc<dyn LookUp>) -> Result<Self, SandboxError> {
        let max_concurrent = config.max_concurrent.clamp(1, Semaphore::MAX_PERMITS);
        let places = max_concurrent.saturating_add(SUBSCRIBER_SLOTS + INSPECTIONS);
        let settings = config.compiler.engine_settings();
        let engine = settings.and_then(|settings| engine::start(places, settings));
        let engine = engine.map_err(SandboxError::Engine)?;
        let linker = capability::link(&engine).map_err(SandboxError::Engine)?;
        let cache = CodeCache::open(&engine, config.cache_dir, config.compiler)?;
        let permits = Semaphore::new(max_concurrent);
        let http: Arc<dyn HttpTransport> =
            Arc::new(EgressClient::new(names, InnerAddresses::AsNamed));
        let guests = GuestThreads::start().map_err(SandboxError::Threads)?;
        Ok(Self {
            inner: Arc::new(Inner {
                engine,
                linker,
                cache,
                code_metrics: CodeMetrics::new(),
                permits,
                subscribers: Semaphore::new(SUBSCRIBER_SLOTS),
                inspections: Semaphore::new(INSPECTIONS),
                http,
                guests,
            }),
        })
    }

    /// The threads of guests. Whatever calls [`execute`](Self::execute) belongs on them, so that what
    /// guests compute keeps nothing else waiting.
    pub fn guest_threads(&self) -> &Handle {
        self.inner.guests.handle()
    }
}
