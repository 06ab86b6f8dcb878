//! Metrics, for Prometheus and for whoever exports them: of the parts of the host, and of what a look at the database found.

use super::Api;
use super::bounds::Bounds;
use super::routes::{Answer, Call, Reply, Routes};
use super::{connections, heads};
use axum::Router;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::Engine;
use tasker_engine::observation::{LogKind, Observation};
use tasker_engine::recording_bound::DroppedRecordings;
use tasker_sandbox::Sandbox;
use tasker_telemetry::catalog::{
    BUILD, CODE_BYTES, DATABASE_UP, GUARD_ACTIONS, HOSTS, LOG_LAG, LOG_POSITION, LOG_UNCOUNTED,
    MAX_NAMESPACES, OBSERVED, OPEN_TASKS, QUEUE_DELAYED, QUEUE_DUE, QUEUE_OLDEST, RECORDING_BYTES,
    RECORDINGS_DROPPED, ROLLOUTS, STEP_TRANSITIONS, SUSPENDED, TASK_DURATION, TASK_TRANSITIONS,
};
use tasker_telemetry::{Format, OTHER, Sampler, Samples, sample_process};
use tasker_wire::metrics::ShowMetrics;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How old values about the database may be; with ten hosts as with one it is looked at once in this time.
const MAX_AGE: Duration = Duration::from_secs(10);
/// How long the database may take. Then the rest is given without it.
const LOOK_TIMEOUT: Duration = Duration::from_secs(4);

/// Everything that has metrics; clones are the same.
#[derive(Clone)]
pub struct Metrics {
    engine: Engine,
    sandbox: Sandbox,
    samplers: Arc<Mutex<Vec<Arc<dyn Sampler>>>>,
}

impl Metrics {
    /// Of this database and sandbox.
    pub fn new(engine: Engine, sandbox: Sandbox) -> Self {
        Self {
            engine,
            sandbox,
            samplers: Arc::default(),
        }
    }

    /// Adds another part of the host.
    pub fn add(&self, sampler: Arc<dyn Sampler>) {
        let mut samplers = self.samplers.lock();
        let samplers = samplers.as_mut().unwrap_or_else(PoisonError::get_mut);
        samplers.push(sampler);
    }

    /// The text of all of them, in this format.
    pub async fn text(&self, format: Format) -> String {
        self.samples().await.encode(format)
    }

    /// The values of all of them.
    pub async fn samples(&self) -> Samples {
        let mut samples = Samples::default();
        samples.number(&BUILD, &[env!("CARGO_PKG_VERSION")], 1.0);
        self.sample_database(&mut samples).await;
        let code = self.sandbox.kept_code().await;
        let bytes: u64 = code.iter().map(|code| code.bytes).sum();
        samples.number(&CODE_BYTES, &[], bytes as f64);
        sample_dropped(self.engine.dropped_recordings(), &mut samples);
        self.sandbox.sample(&mut samples);
        self.engine.database().sample(&mut samples);
        let samplers = self.samplers.lock();
        for sampler in &*samplers.unwrap_or_else(PoisonError::into_inner) {
            sampler.sample(&mut samples);
        }
        sample_process(&mut samples);
        samples
    }

    async fn sample_database(&self, samples: &mut Samples) {
        let looked = timeout(LOOK_TIMEOUT, self.look()).await;
        let is_up = match looked {
            Ok(Ok(found)) => {
                if let Some(found) = found {
                    sample(&found, samples);
                }
                true
            }
            Ok(Err(error)) => {
                tracing::warn!(error = %ErrorChain(&error), "metrics are without those about the database");
                false
            }
            Err(_) => {
                tracing::warn!("metrics are without those about the database: it did not answer");
                false
            }
        };
        samples.number(&DATABASE_UP, &[], f64::from(u8::from(is_up)));
    }

    async fn look(&self) -> Result<Option<Observation>, DatabaseError> {
        // Without it the newest pages of the log are read as a whole.
        self.engine.summarize_log().await?;
        self.engine.observe(MAX_AGE).await
    }

    async fn answer(&self, headers: &HeaderMap) -> (HeaderMap, String) {
        let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
        let format = Format::accepted(accept);
        let kind = HeaderValue::from_static(format.content_type());
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, kind)]);
        (headers, self.text(format).await)
    }
}

pub(crate) fn routes() -> Routes {
    Routes::default().on(show)
}

async fn show(api: Api, call: Call<ShowMetrics>) -> Answer<ShowMetrics> {
    let (headers, text) = api.metrics.answer(&call.headers).await;
    Ok(Reply::media(headers, text))
}

/// Answers `GET /metrics` to everyone on `listener`, and nothing else, until `closing`.
pub async fn serve_metrics(
    listener: TcpListener,
    metrics: Metrics,
    bounds: Bounds,
    closing: CancellationToken,
) {
    let router = Router::new()
        .route("/metrics", get(answer))
        .layer(from_fn(heads::check))
        .layer(from_fn(connections::occupy))
        .with_state(metrics);
    connections::serve(listener, router, bounds, closing).await;
}

async fn answer(State(metrics): State<Metrics>, headers: HeaderMap) -> Response {
    metrics.answer(&headers).await.into_response()
}

/// What a look at the database found.
fn sample(found: &Observation, samples: &mut Samples) {
    sample_log(found, samples);
    sample_queue(found, samples);
    for (state, tasks) in &found.open_tasks {
        samples.number(&OPEN_TASKS, &[state], *tasks as f64);
    }
    for (state, hosts) in &found.hosts {
        samples.number(&HOSTS, &[state], *hosts as f64);
    }
    for (state, rollouts) in &found.rollouts {
        samples.number(&ROLLOUTS, &[state], *rollouts as f64);
    }
    let age = chrono::Utc::now() - found.at;
    samples.number(&OBSERVED, &[], age.as_seconds_f64().max(0.0));
    samples.number(&SUSPENDED, &[], found.suspended as f64);
    samples.number(&LOG_POSITION, &[], found.log_position as f64);
    samples.number(&LOG_LAG, &[], found.log_lag_seconds);
    samples.number(&LOG_UNCOUNTED, &[], found.log_uncounted as f64);
    if let Some(bytes) = found.recording_bytes {
        samples.number(&RECORDING_BYTES, &[], bytes as f64);
    }
}

fn sample_dropped(dropped: &DroppedRecordings, samples: &mut Samples) {
    for (reason, bytes) in [
        ("lost", dropped.lost()),
        ("refused", dropped.refused()),
        ("removed", dropped.removed()),
    ] {
        samples.number(&RECORDINGS_DROPPED, &[reason], bytes as f64);
    }
}

/// What the log has had, by state.
fn sample_log(found: &Observation, samples: &mut Samples) {
    let counts = found.log_count.as_deref().unwrap_or_default();
    let rows = |kind: LogKind, state: &str| {
        let counts = counts.iter();
        let of = counts.filter(|count| count.kind == kind && count.state == state);
        of.map(|count| count.rows).sum::<u64>() as f64
    };
    for state in ["pending", "in_progress", "complete", "error", "cancelled"] {
        let transitions = rows(LogKind::Task, state);
        samples.number(&TASK_TRANSITIONS, &[state], transitions);
    }
    for state in [
        "ready",
        "running",
        "waiting",
        "waiting_for_retry",
        "complete",
        "error",
        "cancelled",
    ] {
        let transitions = rows(LogKind::Step, state);
        samples.number(&STEP_TRANSITIONS, &[state], transitions);
    }
    for action in ["pause", "rollback"] {
        let actions = rows(LogKind::Guard, &format!("pin.{action}"));
        samples.number(&GUARD_ACTIONS, &[action], actions);
    }
    for state in ["complete", "error", "cancelled"] {
        let mut buckets = vec![0; TASK_DURATION.kind.bounds().len() + 1];
        let mut seconds = 0.0;
        let ended = counts.iter();
        for count in ended.filter(|it| it.kind == LogKind::Task && it.state == state) {
            if let Some(bucket) = buckets.get_mut(count.bucket) {
                *bucket += count.rows;
            }
            seconds += count.seconds;
        }
        samples.buckets(&TASK_DURATION, &[state], &buckets, seconds);
    }
}

/// The first namespaces have values of their own, the others one together.
fn sample_queue(found: &Observation, samples: &mut Samples) {
    let queue = found.queue.as_deref().unwrap_or_default();
    let (own, others) = queue.split_at(queue.len().min(MAX_NAMESPACES));
    let mut add = |namespace: &str, due: u64, delayed: u64, oldest: f64| {
        samples.number(&QUEUE_DUE, &[namespace], due as f64);
        samples.number(&QUEUE_DELAYED, &[namespace], delayed as f64);
        samples.number(&QUEUE_OLDEST, &[namespace], oldest);
    };
    for depth in own {
        let oldest = depth.oldest_seconds.unwrap_or_default();
        add(&depth.namespace, depth.due, depth.delayed, oldest);
    }
    let oldest = others.iter().filter_map(|depth| depth.oldest_seconds);
    let due = others.iter().map(|depth| depth.due).sum();
    let delayed = others.iter().map(|depth| depth.delayed).sum();
    // Also where there are none, so that a queue without steps is not taken for one that nobody looks at.
    add(OTHER, due, delayed, oldest.fold(0.0, f64::max));
}
