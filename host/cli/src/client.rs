//! The API as the commands use it: requests, answers, and errors told with their cause.

use super::output::tell;
use super::token::{self, Token};
use super::{CliError, Exit, Global, Problem, hints, json};
use reqwest::{Body, Method, RequestBuilder, Url};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tasker_client::{Call, ClientBuilder, ClientError, Exchange};
use tasker_domain::byte_order_mark::without_mark_bytes;
use tasker_wire::access::{Access, ShowAccess};
use tasker_wire::definition::Versions;
use tasker_wire::endpoint::Endpoint;
use tasker_wire::headers;
use tasker_wire::page::{Page, PageQuery, Paged};

/// A host that does not accept a connection within this is taken for unreachable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// An ordinary request is answered within this.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// An upload is sent, compiled and checked within this.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);

/// A connection to one host.
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<Token>,
    is_verbose: bool,
    typed: tasker_client::Client,
}

/// What the host answered: its text, unchanged, and what it says, to be shown.
pub struct Answer<T> {
    pub text: String,
    pub value: T,
}

impl Client {
    /// Takes URL and verbosity from the options.
    pub fn new(global: &Global) -> Result<Self, CliError> {
        let typed = connect(global)?;
        let base = parse_url(&global.url)?;
        let roots = global.ca.as_deref().map(authorities).transpose()?;
        let http = http_client(&base, roots).map_err(|e| {
            Problem::new(
                Exit::Failed,
                "no_http_client",
                format!("cannot set up TLS: {e}"),
            )
        })?;
        Ok(Self {
            token: token::find(is_loopback(&base)),
            http,
            base,
            is_verbose: global.verbose,
            typed,
        })
    }

    /// A request of this endpoint.
    pub fn call<E: Endpoint>(&self, endpoint: E) -> Call<'_, E> {
        self.typed.call(endpoint)
    }

    /// GET a thing.
    pub async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<Answer<T>, CliError> {
        self.query(path, &[]).await
    }

    /// What the host takes the caller for.
    pub async fn access(&self) -> Result<Access, CliError> {
        Ok(self.call(ShowAccess {}).ask().await?.value)
    }

    /// Where the token was found; none: there is no token.
    pub fn token_source(&self) -> Option<String> {
        self.token.as_ref().map(Token::source)
    }

    /// How the host stands; this is no part of the versioned API.
    pub async fn status<T: DeserializeOwned>(&self) -> Result<Answer<T>, CliError> {
        let request = self.authorized(self.http.get(self.url(&["health", "status"])));
        self.read(request.timeout(CONNECT_TIMEOUT)).await
    }

    /// GET with a query.
    pub async fn query<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<Answer<T>, CliError> {
        self.read(self.request(Method::GET, path).query(query))
            .await
    }

    /// GET that the host may hold back for `hold` before it answers.
    pub async fn poll<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, String)],
        hold: Duration,
    ) -> Result<Answer<T>, CliError> {
        let request = self.request(Method::GET, path).query(query);
        self.read(request.timeout(hold + ANSWER_TIMEOUT)).await
    }

    /// GET plain text.
    pub async fn text(&self, path: &[&str], query: &[(&str, String)]) -> Result<String, CliError> {
        self.send(self.request(Method::GET, path).query(query))
            .await
    }

    /// Sends a value as JSON.
    pub async fn send_json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<Answer<T>, CliError> {
        self.read(self.request(method, path).json(body)).await
    }

    /// Sends a body of some media type; `bytes` is its length.
    pub async fn upload<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        media_type: &str,
        body: Body,
        bytes: usize,
    ) -> Result<Answer<T>, CliError> {
        let request = self
            .request(method, path)
            .header(reqwest::header::CONTENT_TYPE, media_type)
            .header(reqwest::header::CONTENT_LENGTH, bytes)
            .timeout(UPLOAD_TIMEOUT);
        self.read(request.body(body)).await
    }

    /// DELETE; the answer's text, which may be empty.
    pub async fn delete(&self, path: &[&str]) -> Result<String, CliError> {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// DELETE with a query.
    pub async fn delete_with(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<String, CliError> {
        self.send(self.request(Method::DELETE, path).query(query))
            .await
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .expect("an http URL has a path")
            .pop_if_empty()
            .extend(path);
        url
    }

    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let url = self.url(&[&["v1"], path].concat());
        self.authorized(self.http.request(method, url).timeout(ANSWER_TIMEOUT))
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token.text()),
            None => request,
        }
    }

    async fn read<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<Answer<T>, CliError> {
        self.understand(self.send(request).await?)
    }

    /// Reads what an answer says. It may have words of strangers: the value has them in a form that a
    /// terminal shows and does not obey.
    pub fn understand<T: DeserializeOwned>(&self, text: String) -> Result<Answer<T>, CliError> {
        let value = self.exactly(&json::sanitized(&text))?;
        Ok(Answer { text, value })
    }

    /// Reads what an answer says, to be passed on and not to be shown.
    pub fn exactly<T: DeserializeOwned>(&self, text: &str) -> Result<T, CliError> {
        serde_json::from_str(text).map_err(|error| not_understood(&self.base, &error))
    }

    async fn send(&self, request: RequestBuilder) -> Result<String, CliError> {
        let request = request
            .build()
            .map_err(|e| Problem::bad_input(format!("cannot ask {}: {e}", self.base)))?;
        let (method, url, started) = (
            request.method().clone(),
            request.url().clone(),
            Instant::now(),
        );
        let answer = self
            .http
            .execute(request)
            .await
            .map_err(|e| unreachable(&self.base, &e))?;
        let (status, correlation) = (answer.status(), correlation(&answer));
        note(&answer);
        let body = answer
            .text()
            .await
            .map_err(|e| unreachable(&self.base, &e))?;
        if self.is_verbose {
            let ms = started.elapsed().as_millis();
            tell(&format!("> {method} {url} {} {ms} ms\n", status.as_u16()));
        }
        if status.is_success() {
            return Ok(body);
        }
        let problem = Problem::from_answer(status.as_u16(), body, url.as_str());
        if status == reqwest::StatusCode::UNAUTHORIZED {
            return Err(problem.help(token::help(self.token_source())).into());
        }
        Err(match correlation.filter(|_| status.is_server_error()) {
            Some(id) => problem
                .help(format!("look into the host's log for {id}"))
                .into(),
            None => problem.into(),
        })
    }
}

/// A client with what the options and the environment say.
fn connect(global: &Global) -> Result<tasker_client::Client, CliError> {
    let builder = tasker_client::Client::builder(&global.url)?;
    let builder = match &global.ca {
        Some(file) => with_authorities(builder, file)?,
        None => builder,
    };
    let token = token::find(is_loopback(builder.url()));
    let builder = match &token {
        Some(token) => builder.token(token.text()),
        None => builder,
    };
    let is_verbose = global.verbose;
    let builder = builder.observe(move |exchange| observe(exchange, is_verbose));
    Ok(builder.build()?)
}

fn with_authorities(builder: ClientBuilder, file: &Path) -> Result<ClientBuilder, CliError> {
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
    if is_verbose {
        let (method, url, status) = (exchange.method, exchange.url, exchange.status.as_u16());
        let ms = exchange.took.as_millis();
        tell(&format!("> {method} {url} {status} {ms} ms\n"));
    }
}

/// What the commands have of an answer.
pub trait Ask {
    type Value;

    /// Sends the call, and reads its answer to be shown: what others wrote in it, a terminal does not obey.
    async fn ask(self) -> Result<Answer<Self::Value>, CliError>;
}

impl<E: Endpoint> Ask for Call<'_, E>
where
    E::Answer: DeserializeOwned,
{
    type Value = E::Answer;

    async fn ask(self) -> Result<Answer<E::Answer>, CliError> {
        let text = self.text().await?;
        let value = read(&json::sanitized(&text))?;
        Ok(Answer { text, value })
    }
}

/// Reads JSON that a host answered.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, CliError> {
    serde_json::from_str(text).map_err(|error| {
        let what = format!("the answer is not what this version of tasker expects: {error}");
        let help = "is it a Tasker host, of the same version? compare: tasker version";
        Problem::new(Exit::Failed, "answer_not_understood", what)
            .help(help)
            .into()
    })
}

/// All pages of a list as one; the text is one page with all items.
pub async fn pages<E, T>(
    client: &Client,
    endpoint: E,
    mut query: E::Query,
) -> Result<Answer<Page<T>>, CliError>
where
    E: Endpoint<Answer = Page<T>> + Clone,
    E::Query: Paged,
    T: DeserializeOwned,
{
    let mut items: Vec<Box<RawValue>> = Vec::new();
    let mut after = None;
    loop {
        query.turn_to(after);
        let text = client.call(endpoint.clone()).query(&query).text().await?;
        let page: Page<Box<RawValue>> = read(&text)?;
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let items: Vec<_> = items.iter().map(|item| item.get()).collect();
    let text = format!(r#"{{"items":[{}],"next":null}}"#, items.join(","));
    let value = read(&json::sanitized(&text))?;
    Ok(Answer { text, value })
}

/// All versions of a component or template as one answer, however many pages they take.
pub async fn versions<E, V>(client: &Client, endpoint: E) -> Result<Answer<Versions<V>>, CliError>
where
    E: Endpoint<Answer = Versions<V>, Query = PageQuery> + Clone,
    V: DeserializeOwned,
{
    let mut versions: Vec<Box<RawValue>> = Vec::new();
    let mut query = PageQuery::default();
    loop {
        let text = client.call(endpoint.clone()).query(&query).text().await?;
        let mut page: Versions<Box<RawValue>> = read(&text)?;
        versions.append(&mut page.versions);
        query.after = page.next.take().map(|version| version.to_string());
        if query.after.is_none() {
            page.versions = versions;
            let text = serde_json::to_string(&page).map_err(anyhow::Error::from)?;
            let value = read(&json::sanitized(&text))?;
            return Ok(Answer { text, value });
        }
    }
}

/// Keeps what the answer says of the key, and tells people that a namespace is new.
fn note(answer: &reqwest::Response) {
    let header = |name| answer.headers().get(name)?.to_str().ok();
    if let Some(permissions) = header(headers::PERMISSIONS) {
        hints::know(permissions);
    }
    if let Some(namespace) = header(headers::NEW_NAMESPACE)
        && std::io::stderr().is_terminal()
    {
        tell(&format!("namespace {namespace} is new\n"));
    }
}

/// Under which id the host's log has this request.
fn correlation(answer: &reqwest::Response) -> Option<String> {
    let id = answer.headers().get("x-correlation-id")?;
    id.to_str().ok().map(str::to_owned)
}

fn parse_url(text: &str) -> Result<Url, CliError> {
    let wrong = |why: String| {
        let what = format!("`{text}` is not the URL of a host: {why}");
        Problem::bad_input(what).help(format!(
            "write --url or TASKER_URL as {}",
            super::DEFAULT_URL
        ))
    };
    let url: Url = text.parse().map_err(|e| wrong(format!("{e}")))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        other => Err(wrong(format!("`{other}:` is not http or https")).into()),
    }
}

/// Over plain http no certificates are read, so that a machine without any works too; a host on
/// this machine is never asked through a proxy.
fn http_client(base: &Url, roots: Option<RootCertStore>) -> reqwest::Result<reqwest::Client> {
    let builder = reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT);
    let builder = match is_loopback(base) {
        true => builder.no_proxy(),
        false => builder,
    };
    match (base.scheme(), roots) {
        (_, Some(roots)) => builder.tls_backend_preconfigured(trusting(roots)).build(),
        ("http", None) => builder
            .tls_backend_preconfigured(trusting(RootCertStore::empty()))
            .build(),
        (_, None) => builder.build(),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The certificates of a file.
fn authorities(file: &Path) -> Result<RootCertStore, CliError> {
    let wrong = |why: String| {
        let what = format!("{} holds no certificates: {why}", file.display());
        Problem::bad_input(what).help("give --ca or TASKER_CA a file in PEM")
    };
    let text = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in pem_certificates(&text).map_err(|error| wrong(error.to_string()))? {
        let added = roots.add(certificate);
        added.map_err(|error| wrong(error.to_string()))?;
    }
    match roots.is_empty() {
        true => Err(wrong("it has none".to_owned()).into()),
        false => Ok(roots),
    }
}

fn pem_certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    CertificateDer::pem_slice_iter(without_mark_bytes(text)).collect()
}

fn trusting(roots: RootCertStore) -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring supports the default TLS versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn unreachable(base: &Url, error: &reqwest::Error) -> CliError {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let base = base.as_str().trim_end_matches('/');
    let cause = cause.to_string().to_lowercase();
    let cause = cause.split(" (os error").next().unwrap_or(&cause);
    let what = match error.is_timeout() {
        true => format!("{base} did not answer in time"),
        false => format!("no answer from {base}: {cause}"),
    };
    let help = "is the host running? start one with: tasker serve";
    Problem::new(Exit::Unreachable, "host_unreachable", what)
        .help(help)
        .into()
}

fn not_understood(base: &Url, error: &serde_json::Error) -> CliError {
    let what = format!("the answer of {base} is not what this version of tasker expects: {error}");
    let help = "is it a Tasker host, of the same version? compare: tasker version";
    Problem::new(Exit::Failed, "answer_not_understood", what)
        .help(help)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_http_and_names_a_host() {
        assert!(parse_url("http://127.0.0.1:7710").is_ok());
        assert!(parse_url("https://tasker.example.com/engine").is_ok());
        for wrong in ["127.0.0.1:7710", "localhost:7710", "ftp://h", "", "http://"] {
            assert!(parse_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_host_on_this_machine_is_recognised() {
        let is = |url: &str| is_loopback(&url.parse().unwrap());
        assert!(is("http://localhost:1") && is("http://127.0.0.1") && is("http://[::1]:7710"));
        assert!(!is("http://example.com"));
    }
}
