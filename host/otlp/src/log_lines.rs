//! The lines of the host's log, until they are exported.

use super::log_layer::LogLayer;
use super::log_line::LogQueue;
use super::settings::Settings;
use std::sync::Arc;
use tasker_telemetry::catalog::{LOG_EXPORT_FAILURES, LOG_RECORDS};
use tasker_telemetry::{ExportCounts, ExportQueue, Sampler, Samples};

/// Where lines of the log wait to be exported; clones are the same. The default one takes none.
#[derive(Clone, Debug, Default)]
pub struct LogLines(Option<Arc<LogQueue>>);

impl LogLines {
    /// As the variables of OpenTelemetry say. Where these cannot be used no host starts, so that there is nobody to
    /// export lines.
    pub fn from_env() -> Self {
        let logs = Settings::from_env().ok().and_then(|settings| settings.logs);
        Self(logs.map(|logs| {
            let batching = logs.batching;
            Arc::new(ExportQueue::new(batching.queue, batching.batch))
        }))
    }

    /// Takes lines from the log; none if they are not exported.
    pub fn layer(&self) -> Option<LogLayer> {
        self.0.clone().map(LogLayer::new)
    }

    pub(crate) fn queue(&self) -> Option<&Arc<LogQueue>> {
        self.0.as_ref()
    }
}

impl Sampler for LogLines {
    fn sample(&self, samples: &mut Samples) {
        let counts = self.queue().map(|queue| queue.counts());
        ExportCounts::sample(counts, samples, &LOG_RECORDS, &LOG_EXPORT_FAILURES);
    }
}
