//! The values of all metrics at one time, and the text of them.

use super::catalog::METRICS;
use super::instrument::{Counter, Histogram};
use super::metric::{Kind, Metric, Unit};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, MetricEncoder, NoLabelSet, prometheus_text, text,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{self, Registry};
use std::collections::HashMap;
use std::fmt;

/// Has values to give.
pub trait Sampler: Send + Sync {
    fn sample(&self, samples: &mut Samples);
}

/// How metrics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The text of OpenMetrics 1.0.
    OpenMetrics,
    /// The text that Prometheus had before.
    Prometheus,
}

impl Format {
    /// What an `Accept` header asks for.
    pub fn accepted(accept: Option<&str>) -> Self {
        match accept {
            Some(accept) if accept.contains("application/openmetrics-text") => Self::OpenMetrics,
            Some(_) | None => Self::Prometheus,
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// The values of metrics, of those that have any.
#[derive(Debug, Default)]
pub struct Samples(HashMap<&'static str, Vec<Sample>>);

/// One value of a metric.
#[derive(Debug)]
pub struct Sample {
    /// In the order of the metric's.
    pub labels: Vec<(&'static str, String)>,
    pub value: SampleValue,
}

/// What a metric was found to be.
#[derive(Debug)]
pub enum SampleValue {
    Number(f64),
    /// The counts of the buckets by upper bound, each bucket by itself, and the sum of what was counted. The last bound is
    /// infinite.
    Buckets(Vec<(f64, u64)>, f64),
}

impl Samples {
    /// A gauge, or a counter whose value comes from elsewhere. The values of the labels are in the order of the metric's.
    pub fn number(&mut self, metric: &'static Metric, labels: &[&str], value: f64) {
        self.push(metric, labels, SampleValue::Number(value));
    }

    pub fn counter(&mut self, metric: &'static Metric, labels: &[&str], counter: &Counter) {
        self.number(metric, labels, counter.get() as f64 / metric.parts());
    }

    pub fn histogram(&mut self, metric: &'static Metric, labels: &[&str], histogram: &Histogram) {
        let (buckets, sum) = histogram.read();
        self.push(metric, labels, SampleValue::Buckets(buckets, sum));
    }

    /// A histogram that is kept elsewhere: one count for each bucket of the metric and one for what is above, each
    /// bucket by itself.
    pub fn buckets(&mut self, metric: &'static Metric, labels: &[&str], counts: &[u64], sum: f64) {
        let bounds = metric.kind.bounds().iter().copied().chain([f64::INFINITY]);
        let counts = counts.iter().copied().chain(std::iter::repeat(0));
        let buckets = bounds.zip(counts).collect();
        self.push(metric, labels, SampleValue::Buckets(buckets, sum));
    }

    fn push(&mut self, metric: &'static Metric, labels: &[&str], value: SampleValue) {
        debug_assert_eq!(metric.labels.len(), labels.len(), "{}", metric.name);
        let values = labels.iter().map(|label| (*label).to_owned());
        let labels = metric.labels.iter().copied().zip(values).collect();
        let samples = self.0.entry(metric.name).or_default();
        samples.push(Sample { labels, value });
    }

    /// The metrics that have values, in the order of the catalog.
    pub fn of_metrics(&self) -> impl Iterator<Item = (&'static Metric, &[Sample])> {
        let metrics = METRICS.iter();
        metrics.filter_map(|metric| Some((*metric, self.0.get(metric.name)?.as_slice())))
    }

    /// The text in this format.
    pub fn encode(self, format: Format) -> String {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(self));
        let mut text = String::new();
        let encoded = match format {
            Format::OpenMetrics => text::encode(&mut text, &registry),
            Format::Prometheus => prometheus_text::encode(&mut text, &registry),
        };
        encoded.expect("a string takes everything");
        text
    }
}

impl Collector for Samples {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (metric, samples) in self.of_metrics() {
            let unit = metric.unit.map(unit);
            let kind = match metric.kind {
                Kind::Counter => MetricType::Counter,
                Kind::Gauge => MetricType::Gauge,
                Kind::Histogram(_) => MetricType::Histogram,
            };
            let help = metric.help.trim_end_matches('.');
            let mut encoder =
                encoder.encode_descriptor(metric.stem(), help, unit.as_ref(), kind)?;
            for sample in samples {
                match sample.labels.as_slice() {
                    [] => encode_value(metric.kind, sample, &mut encoder)?,
                    labels => {
                        let mut encoder = encoder.encode_family(&labels)?;
                        encode_value(metric.kind, sample, &mut encoder)?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn encode_value(kind: Kind, sample: &Sample, encoder: &mut MetricEncoder<'_>) -> fmt::Result {
    match (&sample.value, kind) {
        (SampleValue::Buckets(buckets, sum), _) => {
            let count = buckets.iter().map(|(_, count)| count).sum();
            encoder.encode_histogram::<NoLabelSet>(*sum, count, buckets, None)
        }
        (SampleValue::Number(value), Kind::Counter) => {
            encoder.encode_counter::<NoLabelSet, f64, f64>(value, None)
        }
        (SampleValue::Number(value), Kind::Gauge | Kind::Histogram(_)) => {
            encoder.encode_gauge(value)
        }
    }
}

fn unit(unit: Unit) -> registry::Unit {
    match unit {
        Unit::Seconds => registry::Unit::Seconds,
        Unit::Bytes => registry::Unit::Bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ATTEMPT_DURATION, ATTEMPTS, PROCESS_CPU};

    #[test]
    fn names_are_written_with_unit_and_kind_once() {
        let mut samples = Samples::default();
        samples.number(&PROCESS_CPU, &[], 1.5);
        samples.number(&ATTEMPTS, &["a\"b", "complete"], 3.0);
        samples.histogram(&ATTEMPT_DURATION, &["a"], &Histogram::of(&ATTEMPT_DURATION));
        let text = samples.encode(Format::OpenMetrics);
        for line in [
            "process_cpu_seconds_total 1.5",
            r#"tasker_attempts_total{namespace="a\"b",outcome="complete"} 3.0"#,
            r#"tasker_attempt_duration_seconds_bucket{le="+Inf",namespace="a"} 0"#,
            "# TYPE tasker_attempt_duration_seconds histogram",
            "# EOF",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in {text}");
        }
    }

    #[test]
    fn prometheus_chooses_the_format() {
        let accept = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";
        assert_eq!(Format::accepted(Some(accept)), Format::OpenMetrics);
        assert_eq!(Format::accepted(Some("*/*")), Format::Prometheus);
        assert_eq!(Format::accepted(None), Format::Prometheus);
    }
}
