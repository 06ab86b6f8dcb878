//! The spans of requests, and the header by which who is asked goes on with the trace.

use super::Refused;
use crate::attempt_secrets::AttemptSecrets;
use http::{HeaderName, HeaderValue, Method, Uri};
use tasker_telemetry::{AttemptTrace, Attribute, AttributeValue, OpenSpan, SpanKind};
use wasmtime_wasi_http::WasiBody;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// Of a URL, in place of what may be secret.
const REDACTED: &str = "REDACTED";
/// In place of a method that a handler made up.
const OTHER_METHOD: &str = "_OTHER";

/// Begins the span of a request, where its trace is recorded, and sends the trace along. A header that the handler set
/// stays: it may have spans of its own.
pub(super) fn begin(
    trace: Option<&AttemptTrace>,
    request: &mut http::Request<WasiBody>,
    secrets: &AttemptSecrets,
) -> Option<OpenSpan> {
    let trace = trace?;
    let method = method(request.method());
    let span = trace.begin(method.unwrap_or("HTTP"), SpanKind::Client);
    let context = trace.context();
    let context = span
        .as_ref()
        .map_or(context, |span| context.with_span(span.span_id()));
    if let Ok(value) = HeaderValue::from_str(&context.to_string()) {
        let headers = request.headers_mut();
        headers.entry(TRACEPARENT).or_insert(value);
    }
    let mut span = span?;
    span.add([("http.request.method", method.unwrap_or(OTHER_METHOD).into())]);
    span.add(address(request.uri(), secrets));
    Some(span)
}

/// Ends the span with what came of the request.
pub(super) fn end<T>(
    span: Option<OpenSpan>,
    sent: &Result<(http::Response<WasiBody>, T), Refused>,
) {
    let Some(mut span) = span else { return };
    match sent {
        Ok((response, _)) => {
            let status = response.status();
            let number = i64::from(status.as_u16());
            span.add([("http.response.status_code", AttributeValue::Number(number))]);
            if status.is_client_error() || status.is_server_error() {
                span.add([("error.type", status.as_str().into())]);
                span.fail("");
            }
        }
        Err(refused) => {
            span.add([("error.type", refused.kind().into())]);
            span.fail("");
        }
    }
    span.end();
}

/// A method of the standard; any other could be one of endlessly many.
fn method(method: &Method) -> Option<&'static str> {
    const KNOWN: [&str; 9] = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
    ];
    KNOWN.into_iter().find(|known| *known == method.as_str())
}

/// Where the request goes, without user and query.
fn address(uri: &Uri, secrets: &AttemptSecrets) -> Vec<Attribute> {
    let host = uri.host().unwrap_or_default();
    let scheme = uri.scheme_str().unwrap_or("http");
    let port = uri.port_u16();
    let default_port = if scheme == "https" { 443 } else { 80 };
    let shown_port = port.map_or(String::new(), |port| format!(":{port}"));
    let query = uri
        .query()
        .map_or(String::new(), |_| format!("?{REDACTED}"));
    let path = uri.path();
    let url = format!("{scheme}://{host}{shown_port}{path}{query}");
    let port = AttributeValue::Number(port.unwrap_or(default_port).into());
    vec![
        ("url.full", (&*secrets.redacted(&url)).into()),
        ("server.address", (&*secrets.redacted(host)).into()),
        ("server.port", port),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_user_and_no_query() {
        let uri = "https://ada:pw@api.example.com:8443/v1/charge?token=s3cret";
        let address = address(&uri.parse().unwrap(), &AttemptSecrets::default());
        let expected = "https://api.example.com:8443/v1/charge?REDACTED";
        assert_eq!(address[0], ("url.full", expected.into()));
        assert_eq!(address[1], ("server.address", "api.example.com".into()));
        assert_eq!(address[2], ("server.port", AttributeValue::Number(8443)));
    }
}
