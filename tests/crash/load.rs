//! A steady load of tasks whose results are known, submitted by someone who does not give up.

use super::hosts::Urls;
use crate::harness::wait_until;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Who submit at the same time.
const SUBMITTERS: usize = 3;
const SUBMIT_EVERY: Duration = Duration::from_millis(60);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// Name, result of the last step, and steps. A step that adds has one attempt: what a crash costs is
/// not counted against it.
pub const TEMPLATES: [(&str, &str, &str); 3] = [
    (
        "linear5",
        "10",
        "
  - {name: s0, handler: basics/sum, config: {value: 1}}
  - {name: s1, handler: basics/sum, depends_on: [s0], config: {value: 2, of: [s0]}}
  - {name: s2, handler: basics/flaky, depends_on: [s1], config: {failures: 1}, retry: {max_attempts: 2, base: 5ms, max: 20ms}}
  - {name: s3, handler: basics/sum, depends_on: [s2], config: {value: 3, of: [s1]}}
  - {name: s4, handler: basics/sum, depends_on: [s3], config: {value: 4, of: [s3]}}
",
    ),
    (
        "diamond",
        "14",
        "
  - {name: a, handler: basics/sum, config: {value: 1}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 2, of: [a]}}
  - {name: c, handler: basics/sleep, depends_on: [a], config: {ms: 30}}
  - {name: d, handler: basics/sum, depends_on: [b, c], config: {value: 10, of: [a, b]}}
",
    ),
    (
        "tree",
        "36",
        "
  - {name: t0, handler: basics/sum, config: {value: 1}}
  - {name: t1, handler: basics/sum, depends_on: [t0], config: {value: 1, of: [t0]}}
  - {name: t2, handler: basics/sum, depends_on: [t0], config: {value: 2, of: [t0]}}
  - {name: t3, handler: basics/sum, depends_on: [t1], config: {value: 3, of: [t1]}}
  - {name: t4, handler: basics/sum, depends_on: [t1], config: {value: 4, of: [t1]}}
  - {name: t5, handler: basics/sum, depends_on: [t2], config: {value: 5, of: [t2]}}
  - {name: t6, handler: basics/sum, depends_on: [t2], config: {value: 6, of: [t2]}}
  - {name: t7, handler: basics/sum, depends_on: [t3, t4, t5, t6], config: {value: 8, of: [t3, t4, t5, t6]}}
",
    ),
];

/// Publishes the handlers and the templates.
pub async fn publish(client: &reqwest::Client, url: &str, component: &[u8]) {
    let namespace = format!("{url}/v1/namespaces/crash");
    let path = format!("{namespace}/components/basics/versions/1.0.0");
    put(client, &path, "application/wasm", component.to_owned()).await;
    for (name, _, steps) in TEMPLATES {
        let yaml = format!(
            "namespace: crash\nname: {name}\nversion: 1.0.0\nidentity: caller\ndefaults: {{retry: {{max_attempts: 1}}}}\nsteps:{steps}"
        );
        let path = format!("{namespace}/templates/{name}/versions/1.0.0");
        put(client, &path, "application/yaml", yaml.into_bytes()).await;
    }
}

pub async fn put(client: &reqwest::Client, url: &str, media_type: &str, body: Vec<u8>) {
    let request = client
        .put(url)
        .header("content-type", media_type)
        .body(body);
    let response = request.send().await.unwrap();
    let status = response.status();
    assert!(
        status.is_success(),
        "{status}: {}",
        response.text().await.unwrap()
    );
}

/// A submit that a host said is durable.
pub struct Acknowledged {
    pub key: String,
    pub task_id: String,
    /// Requests that it took.
    pub requests: usize,
}

/// The submitters at work.
pub struct Load {
    stop: CancellationToken,
    submitters: Vec<JoinHandle<Vec<Acknowledged>>>,
}

impl Load {
    pub fn begin(urls: Urls) -> Self {
        let stop = CancellationToken::new();
        let submit = |number| tokio::spawn(submit_steadily(number, urls.clone(), stop.clone()));
        Self {
            submitters: (0..SUBMITTERS).map(submit).collect(),
            stop: stop.clone(),
        }
    }

    /// Ends the load and tells all that was acknowledged, in all.
    pub async fn end(self) -> Vec<Acknowledged> {
        self.stop.cancel();
        let mut all = Vec::new();
        for submitter in self.submitters {
            all.extend(submitter.await.unwrap());
        }
        all
    }
}

async fn submit_steadily(
    submitter: usize,
    urls: Urls,
    stop: CancellationToken,
) -> Vec<Acknowledged> {
    let client = crate::harness::client();
    let mut turns = tokio::time::interval(SUBMIT_EVERY);
    let mut acknowledged = Vec::new();
    while !stop.is_cancelled() {
        turns.tick().await;
        let number = acknowledged.len();
        let key = format!("{submitter}-{number}");
        acknowledged.push(submit(&client, &urls, key, number).await);
    }
    acknowledged
}

/// Tries one host after the other until one says that the task is there.
async fn submit(client: &reqwest::Client, urls: &Urls, key: String, number: usize) -> Acknowledged {
    let (template, ..) = TEMPLATES[number % TEMPLATES.len()];
    let body = json!({"namespace": "crash", "template": template, "idempotency_key": key});
    let requests = AtomicUsize::new(0);
    let task_id = wait_until("a host takes the task", async || {
        let turn = number + requests.fetch_add(1, Ordering::Relaxed);
        let url = {
            let urls = urls.lock().unwrap();
            urls[turn % urls.len()].clone()
        };
        request(client, &url, &body).await
    })
    .await;
    Acknowledged {
        key,
        task_id,
        requests: requests.into_inner(),
    }
}

async fn request(client: &reqwest::Client, url: &str, body: &Value) -> Option<String> {
    let request = client.post(format!("{url}/v1/tasks")).json(body);
    let response = request.timeout(REQUEST_TIMEOUT).send().await.ok()?;
    let status = response.status();
    let answer: Value = response.json().await.ok()?;
    assert!(!status.is_client_error(), "{status}: {answer}");
    answer["task"]["id"].as_str().map(str::to_owned)
}
