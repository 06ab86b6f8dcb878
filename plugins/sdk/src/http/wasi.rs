//! Sending over `wasi:http`.

use super::{Request, Response};
use crate::Failure;
use wasip2::http::outgoing_handler::{ErrorCode, handle};
use wasip2::http::types::{
    Fields, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest, RequestOptions,
    Scheme, http_error_code,
};
use wasip2::io::streams::StreamError;

/// `wasi:io` takes this much in one blocking write.
const WRITE_BYTES: usize = 4096;
const READ_BYTES: u64 = 64 << 10;

pub(super) fn send(request: &Request) -> Result<Response, Failure> {
    let outgoing = outgoing(request)?;
    let body = outgoing
        .body()
        .map_err(|()| invalid(request, "it has no body to write"))?;
    let pending =
        handle(outgoing, Some(options(request))).map_err(|error| failed(request, &error))?;
    // Where the body could not be written, what comes back says why.
    let _ = write(&request.body, body);
    pending.subscribe().block();
    let answer = pending
        .get()
        .expect("the pollable said that it is there")
        .expect("it is taken once");
    read(request, &answer.map_err(|error| failed(request, &error))?)
}

fn outgoing(request: &Request) -> Result<OutgoingRequest, Failure> {
    let (scheme, authority, path) =
        split(&request.url).ok_or_else(|| invalid(request, "it is no http:// or https:// URL"))?;
    let outgoing = OutgoingRequest::new(headers(request)?);
    let refused = |what: &'static str| move |()| invalid(request, what);
    outgoing
        .set_method(&method(&request.method))
        .map_err(refused("its method is none"))?;
    outgoing
        .set_scheme(Some(&scheme))
        .map_err(refused("its scheme is none"))?;
    outgoing
        .set_authority(Some(authority))
        .map_err(refused("its host is none"))?;
    outgoing
        .set_path_with_query(Some(&path))
        .map_err(refused("its path is none"))?;
    Ok(outgoing)
}

fn headers(request: &Request) -> Result<Fields, Failure> {
    let fields = Fields::new();
    let is_length = |(name, _): &(String, String)| name.eq_ignore_ascii_case("content-length");
    if !request.body.is_empty() && !request.headers.iter().any(is_length) {
        let length = request.body.len().to_string();
        fields
            .append("content-length", length.as_bytes())
            .map_err(|error| invalid(request, &format!("its length is refused: {error}")))?;
    }
    for (name, value) in &request.headers {
        fields.append(name, value.as_bytes()).map_err(|error| {
            invalid(request, &format!("its header `{name}` is refused: {error}"))
        })?;
    }
    Ok(fields)
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        "OPTIONS" => Method::Options,
        "PATCH" => Method::Patch,
        other => Method::Other(other.to_owned()),
    }
}

fn split(url: &str) -> Option<(Scheme, &str, String)> {
    let (scheme, rest) = match url.split_once("://")? {
        ("http", rest) => (Scheme::Http, rest),
        ("https", rest) => (Scheme::Https, rest),
        _ => return None,
    };
    let rest = rest.split('#').next().unwrap_or(rest);
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    };
    (!authority.is_empty()).then_some((scheme, authority, path))
}

fn options(request: &Request) -> RequestOptions {
    let options = RequestOptions::new();
    let nanos = u64::try_from(request.timeout.as_nanos()).unwrap_or(u64::MAX);
    // A host that cannot keep one of these says so; the attempt's deadline still holds.
    let _ = options.set_connect_timeout(Some(nanos));
    let _ = options.set_first_byte_timeout(Some(nanos));
    let _ = options.set_between_bytes_timeout(Some(nanos));
    options
}

fn write(bytes: &[u8], body: OutgoingBody) -> Result<(), StreamError> {
    if !bytes.is_empty() {
        let stream = body.write().expect("it is taken once");
        bytes
            .chunks(WRITE_BYTES)
            .try_for_each(|chunk| stream.blocking_write_and_flush(chunk))?;
    }
    OutgoingBody::finish(body, None).map_err(|_| StreamError::Closed)
}

fn read(request: &Request, response: &IncomingResponse) -> Result<Response, Failure> {
    let text =
        |(name, value): (String, Vec<u8>)| (name, String::from_utf8_lossy(&value).into_owned());
    let body = response.consume().expect("it is taken once");
    Ok(Response {
        url: request.url.clone(),
        status: response.status(),
        headers: response.headers().entries().into_iter().map(text).collect(),
        body: read_all(request, &body)?,
    })
}

fn read_all(request: &Request, body: &IncomingBody) -> Result<Vec<u8>, Failure> {
    let stream = body.stream().expect("it is taken once");
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(READ_BYTES) {
            Ok(piece) => bytes.extend(piece),
            Err(StreamError::Closed) => return Ok(bytes),
            Err(error @ StreamError::LastOperationFailed(_)) => {
                return Err(broken(request, &error));
            }
        }
        if bytes.len() > request.max_body_bytes {
            return Err(too_large(request));
        }
    }
}

fn invalid(request: &Request, why: &str) -> Failure {
    Failure::permanent(
        "http_invalid_request",
        format!("{} {} cannot be sent: {why}", request.method, request.url),
    )
}

fn too_large(request: &Request) -> Failure {
    let message = format!(
        "the body of {} has more than {} bytes",
        request.url, request.max_body_bytes
    );
    Failure::permanent("http_body_too_large", message)
}

fn broken(request: &Request, error: &StreamError) -> Failure {
    if let StreamError::LastOperationFailed(error) = error
        && let Some(code) = http_error_code(error)
    {
        return failed(request, &code);
    }
    Failure::retryable(
        "http_failed",
        format!("the body of {} broke off: {error}", request.url),
    )
}

fn failed(request: &Request, error: &ErrorCode) -> Failure {
    let url = &request.url;
    match error {
        ErrorCode::HttpRequestDenied | ErrorCode::DestinationIpProhibited => Failure::permanent(
            "http_denied",
            format!("this component may not send to {url}"),
        ),
        ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::HttpResponseTimeout
        | ErrorCode::DnsTimeout => Failure::retryable(
            "http_timeout",
            format!("{url} took longer than {:?}: {error}", request.timeout),
        ),
        other => Failure::retryable("http_failed", format!("{url}: {other}")),
    }
}
