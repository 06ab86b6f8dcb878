//! The receiver, and what it was sent.

use crate::harness::{client, python, wait_until};
use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// Kinds of spans, as OTLP has them.
pub const INTERNAL: i64 = 1;
pub const CLIENT: i64 = 3;
/// A status of a span, as OTLP has it.
pub const ERROR: i64 = 2;

/// A receiver of OTLP; gone when dropped.
pub struct Receiver {
    process: Child,
    http_port: u16,
    grpc_port: u16,
}

/// A span, a value of a metric or a line of a log as it was sent.
#[derive(Clone, Debug)]
pub struct Sent(pub Value);

impl Receiver {
    pub fn start() -> Self {
        let mut process = Command::new(python())
            .arg("-c")
            .arg(include_str!("receiver.py"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = process.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let ports: Vec<u16> = line
            .split_whitespace()
            .map(|port| port.parse().unwrap())
            .collect();
        Self {
            process,
            http_port: ports[0],
            grpc_port: ports[1],
        }
    }

    pub fn http(&self) -> String {
        format!("http://127.0.0.1:{}", self.http_port)
    }

    pub fn grpc(&self) -> String {
        format!("http://127.0.0.1:{}", self.grpc_port)
    }

    /// Answers everything with this status from now on; 200 takes all.
    pub async fn answer_with(&self, status: u16) {
        let url = format!("{}/status/{status}", self.http());
        client().put(url).send().await.unwrap();
    }

    /// All `spans`, `points` of metrics or `records` of logs that it was sent, in order.
    pub async fn received(&self, kind: &str) -> Vec<Sent> {
        let url = format!("{}/{kind}", self.http());
        let answer = client().get(url).send().await.unwrap();
        let received: Vec<Value> = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        received.into_iter().map(Sent).collect()
    }

    /// All spans that it was sent, each once.
    pub async fn spans(&self) -> Vec<Sent> {
        let mut by_id = HashMap::new();
        for span in self.received("spans").await {
            let id = (span.trace_id().to_owned(), span.id().to_owned());
            let first: &mut Sent = by_id.entry(id).or_insert_with(|| span.clone());
            // What is sent again is the same.
            for same in ["name", "parent", "start", "end", "attributes"] {
                assert_eq!(first.0[same], span.0[same]);
            }
        }
        by_id.into_values().collect()
    }

    /// The spans of a trace, once there are so many, and its root.
    pub async fn trace(&self, trace_id: &str, count: usize) -> Vec<Sent> {
        wait_until("the spans of the trace are there", async || {
            let mut spans = self.spans().await;
            spans.retain(|span| span.trace_id() == trace_id);
            let has_root = spans.iter().any(|span| span.level() == "task");
            (has_root && spans.len() >= count).then_some(spans)
        })
        .await
    }
}

impl Sent {
    pub fn trace_id(&self) -> &str {
        self.0["trace_id"].as_str().unwrap()
    }

    pub fn id(&self) -> &str {
        self.0["span_id"].as_str().unwrap()
    }

    /// Empty if it has none.
    pub fn parent(&self) -> &str {
        self.0["parent"].as_str().unwrap()
    }

    pub fn name(&self) -> &str {
        self.0["name"].as_str().unwrap()
    }

    /// What the name begins with: task, step, attempt.
    pub fn level(&self) -> &str {
        self.name().split(' ').next().unwrap()
    }

    pub fn attribute(&self, name: &str) -> &Value {
        &self.0["attributes"][name]
    }

    /// In microseconds, which is what the log has.
    pub fn micros(&self, end: &str) -> i64 {
        self.0[end].as_i64().unwrap() / 1_000
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Asserts that the spans are one trace: one root, or the caller's span as its parent, and each other span below one
/// that is there and not outside of it, but for what clocks differ.
#[track_caller]
pub fn assert_whole(spans: &[Sent], caller: &str) {
    const CLOCKS: i64 = 250_000;
    let by_id: HashMap<&str, &Sent> = spans.iter().map(|span| (span.id(), span)).collect();
    let (roots, others): (Vec<&Sent>, Vec<&Sent>) =
        spans.iter().partition(|span| span.parent() == caller);
    assert_eq!(roots.len(), 1, "{spans:?}");
    for span in others {
        let parent = by_id.get(span.parent());
        let parent = parent.unwrap_or_else(|| panic!("{span:?} has no parent"));
        let expected = match span.level() {
            "step" => "task",
            "attempt" => "step",
            _ => "attempt",
        };
        assert_eq!(parent.level(), expected, "{span:?}");
        let (start, end) = (span.micros("start"), span.micros("end"));
        assert!(start <= end, "{span:?}");
        assert!(
            parent.micros("start") <= start + CLOCKS,
            "{span:?} {parent:?}"
        );
        assert!(end <= parent.micros("end") + CLOCKS, "{span:?} {parent:?}");
    }
}
