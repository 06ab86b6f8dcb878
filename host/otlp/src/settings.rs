//! What the environment says, in the variables that OpenTelemetry has for it.

use super::endpoint::Endpoint;
use super::environment::{Environment, SettingsError, unknown};
use super::signal::Signal;
use std::env;
use std::time::Duration;
use tasker_telemetry::TraceSampler;

/// Bounds of what the variables may say, so that no value makes a host busy or its memory large.
const MIN_DELAY: Duration = Duration::from_millis(50);
const MAX_DELAY: Duration = Duration::from_secs(60);
const MAX_QUEUE: usize = 100_000;
const MAX_BATCH: usize = 10_000;
const MIN_INTERVAL: Duration = Duration::from_millis(100);
const MAX_INTERVAL: Duration = Duration::from_secs(60 * 60);
/// The one temporality: what a host counts is counted from its start on.
const TEMPORALITY: &str = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";

/// How each signal is exported, if it is.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) traces: Option<TraceSettings>,
    pub(crate) metrics: Option<MetricSettings>,
    pub(crate) logs: Option<LogSettings>,
}

/// How traces are exported.
#[derive(Clone, Debug)]
pub(crate) struct TraceSettings {
    pub(crate) endpoint: Endpoint,
    pub(crate) batching: Batching,
    pub(crate) sampler: TraceSampler,
}

/// How metrics are exported.
#[derive(Clone, Debug)]
pub(crate) struct MetricSettings {
    pub(crate) endpoint: Endpoint,
    /// Between two exports.
    pub(crate) interval: Duration,
    /// Of one export with its repetitions.
    pub(crate) timeout: Duration,
}

/// How logs are exported.
#[derive(Clone, Debug)]
pub(crate) struct LogSettings {
    pub(crate) endpoint: Endpoint,
    pub(crate) batching: Batching,
}

/// How items that come one by one are put together.
#[derive(Clone, Debug)]
pub(crate) struct Batching {
    /// Between two exports.
    pub(crate) delay: Duration,
    /// Items that wait at most.
    pub(crate) queue: usize,
    /// Items of one call at most.
    pub(crate) batch: usize,
    /// Of one call with its repetitions.
    pub(crate) timeout: Duration,
}

impl Settings {
    pub(crate) fn from_env() -> Result<Self, SettingsError> {
        Self::read(&|name| env::var(name).ok())
    }

    fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let environment = Environment(variable);
        Ok(Self {
            traces: traces(&environment)?,
            metrics: metrics(&environment)?,
            logs: logs(&environment)?,
        })
    }
}

fn traces(environment: &Environment<'_>) -> Result<Option<TraceSettings>, SettingsError> {
    let Some(endpoint) = Endpoint::read(environment, Signal::Traces)? else {
        return Ok(None);
    };
    let sampler = environment.text("OTEL_TRACES_SAMPLER");
    let ratio = environment.text("OTEL_TRACES_SAMPLER_ARG");
    Ok(Some(TraceSettings {
        endpoint,
        batching: batching(environment, "BSP", 5_000)?,
        sampler: TraceSampler::parse(sampler.as_deref(), ratio.as_deref())?,
    }))
}

fn metrics(environment: &Environment<'_>) -> Result<Option<MetricSettings>, SettingsError> {
    let Some(endpoint) = Endpoint::read(environment, Signal::Metrics)? else {
        return Ok(None);
    };
    let temporality = environment.text(TEMPORALITY);
    if let Some(value) = temporality.filter(|it| !it.eq_ignore_ascii_case("cumulative")) {
        return Err(unknown((TEMPORALITY.to_owned(), value), "cumulative"));
    }
    let interval = environment.ms("OTEL_METRIC_EXPORT_INTERVAL", 60_000)?;
    Ok(Some(MetricSettings {
        endpoint,
        interval: interval.clamp(MIN_INTERVAL, MAX_INTERVAL),
        timeout: environment.ms("OTEL_METRIC_EXPORT_TIMEOUT", 30_000)?,
    }))
}

fn logs(environment: &Environment<'_>) -> Result<Option<LogSettings>, SettingsError> {
    let Some(endpoint) = Endpoint::read(environment, Signal::Logs)? else {
        return Ok(None);
    };
    Ok(Some(LogSettings {
        endpoint,
        batching: batching(environment, "BLRP", 1_000)?,
    }))
}

fn batching(
    environment: &Environment<'_>,
    processor: &str,
    usual_delay: u64,
) -> Result<Batching, SettingsError> {
    let name = |setting: &str| format!("OTEL_{processor}_{setting}");
    let delay = environment.ms(&name("SCHEDULE_DELAY"), usual_delay)?;
    Ok(Batching {
        delay: delay.clamp(MIN_DELAY, MAX_DELAY),
        queue: environment.size(&name("MAX_QUEUE_SIZE"), 2_048, MAX_QUEUE)?,
        batch: environment.size(&name("MAX_EXPORT_BATCH_SIZE"), 512, MAX_BATCH)?,
        timeout: environment.ms(&name("EXPORT_TIMEOUT"), 30_000)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::endpoint::Protocol;
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::read(&|name| {
            let mut said = variables.iter().filter(|(known, _)| *known == name);
            said.next().map(|(_, value)| (*value).to_owned())
        })
    }

    fn exported(variables: &[(&str, &str)]) -> [bool; 3] {
        let settings = read(variables).unwrap();
        [
            settings.traces.is_some(),
            settings.metrics.is_some(),
            settings.logs.is_some(),
        ]
    }

    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");

    #[test]
    fn nothing_is_exported_unless_there_is_an_endpoint() {
        for (variables, expected) in [
            (vec![], [false; 3]),
            (vec![("OTEL_EXPORTER_OTLP_ENDPOINT", "")], [false; 3]),
            (vec![ENDPOINT, ("OTEL_SDK_DISABLED", "True")], [false; 3]),
            (vec![ENDPOINT], [true; 3]),
            (
                vec![ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")],
                [false, true, true],
            ),
            (
                vec![ENDPOINT, ("OTEL_METRICS_EXPORTER", "none")],
                [true, false, true],
            ),
            (
                vec![ENDPOINT, ("OTEL_LOGS_EXPORTER", "none")],
                [true, true, false],
            ),
            (
                vec![("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", ENDPOINT.1)],
                [false, false, true],
            ),
        ] {
            assert_eq!(exported(&variables), expected, "{variables:?}");
        }
        let settings = read(&[ENDPOINT]).unwrap();
        let traces = settings.traces.unwrap();
        assert_eq!(traces.endpoint.protocol, Protocol::Http);
        assert_eq!((traces.batching.queue, traces.batching.batch), (2_048, 512));
        assert_eq!(traces.batching.delay, Duration::from_secs(5));
        assert_eq!(settings.metrics.unwrap().interval, Duration::from_secs(60));
        assert_eq!(
            settings.logs.unwrap().batching.delay,
            Duration::from_secs(1)
        );
    }

    #[test]
    fn what_is_said_of_one_signal_goes_before_what_is_said_of_all() {
        let settings = read(&[
            ENDPOINT,
            (
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                "http://127.0.0.1:4317",
            ),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
            ("OTEL_BSP_SCHEDULE_DELAY", "0"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "250"),
        ]);
        let settings = settings.unwrap();
        let (traces, metrics) = (settings.traces.unwrap(), settings.metrics.unwrap());
        assert_eq!(traces.endpoint.protocol, Protocol::Grpc);
        assert_eq!(traces.batching.delay, MIN_DELAY);
        assert_eq!(metrics.endpoint.protocol, Protocol::Http);
        assert_eq!(metrics.endpoint.timeout, Duration::from_millis(250));
    }

    #[test]
    fn a_value_that_cannot_be_used_is_an_error_that_names_it() {
        for wrong in [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "zstd"),
            ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "often"),
            ("OTEL_BSP_SCHEDULE_DELAY", "soon"),
            ("OTEL_TRACES_SAMPLER", "sometimes"),
        ] {
            let error = read(&[ENDPOINT, wrong]).unwrap_err().to_string();
            assert!(
                error.contains(wrong.0) && error.contains(wrong.1),
                "{error}"
            );
        }
    }
}
