//! How requests go, by route.

use axum::http::{Method, StatusCode};
use std::time::Duration;
use tasker_telemetry::catalog::{REQUEST_DURATION, REQUESTS};
use tasker_telemetry::{BoundedLabels, Counter, Histogram, OTHER, Samples};

/// Methods with routes that have values of their own, and the same with the status.
const MAX_ROUTES: usize = 300;
const MAX_ANSWERS: usize = 1_200;

/// Between the labels of a key; in none of them.
const SEPARATOR: char = ' ';

pub(crate) struct RequestMetrics {
    durations: BoundedLabels<Histogram>,
    answers: BoundedLabels<Counter>,
}

impl Default for RequestMetrics {
    fn default() -> Self {
        let durations = BoundedLabels::new(MAX_ROUTES, || Histogram::of(&REQUEST_DURATION));
        Self {
            durations,
            answers: BoundedLabels::new(MAX_ANSWERS, Counter::default),
        }
    }
}

impl RequestMetrics {
    /// Counts an answer; a request without a route has none of its own, and no method that somebody made up.
    pub(crate) fn count(
        &self,
        method: &Method,
        route: Option<&str>,
        status: StatusCode,
        took: Duration,
    ) {
        let mut key = match route {
            Some(route) => format!("{method}{SEPARATOR}{route}"),
            None => format!("{OTHER}{SEPARATOR}{OTHER}"),
        };
        self.durations.get(&key).observe_time(took);
        key.push(SEPARATOR);
        key.push_str(status.as_str());
        self.answers.get(&key).add(1);
    }

    pub(crate) fn sample(&self, samples: &mut Samples) {
        for (key, durations) in self.durations.iter() {
            let (method, route) = key.split_once(SEPARATOR).unwrap_or((OTHER, OTHER));
            samples.histogram(&REQUEST_DURATION, &[method, route], durations);
        }
        for (key, answers) in self.answers.iter() {
            let mut labels = key.split(SEPARATOR);
            let [method, route, status] = [(); 3].map(|()| labels.next().unwrap_or(OTHER));
            samples.counter(&REQUESTS, &[method, route, status], answers);
        }
    }
}
