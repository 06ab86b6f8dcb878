//! The collector: where spans are sent.

use super::TracesError;
use super::settings::{Protocol, Settings};
use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind as OtelKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{InstrumentationScope, KeyValue, Value};
use opentelemetry_otlp::tonic_types::transport::{Certificate, ClientTlsConfig};
use opentelemetry_otlp::{
    SpanExporter, WithExportConfig as _, WithHttpConfig as _, WithTonicConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanExporter as _, SpanLinks};
use std::env;
use std::fs;
use std::time::Duration;
use tasker_telemetry::{Attribute, AttributeValue, Span, SpanKind, SpanStatus};
use tokio::time::timeout;

/// The name of the service unless the environment has another.
const SERVICE: &str = "tasker";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sends spans.
pub(crate) struct Collector {
    exporter: SpanExporter,
    scope: InstrumentationScope,
    /// Of one call, with the repetitions that the protocol has.
    timeout: Duration,
}

impl Collector {
    /// To be called within a runtime. Nothing is sent yet.
    pub(crate) fn new(settings: &Settings) -> Result<Self, TracesError> {
        // Fails where there is one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authorities = settings.certificate.as_ref().map(fs::read).transpose();
        let authorities = authorities.map_err(TracesError::Certificate)?;
        let mut exporter = match settings.protocol {
            Protocol::Grpc => {
                let tls = ClientTlsConfig::new().with_enabled_roots();
                let tls = match authorities {
                    Some(pem) => tls.ca_certificate(Certificate::from_pem(pem)),
                    None => tls,
                };
                let builder = SpanExporter::builder().with_tonic();
                let builder = match is_encrypted() {
                    true => builder.with_tls_config(tls),
                    false => builder,
                };
                builder.with_timeout(settings.request_timeout).build()?
            }
            Protocol::Http => SpanExporter::builder()
                .with_http()
                .with_protocol(opentelemetry_otlp::Protocol::HttpBinary)
                .with_timeout(settings.request_timeout)
                .with_http_client(client(settings, authorities)?)
                .build()?,
        };
        exporter.set_resource(&resource());
        Ok(Self {
            exporter,
            scope: InstrumentationScope::builder(SERVICE)
                .with_version(VERSION)
                .build(),
            timeout: settings.timeout,
        })
    }

    /// Sends the spans; why that failed.
    pub(crate) async fn send(&self, spans: Vec<Span>) -> Result<(), String> {
        let spans = spans.into_iter().map(|span| self.data(span)).collect();
        match timeout(self.timeout, self.exporter.export(spans)).await {
            Ok(sent) => sent.map_err(|error| error.to_string()),
            Err(_) => Err(format!("no answer within {:?}", self.timeout)),
        }
    }

    fn data(&self, span: Span) -> SpanData {
        let span_id = |id: tasker_domain::trace_context::SpanId| SpanId::from_bytes(id.bytes());
        SpanData {
            span_context: SpanContext::new(
                TraceId::from_bytes(span.trace_id.bytes()),
                span_id(span.span_id),
                TraceFlags::SAMPLED,
                false,
                TraceState::NONE,
            ),
            parent_span_id: span.parent.map_or(SpanId::INVALID, span_id),
            parent_span_is_remote: span.is_parent_remote,
            span_kind: match span.kind {
                SpanKind::Internal => OtelKind::Internal,
                SpanKind::Client => OtelKind::Client,
            },
            name: span.name,
            start_time: span.start,
            end_time: span.end,
            attributes: span.attributes.into_iter().map(key_value).collect(),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: match span.status {
                SpanStatus::Unset => Status::Unset,
                SpanStatus::Failed(message) => Status::error(message),
            },
            instrumentation_scope: self.scope.clone(),
        }
    }
}

fn key_value((name, value): Attribute) -> KeyValue {
    let value = match value {
        AttributeValue::Text(text) => Value::from(text),
        AttributeValue::Number(number) => Value::from(number),
        AttributeValue::Fraction(fraction) => Value::from(fraction),
    };
    KeyValue::new(name, value)
}

/// With the authorities of the system, and the given ones.
fn client(
    settings: &Settings,
    authorities: Option<Vec<u8>>,
) -> Result<reqwest::Client, TracesError> {
    let mut builder = reqwest::Client::builder()
        .timeout(settings.request_timeout)
        .redirect(reqwest::redirect::Policy::none());
    if let Some(pem) = authorities {
        let certificates =
            reqwest::Certificate::from_pem_bundle(&pem).map_err(TracesError::Client)?;
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map_err(TracesError::Client)
}

/// gRPC takes a configuration of TLS for a URL with https only.
fn is_encrypted() -> bool {
    let said = [
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ];
    let mut said = said.into_iter().filter_map(|name| env::var(name).ok());
    said.find(|url| !url.is_empty())
        .is_some_and(|url| url.starts_with("https:"))
}

/// What the spans are of: a service by name and version, and what the environment says.
fn resource() -> Resource {
    let resource = Resource::builder_empty()
        .with_service_name(SERVICE)
        .with_attribute(KeyValue::new("service.version", VERSION))
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_detector(Box::new(EnvResourceDetector::new()));
    let name = env::var("OTEL_SERVICE_NAME").ok();
    match name.filter(|name| !name.is_empty()) {
        Some(name) => resource.with_service_name(name).build(),
        None => resource.build(),
    }
}
