//! Outgoing HTTP, to the destinations that the component was granted.
//!
//! ```no_run
//! use std::time::Duration;
//! use tasker_sdk::http;
//! use tasker_sdk::prelude::*;
//!
//! #[derive(Deserialize)]
//! struct Rate {
//!     value: f64,
//! }
//!
//! fn rate(ctx: &Context) -> Result<f64, Failure> {
//!     let response = http::get("https://rates.example.com/eur")
//!         .header("idempotency-key", ctx.idempotency_key())
//!         .timeout(Duration::from_secs(3))
//!         .send()?
//!         .success()?;
//!     Ok(response.json::<Rate>()?.value)
//! }
//! ```
//!
//! Only inside a component is there a host to ask: natively, [`Request::send`] fails.

mod response;
#[cfg(target_family = "wasm")]
mod wasi;

pub use response::Response;

use crate::{Failure, json};
use serde::Serialize;
use std::time::Duration;

/// How long a request waits unless told otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// How many bytes a response's body may have unless told otherwise.
pub const DEFAULT_MAX_BODY_BYTES: usize = 8 << 20;

/// A request to be sent.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    timeout: Duration,
    max_body_bytes: usize,
}

/// A GET request.
pub fn get(url: impl Into<String>) -> Request {
    request("GET", url)
}

/// A POST request.
pub fn post(url: impl Into<String>) -> Request {
    request("POST", url)
}

/// A request with any method, in capitals.
pub fn request(method: impl Into<String>, url: impl Into<String>) -> Request {
    Request {
        method: method.into(),
        url: url.into(),
        headers: Vec::new(),
        body: Vec::new(),
        timeout: DEFAULT_TIMEOUT,
        max_body_bytes: DEFAULT_MAX_BODY_BYTES,
    }
}

impl Request {
    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the body to JSON, and the content type with it.
    pub fn json(self, body: &impl Serialize) -> Result<Self, Failure> {
        let text = json::write("body", body)?;
        Ok(self.header("content-type", "application/json").body(text))
    }

    /// How long to wait for a connection, for the first byte, and between two pieces of the body.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many bytes the response's body may have.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// Sends it and reads the whole response, whatever its status.
    ///
    /// Fails for good with `http_invalid_request`, `http_denied` (not granted) or
    /// `http_body_too_large`, retryably with `http_timeout` or `http_failed`.
    pub fn send(self) -> Result<Response, Failure> {
        #[cfg(target_family = "wasm")]
        return wasi::send(&self);
        #[cfg(not(target_family = "wasm"))]
        Err(Failure::permanent(
            "http_failed",
            format!("no host to send {} {} here", self.method, self.url),
        ))
    }
}
