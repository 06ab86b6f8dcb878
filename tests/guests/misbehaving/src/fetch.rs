//! One HTTP request.

use crate::exports::tasker::step::handler::{Failure, Outcome};
use crate::tasker::step::types::Retry;
use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{ErrorCode, Fields, OutgoingRequest, Scheme};

/// Gets `http://<authority>/` and completes with the status; the host's error is the failure.
pub fn status(authority: &str) -> Result<Outcome, Failure> {
    match get(authority) {
        Ok(status) => Ok(Outcome::Complete(status.to_string())),
        Err(error) => Err(Failure {
            code: "http".to_owned(),
            message: format!("{error:?}"),
            details: None,
            retry: Retry::Policy,
        }),
    }
}

fn get(authority: &str) -> Result<u16, ErrorCode> {
    let request = OutgoingRequest::new(Fields::new());
    request
        .set_scheme(Some(&Scheme::Http))
        .expect("http is a scheme");
    request.set_path_with_query(Some("/")).expect("/ is a path");
    request
        .set_authority(Some(authority))
        .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    let future = handle(request, None)?;
    future.subscribe().block();
    let response = future
        .get()
        .expect("it is ready")
        .expect("it is asked for once")?;
    Ok(response.status())
}
