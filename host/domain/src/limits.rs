//! Bounds of one invocation. Every bound has a name and a unit.
//!
//! A host, a namespace, a component in it and a step of a template may each set a limit. The lowest value
//! applies, so that no attempt exceeds the limits of its host.

mod limit;
mod settings;

use super::duration::MAX_DURATION;
pub use limit::{Limit, LimitError};
use serde::{Deserialize, Serialize};
pub use settings::{LimitPatch, LimitSettings};
use std::time::Duration;

/// The largest result that is recorded, regardless of limits, in bytes: PostgreSQL takes no value, and no
/// call, of more than 1 GiB, and a result becomes larger on its way there.
const MAX_RECORDED_BYTES: usize = 256 << 20;

/// Who set a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitSource {
    Host,
    /// The rule for everything that runs in tasks of the namespace.
    Namespace,
    /// The rule for the component in tasks of the namespace.
    Component,
    /// The step, in its template.
    Step,
}

/// What one invocation may use at most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// All linear memories and tables of the instance together, in bytes.
    pub memory_bytes: usize,
    /// What the host keeps for the attempt, and what one call hands over to it, in bytes: writes to
    /// kv, events, HTTP fields, requests and responses under way.
    pub host_memory_bytes: usize,
    /// Wall time from the start of the attempt to its forced end.
    pub deadline: Duration,
    /// Time on the processor, of the guest and of what it has the host do.
    pub cpu: Duration,
    /// The result (or failure details) as JSON text, in bytes.
    pub result_bytes: usize,
    /// The task's input, the checkpoint and results of earlier steps that the attempt is handed, as JSON
    /// text, in bytes.
    pub input_bytes: u64,
    /// Log lines of one attempt together, in bytes; what comes after is cut with a note.
    pub log_bytes: usize,
    /// Calls from the guest to the host.
    pub host_calls: u32,
    /// Open handles of the instance: fields, requests, streams, pollables.
    pub resources: u32,
    /// The payload of one event as JSON text, in bytes.
    pub event_bytes: usize,
    /// Events that one attempt sends.
    pub events: u32,
    /// Requests that leave the sandbox.
    pub http_requests: u32,
    /// Bodies of all responses together, in bytes.
    pub http_in_bytes: u64,
    /// Bodies of all requests together, in bytes.
    pub http_out_bytes: u64,
    set_by: [LimitSource; Limit::ALL.len()],
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 128 << 20,
            host_memory_bytes: 16 << 20,
            deadline: Duration::from_secs(30),
            cpu: Duration::from_secs(30),
            result_bytes: 1 << 20,
            input_bytes: 64 << 20,
            log_bytes: 64 << 10,
            host_calls: 100_000,
            resources: 4_096,
            event_bytes: 16 << 10,
            events: 100,
            http_requests: 1_000,
            http_in_bytes: 64 << 20,
            http_out_bytes: 64 << 20,
            set_by: [LimitSource::Host; Limit::ALL.len()],
        }
    }
}

impl Limits {
    /// The default limits of a host. The timeout is the one that a step sets; all others have a default.
    pub fn of_host() -> Self {
        Self {
            deadline: MAX_DURATION,
            ..Self::default()
        }
    }

    /// A limit in its unit: bytes, milliseconds, or a number.
    pub fn value(&self, limit: Limit) -> u64 {
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        match limit {
            Limit::Memory => self.memory_bytes as u64,
            Limit::HostMemory => self.host_memory_bytes as u64,
            Limit::Timeout => ms(self.deadline),
            Limit::Cpu => ms(self.cpu),
            Limit::Result => self.result_bytes as u64,
            Limit::Input => self.input_bytes,
            Limit::Log => self.log_bytes as u64,
            Limit::HostCalls => self.host_calls.into(),
            Limit::Resources => self.resources.into(),
            Limit::Event => self.event_bytes as u64,
            Limit::Events => self.events.into(),
            Limit::HttpRequests => self.http_requests.into(),
            Limit::HttpIn => self.http_in_bytes,
            Limit::HttpOut => self.http_out_bytes,
        }
    }

    /// Who set the limit that applies.
    pub fn set_by(&self, limit: Limit) -> LimitSource {
        self.set_by[limit as usize]
    }

    /// Sets the limit as the host's, regardless of its earlier value.
    pub fn set(&mut self, limit: Limit, value: u64) {
        self.put(limit, value, LimitSource::Host);
    }

    /// Lowers what the settings say less of; nothing grows.
    pub fn narrow(&mut self, settings: &LimitSettings, source: LimitSource) {
        for (limit, value) in settings.iter() {
            if value < self.value(limit) {
                self.put(limit, value, source);
            }
        }
    }

    fn put(&mut self, limit: Limit, value: u64, source: LimitSource) {
        let size = usize::try_from(value).unwrap_or(usize::MAX);
        let count = u32::try_from(value).unwrap_or(u32::MAX);
        match limit {
            Limit::Memory => self.memory_bytes = size,
            Limit::HostMemory => self.host_memory_bytes = size,
            Limit::Timeout => self.deadline = Duration::from_millis(value),
            Limit::Cpu => self.cpu = Duration::from_millis(value),
            Limit::Result => self.result_bytes = size.min(MAX_RECORDED_BYTES),
            Limit::Input => self.input_bytes = value,
            Limit::Log => self.log_bytes = size,
            Limit::HostCalls => self.host_calls = count,
            Limit::Resources => self.resources = count,
            Limit::Event => self.event_bytes = size,
            Limit::Events => self.events = count,
            Limit::HttpRequests => self.http_requests = count,
            Limit::HttpIn => self.http_in_bytes = value,
            Limit::HttpOut => self.http_out_bytes = value,
        }
        self.set_by[limit as usize] = source;
    }
}

#[cfg(test)]
mod tests;
