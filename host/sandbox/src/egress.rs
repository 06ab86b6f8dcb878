//! Requests of guests, to granted destinations only.

mod body;
mod placeholder;
mod request_span;
mod timeouts;
mod transport;

use crate::attempt_log::LogWriter;
use crate::attempt_secrets::AttemptSecrets;
use crate::grant_command::grant_command;
use crate::journal::{Exchange, Journal, Place, Replayer, error_of};
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
use tasker_domain::recording::{RecordedAnswer, RecordedExchange};
pub use tasker_egress::LookUp;
use tasker_egress::{AddressRefused, InnerAddresses};
pub(crate) use tasker_egress::{Client as EgressClient, SystemNames};
use tasker_telemetry::AttemptTrace;
pub use timeouts::HttpTimeouts;
pub use transport::{HttpFailure, HttpFault, HttpTransport};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

/// What the host keeps for a request from when it is sent until its response was read, about, in
/// bytes: what waits in both bodies, and the buffers of the connection.
const EXCHANGE_BYTES: usize = BODY_BYTES + (128 << 10);

/// A response, and what the connection has to do until its body was read: nothing, the client does it.
type Exchanged<E> = Result<
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
    pub(crate) outside: Arc<dyn HttpTransport>,
    pub(crate) attempt_secrets: AttemptSecrets,
    pub(crate) meter: Arc<Meter>,
    pub(crate) trace: Option<AttemptTrace>,
    pub(crate) journal: Option<Journal>,
}

impl WasiHttpHooks for EgressPolicy {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _response_errors: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Exchanged<Error>> + Send> {
        let (log, outside, meter) = (self.log.clone(), self.outside.clone(), self.meter.clone());
        let (step, attempt_secrets) = (self.step.clone(), self.attempt_secrets.clone());
        // At once, so that the guest does not begin more than it may.
        let charge = meter.charge(EXCHANGE_BYTES + weight_of_fields(request.headers()));
        let timeouts = HttpTimeouts::of(options);
        let (mut request, exchange) = match &self.journal {
            Some(journal) => {
                let (request, exchange) = journal.request(request, &attempt_secrets);
                (request, Some(exchange))
            }
            None => (request, None),
        };
        let span = request_span::begin(self.trace.as_ref(), &mut request, &attempt_secrets);
        Box::new(async move {
            let sent = match (charge, &exchange) {
                (Ok(charge), Some(Exchange::Replayed { recorded, replayer })) => {
                    replay(request, (replayer, recorded.clone()), meter, charge).await
                }
                (Ok(charge), _) => {
                    let request = admit_filled(request, &step, &attempt_secrets, &meter).await;
                    match request {
                        Ok(request) => send(&*outside, request, timeouts, meter, charge).await,
                        Err(refused) => Err(refused),
                    }
                }
                (Err(over), _) => Err(over.into()),
            };
            request_span::end(span, &sent);
            let place = match &exchange {
                Some(Exchange::Recorded(place)) => Some(place),
                Some(Exchange::Replayed { .. }) | None => None,
            };
            recorded(sent, place, &log)
        })
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        BODY_CHUNK_BYTES
    }
}

/// The answer for the guest, which its recording has too, if there is one.
fn recorded(sent: Exchanged<Refused>, place: Option<&Place>, log: &LogWriter) -> Exchanged<Error> {
    match sent {
        Ok((response, done)) => Ok((
            match place {
                Some(place) => place.response(response),
                None => response,
            },
            done,
        )),
        Err(refused) => {
            let (reason, is_refusal) = (refused.to_string(), refused.is_refusal());
            let error = refused.tell(log);
            if let Some(place) = place {
                place.failure(reason, &error, is_refusal);
            }
            Err(error)
        }
    }
}

/// What was recorded as the answer; the body of the request is read, since it is compared and counted.
async fn replay(
    request: http::Request<WasiBody>,
    (replayer, recorded): (&Arc<Replayer>, Option<RecordedExchange>),
    meter: Arc<Meter>,
    charge: Charge,
) -> Exchanged<Refused> {
    let answer = recorded.as_ref().map(|recorded| &recorded.answer);
    let is_refusal = matches!(
        answer,
        Some(RecordedAnswer::Failure {
            is_refusal: true,
            ..
        })
    );
    if !is_refusal {
        meter.count_request()?;
        let body = OutgoingBody::wrap(request.into_body(), meter.clone());
        replayer.read(async move {
            body.collect().await.ok();
        });
    }
    let answered = replayer.answer(recorded, meter, charge).await;
    let response = answered.map_err(|(reason, fault, is_refusal)| Refused::Recorded {
        reason,
        error: error_of(fault),
        is_refusal,
    })?;
    Ok((response, Box::new(std::future::ready(Ok(())))))
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
    /// As a recording has it.
    #[error("{reason}")]
    Recorded {
        reason: String,
        error: Error,
        is_refusal: bool,
    },
}

impl Refused {
    /// True if the host did not send the request: it was not permitted.
    fn is_refusal(&self) -> bool {
        match self {
            Self::Failed { .. } | Self::Limit(_) => false,
            Self::Recorded { is_refusal, .. } => *is_refusal,
            Self::NoGrant { .. }
            | Self::UserInUrl(_)
            | Self::Address(_)
            | Self::Secret(_)
            | Self::Url(_) => true,
        }
    }

    /// As the spans of requests have it.
    fn kind(&self) -> &'static str {
        match self {
            Self::NoGrant { .. } => "no_grant",
            Self::UserInUrl(_) | Self::Url(_) => "url",
            Self::Address(_) => "address_refused",
            Self::Secret(_) => "secret",
            Self::Limit(_) => "over_limit",
            Self::Failed { .. } | Self::Recorded { .. } => "failed",
        }
    }

    fn tell(self, log: &LogWriter) -> Error {
        match self.is_refusal() {
            true => log.refused(&self.to_string()),
            false => log.remark(LogLevel::Warn, &self.to_string()),
        }
        match self {
            Self::NoGrant { .. } | Self::Address(_) | Self::Secret(_) | Self::Limit(_) => {
                Error::HttpRequestDenied
            }
            Self::Url(_) | Self::UserInUrl(_) => Error::HttpRequestUriInvalid,
            Self::Failed { error, .. } | Self::Recorded { error, .. } => error,
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
    outside: &dyn HttpTransport,
    request: reqwest::Request,
    timeouts: HttpTimeouts,
    meter: Arc<Meter>,
    charge: Charge,
) -> Exchanged<Refused> {
    meter.count_request()?;
    let host = request.url().host_str().unwrap_or_default().to_owned();
    let sent = outside.send(request, timeouts).await;
    let response = sent.map_err(|failure| match meter.breach() {
        Some(breach) => Refused::Limit(breach),
        None => refused(host, failure),
    })?;
    let between_bytes = timeouts.between_bytes;
    let response = http::Response::from(response)
        .map(|body| IncomingBody::new(body, between_bytes, meter, charge).boxed_unsync());
    Ok((response, Box::new(std::future::ready(Ok(())))))
}

/// Why a request got no response.
fn refused(host: String, failure: HttpFailure) -> Refused {
    match failure {
        HttpFailure::Address(address) => address.into(),
        HttpFailure::Failed { reason, kind } => Refused::Failed {
            host,
            reason,
            error: kind.into(),
        },
    }
}

impl From<OverLimit> for Refused {
    fn from(OverLimit(breach): OverLimit) -> Self {
        Self::Limit(breach)
    }
}

#[cfg(test)]
mod tests;
