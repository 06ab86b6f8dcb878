//! Requests of guests, to granted destinations only.

mod body;
mod placeholder;
mod request_span;
mod timeouts;

use crate::attempt_log::LogWriter;
use crate::attempt_secrets::AttemptSecrets;
use crate::grant_command::grant_command;
use crate::log_line::LogLevel;
use crate::meter::{Charge, Meter, OverLimit};
use crate::table::{BODY_BYTES, BODY_CHUNK_BYTES, weight_of_fields};
use body::{IncomingBody, OutgoingBody};
use http_body_util::BodyExt;
use placeholder::{FillError, PlaceholderFiller};
use reqwest::Url;
use std::sync::Arc;
use tasker_domain::capability::HttpRequest;
use tasker_domain::invocation::StepPlan;
use tasker_domain::limits::Limit;
pub use tasker_egress::LookUp;
use tasker_egress::{AddressRefused, InnerAddresses, last_cause, within_connect_timeout};
pub(crate) use tasker_egress::{Client as EgressClient, SystemNames};
use tasker_telemetry::AttemptTrace;
use timeouts::Timeouts;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

/// What the host keeps for a request from when it is sent until its response was read, about, in
/// bytes: what waits in both bodies, and the buffers of the connection.
const EXCHANGE_BYTES: usize = BODY_BYTES + (128 << 10);

/// A response, and what the connection has to do until its body was read: nothing, the client does it.
type Exchange<E> = Result<
    (
        http::Response<WasiBody>,
        Box<dyn Future<Output = Result<(), Error>> + Send>,
    ),
    E,
>;

/// Lets the requests of one attempt pass, or not.
pub(crate) struct EgressPolicy {
    pub(crate) step: Arc<StepPlan>,
    pub(crate) log: LogWriter,
    pub(crate) outside: EgressClient,
    pub(crate) attempt_secrets: AttemptSecrets,
    pub(crate) meter: Arc<Meter>,
    pub(crate) trace: Option<AttemptTrace>,
}

impl WasiHttpHooks for EgressPolicy {
    fn send_request(
        &mut self,
        mut request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _response_errors: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Exchange<Error>> + Send> {
        let (log, outside, meter) = (self.log.clone(), self.outside.clone(), self.meter.clone());
        let (step, attempt_secrets) = (self.step.clone(), self.attempt_secrets.clone());
        // At once, so that the guest does not begin more than it may.
        let charge = meter.charge(EXCHANGE_BYTES + weight_of_fields(request.headers()));
        let timeouts = Timeouts::of(options);
        let span = request_span::begin(self.trace.as_ref(), &mut request, &attempt_secrets);
        Box::new(async move {
            let sent = match charge {
                Ok(charge) => {
                    let request = admit_filled(request, &step, &attempt_secrets, &meter).await;
                    match request {
                        Ok(request) => send(&outside, request, timeouts, meter, charge).await,
                        Err(refused) => Err(refused),
                    }
                }
                Err(over) => Err(over.into()),
            };
            request_span::end(span, &sent);
            sent.map_err(|refused| refused.tell(&log))
        })
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        BODY_CHUNK_BYTES
    }
}

/// Why a request of a guest failed before there was a response.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error(
        "HTTP request refused: namespace {namespace} grants no `{capability}` to {component}; an operator can: {}",
        grant_command(namespace, component, capability)
    )]
    NoGrant {
        namespace: Arc<str>,
        component: Arc<str>,
        capability: String,
    },
    #[error("HTTP request refused: `{0}` contains a user or a password; send them in a header")]
    UserInUrl(String),
    #[error("HTTP request refused: {0}")]
    Address(#[from] AddressRefused),
    #[error(transparent)]
    Secret(FillError),
    #[error("HTTP request refused: `{0}` is not a URL")]
    Url(String),
    #[error("HTTP request refused: the attempt is over its limit `{0}`")]
    Limit(Limit),
    #[error("HTTP request to `{host}` failed: {reason}")]
    Failed {
        host: String,
        reason: String,
        error: Error,
    },
}

impl Refused {
    /// As the spans of requests have it.
    fn kind(&self) -> &'static str {
        match self {
            Self::NoGrant { .. } => "no_grant",
            Self::UserInUrl(_) | Self::Url(_) => "url",
            Self::Address(_) => "address_refused",
            Self::Secret(_) => "secret",
            Self::Limit(_) => "over_limit",
            Self::Failed { .. } => "failed",
        }
    }

    fn tell(self, log: &LogWriter) -> Error {
        match &self {
            Self::Failed { .. } | Self::Limit(_) => {
                log.remark(LogLevel::Warn, &self.to_string());
            }
            Self::NoGrant { .. }
            | Self::UserInUrl(_)
            | Self::Address(_)
            | Self::Secret(_)
            | Self::Url(_) => log.refused(&self.to_string()),
        }
        match self {
            Self::NoGrant { .. } | Self::Address(_) | Self::Secret(_) | Self::Limit(_) => {
                Error::HttpRequestDenied
            }
            Self::Url(_) | Self::UserInUrl(_) => Error::HttpRequestUriInvalid,
            Self::Failed { error, .. } => error,
        }
    }
}

/// The same as [`admit`], with the attempt's secrets in the place of their placeholders.
async fn admit_filled(
    request: http::Request<WasiBody>,
    step: &StepPlan,
    attempt_secrets: &AttemptSecrets,
    meter: &Arc<Meter>,
) -> Result<reqwest::Request, Refused> {
    if attempt_secrets.is_empty() {
        return admit(request, step, meter);
    }
    let text = request.uri().to_string();
    let url = Url::parse(&text).map_err(|_| Refused::Url(text))?;
    admit_url(request.method().as_str(), &url, step)?;
    let filler = PlaceholderFiller::of(
        attempt_secrets,
        &step.grants,
        url.host_str().unwrap_or_default(),
    );
    let mut request = admit(filler.body(request).await?, step, meter)?;
    filler.headers(request.headers_mut())?;
    Ok(request)
}

/// The request as the client takes it, where the grants and its address, if it names one, allow it.
/// Names are looked at when they are resolved. A redirect is the guest's to follow, by a request of
/// its own, which comes here as the first did.
fn admit(
    request: http::Request<WasiBody>,
    step: &StepPlan,
    meter: &Arc<Meter>,
) -> Result<reqwest::Request, Refused> {
    let text = request.uri().to_string();
    let request = request.map(|body| OutgoingBody::wrap(body, meter.clone()));
    let request = reqwest::Request::try_from(request).map_err(|_| Refused::Url(text))?;
    admit_url(request.method().as_str(), request.url(), step)?;
    Ok(request)
}

fn admit_url(method: &str, url: &Url, step: &StepPlan) -> Result<(), Refused> {
    let wrong = || Refused::Url(url.to_string());
    let host = url.host_str().ok_or_else(wrong)?;
    let port = url.port_or_known_default().ok_or_else(wrong)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::UserInUrl(host.to_owned()));
    }
    let request = HttpRequest {
        method,
        host,
        port,
        path: url.path(),
    };
    let rules = &step.grants.http;
    if !rules.iter().any(|rule| rule.admits(&request)) {
        return Err(Refused::NoGrant {
            namespace: step.namespace.clone(),
            component: step.component.clone(),
            capability: format!("http {}", request.missing_rule(rules)),
        });
    }
    match host.trim_matches(['[', ']']).parse() {
        Ok(address) => tasker_egress::check(host, address, InnerAddresses::AsNamed)?,
        Err(_) => tasker_egress::check_name(host)?,
    }
    Ok(())
}

async fn send(
    outside: &EgressClient,
    request: reqwest::Request,
    timeouts: Timeouts,
    meter: Arc<Meter>,
    charge: Charge,
) -> Exchange<Refused> {
    meter.count_request()?;
    let host = request.url().host_str().unwrap_or_default().to_owned();
    let failed = |reason: String, error| Refused::Failed {
        host: host.clone(),
        reason,
        error,
    };
    let client = outside
        .client()
        .map_err(|reason| failed(reason, Error::ConfigurationError))?;
    let patience = timeouts.first_byte;
    let answer = within_connect_timeout(timeouts.connect, client.execute(request));
    let response = tokio::time::timeout(patience, answer).await;
    let response = response
        .map_err(|_| {
            failed(
                format!("no answer within {patience:?}"),
                Error::ConnectionReadTimeout,
            )
        })?
        .map_err(|error| match meter.breach() {
            Some(breach) => Refused::Limit(breach),
            None => refused(&host, &error),
        })?;
    let between_bytes = timeouts.between_bytes;
    let response = http::Response::from(response)
        .map(|body| IncomingBody::new(body, between_bytes, meter, charge).boxed_unsync());
    Ok((response, Box::new(std::future::ready(Ok(())))))
}

/// Why a request got no response.
fn refused(host: &str, error: &reqwest::Error) -> Refused {
    match last_cause(error) {
        Ok(address) => address.into(),
        Err(reason) => Refused::Failed {
            host: host.to_owned(),
            reason,
            error: error_of(error),
        },
    }
}

/// The error that a guest sees.
pub(super) fn error_of(error: &reqwest::Error) -> Error {
    if error.is_timeout() {
        return Error::ConnectionTimeout;
    }
    if error.is_connect() {
        return Error::ConnectionRefused;
    }
    if error.is_body() || error.is_decode() {
        return Error::HttpResponseIncomplete;
    }
    Error::InternalError(Some(error.to_string()))
}

impl From<OverLimit> for Refused {
    fn from(OverLimit(breach): OverLimit) -> Self {
        Self::Limit(breach)
    }
}

#[cfg(test)]
mod tests;
