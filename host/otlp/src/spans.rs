//! From spans to a message.

use super::message::{attribute, nanos, own_scope};
use super::request::Request;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1 as proto;
use proto::span::SpanKind as Kind;
use proto::status::StatusCode;
use proto::{ResourceSpans, ScopeSpans, SpanFlags, Status};
use tasker_telemetry::{Span, SpanKind, SpanStatus};

/// The flag of W3C Trace Context: all spans that are exported are of traces that are recorded.
const SAMPLED: u32 = 1;

/// One message with these spans.
pub(crate) fn request(resource: &Resource, spans: Vec<Span>) -> Request {
    Request::Traces(ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(resource.clone()),
            scope_spans: vec![ScopeSpans {
                scope: Some(own_scope()),
                spans: spans.into_iter().map(message).collect(),
                ..ScopeSpans::default()
            }],
            ..ResourceSpans::default()
        }],
    })
}

fn message(span: Span) -> proto::Span {
    let is_remote = match span.is_parent_remote {
        true => SpanFlags::ContextIsRemoteMask as u32,
        false => 0,
    };
    let parent = span.parent.map(|parent| parent.bytes().to_vec());
    proto::Span {
        trace_id: span.trace_id.bytes().to_vec(),
        span_id: span.span_id.bytes().to_vec(),
        parent_span_id: parent.unwrap_or_default(),
        flags: SAMPLED | SpanFlags::ContextHasIsRemoteMask as u32 | is_remote,
        name: span.name.into_owned(),
        kind: match span.kind {
            SpanKind::Internal => Kind::Internal,
            SpanKind::Client => Kind::Client,
        }
        .into(),
        start_time_unix_nano: nanos(span.start),
        end_time_unix_nano: nanos(span.end),
        attributes: span.attributes.into_iter().map(attribute).collect(),
        status: Some(match span.status {
            SpanStatus::Unset => Status::default(),
            SpanStatus::Failed(message) => Status {
                message,
                code: StatusCode::Error.into(),
            },
        }),
        ..proto::Span::default()
    }
}
