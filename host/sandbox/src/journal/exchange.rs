//! Requests of an attempt that is recorded, and of one that is replayed.

use super::Journal;
use super::fault::fault_of;
use super::recorder::{ANSWER_BYTES, Recorder};
use super::replayer::Replayer;
use crate::attempt_secrets::AttemptSecrets;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tasker_domain::recording::{
    BodyEnd, RecordedAnswer, RecordedBody, RecordedExchange, RecordedFault, RecordedResponse,
};
use wasmtime_wasi_http::{Error, WasiBody};

/// One request of an attempt with a journal.
pub(crate) enum Exchange {
    Recorded(Place),
    Replayed {
        /// None: the handler left the recording.
        recorded: Option<RecordedExchange>,
        replayer: Arc<Replayer>,
    },
}

/// The place of a request in a recording under way.
#[derive(Clone)]
pub(crate) struct Place {
    recorder: Arc<Recorder>,
    index: usize,
    began: Duration,
}

impl Journal {
    /// Begins a request, as the guest makes it; its body passes by the journal from then on.
    pub(crate) fn request(
        &self,
        request: http::Request<WasiBody>,
        secrets: &AttemptSecrets,
    ) -> (http::Request<WasiBody>, Exchange) {
        let mut exchange = RecordedExchange {
            method: request.method().to_string(),
            url: request.uri().to_string(),
            headers: headers(request.headers()),
            body: RecordedBody::default(),
            answer: RecordedAnswer::Nothing,
            took_ms: 0,
        };
        match self {
            Self::Recorder(recorder) => {
                let place = Place::begin(recorder, exchange);
                let note = Note::Recording(place.clone());
                let request = request.map(|body| Noted::wrap(body, note));
                (request, Exchange::Recorded(place))
            }
            Self::Replayer(replayer) => {
                redact(&mut exchange, secrets);
                let (place, recorded) = replayer.exchange(exchange);
                let note = Note::Replay(replayer.clone(), place);
                let request = request.map(|body| Noted::wrap(body, note));
                let (recorded, replayer) = (recorded.ok(), replayer.clone());
                (request, Exchange::Replayed { recorded, replayer })
            }
        }
    }
}

impl Place {
    fn begin(recorder: &Arc<Recorder>, exchange: RecordedExchange) -> Self {
        let headers = exchange.headers.iter();
        let headers: usize = headers.map(|(name, value)| name.len() + value.len()).sum();
        let bytes = ANSWER_BYTES + exchange.url.len() + headers;
        let mut index = usize::MAX;
        recorder.add(bytes, |seen| {
            index = seen.http.len();
            seen.http.push(exchange);
        });
        Self {
            recorder: recorder.clone(),
            index,
            began: recorder.age(),
        }
    }

    fn change(&self, bytes: usize, change: impl FnOnce(&mut RecordedExchange)) {
        self.recorder.add(bytes, |seen| {
            if let Some(exchange) = seen.http.get_mut(self.index) {
                change(exchange);
            }
        });
    }

    /// Records the response, and its body as it is read.
    pub(crate) fn response(&self, response: http::Response<WasiBody>) -> http::Response<WasiBody> {
        let headers = headers(response.headers());
        let bytes = headers.iter().map(|(name, value)| name.len() + value.len());
        let recorded = RecordedResponse {
            status: response.status().as_u16(),
            body: RecordedBody::default(),
            pieces: Vec::new(),
            end: BodyEnd::Open,
            headers: headers.clone(),
        };
        self.answer(bytes.sum(), RecordedAnswer::Response(recorded));
        response.map(|body| Noted::wrap(body, Note::Response(self.clone())))
    }

    /// Records why there is no response.
    pub(crate) fn failure(&self, reason: String, fault: &Error, is_refusal: bool) {
        let fault = fault_of(fault);
        let bytes = reason.len();
        let failure = RecordedAnswer::Failure {
            reason,
            fault,
            is_refusal,
        };
        self.answer(bytes, failure);
    }

    fn answer(&self, bytes: usize, answer: RecordedAnswer) {
        let took = self.recorder.age().saturating_sub(self.began);
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.change(bytes, |exchange| {
            exchange.answer = answer;
            exchange.took_ms = took_ms;
        });
    }
}

/// What becomes of the parts of a body that passes by.
enum Note {
    /// Of a request that is recorded.
    Recording(Place),
    /// Of a response that is recorded.
    Response(Place),
    /// Of a request of a replay.
    Replay(Arc<Replayer>, usize),
}

struct Noted {
    body: WasiBody,
    note: Note,
}

impl Noted {
    fn wrap(body: WasiBody, note: Note) -> WasiBody {
        Self { body, note }.boxed_unsync()
    }
}

impl Body for Noted {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(frame) = &polled {
            self.note.frame(frame.as_ref());
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Note {
    fn frame(&self, frame: Option<&Result<Frame<Bytes>, Error>>) {
        let data = frame.and_then(|frame| frame.as_ref().ok());
        let data = data.and_then(Frame::data_ref);
        match (self, data) {
            (Self::Recording(place), Some(data)) => {
                place.change(data.len(), |exchange| append(&mut exchange.body, data));
            }
            (Self::Replay(replayer, place), Some(data)) => {
                replayer.change_request(*place, |exchange| append(&mut exchange.body, data));
            }
            (Self::Response(place), _) => place.response_frame(frame, data),
            (Self::Recording(_) | Self::Replay(..), None) => {}
        }
    }
}

impl Place {
    fn response_frame(&self, frame: Option<&Result<Frame<Bytes>, Error>>, data: Option<&Bytes>) {
        let bytes = size_of::<usize>() + data.map_or(0, Bytes::len);
        if matches!(frame, Some(Ok(frame)) if frame.is_trailers()) {
            self.recorder.give_up("a response had trailers");
        }
        self.change(bytes, |exchange| {
            let RecordedAnswer::Response(response) = &mut exchange.answer else {
                return;
            };
            match (frame, data) {
                (_, Some(data)) => {
                    append(&mut response.body, data);
                    response.pieces.push(data.len());
                }
                (Some(Err(error)), None) => response.end = BodyEnd::Failed(fault_of(error)),
                (Some(Ok(_)), None) => {}
                (None, None) => response.end = BodyEnd::Whole,
            }
        });
    }
}

/// Takes the secrets of the attempt out of what was sent and received.
pub(super) fn redact(exchange: &mut RecordedExchange, secrets: &AttemptSecrets) {
    if secrets.is_empty() {
        return;
    }
    let text = |text: &mut String| *text = secrets.redacted(text).into_owned();
    text(&mut exchange.url);
    exchange
        .headers
        .iter_mut()
        .for_each(|(_, value)| text(value));
    body(&mut exchange.body, secrets);
    match &mut exchange.answer {
        RecordedAnswer::Nothing => {}
        RecordedAnswer::Response(response) => {
            response
                .headers
                .iter_mut()
                .for_each(|(_, value)| text(value));
            body(&mut response.body, secrets);
        }
        RecordedAnswer::Failure { reason, fault, .. } => {
            text(reason);
            if let RecordedFault::Internal(why) = fault {
                text(why);
            }
        }
    }
}

/// Bytes that are no text are read as such a text, and stay as they were where it has no secret.
fn body(body: &mut RecordedBody, secrets: &AttemptSecrets) {
    let bytes = body.bytes();
    let read = String::from_utf8_lossy(&bytes);
    let redacted = secrets.redacted(&read);
    if *redacted != *read {
        *body = RecordedBody::Text(redacted.into_owned());
    }
}

fn append(body: &mut RecordedBody, data: &Bytes) {
    // Text as long as it is one.
    if let (RecordedBody::Text(text), Ok(more)) = (&mut *body, std::str::from_utf8(data)) {
        text.push_str(more);
        return;
    }
    let mut bytes = body.bytes();
    bytes.extend_from_slice(data);
    *body = RecordedBody::of(bytes);
}

fn headers(headers: &http::HeaderMap) -> Vec<(String, String)> {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    };
    headers.iter().map(header).collect()
}
