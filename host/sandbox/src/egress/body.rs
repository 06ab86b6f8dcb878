//! Bodies on their way out of the sandbox and into it, counted and held to their limits.

use super::transport::fault_of;
use crate::meter::{Charge, Meter};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Sleep;
use wasmtime_wasi_http::{Error, WasiBody};

/// One result of polling a body.
type Polled = Poll<Option<Result<Frame<Bytes>, Error>>>;

/// A guest's request body, which may move between threads but is read by one at a time.
pub(super) struct OutgoingBody {
    body: Mutex<WasiBody>,
    meter: Arc<Meter>,
}

impl OutgoingBody {
    pub(super) fn wrap(body: WasiBody, meter: Arc<Meter>) -> reqwest::Body {
        let body = Mutex::new(body);
        reqwest::Body::wrap(Self { body, meter })
    }

    fn inner(&mut self) -> Pin<&mut WasiBody> {
        Pin::new(
            self.body
                .get_mut()
                .expect("nobody panics while holding a body"),
        )
    }
}

impl Body for OutgoingBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let polled = self.inner().poll_frame(cx);
        match self.meter.count_out(bytes_in(&polled)) {
            Ok(()) => polled,
            Err(_) => Poll::Ready(Some(Err(Error::HttpRequestBodySize(None)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.lock().is_ok_and(|body| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .lock()
            .map(|body| body.size_hint())
            .unwrap_or_default()
    }
}

/// The body of a response, whose pieces come in time.
pub(super) struct IncomingBody {
    body: reqwest::Body,
    between_bytes: Duration,
    /// Since a piece is waited for.
    silence: Option<Pin<Box<Sleep>>>,
    meter: Arc<Meter>,
    _charge: Charge,
}

impl IncomingBody {
    pub(super) fn new(
        body: reqwest::Body,
        between_bytes: Duration,
        meter: Arc<Meter>,
        charge: Charge,
    ) -> Self {
        Self {
            body,
            between_bytes,
            silence: None,
            meter,
            _charge: charge,
        }
    }

    /// The next piece, or an error where it does not come in time.
    fn poll_in_time(&mut self, cx: &mut Context<'_>) -> Polled {
        if let Poll::Ready(piece) = Pin::new(&mut self.body).poll_frame(cx) {
            self.silence = None;
            return Poll::Ready(piece.map(|piece| piece.map_err(|error| fault_of(&error).into())));
        }
        let between_bytes = self.between_bytes;
        let wait = || Box::pin(tokio::time::sleep(between_bytes));
        match self.silence.get_or_insert_with(wait).as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err(Error::ConnectionReadTimeout))),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Body for IncomingBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let polled = self.poll_in_time(cx);
        match self.meter.count_in(bytes_in(&polled)) {
            Ok(()) => polled,
            Err(_) => Poll::Ready(Some(Err(Error::HttpResponseBodySize(None)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn bytes_in(polled: &Polled) -> usize {
    match polled {
        Poll::Ready(Some(Ok(frame))) => frame.data_ref().map_or(0, Bytes::len),
        Poll::Ready(Some(Err(_)) | None) | Poll::Pending => 0,
    }
}
