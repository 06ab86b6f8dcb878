//! The API as the commands use it: requests, answers, and errors told with their cause.

use super::output::tell;
use super::{Global, Problem, Result, hints, json, token, units};
use chrono::TimeDelta;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tasker_client::{Call, ClientBuilder, ClientError, Exchange, is_loopback};
use tasker_domain::order::Direction;
use tasker_wire::access::{Access, ShowAccess};
use tasker_wire::definition::Versions;
use tasker_wire::endpoint::Endpoint;
use tasker_wire::headers;
use tasker_wire::health::{ShowStatus, Status};
use tasker_wire::page::{MAX_PAGE_ITEMS, Page, PageQuery, Paged};

/// The status of a host is answered within this, whatever its database does.
const STATUS_TIMEOUT: Duration = Duration::from_secs(15);

/// Of a replica that is less far behind, nothing is said.
const TOLD_LAG: Duration = Duration::from_secs(1);

/// A connection to one host.
pub struct Client {
    client: tasker_client::Client,
    /// No answer may be from a read replica.
    is_fresh: AtomicBool,
}

/// What the host answered: its text, unchanged, and what it says, to be shown.
pub struct Answer<T> {
    pub text: String,
    pub value: T,
}

impl Client {
    /// A client with what the options and the environment say.
    pub fn new(global: &Global) -> Result<Self> {
        let builder = tasker_client::Client::builder(&global.url)?;
        let builder = match &global.ca {
            Some(file) => with_authorities(builder, file)?,
            None => builder,
        };
        let builder = match token::find(is_loopback(builder.url())) {
            Some(token) => builder.token(token.text()),
            None => builder,
        };
        let is_verbose = global.verbose;
        let builder = builder.observe(move |exchange| observe(exchange, is_verbose));
        Ok(Self {
            client: builder.build()?,
            is_fresh: AtomicBool::new(false),
        })
    }

    /// A request of this endpoint.
    pub fn call<E: Endpoint>(&self, endpoint: E) -> Call<'_, E> {
        let call = self.client.call(endpoint);
        match self.is_fresh.load(Ordering::Relaxed) {
            true => call.header(headers::MAX_LAG, "0"),
            false => call,
        }
    }

    /// Has every answer from now on show what was written before.
    pub fn require_fresh(&self) {
        self.is_fresh.store(true, Ordering::Relaxed);
    }

    /// What the host takes the caller for.
    pub async fn access(&self) -> Result<Access> {
        Ok(self.call(ShowAccess {}).ask().await?.value)
    }

    /// The same connection for requests that have no type.
    pub fn untyped(&self) -> tasker_client::Client {
        self.client.clone()
    }

    /// Where the token was found; none: there is no token.
    pub fn token_source(&self) -> Option<String> {
        token::find(is_loopback(self.client.url())).map(|token| token.source())
    }

    /// The status of the host.
    pub async fn status(&self) -> Result<Status> {
        Ok(self.ask_status().await?.value)
    }

    /// The same with its text.
    pub async fn ask_status(&self) -> Result<Answer<Status>> {
        let call = self.call(ShowStatus {}).timeout(STATUS_TIMEOUT);
        call.ask().await
    }
}

fn with_authorities(builder: ClientBuilder, file: &Path) -> Result<ClientBuilder> {
    let invalid = |reason: String| {
        let what = format!("{} holds no certificates: {reason}", file.display());
        Problem::bad_input(what).help("give --ca or TASKER_CA a file in PEM")
    };
    let pem = std::fs::read(file).map_err(|error| invalid(error.to_string()))?;
    match builder.authorities(&pem) {
        Err(ClientError::Authorities(reason)) => Err(invalid(reason).into()),
        builder => Ok(builder?),
    }
}

/// Keeps what an answer says of the key, and shows what people want to know.
fn observe(exchange: &Exchange<'_>, is_verbose: bool) {
    let header = |name| exchange.headers.get(name)?.to_str().ok();
    if let Some(permissions) = header(headers::PERMISSIONS) {
        hints::know(permissions);
    }
    if let Some(namespace) = header(headers::NEW_NAMESPACE)
        && std::io::stderr().is_terminal()
    {
        tell(&format!("namespace {namespace} is new\n"));
    }
    if let Some(lag) = header(headers::REPLICA_LAG) {
        tell_lag(lag);
    }
    if is_verbose {
        let (method, url, status) = (exchange.method, exchange.url, exchange.status.as_u16());
        let ms = exchange.took.as_millis();
        tell(&format!("> {method} {url} {status} {ms} ms\n"));
    }
}

/// Says once how old the answers are, if they are from a read replica that is behind.
fn tell_lag(lag_ms: &str) {
    static IS_TOLD: AtomicBool = AtomicBool::new(false);
    let lag = Duration::from_millis(lag_ms.parse().unwrap_or_default());
    if lag > TOLD_LAG && !IS_TOLD.swap(true, Ordering::Relaxed) {
        let span = units::span(TimeDelta::from_std(lag).unwrap_or(TimeDelta::MAX));
        tell(&format!("read from a replica that is {span} behind\n"));
    }
}

/// What the commands have of an answer.
pub trait Ask {
    type Value;

    /// Sends the call, and reads its answer to be shown: what others wrote in it, a terminal does not obey.
    async fn ask(self) -> Result<Answer<Self::Value>>;
}

impl<E: Endpoint<Answer: DeserializeOwned>> Ask for Call<'_, E> {
    type Value = E::Answer;

    async fn ask(self) -> Result<Answer<E::Answer>> {
        let text = self.text().await?;
        let value = read(&json::sanitized(&text))?;
        Ok(Answer { text, value })
    }
}

/// Reads JSON that a host answered.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        let what = format!("the answer is not what this version of tasker expects: {error}");
        Problem::not_understood(what).into()
    })
}

/// All pages of a list from that of the query on as one; the text is one page with all items.
pub async fn pages<E, T>(
    client: &Client,
    direction: Option<Direction>,
    endpoint: E,
    mut query: E::Query,
) -> Result<Answer<Page<T>>>
where
    E: Endpoint<Answer = Page<T>, Query: Paged> + Clone,
    T: DeserializeOwned,
{
    *query.limit() = Some(MAX_PAGE_ITEMS);
    let mut items: Vec<Box<RawValue>> = Vec::new();
    let call = || directed(client.call(endpoint.clone()), direction);
    let last = each(call, query, |page: &mut Page<_>| {
        items.append(&mut page.items);
        page.next.take()
    });
    let last = last.await?;
    answer(&Page { items, ..last })
}

/// All versions of a component or template as one answer, however many pages they take.
pub async fn versions<E, V>(client: &Client, endpoint: E) -> Result<Answer<Versions<V>>>
where
    E: Endpoint<Answer = Versions<V>, Query = PageQuery> + Clone,
    V: DeserializeOwned,
{
    let mut versions: Vec<Box<RawValue>> = Vec::new();
    let call = || client.call(endpoint.clone());
    let last = each(call, PageQuery::default(), |page: &mut Versions<_>| {
        versions.append(&mut page.versions);
        page.next.take().map(|version| version.to_string())
    });
    let last = last.await?;
    answer(&Versions { versions, ..last })
}

/// The call of a list in a direction, if there is one.
pub fn directed<E: Endpoint>(call: Call<'_, E>, direction: Option<Direction>) -> Call<'_, E> {
    match direction {
        Some(direction) => call.order(direction),
        None => call,
    }
}

/// Takes each page until one has no cursor; returns the last.
async fn each<'c, E, P>(
    call: impl Fn() -> Call<'c, E>,
    mut query: E::Query,
    mut take: impl FnMut(&mut P) -> Option<String>,
) -> Result<P>
where
    E: Endpoint<Query: Paged>,
    P: DeserializeOwned,
{
    loop {
        let text = call().query(&query).text().await?;
        let mut page = read(&text)?;
        *query.after() = take(&mut page);
        if query.after().is_none() {
            return Ok(page);
        }
    }
}

/// An answer that was put together from several, each item as the host wrote it.
fn answer<T: DeserializeOwned>(of: &impl Serialize) -> Result<Answer<T>> {
    let text = serde_json::to_string(of).map_err(anyhow::Error::from)?;
    let value = read(&json::sanitized(&text))?;
    Ok(Answer { text, value })
}
