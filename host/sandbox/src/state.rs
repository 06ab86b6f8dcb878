//! What the host keeps for one running attempt.

use super::attempt_log::LogWriter;
use super::attempt_secrets::AttemptSecrets;
use super::egress::{EgressPolicy, HttpTransport};
use super::handed::Handed;
use super::journal::Journal;
use super::journaled;
use super::kv_buffer::KvBuffer;
use super::limits::MemoryBudget;
use super::meter::{Meter, OverLimit};
use super::seed::Seed;
use super::services::HostServices;
use super::stopped::Stopped;
use super::table::TableScale;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tasker_domain::effects::Effects;
use tasker_domain::event::SentEvent;
use tasker_domain::invocation::Invocation;
use tasker_domain::limits::Limits;
use tasker_domain::usage::Usage;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi_http::WasiHttpCtx;

/// The data of one store. Everything that most handlers never ask for is made when they do.
pub(super) struct AttemptState {
    pub(super) invocation: Arc<Invocation>,
    pub(super) services: HostServices,
    pub(super) deadline: Instant,
    pub(super) log: LogWriter,
    pub(super) attempt_secrets: AttemptSecrets,
    pub(super) handed: Handed,
    pub(super) kv: KvBuffer,
    pub(super) events: Vec<SentEvent>,
    /// What the events take, about.
    pub(super) event_bytes: usize,
    pub(super) memory: MemoryBudget,
    pub(super) host_calls_left: u32,
    /// When the call to the host that is under way began.
    pub(super) in_host_since: Option<Instant>,
    pub(super) in_host: Duration,
    pub(super) meter: Arc<Meter>,
    pub(super) table: ResourceTable,
    pub(super) table_scale: TableScale,
    pub(super) wasi: Option<Box<WasiCtx>>,
    pub(super) http: Option<Box<(WasiHttpCtx, EgressPolicy)>>,
    pub(super) outside: Arc<dyn HttpTransport>,
    /// Where what the attempt sees is recorded, or comes from.
    pub(super) journal: Option<Journal>,
    /// What random numbers are made from; without it the services say.
    pub(super) seed: Option<Seed>,
}

impl AttemptState {
    pub(super) fn new(
        invocation: Arc<Invocation>,
        services: HostServices,
        outside: &Arc<dyn HttpTransport>,
        started: Instant,
    ) -> Self {
        let (services, journal) = journaled::open(services, &invocation, started);
        let seed = journaled::seed(journal.as_ref(), &services);
        let limits = &invocation.step.limits;
        let attempt_secrets = AttemptSecrets::new(seed);
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.resources as usize);
        Self {
            deadline: started + limits.deadline,
            log: LogWriter::new(
                limits.log_bytes,
                attempt_secrets.clone(),
                services.log.clone(),
            ),
            attempt_secrets,
            handed: Handed::new(&invocation),
            kv: KvBuffer::default(),
            events: Vec::new(),
            event_bytes: 0,
            memory: MemoryBudget::new(limits.memory_bytes),
            host_calls_left: limits.host_calls,
            in_host_since: None,
            in_host: Duration::ZERO,
            meter: Arc::new(Meter::new(limits)),
            table,
            table_scale: TableScale::default(),
            wasi: None,
            http: None,
            outside: services.http.as_ref().unwrap_or(outside).clone(),
            journal,
            seed,
            invocation,
            services,
        }
    }

    /// The time until the deadline, as the guest sees it.
    pub(super) fn remaining(&self) -> Duration {
        match &self.services.clock {
            Some(clock) => self.limits().deadline.saturating_sub(clock.elapsed()),
            None => self.deadline.saturating_duration_since(Instant::now()),
        }
    }

    /// What the attempt used, `wall` after its start.
    pub(super) fn usage(&self, wall: Duration) -> Usage {
        Usage {
            wall,
            cpu: self.meter.cpu(),
            host: self.in_host,
            memory_bytes: self.memory.used_bytes() as u64,
            in_bytes: self.meter.in_bytes(),
            out_bytes: self.meter.out_bytes(),
            http_requests: self.meter.http_requests(),
        }
    }

    /// What is to be recorded with the attempt's result or checkpoint.
    pub(super) fn take_effects(&mut self) -> Effects {
        Effects {
            writes: self.kept_writes(),
            events: std::mem::take(&mut self.events),
        }
    }

    /// Measures the resources behind the attempt's handles. Without HTTP they are almost empty, and
    /// the limit on their number holds them.
    pub(super) fn weigh_table(&mut self) -> Result<(), OverLimit> {
        match self.http {
            Some(_) => self.table_scale.after_call(&mut self.table, &self.meter),
            None => Ok(()),
        }
    }

    /// What the guest may hand over in its next call to the host, in bytes.
    pub(super) fn call_bytes(&self) -> usize {
        self.meter.host_bytes_left()
    }

    /// What the guest may hand over as its answer, in bytes.
    pub(super) fn answer_bytes(&self) -> usize {
        let left_bytes = self.meter.host_bytes_left();
        self.limits().result_bytes.saturating_add(left_bytes)
    }

    /// The breach of a limit on the network or on the host's memory, for which the guest is to be ended.
    pub(super) fn check_breach(&self) -> Result<(), Stopped> {
        match self.meter.breach() {
            Some(limit) => Err(Stopped::Limit(limit)),
            None => Ok(()),
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.invocation.step.limits
    }
}
