//! One HTTP request.

use crate::failure;
use crate::tasker::step::types::{Failure, Outcome};
use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{ErrorCode, Fields, Method, OutgoingBody, OutgoingRequest, Scheme};

/// Gets `http://<authority>/` with this value of `authorization`; completes with what came back.
pub fn header(authority: &str, value: &str) -> Result<Outcome, Failure> {
    let fields = Fields::new();
    fields
        .append("authorization", value.as_bytes())
        .expect("it is a header");
    outcome(send(authority, fields, None))
}

/// Posts this body there.
pub fn body(authority: &str, media_type: &str, body: &str) -> Result<Outcome, Failure> {
    let fields = Fields::new();
    let length = body.len().to_string();
    for (name, value) in [("content-type", media_type), ("content-length", &length)] {
        fields
            .append(name, value.as_bytes())
            .expect("it is a header");
    }
    outcome(send(authority, fields, Some(body)))
}

fn outcome(sent: Result<String, ErrorCode>) -> Result<Outcome, Failure> {
    match sent {
        Ok(came) => Ok(Outcome::Complete(crate::forms::json(&came))),
        Err(error) => Err(failure("http", &format!("{error:?}"))),
    }
}

fn send(authority: &str, fields: Fields, body: Option<&str>) -> Result<String, ErrorCode> {
    let request = OutgoingRequest::new(fields);
    request
        .set_scheme(Some(&Scheme::Http))
        .expect("http is a scheme");
    request.set_path_with_query(Some("/")).expect("/ is a path");
    request
        .set_authority(Some(authority))
        .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    let out = request.body().expect("it is taken once");
    if body.is_some() {
        request.set_method(&Method::Post).expect("POST is a method");
    }
    let future = handle(request, None)?;
    if let Some(body) = body {
        let stream = out.write().expect("it is taken once");
        stream
            .blocking_write_and_flush(body.as_bytes())
            .expect("the host reads it");
    }
    OutgoingBody::finish(out, None)?;
    future.subscribe().block();
    let response = future
        .get()
        .expect("it is ready")
        .expect("it is asked for once")?;
    let incoming = response.consume().expect("it is taken once");
    let stream = incoming.stream().expect("it is taken once");
    let mut came = Vec::new();
    while let Ok(piece) = stream.blocking_read(4096) {
        came.extend(piece);
    }
    Ok(String::from_utf8_lossy(&came).into_owned())
}
