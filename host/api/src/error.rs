//! What a request is refused with, as it crosses the wire.

use super::bounds::MIN_BYTES_PER_S;
use super::too_many::CallerLimit;
use axum::http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::error::Error;
use std::fmt;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};
use tasker_wire::problem::{FieldError, Problem};

/// After how many seconds a host that could not serve a request may be asked again.
const TRY_AGAIN_AFTER: HeaderValue = HeaderValue::from_static("1");

/// What the caller reads of a fault of the host: nothing of its insides.
const INTERNAL: &str = "internal error; the host's log has details under the correlation id";
/// The code of a request after which the connection is closed.
const UNCLEAR_HEAD: &str = "unclear_head";

/// Why a request is refused; each variant has one status and code.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("there is no route {path}; the API is below /v1 and /health")]
    UnknownRoute { path: String },
    #[error("{path} does not accept {method}")]
    WrongMethod { method: String, path: String },
    #[error("{name} is not a type of events; `tasker events catalog` lists all")]
    NoEventType { name: String },
    #[error("{name}: {message}")]
    Parameter { name: String, message: String },
    #[error("invalid request body: {}", .0.message)]
    InvalidJson(FieldError),
    #[error("the body is not UTF-8 text: {message}")]
    NotText { message: String },
    #[error("the content type is `{given}`; send `{wanted}`")]
    MediaType { given: String, wanted: String },
    #[error("the body is larger than {max_bytes} bytes")]
    BodyTooLarge { max_bytes: usize },
    #[error("the body is incomplete: {message}")]
    BodyBroken { message: String },
    #[error("request body timed out: the minimum is {MIN_BYTES_PER_S} bytes a second")]
    BodyTimeout,
    #[error("the body is encoded as `{given}`; send it as it is")]
    BodyEncoded { given: String },
    #[error("{why}")]
    NotReady { why: String },
    #[error("server overloaded; try again later")]
    Overloaded,
    #[error("ambiguous request head: {why}")]
    UnclearHead { why: &'static str },
    /// An error of a stage, which states its class and code.
    #[error(transparent)]
    Stage(StageError),
}

/// An error of a stage.
#[derive(Debug)]
pub struct StageError(Box<dyn Report + Send + Sync>);

impl fmt::Display for StageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for StageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl<E: Report + Send + Sync + 'static> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self::Stage(StageError(Box::new(error)))
    }
}

impl ApiError {
    /// True if the caller is refused, and not only the request for now.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(
            self.report().class,
            ErrorClass::Unauthenticated | ErrorClass::Forbidden
        )
    }

    /// A parameter of the path, the query or the headers that cannot be used.
    pub fn parameter(name: &str, message: String) -> Self {
        Self::Parameter {
            name: name.to_owned(),
            message,
        }
    }

    /// True if the host or the database is at fault, and not the request.
    pub(crate) fn is_fault(&self) -> bool {
        status(self.report().class).is_server_error()
    }

    /// What the caller is shown.
    fn report(&self) -> ErrorReport {
        use ErrorClass::{
            Malformed, MethodNotAllowed, NotFound, RequestTimeout, TooLarge, Unavailable,
            UnsupportedMedia,
        };
        let (class, code) = match self {
            Self::UnknownRoute { .. } => (NotFound, "unknown_route"),
            Self::NoEventType { .. } => (NotFound, "unknown_event_type"),
            Self::WrongMethod { .. } => (MethodNotAllowed, "method_not_allowed"),
            Self::Parameter { .. } => (Malformed, "invalid_parameter"),
            Self::InvalidJson(_) | Self::NotText { .. } => (Malformed, "invalid_body"),
            Self::MediaType { .. } => (UnsupportedMedia, "unsupported_media_type"),
            Self::BodyTooLarge { .. } => (TooLarge, "body_too_large"),
            Self::BodyBroken { .. } => (Malformed, "incomplete_body"),
            Self::BodyTimeout => (RequestTimeout, "body_timeout"),
            Self::BodyEncoded { .. } => (UnsupportedMedia, "unsupported_content_encoding"),
            Self::NotReady { .. } => (Unavailable, "not_ready"),
            Self::Overloaded => (Unavailable, "overloaded"),
            Self::UnclearHead { .. } => (Malformed, UNCLEAR_HEAD),
            Self::Stage(error) => return error.0.report(),
        };
        let report = ErrorReport::new(class, code);
        match self {
            Self::InvalidJson(error) => report.fields([error.clone()]),
            _ => report,
        }
    }
}

/// The status of a class of errors.
pub(crate) fn status(class: ErrorClass) -> StatusCode {
    match class {
        ErrorClass::Malformed => StatusCode::BAD_REQUEST,
        ErrorClass::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorClass::Forbidden => StatusCode::FORBIDDEN,
        ErrorClass::NotFound => StatusCode::NOT_FOUND,
        ErrorClass::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorClass::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
        ErrorClass::Conflict => StatusCode::CONFLICT,
        ErrorClass::Gone => StatusCode::GONE,
        ErrorClass::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        ErrorClass::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorClass::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorClass::Refused => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorClass::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ErrorClass::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorClass::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let report = self.report();
        let (status, code) = (status(report.class), report.code);
        if let Self::NotReady { why } = &self {
            // A load balancer asks every second.
            tracing::debug!(why, "not ready");
        } else if status.is_server_error() {
            tracing::error!(
                error = %ErrorChain(&self),
                code,
                "request refused"
            );
        }
        let detail = match report.class {
            ErrorClass::Internal => INTERNAL.to_owned(),
            _ => report.detail.unwrap_or_else(|| self.to_string()),
        };
        let body = Problem {
            r#type: "about:blank".into(),
            title: status.canonical_reason().unwrap_or("Error").into(),
            status: status.as_u16(),
            code: code.into(),
            detail,
            errors: report.fields,
            task_id: report.task_id,
            lowest_version: report.lowest_version,
        };
        let mut response = (status, axum::Json(body)).into_response();
        let media_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, media_type);
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"tasker\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        if [UNCLEAR_HEAD, CallerLimit::Connections.code()].contains(&code) {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(CONNECTION, close);
        }
        let is_passing = [
            StatusCode::SERVICE_UNAVAILABLE,
            StatusCode::TOO_MANY_REQUESTS,
        ];
        if is_passing.contains(&status) {
            let after = report.retry_after_s.map(HeaderValue::from);
            let after = after.unwrap_or(TRY_AGAIN_AFTER);
            response.headers_mut().insert(RETRY_AFTER, after);
        }
        response
    }
}
