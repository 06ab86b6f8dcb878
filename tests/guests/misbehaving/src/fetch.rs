//! HTTP requests, straight against the interface.

use crate::exports::tasker::step::handler::{Failure, Outcome};
use crate::tasker::step::types::Retry;
use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest,
    RequestOptions, Scheme, http_error_code,
};
use wasip2::io::streams::StreamError;

/// How much is read or written at a time.
const CHUNK_BYTES: usize = 4_096;
/// A timeout that passes while nothing comes, in nanoseconds.
const SHORT_NS: u64 = 50_000_000;
/// How many redirects are followed.
const MAX_HOPS: usize = 5;

/// What came back.
struct Answer {
    status: u16,
    location: Option<String>,
    body_bytes: usize,
}

/// Gets `http://<authority>/` and completes with the status; the host's error is the failure.
pub fn status(authority: &str) -> Result<Outcome, Failure> {
    told(exchange("GET", authority, "/", 0).map(|answer| answer.status.to_string()))
}

/// Gets `http://<authority>/` and waits no longer than this between two pieces of the body.
pub fn between_bytes(authority: &str) -> Result<Outcome, Failure> {
    let options = RequestOptions::new();
    let set = options.set_between_bytes_timeout(Some(SHORT_NS));
    set.expect("the host keeps it");
    told(
        exchange_with("GET", authority, "/", 0, Some(options))
            .map(|answer| answer.status.to_string()),
    )
}

/// Gets `http://<authority>/` and waits no longer than this for a connection.
pub fn connect(authority: &str) -> Result<Outcome, Failure> {
    let options = RequestOptions::new();
    let set = options.set_connect_timeout(Some(SHORT_NS));
    set.expect("the host keeps it");
    told(
        exchange_with("GET", authority, "/", 0, Some(options))
            .map(|answer| answer.status.to_string()),
    )
}

/// Sends one request, `METHOD AUTHORITY PATH BODY_BYTES`, and completes with the size of the answer.
pub fn request(text: &str) -> Result<Outcome, Failure> {
    let words: Vec<&str> = text.split(' ').collect();
    let [method, authority, path, body_bytes] = words[..] else {
        return told(Err(ErrorCode::InternalError(None)));
    };
    let body_bytes = body_bytes.parse().unwrap_or_default();
    told(exchange(method, authority, path, body_bytes).map(|answer| answer.body_bytes.to_string()))
}

/// Gets `http://<authority>/`, goes where it is sent, and completes with the last status.
pub fn follow(authority: &str) -> Result<Outcome, Failure> {
    let (mut authority, mut path) = (authority.to_owned(), "/".to_owned());
    for _ in 0..MAX_HOPS {
        let answer = match exchange("GET", &authority, &path, 0) {
            Ok(answer) => answer,
            Err(error) => return told(Err(error)),
        };
        let Some(location) = answer.location else {
            return told(Ok(answer.status.to_string()));
        };
        let target = location.trim_start_matches("http://");
        let at = target.find('/').unwrap_or(target.len());
        authority = target[..at].to_owned();
        path = target[at..].to_owned();
    }
    told(Err(ErrorCode::LoopDetected))
}

/// Gets `http://<authority>/` until the host says no.
pub fn flood(authority: &str) -> Result<Outcome, Failure> {
    loop {
        if let Err(error) = exchange("GET", authority, "/", 0) {
            return told(Err(error));
        }
    }
}

fn told(answer: Result<String, ErrorCode>) -> Result<Outcome, Failure> {
    answer.map(Outcome::Complete).map_err(|error| Failure {
        code: "http".to_owned(),
        message: format!("{error:?}"),
        details: None,
        retry: Retry::Policy,
    })
}

fn exchange(
    method: &str,
    authority: &str,
    path: &str,
    body_bytes: usize,
) -> Result<Answer, ErrorCode> {
    exchange_with(method, authority, path, body_bytes, None)
}

fn exchange_with(
    method: &str,
    authority: &str,
    path: &str,
    body_bytes: usize,
    options: Option<RequestOptions>,
) -> Result<Answer, ErrorCode> {
    let request = OutgoingRequest::new(Fields::new());
    let method = match method {
        "GET" => Method::Get,
        "POST" => Method::Post,
        other => Method::Other(other.to_owned()),
    };
    request.set_method(&method).expect("a method");
    request
        .set_scheme(Some(&Scheme::Http))
        .expect("http is a scheme");
    request
        .set_path_with_query(Some(path))
        .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    request
        .set_authority(Some(authority))
        .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    let body = request.body().expect("it is taken once");
    let future = handle(request, options)?;
    // A host that answers before it has read everything closes the body; the answer tells why.
    let sent = send(body, body_bytes);
    future.subscribe().block();
    let response = future
        .get()
        .expect("it is ready")
        .expect("it is asked for once")?;
    sent?;
    read(response)
}

fn send(body: OutgoingBody, mut left: usize) -> Result<(), ErrorCode> {
    let stream = body.write().expect("it is taken once");
    while left > 0 {
        let chunk = vec![b'x'; left.min(CHUNK_BYTES)];
        stream
            .blocking_write_and_flush(&chunk)
            .map_err(|error| code_of(&error))?;
        left -= chunk.len();
    }
    drop(stream);
    OutgoingBody::finish(body, None)
}

fn read(response: IncomingResponse) -> Result<Answer, ErrorCode> {
    let location = response.headers().get("location").pop();
    let status = response.status();
    let body: IncomingBody = response.consume().expect("it is taken once");
    let stream = body.stream().expect("it is taken once");
    let mut body_bytes = 0;
    loop {
        match stream.blocking_read(CHUNK_BYTES as u64) {
            Ok(chunk) => body_bytes += chunk.len(),
            Err(StreamError::Closed) => break,
            Err(error) => return Err(code_of(&error)),
        }
    }
    let location = location.and_then(|value| String::from_utf8(value).ok());
    Ok(Answer {
        status,
        location,
        body_bytes,
    })
}

fn code_of(error: &StreamError) -> ErrorCode {
    match error {
        StreamError::LastOperationFailed(error) => {
            http_error_code(error).unwrap_or(ErrorCode::InternalError(None))
        }
        StreamError::Closed => ErrorCode::ConnectionTerminated,
    }
}
