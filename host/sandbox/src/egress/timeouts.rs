//! How long a request waits, as the guest says it or else by default. The deadline of the attempt ends
//! every wait as well.

use std::time::Duration;
use wasmtime_wasi_http::RequestOptions;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a destination may take to answer.
const FIRST_BYTE_TIMEOUT: Duration = Duration::from_secs(600);
/// How long a destination may take for the next piece of a body.
const BETWEEN_BYTES_TIMEOUT: Duration = Duration::from_secs(600);

/// The timeouts of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpTimeouts {
    /// Until there is a connection: name, TCP and TLS.
    pub connect: Duration,
    /// Until the head of the response is there.
    pub first_byte: Duration,
    /// Between two pieces of the response's body, the first included.
    pub between_bytes: Duration,
}

impl HttpTimeouts {
    pub(super) fn of(options: Option<RequestOptions>) -> Self {
        let options = options.unwrap_or_default();
        Self {
            connect: options.connect_timeout.unwrap_or(CONNECT_TIMEOUT),
            first_byte: options.first_byte_timeout.unwrap_or(FIRST_BYTE_TIMEOUT),
            between_bytes: options
                .between_bytes_timeout
                .unwrap_or(BETWEEN_BYTES_TIMEOUT),
        }
    }
}
