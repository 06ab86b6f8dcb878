//! OTLP by gRPC.

use super::endpoint::Endpoint;
use super::error::OtlpError;
use super::request::{Request, Response as _, SendError};
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_client::LogsServiceClient;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_client::MetricsServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use std::time::Duration;
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::transport::{Certificate, Channel, ClientTlsConfig};
use tonic::{Code, Extensions, Status};
use tonic_types::StatusExt as _;

/// Sends to one target.
pub(crate) struct GrpcSender {
    channel: Channel,
    metadata: MetadataMap,
    is_compressed: bool,
}

/// One call, by the client of the service.
macro_rules! export {
    ($client:ident, $sender:expr, $message:expr) => {{
        let mut client =
            $client::new($sender.channel.clone()).accept_compressed(CompressionEncoding::Gzip);
        if $sender.is_compressed {
            client = client.send_compressed(CompressionEncoding::Gzip);
        }
        let metadata = $sender.metadata.clone();
        let message = $message.clone();
        let request = tonic::Request::from_parts(metadata, Extensions::default(), message);
        let answer = client.export(request).await;
        answer.map(|answer| answer.into_inner().rejected())
    }};
}

impl GrpcSender {
    /// With the authorities of the system, and the given ones. Nothing is connected yet.
    pub(crate) fn new(
        endpoint: &Endpoint,
        authorities: Option<Vec<u8>>,
        user_agent: &str,
    ) -> Result<Self, OtlpError> {
        let signal = endpoint.signal.name();
        let failed = |source| OtlpError::Channel { signal, source };
        let channel = Channel::from_shared(endpoint.url.clone().into_bytes());
        let channel = channel.map_err(|_| OtlpError::Url { signal })?;
        let channel = channel.user_agent(user_agent).map_err(failed)?;
        let is_encrypted = channel.uri().scheme_str() == Some("https");
        let channel = match is_encrypted {
            true => channel.tls_config(tls(authorities)).map_err(failed)?,
            false => channel,
        };
        let mut headers = endpoint.headers.clone();
        headers.remove("user-agent");
        Ok(Self {
            channel: channel.timeout(endpoint.timeout).connect_lazy(),
            metadata: MetadataMap::from_headers(headers),
            is_compressed: endpoint.is_compressed,
        })
    }

    /// Sends once; how many items were rejected.
    pub(crate) async fn send(&self, request: &Request) -> Result<usize, SendError> {
        let answer = match request {
            Request::Traces(message) => export!(TraceServiceClient, self, message),
            Request::Metrics(message) => export!(MetricsServiceClient, self, message),
            Request::Logs(message) => export!(LogsServiceClient, self, message),
        };
        answer.map_err(|status| refused(&status))
    }
}

fn tls(authorities: Option<Vec<u8>>) -> ClientTlsConfig {
    let tls = ClientTlsConfig::new().with_enabled_roots();
    match authorities {
        Some(pem) => tls.ca_certificate(Certificate::from_pem(pem)),
        None => tls,
    }
}

fn refused(status: &Status) -> SendError {
    let retry_info = status.get_details_retry_info();
    let retry_after: Option<Duration> = retry_info.and_then(|info| info.retry_delay);
    SendError {
        message: format!("{}: {}", status.code(), status.message()),
        is_retryable: match status.code() {
            Code::Cancelled
            | Code::DeadlineExceeded
            | Code::Aborted
            | Code::OutOfRange
            | Code::Unavailable
            | Code::DataLoss => true,
            Code::ResourceExhausted => retry_after.is_some(),
            _ => false,
        },
        retry_after,
    }
}
