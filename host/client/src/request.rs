//! Requests by method and path, for programs that read from the description of a host which endpoints there are.

use super::call::{ANSWER_TIMEOUT, url};
use super::{Client, ClientError};
use http::Method;
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value};
use std::time::Duration;

/// A request of an endpoint of which there is no type.
#[derive(Clone, Debug)]
pub struct Request {
    method: Method,
    path: String,
    segments: Map<String, Value>,
    query: Vec<(String, String)>,
    body: Option<(String, String)>,
    hold: Duration,
}

impl Request {
    /// Of a path with variable segments, such as `/v1/tasks/{id}`.
    pub fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            segments: Map::new(),
            query: Vec::new(),
            body: None,
            hold: Duration::ZERO,
        }
    }

    /// Fills a variable segment in, which is escaped. One that is not filled in is empty.
    pub fn segment(mut self, name: &str, value: &str) -> Self {
        self.segments.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a parameter to the query.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends a body of a media type.
    pub fn body(self, media_type: &str, body: String) -> Self {
        Self {
            body: Some((media_type.to_owned(), body)),
            ..self
        }
    }

    /// Sets how long the host may wait before it answers.
    pub fn hold(self, hold: Duration) -> Self {
        Self { hold, ..self }
    }

    /// Its method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The text of its body.
    pub fn body_text(&self) -> Option<&str> {
        self.body.as_ref().map(|(_, text)| text.as_str())
    }

    /// Where it is sent, of a host at this URL.
    pub fn url(&self, base: &Url) -> Url {
        let mut url = url(base, &self.path, &self.segments);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}

impl Client {
    /// Sends a request, and returns the answer's text, which may be empty.
    pub async fn request(&self, request: Request) -> Result<String, ClientError> {
        let url = request.url(&self.base);
        let sent = self.http.request(request.method, url);
        let sent = sent.timeout(ANSWER_TIMEOUT + request.hold);
        let sent = match request.body {
            Some((media_type, body)) => sent.header(CONTENT_TYPE, media_type).body(body),
            None => sent,
        };
        let answer = self.send(self.authorized(sent)).await?;
        let text = answer.text().await;
        text.map_err(|error| self.unreachable(&error))
    }
}
