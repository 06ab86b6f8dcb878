//! Answers requests in place of the network.

use crate::case::{Answer, Body, HttpFailureKind, HttpFake};
use crate::same::same;
use bytes::Bytes;
use futures::future::BoxFuture;
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use tasker_sandbox::{GuestClock, HttpFailure, HttpFault, HttpTimeouts, HttpTransport, LookUp};

/// Knows the address of no host.
pub struct NoNames;

impl LookUp for NoNames {
    fn look_up<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let refused = io::Error::other(format!("a test does not connect to {host}"));
        Box::pin(async move { Err(refused) })
    }
}

/// A request as it would have left the host.
#[derive(Clone, Debug)]
pub struct SentRequest {
    pub method: String,
    pub url: String,
    /// In lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// False if no fake answered it.
    pub is_answered: bool,
}

impl SentRequest {
    /// True if it has the body.
    pub fn has_body(&self, body: &Body) -> bool {
        match body {
            Body::Text(text) => self.body == text.as_bytes(),
            Body::Json(json) => {
                let sent = serde_json::from_slice(&self.body);
                sent.is_ok_and(|sent| same(&sent, json))
            }
        }
    }
}

/// The fakes of a case, and the requests that its attempts made.
pub struct HttpFakes {
    state: Mutex<State>,
}

/// The same for one attempt, which has a clock of its own.
pub struct AttemptHttp {
    pub fakes: Arc<HttpFakes>,
    pub clock: Arc<dyn GuestClock>,
}

struct State {
    fakes: Vec<HttpFake>,
    sent: Vec<SentRequest>,
}

impl HttpFakes {
    pub fn new(fakes: Vec<HttpFake>) -> Self {
        let sent = Vec::new();
        let state = Mutex::new(State { fakes, sent });
        Self { state }
    }

    /// The requests so far, in their order.
    pub fn sent(&self) -> Vec<SentRequest> {
        self.lock().sent.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with the fakes")
    }

    /// What answers the request: the first fake that fits and is not used up.
    fn take(&self, mut request: SentRequest) -> Option<HttpFake> {
        let mut state = self.lock();
        let mut fakes = state.fakes.iter_mut();
        let fake = fakes.find(|fake| fits(fake, &request));
        let fake = fake.map(|fake| {
            fake.times = fake.times.map(|times| times - 1);
            fake.clone()
        });
        request.is_answered = fake.is_some();
        state.sent.push(request);
        fake
    }
}

impl AttemptHttp {
    async fn answer(
        &self,
        request: reqwest::Request,
        timeouts: HttpTimeouts,
    ) -> Result<reqwest::Response, HttpFailure> {
        let request = read(request).await?;
        let shown = format!("{} {}", request.method, request.url);
        let Some(fake) = self.fakes.take(request) else {
            let reason = format!("no fake of the case answers {shown}");
            return failed(reason, HttpFault::Denied);
        };
        let sent_at = self.clock.elapsed();
        let wait = |delay| self.clock.sleep_until(sent_at + delay);
        if fake.delay > timeouts.first_byte {
            wait(timeouts.first_byte).await;
            let reason = format!("no answer within {:?}", timeouts.first_byte);
            return failed(reason, HttpFault::ResponseTimeout);
        }
        if !fake.delay.is_zero() {
            wait(fake.delay).await;
        }
        match fake.answer {
            Answer::Reply {
                status,
                headers,
                body,
            } => Ok(response(status, &headers, body.as_ref())),
            Answer::Failure(HttpFailureKind::ConnectionRefused) => {
                failed("connection refused", HttpFault::ConnectionRefused)
            }
            Answer::Failure(HttpFailureKind::ConnectionTimeout) => {
                wait(timeouts.connect).await;
                let reason = format!("no connection within {:?}", timeouts.connect);
                failed(reason, HttpFault::ConnectionTimeout)
            }
            Answer::Failure(HttpFailureKind::ResponseTimeout) => {
                wait(timeouts.first_byte).await;
                let reason = format!("no answer within {:?}", timeouts.first_byte);
                failed(reason, HttpFault::ResponseTimeout)
            }
            Answer::Failure(HttpFailureKind::Incomplete) => Ok(cut_off()),
        }
    }
}

impl HttpTransport for AttemptHttp {
    fn send(
        &self,
        request: reqwest::Request,
        timeouts: HttpTimeouts,
    ) -> BoxFuture<'_, Result<reqwest::Response, HttpFailure>> {
        Box::pin(self.answer(request, timeouts))
    }
}

pub(super) fn failed<T>(reason: impl Into<String>, kind: HttpFault) -> Result<T, HttpFailure> {
    let reason = reason.into();
    Err(HttpFailure::Failed { reason, kind })
}

fn fits(fake: &HttpFake, request: &SentRequest) -> bool {
    fake.times != Some(0)
        && fake.method.as_ref().is_none_or(|it| *it == request.method)
        && matches_url(&fake.url, &request.url)
        && fake.body.as_ref().is_none_or(|body| request.has_body(body))
}

/// The request with its whole body, which the limits of the attempt bound.
pub(super) async fn read(mut request: reqwest::Request) -> Result<SentRequest, HttpFailure> {
    let body = match request.body_mut().take() {
        None => Bytes::new(),
        Some(body) => match body.collect().await {
            Ok(collected) => collected.to_bytes(),
            Err(error) => return failed(error.to_string(), HttpFault::ResponseIncomplete),
        },
    };
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    };
    Ok(SentRequest {
        method: request.method().to_string(),
        url: request.url().to_string(),
        headers: request.headers().iter().map(header).collect(),
        body: body.to_vec(),
        is_answered: false,
    })
}

fn response(status: u16, headers: &[(String, String)], body: Option<&Body>) -> reqwest::Response {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    let has_type = headers.iter().any(|(name, _)| name == "content-type");
    let body = match body {
        Some(Body::Json(json)) => {
            if !has_type {
                response = response.header("content-type", "application/json");
            }
            json.to_string()
        }
        Some(Body::Text(text)) => text.clone(),
        None => String::new(),
    };
    let response = response.body(body);
    response
        .expect("the status and the headers were checked as they were read")
        .into()
}

/// A response whose body ends too early.
fn cut_off() -> reqwest::Response {
    let frames = [
        Ok(Frame::data(Bytes::from_static(b"{"))),
        Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
    ];
    let body = StreamBody::new(futures::stream::iter(frames));
    http::Response::new(reqwest::Body::wrap(body)).into()
}

/// True if the URL is this, where `*` stands for any characters.
pub fn matches_url(pattern: &str, url: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = url.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        let url = "https://a.example/v1/charges?x=1";
        for pattern in [
            url,
            "*",
            "https://a.example/*",
            "*/charges?*",
            "*x=1",
            "https:*v1*1",
        ] {
            assert!(matches_url(pattern, url), "{pattern}");
        }
        for pattern in ["https://a.example/", "*charges", "http://*", "*x=1*2", ""] {
            assert!(!matches_url(pattern, url), "{pattern}");
        }
    }
}
