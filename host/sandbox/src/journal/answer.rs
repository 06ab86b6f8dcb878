//! Answers to the requests of an attempt that is replayed.

use super::fault::error_of;
use super::replayer::Replayer;
use crate::meter::{Charge, Meter};
use bytes::Bytes;
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tasker_domain::recording::{
    BodyEnd, RecordedAnswer, RecordedBody, RecordedExchange, RecordedFault, RecordedResponse,
};
use wasmtime_wasi_http::{Error, WasiBody};

impl Replayer {
    /// The answer that was recorded, or the failure: as the log has it, and whether it is a refusal.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        recorded: Option<RecordedExchange>,
        meter: Arc<Meter>,
        charge: Charge,
    ) -> Result<http::Response<WasiBody>, (String, RecordedFault, bool)> {
        match recorded.map(|recorded| recorded.answer) {
            Some(RecordedAnswer::Response(mut recorded)) => {
                self.reveal(&mut recorded);
                let body = ReplayedBody {
                    pieces: recorded.split().into(),
                    end: Some(recorded.end.clone()),
                    replayer: self.clone(),
                    meter,
                    _charge: charge,
                };
                let mut response = http::Response::builder().status(recorded.status);
                for (name, value) in &recorded.headers {
                    response = response.header(name, value);
                }
                let response = response.body(body.boxed_unsync());
                response.map_err(|error| {
                    let fault = RecordedFault::Internal(error.to_string());
                    (error.to_string(), fault, false)
                })
            }
            Some(RecordedAnswer::Failure {
                reason,
                fault,
                is_refusal,
            }) => Err((reason, fault, is_refusal)),
            // Who waits for it ran out of time.
            Some(RecordedAnswer::Nothing) => std::future::pending().await,
            None => {
                let reason = "the request is in no recording".to_owned();
                Err((reason, RecordedFault::Denied, true))
            }
        }
    }
}

impl Replayer {
    /// Puts what stands in for secrets in the place of where they were redacted, so that they are redacted once more
    /// in what the handler makes of them.
    fn reveal(&self, response: &mut RecordedResponse) {
        for (redacted, stand_in) in self.stand_ins() {
            let reveal = |text: &mut String| {
                if text.contains(&redacted) {
                    *text = text.replace(&redacted, &stand_in);
                }
            };
            response
                .headers
                .iter_mut()
                .for_each(|(_, value)| reveal(value));
            if let RecordedBody::Text(text) = &mut response.body {
                reveal(text);
            }
        }
    }
}

/// The body of a response, as it came.
struct ReplayedBody {
    pieces: VecDeque<Vec<u8>>,
    end: Option<BodyEnd>,
    replayer: Arc<Replayer>,
    meter: Arc<Meter>,
    _charge: Charge,
}

impl Body for ReplayedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(piece) = self.pieces.pop_front() {
            return Poll::Ready(Some(match self.meter.count_in(piece.len()) {
                Ok(()) => Ok(Frame::data(piece.into())),
                Err(_) => Err(Error::HttpResponseBodySize(None)),
            }));
        }
        match &self.end {
            // Only a read that waits comes here, and the recorded one waited in vain.
            Some(BodyEnd::Open) => {
                self.replayer.run_out_of_time();
                Poll::Pending
            }
            Some(BodyEnd::Failed(fault)) => {
                let error = error_of(fault.clone());
                self.end = None;
                Poll::Ready(Some(Err(error)))
            }
            Some(BodyEnd::Whole) | None => Poll::Ready(None),
        }
    }
}
