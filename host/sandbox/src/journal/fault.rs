//! What a guest learns of a request that failed, as it is recorded.

use tasker_domain::recording::RecordedFault;
use wasmtime_wasi_http::Error;

/// The fault of an error that a guest gets.
pub(super) fn fault_of(error: &Error) -> RecordedFault {
    match error {
        Error::ConnectionRefused => RecordedFault::ConnectionRefused,
        Error::ConnectionTimeout => RecordedFault::ConnectionTimeout,
        Error::ConnectionReadTimeout => RecordedFault::ResponseTimeout,
        Error::HttpResponseIncomplete => RecordedFault::ResponseIncomplete,
        Error::HttpRequestBodySize(_) => RecordedFault::RequestTooLarge,
        Error::HttpResponseBodySize(_) => RecordedFault::ResponseTooLarge,
        Error::HttpRequestDenied => RecordedFault::Denied,
        Error::HttpRequestUriInvalid => RecordedFault::InvalidUrl,
        Error::ConfigurationError => RecordedFault::Configuration,
        Error::InternalError(Some(reason)) => RecordedFault::Internal(reason.clone()),
        other => RecordedFault::Internal(other.to_string()),
    }
}

/// The error that a guest got.
pub(crate) fn error_of(fault: RecordedFault) -> Error {
    match fault {
        RecordedFault::ConnectionRefused => Error::ConnectionRefused,
        RecordedFault::ConnectionTimeout => Error::ConnectionTimeout,
        RecordedFault::ResponseTimeout => Error::ConnectionReadTimeout,
        RecordedFault::ResponseIncomplete => Error::HttpResponseIncomplete,
        RecordedFault::RequestTooLarge => Error::HttpRequestBodySize(None),
        RecordedFault::ResponseTooLarge => Error::HttpResponseBodySize(None),
        RecordedFault::Denied => Error::HttpRequestDenied,
        RecordedFault::InvalidUrl => Error::HttpRequestUriInvalid,
        RecordedFault::Configuration => Error::ConfigurationError,
        RecordedFault::Internal(reason) => Error::InternalError(Some(reason)),
    }
}
