//! Metrics of a host.

use crate::endpoint::{Media, endpoint};

/// Metrics as text: in Prometheus's format, or in that of OpenMetrics where the request accepts it.
#[derive(Clone, Copy, Debug)]
pub enum MetricsText {}

impl Media for MetricsText {
    const TYPES: &'static [&'static str] = &[
        "text/plain; version=0.0.4; charset=utf-8",
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
    ];
}

endpoint! {
    /// The metrics of the host.
    GET "/metrics" ShowMetrics {}
    needs Observe in AllNamespaces;
    answers MetricsText;
}
