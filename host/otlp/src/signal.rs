//! The kinds of telemetry that OTLP has.

/// One kind of telemetry, which has variables and a path of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    Traces,
    Metrics,
    Logs,
}

impl Signal {
    /// As messages have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
        }
    }

    /// What of it is counted.
    pub(crate) fn items(self) -> &'static str {
        match self {
            Self::Traces => "spans",
            Self::Metrics => "values",
            Self::Logs => "lines",
        }
    }

    /// Where HTTP sends it, behind the endpoint of all.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Traces => "v1/traces",
            Self::Metrics => "v1/metrics",
            Self::Logs => "v1/logs",
        }
    }

    /// The variable that names its exporter.
    pub(crate) fn exporter_variable(self) -> String {
        format!("OTEL_{}_EXPORTER", self.name().to_uppercase())
    }

    /// The variable for it alone, and the one for all.
    pub(crate) fn variables(self, setting: &str) -> [String; 2] {
        let own = self.name().to_uppercase();
        [
            format!("OTEL_EXPORTER_OTLP_{own}_{setting}"),
            format!("OTEL_EXPORTER_OTLP_{setting}"),
        ]
    }
}
