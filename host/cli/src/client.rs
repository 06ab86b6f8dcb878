//! The API as the commands use it: requests, answers, and errors told with their cause.

mod transfer;

use super::output::tell;
use super::token::{self, Token};
use super::{CliError, Exit, Global, Problem, hints, json};
use reqwest::{Body, Method, RequestBuilder, Url};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tasker_domain::byte_order_mark::without_mark_bytes;
use tasker_wire::headers;

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
}

/// What the host answered: its text, unchanged, and what it says, to be shown.
pub struct Answer<T> {
    pub text: String,
    pub value: T,
}

impl Client {
    /// Takes URL and verbosity from the options.
    pub fn new(global: &Global) -> Result<Self, CliError> {
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
        })
    }

    /// GET a thing.
    pub async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<Answer<T>, CliError> {
        self.query(path, &[]).await
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

    /// Sends a body of some media type with a query.
    pub async fn upload_with<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, String)],
        media_type: &str,
        body: Vec<u8>,
    ) -> Result<Answer<T>, CliError> {
        let request = self
            .request(method, path)
            .query(query)
            .header(reqwest::header::CONTENT_TYPE, media_type)
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
