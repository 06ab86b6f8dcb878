//! A client of a host's HTTP API: `client.call(endpoint).await`, with the types of [`tasker_wire`].
//!
//! ```no_run
//! # async fn example() -> Result<(), tasker_client::ClientError> {
//! use tasker_client::Client;
//! use tasker_wire::key::ListKeys;
//!
//! let client = Client::builder("http://127.0.0.1:7710")?.token("tk_…").build()?;
//! let keys = client.call(ListKeys {}).await?;
//! println!("{} keys", keys.items.len());
//! # Ok(())
//! # }
//! ```

mod builder;
mod call;
mod deprecated;
mod error;
mod request;
mod server_events;

pub use builder::ClientBuilder;
pub use call::Call;
pub use error::{ClientError, ErrorResponse};
pub use request::Request;
pub use server_events::{ServerEvent, ServerEvents};

use deprecated::Deprecated;
use http::Method;
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, Response, Url};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tasker_wire::endpoint::Endpoint;

/// A connection to one host; cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<Arc<str>>,
    observer: Option<Observer>,
    deprecated: Deprecated,
}

/// Called after each request that was answered.
type Observer = Arc<dyn Fn(&Exchange<'_>) + Send + Sync>;

/// A request that was answered.
pub struct Exchange<'a> {
    pub method: &'a Method,
    pub url: &'a Url,
    pub status: http::StatusCode,
    /// Of the answer.
    pub headers: &'a HeaderMap,
    pub took: Duration,
}

impl Client {
    /// Begins a client of the host at this URL, such as `https://tasker.example.com`.
    pub fn builder(url: &str) -> Result<ClientBuilder, ClientError> {
        ClientBuilder::new(url)
    }

    /// A request of this endpoint; awaiting it sends it and reads the answer.
    pub fn call<E: Endpoint>(&self, endpoint: E) -> Call<'_, E> {
        Call::new(self, &endpoint)
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request; a refusal is an error.
    async fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let request = request.build().map_err(ClientError::Setup)?;
        let (method, url, started) = (
            request.method().clone(),
            request.url().clone(),
            Instant::now(),
        );
        let answer = self.http.execute(request).await;
        let answer = answer.map_err(|error| self.unreachable(&error))?;
        if let Some(observe) = &self.observer {
            observe(&Exchange {
                method: &method,
                url: &url,
                status: answer.status(),
                headers: answer.headers(),
                took: started.elapsed(),
            });
        }
        if answer.status().is_success() {
            return Ok(answer);
        }
        let refusal = ErrorResponse::read(url, answer).await;
        Err(match refusal {
            Ok(refusal) => ClientError::Refused(Box::new(refusal)),
            Err(error) => self.unreachable(&error),
        })
    }

    /// Where the host is.
    pub fn url(&self) -> &Url {
        &self.base
    }
}

/// True for a URL of this machine.
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
