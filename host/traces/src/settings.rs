//! What the environment says, in the variables that OpenTelemetry has for it.

use std::env;
use std::path::PathBuf;
use std::time::Duration;
use tasker_telemetry::{TraceSampler, TraceSamplerError};

/// Where spans are sent, by the protocol; without one of both nothing is.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];
const PROTOCOLS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
];
const TIMEOUTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
    "OTEL_EXPORTER_OTLP_TIMEOUT",
];
const CERTIFICATES: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_CERTIFICATE",
];
/// Bounds of what the variables may say, so that no value makes a host busy or its memory large.
const MIN_DELAY: Duration = Duration::from_millis(50);
const MAX_DELAY: Duration = Duration::from_secs(60);
const MAX_QUEUE: usize = 100_000;
const MAX_BATCH: usize = 10_000;

/// How traces are exported.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) protocol: Protocol,
    /// Authorities that the collector's certificate may be signed by.
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) sampler: TraceSampler,
    /// Between two exports.
    pub(crate) delay: Duration,
    /// Spans of this host that wait at most.
    pub(crate) queue: usize,
    /// Spans of one call at most.
    pub(crate) batch: usize,
    /// Of one call with its repetitions.
    pub(crate) timeout: Duration,
    /// Of one request.
    pub(crate) request_timeout: Duration,
}

/// In which form spans are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Grpc,
    Http,
}

/// A variable that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error(transparent)]
    Sampler(#[from] TraceSamplerError),
    #[error("{name} is `{value}`; it is {expected}")]
    Value {
        name: &'static str,
        value: String,
        expected: &'static str,
    },
}

impl Settings {
    /// None if nothing is to be exported.
    pub(crate) fn from_env() -> Result<Option<Self>, SettingsError> {
        Self::read(&|name| env::var(name).ok())
    }

    fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, SettingsError> {
        let text = |name: &str| variable(name).map(|it| it.trim().to_owned());
        let text = |name: &str| text(name).filter(|it| !it.is_empty());
        let first = |names: [&'static str; 2]| {
            let mut said = names.into_iter().map(|name| (name, text(name)));
            said.find_map(|(name, value)| Some((name, value?)))
        };
        let is_disabled =
            text("OTEL_SDK_DISABLED").is_some_and(|it| it.eq_ignore_ascii_case("true"));
        let is_elsewhere = text("OTEL_TRACES_EXPORTER").is_some_and(|it| it != "otlp");
        if is_disabled || is_elsewhere || first(ENDPOINTS).is_none() {
            return Ok(None);
        }
        let number = |name: &'static str, usual: u64| number(name, text(name), usual);
        let ms = |name: &'static str, usual| number(name, usual).map(Duration::from_millis);
        let size = |name, usual, max| {
            number(name, usual).map(|it| usize::try_from(it).unwrap_or(max).clamp(1, max))
        };
        let timeout_ms = match first(TIMEOUTS) {
            Some((name, value)) => self::number(name, Some(value), 0)?,
            None => 10_000,
        };
        let sampler = text("OTEL_TRACES_SAMPLER");
        let ratio = text("OTEL_TRACES_SAMPLER_ARG");
        Ok(Some(Self {
            protocol: protocol(first(PROTOCOLS))?,
            certificate: first(CERTIFICATES).map(|(_, path)| path.into()),
            sampler: TraceSampler::parse(sampler.as_deref(), ratio.as_deref())?,
            delay: ms("OTEL_BSP_SCHEDULE_DELAY", 5_000)?.clamp(MIN_DELAY, MAX_DELAY),
            queue: size("OTEL_BSP_MAX_QUEUE_SIZE", 2_048, MAX_QUEUE)?,
            batch: size("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512, MAX_BATCH)?,
            timeout: ms("OTEL_BSP_EXPORT_TIMEOUT", 30_000)?,
            request_timeout: Duration::from_millis(timeout_ms),
        }))
    }
}

fn number(name: &'static str, value: Option<String>, usual: u64) -> Result<u64, SettingsError> {
    let Some(value) = value else { return Ok(usual) };
    let expected = "a whole number";
    value.parse().map_err(|_| SettingsError::Value {
        name,
        value,
        expected,
    })
}

fn protocol(said: Option<(&'static str, String)>) -> Result<Protocol, SettingsError> {
    match said {
        None => Ok(Protocol::Http),
        Some((_, value)) if value == "http/protobuf" => Ok(Protocol::Http),
        Some((_, value)) if value == "grpc" => Ok(Protocol::Grpc),
        Some((name, value)) => Err(SettingsError::Value {
            name,
            value,
            expected: "http/protobuf or grpc",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<Settings>, SettingsError> {
        Settings::read(&|name| {
            let mut said = variables.iter().filter(|(known, _)| *known == name);
            said.next().map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_is_exported_unless_there_is_an_endpoint() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        for off in [
            vec![],
            vec![("OTEL_EXPORTER_OTLP_ENDPOINT", "")],
            vec![endpoint, ("OTEL_SDK_DISABLED", "True")],
            vec![endpoint, ("OTEL_TRACES_EXPORTER", "none")],
        ] {
            assert!(read(&off).unwrap().is_none(), "{off:?}");
        }
        let settings = read(&[endpoint]).unwrap().unwrap();
        assert_eq!(settings.protocol, Protocol::Http);
        assert_eq!((settings.queue, settings.batch), (2_048, 512));
        assert_eq!(settings.delay, Duration::from_secs(5));
    }

    #[test]
    fn what_is_said_of_traces_goes_before_what_is_said_of_all() {
        let settings = read(&[
            (
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                "http://127.0.0.1:4317",
            ),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
            ("OTEL_BSP_SCHEDULE_DELAY", "0"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "250"),
        ]);
        let settings = settings.unwrap().unwrap();
        assert_eq!(settings.protocol, Protocol::Grpc);
        assert_eq!(settings.delay, MIN_DELAY);
        assert_eq!(settings.request_timeout, Duration::from_millis(250));
    }

    #[test]
    fn a_value_that_cannot_be_used_is_an_error_that_names_it() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        for wrong in [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
            ("OTEL_BSP_SCHEDULE_DELAY", "soon"),
            ("OTEL_TRACES_SAMPLER", "sometimes"),
        ] {
            let error = read(&[endpoint, wrong]).unwrap_err().to_string();
            assert!(
                error.contains(wrong.0) && error.contains(wrong.1),
                "{error}"
            );
        }
    }
}
