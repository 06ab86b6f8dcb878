//! `wasi:http/outgoing-handler`, to granted destinations only.

mod address;
mod client;

use crate::domain::grants::Grants;
use crate::domain::invocation::StepPlan;
use crate::sandbox::attempt_log::{LogLevel, LogWriter};
use crate::sandbox::meter::Meter;
use crate::sandbox::state::AttemptState;
pub(in crate::sandbox) use client::Outside;
use client::{OutgoingBody, error_of};
use http_body_util::BodyExt;
use reqwest::Url;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

/// How long a destination may take to answer where the guest doesn't say; the deadline of the
/// attempt ends the wait as well.
const FIRST_BYTE_TIMEOUT: Duration = Duration::from_secs(600);

/// A response, and what the connection has to do until its body was read: nothing, the client does it.
type Exchange<E> = Result<
    (
        http::Response<WasiBody>,
        Box<dyn Future<Output = Result<(), Error>> + Send>,
    ),
    E,
>;

impl WasiHttpView for AttemptState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let (invocation, log, outside) = (&self.invocation, &self.log, &self.outside);
        let meter = &self.meter;
        let parts = self.http.get_or_insert_with(|| {
            Box::new((
                WasiHttpCtx::new(),
                Gate {
                    step: invocation.step.clone(),
                    log: log.clone(),
                    outside: outside.clone(),
                    meter: meter.clone(),
                },
            ))
        });
        let (ctx, hooks) = &mut **parts;
        WasiHttpCtxView {
            ctx,
            hooks,
            table: &mut self.table,
        }
    }
}

/// Lets the requests of one attempt pass, or not.
pub(in crate::sandbox) struct Gate {
    step: Arc<StepPlan>,
    log: LogWriter,
    outside: Outside,
    meter: Arc<Meter>,
}

impl WasiHttpHooks for Gate {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _response_errors: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Exchange<Error>> + Send> {
        let (log, outside, meter) = (self.log.clone(), self.outside.clone(), self.meter.clone());
        let admitted = admit(request, &self.step.grants, &meter);
        Box::new(async move {
            let sent = match admitted {
                Ok(request) => send(&outside, request, options, meter).await,
                Err(refused) => Err(refused),
            };
            sent.map_err(|refused| refused.tell(&log))
        })
    }
}

/// Why a request of a guest failed before there was a response.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error(
        "HTTP request refused: the component has no grant for `{0}`; an operator can grant `{0}` to it in this namespace"
    )]
    NoGrant(String),
    #[error("HTTP request refused: `{host}` is at {address}, which {why}")]
    Address {
        host: String,
        address: IpAddr,
        why: &'static str,
    },
    #[error("HTTP request refused: `{0}` is not a URL")]
    Url(String),
    #[error("HTTP request to `{host}` failed: {reason}")]
    Failed {
        host: String,
        reason: String,
        error: Error,
    },
}

impl Refused {
    fn tell(self, log: &LogWriter) -> Error {
        log.remark(LogLevel::Warn, self.to_string());
        match self {
            Self::NoGrant(_) | Self::Address { .. } => Error::HttpRequestDenied,
            Self::Url(_) => Error::HttpRequestUriInvalid,
            Self::Failed { error, .. } => error,
        }
    }
}

/// The request as the client takes it, where the grants and its address, if it names one, allow it.
/// Names are looked at when they are resolved.
fn admit(
    request: http::Request<WasiBody>,
    grants: &Grants,
    meter: &Arc<Meter>,
) -> Result<reqwest::Request, Refused> {
    let text = request.uri().to_string();
    let request = request.map(|body| OutgoingBody::wrap(body, meter.clone()));
    let request = reqwest::Request::try_from(request).map_err(|_| Refused::Url(text))?;
    admit_url(request.url(), grants)?;
    Ok(request)
}

fn admit_url(url: &Url, grants: &Grants) -> Result<(), Refused> {
    let wrong = || Refused::Url(url.to_string());
    let host = url.host_str().ok_or_else(wrong)?;
    let port = url.port_or_known_default().ok_or_else(wrong)?;
    let default_port = if url.scheme() == "https" { 443 } else { 80 };
    if !grants
        .http
        .iter()
        .any(|target| target.allows(host, port, default_port))
    {
        let shown = if port == default_port {
            host.to_owned()
        } else {
            format!("{host}:{port}")
        };
        return Err(Refused::NoGrant(shown));
    }
    match host.trim_matches(['[', ']']).parse() {
        Ok(address) => address::check(host, address),
        Err(_) => Ok(()),
    }
}

async fn send(
    outside: &Outside,
    request: reqwest::Request,
    options: Option<RequestOptions>,
    meter: Arc<Meter>,
) -> Exchange<Refused> {
    meter.count_request();
    let host = request.url().host_str().unwrap_or_default().to_owned();
    let failed = |reason: String, error| Refused::Failed {
        host: host.clone(),
        reason,
        error,
    };
    let client = outside
        .client()
        .map_err(|reason| failed(reason, Error::ConfigurationError))?;
    let patience = options
        .and_then(|options| options.first_byte_timeout)
        .unwrap_or(FIRST_BYTE_TIMEOUT);
    let response = tokio::time::timeout(patience, client.execute(request)).await;
    let response = response
        .map_err(|_| {
            failed(
                format!("no answer within {patience:?}"),
                Error::ConnectionReadTimeout,
            )
        })?
        .map_err(|error| client::refused(&host, &error))?;
    let response = http::Response::from(response).map(|body| {
        let counted = body.inspect_frame(move |frame| {
            meter.count_in(frame.data_ref().map_or(0, |bytes| bytes.len()));
        });
        counted.map_err(|error| error_of(&error)).boxed_unsync()
    });
    Ok((response, Box::new(std::future::ready(Ok(())))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(url: &str, grants: &[&str]) -> Result<(), Refused> {
        let http = grants.iter().map(|text| text.parse().unwrap()).collect();
        admit_url(&url.parse().unwrap(), &Grants { http })
    }

    #[test]
    fn a_granted_host_is_reached_on_its_default_port_only() {
        assert!(admitted("https://api.example.com/x", &["api.example.com"]).is_ok());
        assert!(admitted("https://API.example.com/x", &["api.example.com"]).is_ok());
        assert!(admitted("https://api.example.com:8443/", &["api.example.com"]).is_err());
        assert!(admitted("https://api.example.com:8443/", &["api.example.com:8443"]).is_ok());
    }

    #[test]
    fn what_is_not_granted_is_named_as_it_would_be_granted() {
        let refused = admitted("http://evil.example:81/", &["api.example.com"])
            .unwrap_err()
            .to_string();
        assert!(refused.contains("grant `evil.example:81`"), "{refused}");
        assert!(admitted("http://api.example.com@evil.example/", &["api.example.com"]).is_err());
        assert!(admitted("http://sub.api.example.com/", &["api.example.com"]).is_err());
    }

    #[test]
    fn an_address_hidden_in_another_notation_is_taken_for_what_it_is() {
        assert!(admitted("http://2130706433/", &["2130706433"]).is_err());
        assert!(admitted("http://127.0.0.1/", &["127.0.0.1"]).is_ok());
        assert!(admitted("http://169.254.169.254/", &["169.254.169.254"]).is_err());
    }
}
