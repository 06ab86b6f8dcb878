//! Where a signal is sent, and how.

use super::environment::{Environment, SettingsError, number, unknown};
use super::signal::Signal;
use percent_encoding::percent_decode_str;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::path::PathBuf;
use std::time::Duration;

/// The collector of one signal.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) signal: Signal,
    pub(crate) protocol: Protocol,
    pub(crate) url: String,
    /// Authorities that the collector's certificate may be signed by.
    pub(crate) certificate: Option<PathBuf>,
    /// Their values are secrets.
    pub(crate) headers: HeaderMap,
    /// By gzip.
    pub(crate) is_compressed: bool,
    /// Of one request.
    pub(crate) timeout: Duration,
}

/// In which form messages are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Grpc,
    Http,
}

impl Endpoint {
    /// None if the signal is not exported.
    pub(crate) fn read(
        environment: &Environment<'_>,
        signal: Signal,
    ) -> Result<Option<Self>, SettingsError> {
        let is_disabled = environment
            .text("OTEL_SDK_DISABLED")
            .is_some_and(|it| it.eq_ignore_ascii_case("true"));
        let exporter = environment.text(&signal.exporter_variable());
        if is_disabled || exporter.is_some_and(|it| it != "otlp") {
            return Ok(None);
        }
        let setting = |setting| environment.setting(signal, setting);
        let Some(said) = setting("ENDPOINT") else {
            return Ok(None);
        };
        let protocol = match setting("PROTOCOL") {
            None => Protocol::Http,
            Some((_, value)) if value == "http/protobuf" => Protocol::Http,
            Some((_, value)) if value == "grpc" => Protocol::Grpc,
            Some(said) => return Err(unknown(said, "http/protobuf or grpc")),
        };
        let is_compressed = match setting("COMPRESSION") {
            None => false,
            Some((_, value)) if value == "none" => false,
            Some((_, value)) if value == "gzip" => true,
            Some(said) => return Err(unknown(said, "gzip or none")),
        };
        let timeout_ms = match setting("TIMEOUT") {
            Some((name, value)) => number(name, value)?,
            None => 10_000,
        };
        let is_insecure =
            setting("INSECURE").is_some_and(|(_, it)| it.eq_ignore_ascii_case("true"));
        Ok(Some(Self {
            signal,
            protocol,
            url: match protocol {
                Protocol::Grpc => with_scheme(said.1, is_insecure),
                Protocol::Http => with_path(said, signal),
            },
            certificate: setting("CERTIFICATE").map(|(_, path)| path.into()),
            headers: setting("HEADERS").map_or(Ok(HeaderMap::new()), headers)?,
            is_compressed,
            timeout: Duration::from_millis(timeout_ms),
        }))
    }
}

/// gRPC has targets without a scheme too.
fn with_scheme(target: String, is_insecure: bool) -> String {
    match (target.contains("://"), is_insecure) {
        (true, _) => target,
        (false, true) => format!("http://{target}"),
        (false, false) => format!("https://{target}"),
    }
}

/// The URL for all signals is a base, that for one is taken as it is.
fn with_path((name, url): (String, String), signal: Signal) -> String {
    let [own, _] = signal.variables("ENDPOINT");
    match name == own {
        true => url,
        false => format!("{}/{}", url.trim_end_matches('/'), signal.path()),
    }
}

fn headers((name, text): (String, String)) -> Result<HeaderMap, SettingsError> {
    let pairs = text
        .split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty());
    let headers = pairs.map(header).collect::<Option<HeaderMap>>();
    headers.ok_or(SettingsError::Headers { name })
}

fn header(pair: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = pair.split_once('=')?;
    let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
    let mut value = HeaderValue::from_str(&value).ok()?;
    value.set_sensitive(true);
    Some((name.trim().parse().ok()?, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<Endpoint>, SettingsError> {
        let variable = |name: &str| {
            let mut said = variables.iter().filter(|(known, _)| *known == name);
            said.next().map(|(_, value)| (*value).to_owned())
        };
        Endpoint::read(&Environment(&variable), Signal::Logs)
    }

    const ALL: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318/");

    #[test]
    fn the_url_for_all_gets_a_path_and_that_for_a_signal_does_not() {
        let endpoint = read(&[ALL]).unwrap().unwrap();
        assert_eq!(endpoint.url, "http://127.0.0.1:4318/v1/logs");
        let own = (
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
            "http://127.0.0.1:4318/in",
        );
        let endpoint = read(&[ALL, own]).unwrap().unwrap();
        assert_eq!(endpoint.url, own.1);
    }

    #[test]
    fn a_target_of_grpc_without_a_scheme_is_encrypted_unless_it_is_insecure() {
        let grpc = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        let target = ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317");
        let endpoint = read(&[grpc, target]).unwrap().unwrap();
        assert_eq!(endpoint.url, "https://collector:4317");
        let insecure = ("OTEL_EXPORTER_OTLP_INSECURE", "true");
        let endpoint = read(&[grpc, target, insecure]).unwrap().unwrap();
        assert_eq!(endpoint.url, "http://collector:4317");
    }

    #[test]
    fn headers_are_decoded_and_never_shown() {
        let headers = (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Bearer%20abc, tenant=a",
        );
        let endpoint = read(&[ALL, headers]).unwrap().unwrap();
        assert_eq!(endpoint.headers["authorization"], "Bearer abc");
        assert_eq!(endpoint.headers["tenant"], "a");
        assert!(!format!("{endpoint:?}").contains("abc"));
        let wrong = ("OTEL_EXPORTER_OTLP_HEADERS", "Bearer abc");
        let error = read(&[ALL, wrong]).unwrap_err().to_string();
        assert!(
            error.contains(wrong.0) && !error.contains(wrong.1),
            "{error}"
        );
    }
}
