//! The metrics that a host gives.

mod rules;

use crate::harness::{TestDatabase, TestHost, basics, wait_until};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};
use tasker_telemetry::catalog::METRICS;
use tasker_telemetry::{Kind, Metric, Origin};

const CHAPTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../host/docs/metrics.md");
const BEGIN: &str = "<!-- metrics: made from host/telemetry/src/catalog.rs -->\n";

/// Samples as they are written, by name and labels.
struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    fn parse(text: &str) -> Self {
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let samples = samples.map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        });
        Self(samples.collect())
    }

    /// Of a sample that has to be there.
    #[track_caller]
    fn value(&self, name: &str) -> f64 {
        let value = self.0.get(name);
        *value.unwrap_or_else(|| panic!("{name} is not among {:#?}", self.0.keys()))
    }

    /// The names without what histograms and labels add.
    fn names(&self) -> BTreeSet<String> {
        let name = |sample: &String| {
            let name = sample.split('{').next().unwrap();
            let parts = ["_bucket", "_sum", "_count"].into_iter();
            let mut stems = parts.filter_map(|part| name.strip_suffix(part));
            let is_histogram = |stem: &&str| METRICS.iter().any(|metric| metric.name == *stem);
            stems.find(is_histogram).unwrap_or(name).to_owned()
        };
        self.0.keys().map(name).collect()
    }
}

fn of_any(address: SocketAddr) -> String {
    format!("http://{address}/metrics")
}

async fn scrape(url: &str) -> Scrape {
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.status(), 200);
    Scrape::parse(&answer.text().await.unwrap())
}

async fn host(database: &TestDatabase) -> TestHost {
    TestHost::start_with(database, |config| {
        config.metrics_listen = Some(([127, 0, 0, 1], 0).into());
    })
    .await
}

/// Has the next scrape look at the database.
async fn forget_the_last_look(database: &TestDatabase) {
    sqlx::query("update tasker.observation set observed_at = '-infinity'")
        .execute(database.pool())
        .await
        .unwrap();
}

#[tokio::test]
async fn every_listed_metric_has_a_plausible_value_and_no_other_is_given() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let url = of_any(host.host.metrics_address().unwrap());
    // Transitions count from the first look on.
    scrape(&url).await;
    host.publish_component("basics", "1.0.0", basics()).await;
    host.publish_template("sum", "steps: [{name: a, handler: basics/sum}]")
        .await;
    for _ in 0..3 {
        host.run("sum", json!({})).await;
    }
    // One look finds how far the log is complete, and the next one counts up to there.
    let counted = || async {
        forget_the_last_look(&database).await;
        let scrape = scrape(&url).await;
        let done = r#"tasker_task_transitions_total{state="complete"}"#;
        (scrape.value(done) == 3.0).then_some(scrape)
    };
    let found = wait_until("the ends of all tasks are counted", counted).await;

    let listed: BTreeSet<_> = METRICS.iter().map(|it| it.name.to_owned()).collect();
    assert_eq!(found.names(), listed);
    has_plausible_values(&found);
}

/// After three tasks of one step.
fn has_plausible_values(found: &Scrape) {
    for (sample, value) in [
        (
            r#"tasker_attempts_total{namespace="shop",outcome="complete"}"#,
            3.0,
        ),
        (
            r#"tasker_attempts_total{namespace="shop",outcome="failed"}"#,
            0.0,
        ),
        (
            r#"tasker_attempt_duration_seconds_count{namespace="shop"}"#,
            3.0,
        ),
        ("tasker_attempt_cpu_seconds_count", 3.0),
        ("tasker_claim_delay_seconds_count", 3.0),
        ("tasker_attempts_running", 0.0),
        ("tasker_database_up", 1.0),
        (r#"tasker_step_transitions_total{state="complete"}"#, 3.0),
        (r#"tasker_task_transitions_total{state="pending"}"#, 3.0),
        (
            r#"tasker_task_duration_seconds_count{state="complete"}"#,
            3.0,
        ),
        (r#"tasker_open_tasks{state="in_progress"}"#, 0.0),
        (r#"tasker_queue_due_steps{namespace="_other"}"#, 0.0),
        (r#"tasker_hosts{state="alive"}"#, 1.0),
        ("tasker_log_uncounted", 0.0),
        ("tasker_recordings_bytes", 0.0),
        (
            r#"tasker_recordings_dropped_bytes_total{reason="removed"}"#,
            0.0,
        ),
    ] {
        assert!((found.value(sample) - value).abs() < 1e-9, "{sample}");
    }
    for sample in [
        "tasker_slots",
        "tasker_code_bytes",
        "process_cpu_seconds_total",
        "process_open_fds",
        "process_resident_memory_bytes",
        r#"tasker_database_connections_max{use="engine"}"#,
        r#"tasker_database_call_duration_seconds_count{function="complete_steps"}"#,
        r#"tasker_database_call_duration_seconds_count{function="claim_ready"}"#,
        r#"tasker_http_requests_total{method="POST",route="/v1/tasks",status="201"}"#,
        r#"tasker_task_duration_seconds_sum{state="complete"}"#,
    ] {
        assert!(found.value(sample) > 0.0, "{sample}");
    }
    let started = found.value("process_start_time_seconds");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    assert!((now.as_secs_f64() - started).abs() < 3_600.0, "{started}");
}

#[tokio::test]
async fn metrics_need_a_key_that_may_observe_but_not_at_their_own_address() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let key = async |permission: &str, name: &str| {
        let body =
            json!({"name": name, "permissions": [{"namespace": "*", "actions": [permission]}]});
        let (status, made) = host.post("/v1/keys", &body).await;
        assert_eq!(status, 201, "{made}");
        made["secret"]
            .as_str()
            .or(made["key"].as_str())
            .unwrap()
            .to_owned()
    };
    let (observer, reader) = (
        key("observe", "prometheus").await,
        key("read", "reader").await,
    );
    let url = format!("{}/metrics", host.host.url());
    let client = reqwest::Client::new();
    let status = async |key: &str| {
        let answer = client.get(&url).bearer_auth(key).send().await.unwrap();
        answer.status().as_u16()
    };
    assert_eq!(status(&observer).await, 200);
    assert_eq!(status(&reader).await, 403);
    assert_eq!(reqwest::get(&url).await.unwrap().status(), 401);
    let tasks = client.get(format!("{}/v1/tasks", host.host.url()));
    let tasks = tasks.bearer_auth(&observer).send().await.unwrap();
    let (status, text) = (tasks.status(), tasks.text().await.unwrap());
    assert!(
        status == 403 && text.contains("forbidden"),
        "{status} {text}"
    );

    let address = host.host.metrics_address().unwrap();
    assert_eq!(reqwest::get(of_any(address)).await.unwrap().status(), 200);
    let other = reqwest::get(format!("http://{address}/v1/tasks"))
        .await
        .unwrap();
    assert_eq!(other.status(), 404);
}

#[tokio::test]
async fn hosts_look_at_the_database_once_for_all_of_them() {
    let database = TestDatabase::new().await;
    let (one, other) = (host(&database).await, host(&database).await);
    let looked = async || -> String {
        let at = sqlx::query_scalar("select observed_at::text from tasker.observation");
        at.fetch_one(database.pool()).await.unwrap()
    };
    let first = scrape(&of_any(one.host.metrics_address().unwrap())).await;
    let at = looked().await;
    let second = scrape(&of_any(other.host.metrics_address().unwrap())).await;
    assert_eq!(looked().await, at);
    let position = "tasker_log_position";
    assert_eq!(first.value(position), second.value(position));
}

#[tokio::test]
async fn the_formats_are_those_that_other_readers_read() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let url = of_any(host.host.metrics_address().unwrap());
    let accept = "application/openmetrics-text; version=1.0.0";
    let request = reqwest::Client::new().get(&url).header("accept", accept);
    let answer = request.send().await.unwrap();
    let kind = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let text = answer.text().await.unwrap();
    assert!(text.ends_with("# EOF\n"));
    rules::checked_by_promtool(&reqwest::get(&url).await.unwrap().text().await.unwrap());
}

/// The rows of the chapter's tables.
fn rows(origin: Origin) -> String {
    let mut rows = String::from("| metric | type | labels | |\n|---|---|---|---|\n");
    for metric in METRICS.iter().filter(|metric| metric.origin == origin) {
        let labels: Vec<_> = metric
            .labels
            .iter()
            .map(|label| format!("`{label}`"))
            .collect();
        let (name, kind) = (metric.name, metric.kind.name());
        let help = metric.help.trim_end_matches('.');
        writeln!(
            rows,
            "| `{name}` | {kind} | {} | {help} |",
            labels.join(", ")
        )
        .unwrap();
    }
    rows
}

#[test]
fn the_chapter_lists_every_metric() {
    let text = std::fs::read_to_string(CHAPTER).unwrap();
    let made = format!(
        "{BEGIN}\n### Of the host\n\n{}\n### Of the database\n\n{}",
        rows(Origin::Host),
        rows(Origin::Database)
    );
    let (before, _) = text.split_once(BEGIN).unwrap();
    let whole = format!("{before}{made}");
    if std::env::var_os("TASKER_RENEW_DOCS").is_some() {
        std::fs::write(CHAPTER, &whole).unwrap();
    }
    assert!(text == whole, "renew {CHAPTER} with TASKER_RENEW_DOCS=1");
    let histograms = METRICS
        .iter()
        .filter(|it: &&&Metric| matches!(it.kind, Kind::Histogram(_)));
    assert!(histograms.count() > 3);
}
