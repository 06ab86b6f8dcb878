//! One request, from its endpoint to its answer.

use super::{Client, ClientError, ServerEvents};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, RequestBuilder, Response, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;
use tasker_domain::order::Direction;
use tasker_wire::endpoint::{Endpoint, EventStream, Json, Media};
use tasker_wire::headers::{IF_MATCH, IF_NONE_MATCH};
use tasker_wire::page::Count;

/// An ordinary request is answered within this.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// An upload is sent, compiled and checked within this.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);
/// A stream is followed for as long as this.
const STREAM_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// A body that may have more than this is an upload.
const MAX_SMALL_BODY_BYTES: usize = 128 << 10;

/// A request that has not been sent; awaiting it sends it and reads the answer.
#[must_use = "a call is sent when it is awaited"]
pub struct Call<'a, E> {
    client: &'a Client,
    request: RequestBuilder,
    endpoint: PhantomData<fn() -> E>,
}

impl<'a, E: Endpoint> Call<'a, E> {
    pub(super) fn new(client: &'a Client, endpoint: &E) -> Self {
        let url = url(&client.base, E::PATH, endpoint);
        let request = client.http.request(E::METHOD, url).timeout(ANSWER_TIMEOUT);
        let request = client.authorized(request);
        Self {
            client,
            request,
            endpoint: PhantomData,
        }
    }

    fn with(self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        Self {
            request: change(self.request),
            ..self
        }
    }

    /// Asks with a query.
    pub fn query(self, query: &E::Query) -> Self {
        self.with(|request| request.query(query))
    }

    /// Sends a value as JSON.
    pub fn json<T: Serialize>(self, body: &T) -> Self
    where
        E: Endpoint<Body = Json<T>>,
    {
        self.with(|request| request.json(body))
    }

    /// Sends a body of the usual media type of the endpoint.
    pub fn media(self, body: impl Into<Body>) -> Self
    where
        E::Body: Media,
    {
        self.media_as(E::Body::TYPES[0], body)
    }

    /// Sends a body of another media type that the endpoint takes.
    pub fn media_as(self, media_type: &str, body: impl Into<Body>) -> Self
    where
        E::Body: Media,
    {
        let request = |request: RequestBuilder| {
            let request = request.header(CONTENT_TYPE, media_type);
            request.timeout(body_timeout::<E>()).body(body)
        };
        self.with(request)
    }

    /// Names the length of a body that is a stream, in bytes.
    pub fn length(self, bytes: usize) -> Self {
        self.with(|request| request.header(CONTENT_LENGTH, bytes))
    }

    /// Changes it only if it is there and has this entity tag, which is `etag` of what was read. Otherwise it is refused
    /// with `precondition_failed`.
    pub fn if_match(self, tag: &str) -> Self {
        const {
            assert!(
                E::IS_CONDITIONAL,
                "the endpoint is declared with `checks if_match`"
            );
        };
        self.header(IF_MATCH, &format!("\"{tag}\""))
    }

    /// Makes it only if it is not there.
    pub fn if_new(self) -> Self {
        const {
            assert!(
                E::IS_CONDITIONAL,
                "the endpoint is declared with `checks if_match`"
            );
        };
        self.header(IF_NONE_MATCH, "*")
    }

    /// Asks for the number of items on all pages too.
    pub fn count(self, count: Count) -> Self {
        const { assert!(E::COUNTS, "the endpoint is declared with `counts items`") };
        let count: &str = count.into();
        self.with(|request| request.query(&[("count", count)]))
    }

    /// Asks for a list in this direction.
    pub fn order(self, direction: Direction) -> Self {
        const {
            assert!(
                E::ORDER.is_some(),
                "the endpoint is declared with `orders by`"
            );
        };
        let order = E::ORDER.map(|order| order.text(direction));
        self.with(|request| request.query(&[("order", order)]))
    }

    /// Asks for these members only, such as `rollout.percent`; read the answer by [`Call::text`].
    pub fn fields(self, names: &[&str]) -> Self {
        self.with(|request| request.query(&[("fields", names.join(","))]))
    }

    /// Adds a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with(|request| request.header(name, value))
    }

    /// Sets how long the host may wait before it answers.
    pub fn hold(self, hold: Duration) -> Self {
        self.with(|request| request.timeout(hold + ANSWER_TIMEOUT))
    }

    /// Gives up where there is no answer within this.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|request| request.timeout(timeout))
    }

    /// Sends it, and returns the answer's text, which may be empty.
    pub async fn text(self) -> Result<String, ClientError> {
        let client = self.client;
        let answer = self.send().await?;
        answer
            .text()
            .await
            .map_err(|error| client.unreachable(&error))
    }

    /// Sends it, and returns the answer's bytes, which may take as long as an upload.
    pub async fn bytes(self) -> Result<Vec<u8>, ClientError> {
        let client = self.client;
        let answer = self.timeout(UPLOAD_TIMEOUT).send().await?;
        let bytes = answer.bytes().await;
        Ok(bytes.map_err(|error| client.unreachable(&error))?.into())
    }

    /// Sends it, and reads the answer as events for as long as they come.
    pub async fn events(self) -> Result<ServerEvents, ClientError>
    where
        E: Endpoint<Answer = EventStream>,
    {
        let client = self.client;
        let answer = self.timeout(STREAM_TIMEOUT).send().await?;
        Ok(ServerEvents::new(client, answer))
    }

    /// Sends it; a refusal is an error.
    async fn send(self) -> Result<Response, ClientError> {
        let answer = self.client.send(self.request).await?;
        self.client.deprecated.note::<E>(answer.headers());
        Ok(answer)
    }
}

impl<'a, E: Endpoint> IntoFuture for Call<'a, E>
where
    E::Answer: DeserializeOwned,
{
    type Output = Result<E::Answer, ClientError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let client = self.client;
            let text = self.text().await?;
            serde_json::from_str(&text).map_err(|error| ClientError::Unreadable {
                url: client.base.clone(),
                source: error,
            })
        })
    }
}

/// A value of a few kilobytes is answered as fast as a request without a body.
fn body_timeout<E: Endpoint>() -> Duration {
    match E::MAX_BODY_BYTES <= MAX_SMALL_BODY_BYTES {
        true => ANSWER_TIMEOUT,
        false => UPLOAD_TIMEOUT,
    }
}

/// The URL of an endpoint below the base, with its variable segments filled in.
pub(super) fn url(base: &Url, path: &str, endpoint: &impl Serialize) -> Url {
    let segments = match serde_json::to_value(endpoint) {
        Ok(Value::Object(segments)) => segments,
        _ => Map::new(),
    };
    let segment = |segment: &str| {
        let name = segment
            .strip_prefix('{')
            .and_then(|it| it.strip_suffix('}'));
        match name.map(|name| segments.get(name).unwrap_or(&Value::Null)) {
            None => segment.to_owned(),
            Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    };
    let mut url = base.clone();
    url.path_segments_mut()
        .expect("an http URL has a path")
        .pop_if_empty()
        .extend(path.split('/').skip(1).map(segment));
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;

    #[test]
    fn only_uploads_are_waited_for_as_uploads_are() {
        use tasker_wire::{component::PublishComponent, kv::SetKv, secret::SetSecret};
        assert_eq!(body_timeout::<SetKv>(), ANSWER_TIMEOUT);
        assert_eq!(body_timeout::<SetSecret>(), ANSWER_TIMEOUT);
        assert_eq!(body_timeout::<PublishComponent>(), UPLOAD_TIMEOUT);
    }

    #[derive(Serialize)]
    struct ShowStep {
        id: u32,
        step: &'static str,
    }

    #[test]
    fn variable_segments_are_filled_in_and_escaped() {
        let base = "https://example.com/engine/".parse().unwrap();
        let step = ShowStep {
            id: 7,
            step: "a/b ü",
        };
        let url = url(&base, "/v1/tasks/{id}/steps/{step}", &step);
        assert_eq!(
            url.as_str(),
            "https://example.com/engine/v1/tasks/7/steps/a%2Fb%20%C3%BC"
        );
    }
}
