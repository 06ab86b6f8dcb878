//! What a case did.

use crate::case::Buckets;
use crate::fakes::SentRequest;
use serde_json::{Map, Value, json};
use std::time::Duration;
use tasker_domain::event::SentEvent;
use tasker_domain::outcome::{Failure, Outcome, Retry};
use tasker_domain::state::StepState;

/// Everything that an attempt or a task did that others can see.
#[derive(Clone, Debug)]
pub struct Observed {
    pub end: End,
    /// Those that are recorded: none of a failed attempt.
    pub events: Vec<SentEvent>,
    pub requests: Vec<SentRequest>,
    /// The entries afterwards.
    pub kv: Buckets,
    /// Lines as people read them.
    pub log: Vec<String>,
    /// How long it took by its own clock.
    pub elapsed: Duration,
    /// Of a task: its steps in their order.
    pub steps: Vec<ObservedStep>,
}

/// What became of a step.
#[derive(Clone, Debug)]
pub struct ObservedStep {
    pub name: String,
    pub state: StepState,
    /// Calls of its handler, or of what stands in for it.
    pub attempts: u16,
    /// Attempts that failed.
    pub failed: u16,
    pub result: Option<Value>,
    /// Of the last attempt that failed.
    pub failure: Option<Failure>,
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum End {
    Result(Value),
    Checkpoint(Value),
    Failure(Failure),
}

impl End {
    pub(crate) fn of(outcome: Outcome) -> Self {
        // The sandbox has checked that it is JSON.
        let json = |text: &str| serde_json::from_str(text).unwrap_or_default();
        match outcome {
            Outcome::Completed(result) => Self::Result(json(&result)),
            Outcome::Checkpointed(checkpoint) => Self::Checkpoint(json(&checkpoint)),
            Outcome::Failed(failure) | Outcome::GivenBack { failure, .. } => Self::Failure(failure),
            Outcome::Quarantined => unreachable!("no component of a test is quarantined"),
        }
    }

    /// The end as a file of cases writes it.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Result(result) => json!({ "result": result }),
            Self::Checkpoint(checkpoint) => json!({ "checkpoint": checkpoint }),
            Self::Failure(failure) => json!({ "failure": of_failure(failure) }),
        }
    }
}

/// A failure as a file of cases writes it.
pub(crate) fn of_failure(failure: &Failure) -> Value {
    let mut said = Map::new();
    said.insert("code".to_owned(), json!(failure.code));
    said.insert("message".to_owned(), json!(failure.message));
    let details = failure.details.as_deref();
    let details = details.and_then(|text| serde_json::from_str::<Value>(text).ok());
    said.extend(details.map(|details| ("details".to_owned(), details)));
    said.insert("retry".to_owned(), json!(retry(failure.retry)));
    Value::Object(said)
}

/// As a file of cases writes it.
pub(crate) fn retry(retry: Retry) -> String {
    match retry {
        Retry::Policy => "policy".to_owned(),
        Retry::Never => "never".to_owned(),
        Retry::After(delay) => tasker_domain::duration::show(delay),
    }
}

impl Observed {
    /// What snapshots have: everything but the log and the time.
    pub fn to_json(&self) -> Value {
        let mut all = self.end.to_json();
        let events: Vec<Value> = self.events.iter().map(event).collect();
        let requests: Vec<Value> = self.requests.iter().map(request).collect();
        let mut add = |key: &str, value: Value, is_empty: bool| {
            if !is_empty {
                all[key] = value;
            }
        };
        add("events", json!(events), events.is_empty());
        add("requests", json!(requests), requests.is_empty());
        add("kv", kv(&self.kv), self.kv.is_empty());
        let steps = self.steps.iter();
        let steps = steps.map(|step| (step.name.clone(), step.to_json()));
        add(
            "steps",
            Value::Object(steps.collect()),
            self.steps.is_empty(),
        );
        let elapsed = tasker_domain::duration::show(self.elapsed);
        add("elapsed", json!(elapsed), self.steps.is_empty());
        all
    }
}

impl ObservedStep {
    /// As a file of cases writes it.
    pub(crate) fn to_json(&self) -> Value {
        let mut shown = json!({ "state": self.state.to_string(), "attempts": self.attempts });
        if let Some(result) = &self.result {
            shown["result"] = result.clone();
        }
        if let Some(failure) = &self.failure {
            shown["failure"] = of_failure(failure);
        }
        shown
    }
}

pub(crate) fn event(event: &SentEvent) -> Value {
    let payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
    json!({ "name": event.name.as_str(), "payload": payload })
}

pub(crate) fn request(request: &SentRequest) -> Value {
    let mut shown = json!({ "method": request.method, "url": request.url });
    let headers = request.headers.iter();
    let headers: Map<String, Value> = headers
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    if !headers.is_empty() {
        shown["headers"] = Value::Object(headers);
    }
    match serde_json::from_slice::<Value>(&request.body) {
        Ok(json) => shown["json"] = json,
        Err(_) if request.body.is_empty() => {}
        Err(_) => shown["body"] = json!(String::from_utf8_lossy(&request.body)),
    }
    shown
}

pub(crate) fn kv(buckets: &Buckets) -> Value {
    let bucket = |(name, entries): (&tasker_domain::name::Name, &_)| {
        (name.as_str().to_owned(), json!(entries))
    };
    Value::Object(buckets.iter().map(bucket).collect())
}
