//! Why telemetry cannot be exported.

use super::environment::SettingsError;

/// Why telemetry cannot be exported as the environment says.
#[derive(Debug, thiserror::Error)]
pub enum OtlpError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("the file of OTEL_EXPORTER_OTLP_CERTIFICATE cannot be read")]
    Certificate(#[source] std::io::Error),
    #[error("the client of the collector of {signal} cannot be set up")]
    Client {
        signal: &'static str,
        source: reqwest::Error,
    },
    #[error("the endpoint of the collector of {signal} is no URL")]
    Url { signal: &'static str },
    #[error("the client of the collector of {signal} cannot be set up")]
    Channel {
        signal: &'static str,
        source: tonic::transport::Error,
    },
}
