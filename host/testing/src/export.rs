//! From a recording to a case.

mod yaml;

use crate::case_file::MAX_CASE_NAME_CHARS;
use crate::replay::nearest_failure;
use crate::tested::TASK;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use tasker_domain::duration;
use tasker_domain::limits::{Limit, LimitSource};
use tasker_domain::outcome::{Failure, Retry};
use tasker_domain::recording::{
    BodyEnd, RecordedAnswer, RecordedBody, RecordedExchange, RecordedOutcome, RecordedResponse,
    Recording, UnusableRecording, stand_in,
};
use tasker_domain::secret::redacted;
use tasker_sandbox::recorded_placeholder;

/// Headers that are the connection's, and not the answer's.
const OF_CONNECTION: [&str; 5] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "transfer-encoding",
];
/// A delay of a response that is shorter is left out, in milliseconds.
const MIN_DELAY_MS: u64 = 10;

/// The text of a file with one case, which calls the handler as the recorded attempt was called, has what the attempt
/// saw as fakes, and expects what came of it.
///
/// # Errors
/// Where the recording cannot be replayed.
pub fn case_yaml(recording: &Recording) -> Result<String, UnusableRecording> {
    recording.check()?;
    let names = Names::of(recording);
    let attempt = &recording.attempt;
    let mut case = vec![("name", json!(name(recording)))];
    let mut set = |key: &'static str, value: Value| case.push((key, names.within(value)));
    set("input", parsed(&attempt.input));
    if attempt.config != "null" {
        set("config", parsed(&attempt.config));
    }
    let results = results(recording);
    if !results.is_empty() {
        set("results", Value::Object(results));
    }
    if let Some(checkpoint) = &attempt.checkpoint {
        set("checkpoint", parsed(checkpoint));
    }
    set("attempt", json!(attempt.lease.attempt));
    set("max_attempts", json!(attempt.max_attempts));
    set("grants", json!(attempt.grants));
    set("timeout", json!(duration::show(attempt.limits.deadline)));
    let limits = limits(recording);
    if !limits.is_empty() {
        set("limits", Value::Object(limits));
    }
    let http = fakes(recording, &names);
    if !http.is_empty() {
        set("http", Value::Array(http));
    }
    let secrets = secrets(recording);
    if !secrets.is_empty() {
        set("secrets", Value::Object(secrets));
    }
    let kv = entries(recording);
    if !kv.is_empty() {
        set("kv", Value::Object(kv));
    }
    if let Some(clock) = clock(recording) {
        set("clock", json!(clock));
    }
    set("random", json!(recording.seen.seed));
    set("expect", expect(recording, &names));
    Ok(yaml::file(&attempt.handler, &about(recording), &case))
}

/// What stands above the case.
fn about(recording: &Recording) -> String {
    let attempt = &recording.attempt;
    format!(
        "Attempt {} of step {} of task {}, which ran sha256:{}.",
        attempt.lease.attempt, attempt.step, attempt.lease.task_id, attempt.digest
    )
}

fn name(recording: &Recording) -> String {
    let attempt = &recording.attempt;
    let end = match &recording.end.outcome {
        RecordedOutcome::Result(_) => "completes".to_owned(),
        RecordedOutcome::Checkpoint(_) => "leaves a checkpoint".to_owned(),
        RecordedOutcome::Failure(failure) => format!("fails with {}", failure.code),
    };
    let task = attempt.lease.task_id;
    let name = format!("{} of task {task} {end}", attempt.step);
    name.chars().take(MAX_CASE_NAME_CHARS).collect()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn results(recording: &Recording) -> Map<String, Value> {
    let at_hand = recording.attempt.dependencies.iter();
    let at_hand = at_hand.map(|(step, text)| (step.clone(), parsed(text)));
    let read = recording.seen.results.iter();
    let read = read.filter_map(|seen| Some((seen.step.clone(), parsed(seen.text.as_ref()?))));
    at_hand.chain(read).collect()
}

/// Those that are below the host's.
fn limits(recording: &Recording) -> Map<String, Value> {
    let limits = &recording.attempt.limits;
    let set = Limit::ALL
        .iter()
        .filter(|limit| **limit != Limit::Timeout && limits.set_by(**limit) != LimitSource::Host);
    let limit = |limit: &Limit| {
        let value = limits.value(*limit);
        let shown = match limit.is_number() {
            true => json!(value),
            false => json!(limit.show(value)),
        };
        (limit.into_str().to_owned(), shown)
    };
    set.map(limit).collect()
}

fn secrets(recording: &Recording) -> Map<String, Value> {
    let set = recording.seen.secrets.iter().filter(|seen| seen.is_set);
    set.map(|seen| (seen.name.clone(), json!(stand_in(&seen.name))))
        .collect()
}

/// What was read, as it was at first; of keys that were listed only, nobody knows the value.
fn entries(recording: &Recording) -> Map<String, Value> {
    let mut buckets: Map<String, Value> = Map::new();
    let mut add = |bucket: &str, key: &str, value: Value| {
        let bucket = buckets.entry(bucket).or_insert_with(|| json!({}));
        if let Value::Object(entries) = bucket {
            entries.entry(key).or_insert(value);
        }
    };
    for seen in &recording.seen.entries {
        if let Some(value) = &seen.value {
            add(&seen.bucket, &seen.key, parsed(value));
        }
    }
    for seen in &recording.seen.keys {
        for key in &seen.keys {
            add(&seen.bucket, key, Value::Null);
        }
    }
    buckets
}

/// The first time that the handler read.
fn clock(recording: &Recording) -> Option<String> {
    let first = recording.seen.wall.first()?;
    let time = DateTime::<Utc>::from_timestamp_nanos(*first);
    Some(time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

fn fakes(recording: &Recording, names: &Names) -> Vec<Value> {
    let http = recording.seen.http.iter();
    let fakes = http.filter_map(|exchange| {
        let mut fake = fake(exchange)?;
        for key in ["url", "reply"] {
            if let Some(part) = fake.get_mut(key) {
                *part = names.sent(part.take());
            }
        }
        Some(fake)
    });
    fakes.collect()
}

/// What answers the request; nothing does where the grants refused it, as they do again.
fn fake(exchange: &RecordedExchange) -> Option<Value> {
    let mut fake = json!({
        "method": exchange.method,
        "url": exchange.url,
        "times": 1,
    });
    if exchange.took_ms >= MIN_DELAY_MS {
        let delay = std::time::Duration::from_millis(exchange.took_ms);
        fake["delay"] = json!(duration::show(delay));
    }
    match &exchange.answer {
        RecordedAnswer::Failure {
            is_refusal: true, ..
        } => return None,
        RecordedAnswer::Failure { fault, .. } => {
            fake["failure"] = json!(nearest_failure(fault));
            if let Value::Object(members) = &mut fake {
                members.remove("delay");
            }
        }
        RecordedAnswer::Nothing => fake["failure"] = json!("response_timeout"),
        RecordedAnswer::Response(response) => match &response.end {
            BodyEnd::Failed(fault) => fake["failure"] = json!(nearest_failure(fault)),
            BodyEnd::Whole | BodyEnd::Open => fake["reply"] = reply(response),
        },
    }
    Some(fake)
}

fn reply(response: &RecordedResponse) -> Value {
    let mut reply = json!({ "status": response.status });
    let headers = response.headers.iter();
    let headers = headers.filter(|(name, _)| !OF_CONNECTION.contains(&name.as_str()));
    let headers: Map<String, Value> = headers
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let is_json = headers
        .get("content-type")
        .and_then(Value::as_str)
        .is_some_and(|media| media.contains("json"));
    if !headers.is_empty() {
        reply["headers"] = Value::Object(headers);
    }
    body(&response.body, is_json, &mut reply);
    reply
}

/// The body as JSON or as text; of other bytes what is text.
fn body(body: &RecordedBody, is_json: bool, to: &mut Value) {
    let bytes = body.bytes();
    let text = String::from_utf8_lossy(&bytes);
    match serde_json::from_str::<Value>(&text) {
        Ok(json) if is_json => to["json"] = json,
        _ if text.is_empty() => {}
        _ => to["body"] = json!(text),
    }
}

fn expect(recording: &Recording, names: &Names) -> Value {
    let end = &recording.end;
    let mut expect = match &end.outcome {
        RecordedOutcome::Result(text) => json!({ "result": parsed(text) }),
        RecordedOutcome::Checkpoint(text) => json!({ "checkpoint": parsed(text) }),
        RecordedOutcome::Failure(failure) => {
            return json!({ "failure": self::failure(failure) });
        }
    };
    if !end.events.is_empty() {
        let events = end.events.iter();
        let events = events.map(|it| json!({"name": it.name, "payload": parsed(&it.payload)}));
        expect["events"] = events.collect();
    }
    let sent = recording.seen.http.iter().filter(|exchange| {
        let answer = &exchange.answer;
        !matches!(
            answer,
            RecordedAnswer::Failure {
                is_refusal: true,
                ..
            }
        )
    });
    let requests = sent.map(|exchange| names.sent(request(exchange)));
    let requests: Vec<Value> = requests.collect();
    if !requests.is_empty() {
        expect["requests"] = Value::Array(requests);
    }
    for write in &end.writes {
        let value = write.value.as_deref().map(parsed);
        expect["kv"][&write.bucket][&write.key] = value.unwrap_or_default();
    }
    expect
}

fn request(exchange: &RecordedExchange) -> Value {
    let mut request = json!({ "method": exchange.method, "url": exchange.url });
    // Otherwise it may have been read in part only.
    if matches!(exchange.answer, RecordedAnswer::Response(_)) {
        body(&exchange.body, true, &mut request);
    }
    request
}

fn failure(failure: &Failure) -> Value {
    let retry = match failure.retry {
        Retry::Policy => "policy".to_owned(),
        Retry::Never => "never".to_owned(),
        Retry::After(delay) => duration::show(delay),
    };
    json!({ "code": failure.code, "retry": retry })
}

/// What has another name in a case: the task, and what stands in for secrets.
struct Names {
    task: Vec<(String, String)>,
    /// In what is sent, where secrets are in the place of their placeholders.
    secrets: Vec<(String, String)>,
}

impl Names {
    fn of(recording: &Recording) -> Self {
        let attempt = &recording.attempt;
        let task = attempt.lease.task_id.to_string();
        let names = vec![
            // The idempotency key.
            (
                format!("{task}:{}", attempt.step),
                format!("{TASK}:{}", attempt.handler),
            ),
            (task, TASK.to_string()),
        ];
        let secrets: BTreeSet<_> = recording.seen.secrets.iter().map(|it| &it.name).collect();
        let names_of = |name: &String| {
            let placeholder = recorded_placeholder(&recording.seen.seed, name);
            let redacted = name.parse().ok().map(|name| redacted(&name));
            let both = placeholder.into_iter().chain(redacted);
            both.map(|text| (text, stand_in(name))).collect::<Vec<_>>()
        };
        Self {
            task: names,
            secrets: secrets.into_iter().flat_map(names_of).collect(),
        }
    }

    /// The value as it is in a case.
    fn within(&self, value: Value) -> Value {
        renamed(value, &self.task)
    }

    /// What is sent, as it is in a case.
    fn sent(&self, value: Value) -> Value {
        renamed(value, &self.secrets)
    }
}

/// The value with other names in all of its texts.
fn renamed(value: Value, names: &[(String, String)]) -> Value {
    match value {
        Value::String(mut text) => {
            for (name, new) in names {
                if text.contains(name.as_str()) {
                    text = text.replace(name, new);
                }
            }
            Value::String(text)
        }
        Value::Array(items) => items.into_iter().map(|it| renamed(it, names)).collect(),
        Value::Object(members) => {
            let members = members.into_iter();
            members
                .map(|(key, value)| (key, renamed(value, names)))
                .collect()
        }
        other => other,
    }
}
