//! From the values of metrics to a message.

use super::message::{key_value, nanos, own_scope};
use super::request::Request;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::metrics::v1 as proto;
use opentelemetry_proto::tonic::resource::v1::Resource;
use proto::metric::Data;
use proto::number_data_point::Value as Number;
use proto::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, NumberDataPoint, ResourceMetrics,
    ScopeMetrics, Sum,
};
use std::time::SystemTime;
use tasker_telemetry::{Kind, Metric, Origin, Sample, SampleValue, Samples, Unit};

/// When values were counted, in nanoseconds since 1970.
#[derive(Clone, Copy)]
struct Times {
    /// Zero: it is not known.
    start: u64,
    now: u64,
}

/// One message with all values, and how many these are. What the host counts is counted from `start` on; what the
/// database counts, from a time that is not known.
pub(crate) fn request(
    resource: &Resource,
    samples: &Samples,
    start: SystemTime,
    now: SystemTime,
) -> (Request, usize) {
    let mut points = 0;
    let metrics = samples.of_metrics().map(|(metric, samples)| {
        points += samples.len();
        let start = match metric.origin {
            Origin::Host => nanos(start),
            Origin::Database => 0,
        };
        let now = nanos(now);
        message(metric, samples, Times { start, now })
    });
    let metrics = metrics.collect();
    let request = Request::Metrics(ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            resource: Some(resource.clone()),
            scope_metrics: vec![ScopeMetrics {
                scope: Some(own_scope()),
                metrics,
                ..ScopeMetrics::default()
            }],
            ..ResourceMetrics::default()
        }],
    });
    (request, points)
}

/// Under the name that Prometheus has for it.
fn message(metric: &Metric, samples: &[Sample], times: Times) -> proto::Metric {
    let temporality = AggregationTemporality::Cumulative.into();
    let numbers = |times| {
        samples
            .iter()
            .filter_map(move |it| number(it, times))
            .collect()
    };
    let data = match metric.kind {
        Kind::Counter => Data::Sum(Sum {
            data_points: numbers(times),
            aggregation_temporality: temporality,
            is_monotonic: true,
        }),
        Kind::Gauge => Data::Gauge(Gauge {
            data_points: numbers(Times { start: 0, ..times }),
        }),
        Kind::Histogram(_) => Data::Histogram(Histogram {
            data_points: samples.iter().filter_map(|it| buckets(it, times)).collect(),
            aggregation_temporality: temporality,
        }),
    };
    proto::Metric {
        name: metric.name.to_owned(),
        description: metric.help.to_owned(),
        unit: match metric.unit {
            Some(Unit::Seconds) => "s",
            Some(Unit::Bytes) => "By",
            None => "",
        }
        .to_owned(),
        data: Some(data),
        ..proto::Metric::default()
    }
}

fn number(sample: &Sample, times: Times) -> Option<NumberDataPoint> {
    let SampleValue::Number(value) = sample.value else {
        return None;
    };
    Some(NumberDataPoint {
        attributes: attributes(sample),
        start_time_unix_nano: times.start,
        time_unix_nano: times.now,
        value: Some(Number::AsDouble(value)),
        ..NumberDataPoint::default()
    })
}

fn buckets(sample: &Sample, times: Times) -> Option<HistogramDataPoint> {
    let SampleValue::Buckets(buckets, sum) = &sample.value else {
        return None;
    };
    let bounds = buckets.iter().map(|(bound, _)| *bound);
    Some(HistogramDataPoint {
        attributes: attributes(sample),
        start_time_unix_nano: times.start,
        time_unix_nano: times.now,
        count: buckets.iter().map(|(_, count)| count).sum(),
        sum: Some(*sum),
        bucket_counts: buckets.iter().map(|(_, count)| *count).collect(),
        explicit_bounds: bounds.filter(|bound| bound.is_finite()).collect(),
        ..HistogramDataPoint::default()
    })
}

fn attributes(sample: &Sample) -> Vec<KeyValue> {
    let labels = sample.labels.iter();
    labels
        .map(|(name, value)| key_value(name, Value::StringValue(value.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};
    use tasker_telemetry::catalog::{ATTEMPT_DURATION, ATTEMPTS, SLOTS, TASK_TRANSITIONS};

    fn metrics(samples: &Samples) -> Vec<proto::Metric> {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let (request, _) = request(&Resource::default(), samples, at(1), at(2));
        let Request::Metrics(message) = request else {
            panic!("{request:?}")
        };
        message.resource_metrics[0].scope_metrics[0].metrics.clone()
    }

    #[test]
    fn counters_are_sums_since_a_start_that_is_known_of_those_of_the_host() {
        let mut samples = Samples::default();
        samples.number(&ATTEMPTS, &["a", "complete"], 3.0);
        samples.number(&TASK_TRANSITIONS, &["complete"], 4.0);
        let metrics = metrics(&samples);
        for (metric, start, value) in [(&metrics[0], 1_000_000_000, 3.0), (&metrics[1], 0, 4.0)] {
            let Some(Data::Sum(sum)) = &metric.data else {
                panic!("{metric:?}")
            };
            assert!(sum.is_monotonic && sum.aggregation_temporality == 2);
            let point = &sum.data_points[0];
            assert_eq!(point.start_time_unix_nano, start);
            assert_eq!(point.time_unix_nano, 2_000_000_000);
            assert_eq!(point.value, Some(Number::AsDouble(value)));
        }
        assert_eq!(metrics[0].name, ATTEMPTS.name);
    }

    #[test]
    fn a_histogram_has_a_count_more_than_bounds_and_a_gauge_has_no_start() {
        let mut samples = Samples::default();
        samples.number(&SLOTS, &[], 5.0);
        samples.buckets(&ATTEMPT_DURATION, &["a"], &[1, 2], 0.5);
        let metrics = metrics(&samples);
        let histogram = metrics.iter().find(|it| it.name == ATTEMPT_DURATION.name);
        let Some(Data::Histogram(histogram)) = &histogram.unwrap().data else {
            panic!("{metrics:?}")
        };
        let point = &histogram.data_points[0];
        assert_eq!(point.explicit_bounds, ATTEMPT_DURATION.kind.bounds());
        assert_eq!(point.bucket_counts.len(), point.explicit_bounds.len() + 1);
        assert_eq!((point.count, point.sum), (3, Some(0.5)));
        let gauge = metrics.iter().find(|it| it.name == SLOTS.name).unwrap();
        let Some(Data::Gauge(gauge)) = &gauge.data else {
            panic!("{metrics:?}")
        };
        assert_eq!(gauge.data_points[0].start_time_unix_nano, 0);
    }
}
