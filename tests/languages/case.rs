//! One row of the table: what is asked of a handler, and what is expected of it.

use super::component;
use super::language::{Built, Language};
use super::services::{server, services};
use super::values::{meant, replaced, same, shown};
use crate::sandbox::attempt::{Attempt, attempt, prepared, sandbox};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use tasker_domain::invocation::Invocation;
use tasker_domain::outcome::{Failure, Outcome, Retry};
use tasker_domain::subscriber_event::SubscriberEvent;
use tasker_sandbox::Executed;
use tokio_util::sync::CancellationToken;

/// The longest that an attempt of a case takes, on a slow machine.
pub(super) const DEADLINE_MS: u64 = 60_000;

pub struct Case {
    pub name: String,
    row: Map<String, Value>,
}

/// Everything a row may say; a word that is not among them would be a mistake.
const WORDS: [&str; 18] = [
    "cancelled",
    "checkpoint",
    "checkpoint_left",
    "complete",
    "complete_starts",
    "config",
    "dependencies",
    "event_data",
    "events",
    "fail",
    "granted",
    "handler",
    "input",
    "log",
    "name",
    "subscriber",
    "writes",
    "without",
];

pub(super) type Words = Vec<(&'static str, String)>;

impl Case {
    /// The table.
    pub fn all() -> Vec<Self> {
        let rows: Vec<Map<String, Value>> =
            serde_json::from_str(include_str!("cases.json")).unwrap();
        let case = |row: Map<String, Value>| {
            let name = row["name"].as_str().unwrap().to_owned();
            let unknown = row.keys().find(|word| !WORDS.contains(&word.as_str()));
            assert_eq!(unknown, None, "{name}");
            Self { name, row }
        };
        rows.into_iter().map(case).collect()
    }

    /// True if it is of a subscriber.
    pub fn has_event(&self) -> bool {
        self.row.contains_key("subscriber")
    }

    pub fn expects_something(&self) -> bool {
        let words = ["complete", "complete_starts", "checkpoint_left", "fail"];
        words.iter().any(|word| self.row.contains_key(*word))
    }

    /// What differs from what is expected of a component in this language; none if nothing does.
    pub async fn fault(&self, language: &Language, built: &Built) -> Option<String> {
        let is_left_out = |without: &Value| {
            let mut without = without.as_array().unwrap().iter();
            without.any(|name| name == language.name)
        };
        if self.row.get("without").is_some_and(is_left_out) {
            return None;
        }
        let bytes = match self.row.contains_key("subscriber") {
            true => built.subscribers,
            false => component(built),
        };
        let mut words = vec![
            ("{server}", server().to_string()),
            ("$place", language.place.to_owned()),
            ("$crash", language.crash.to_owned()),
        ];
        let attempt = self.attempt(&words);
        let services = attempt.services.clone();
        let invocation: Arc<Invocation> = attempt.invocation();
        words.push(("$task_id", invocation.lease.task_id.to_string()));
        words.push(("$key", invocation.idempotency_key()));
        let prepared = prepared(bytes).await;
        let executed = sandbox().execute(&prepared, invocation, services).await;
        let faults: Vec<String> = [
            self.outcome_fault(&executed.outcome, &words),
            self.log_fault(&executed),
            self.writes_fault(&executed, &words),
            self.events_fault(&executed, &words),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!faults.is_empty()).then(|| faults.join("; "))
    }

    pub(super) fn attempt(&self, words: &Words) -> Attempt {
        let text = |name: &str| {
            self.row
                .get(name)
                .map(|value| meant(value, words).to_string())
        };
        let handler = self
            .row
            .get("handler")
            .or_else(|| self.row.get("subscriber"));
        let granted = self.row.get("granted").and_then(Value::as_array);
        let granted = granted.into_iter().flatten().filter_map(Value::as_str);
        let granted: Vec<String> = granted.map(|one| replaced(one, words)).collect();
        let granted: Vec<&str> = granted.iter().map(String::as_str).collect();
        let mut attempt = attempt(handler.unwrap().as_str().unwrap())
            .deadline_ms(DEADLINE_MS)
            .granted(&granted);
        attempt.input = text("input").unwrap_or_else(|| "{}".to_owned());
        attempt.plan.config = text("config").unwrap_or_else(|| "null".to_owned());
        attempt.checkpoint = text("checkpoint");
        let dependencies = self.row.get("dependencies").and_then(Value::as_object);
        let dependencies = dependencies.into_iter().flatten();
        let result =
            |(step, result): (&String, &Value)| (step.as_str().into(), result.to_string().into());
        attempt.dependencies = dependencies.map(result).collect();
        attempt.services = services();
        if self.row.get("cancelled") == Some(&json!(true)) {
            let cancelled = CancellationToken::new();
            cancelled.cancel();
            attempt.services.cancelled = Some(cancelled);
        }
        if let Some(data) = text("event_data") {
            attempt.input = data;
            attempt.event = Some(Arc::new(event()));
        }
        attempt
    }

    fn outcome_fault(&self, outcome: &Outcome, words: &Words) -> Option<String> {
        let expected = |name: &str| self.row.get(name).map(|value| meant(value, words));
        let differs = |what: &str, expected: &Value, text: &str| {
            let found = serde_json::from_str::<Value>(text);
            let found = found.unwrap_or_else(|error| json!(format!("no JSON: {error}")));
            let (is, meant) = (shown(&found), shown(expected));
            (!same(&found, expected)).then(|| format!("{what} is {is} and not {meant}"))
        };
        match outcome {
            Outcome::Completed(text) => match (expected("complete"), expected("complete_starts")) {
                (Some(expected), _) => differs("the result", &expected, text),
                (None, Some(start)) => {
                    let start = start.as_str().unwrap();
                    let is_so = text.starts_with(&format!("\"{start}"));
                    (!is_so).then(|| format!("the result {text} does not start with {start}"))
                }
                (None, None) => Some(format!("it completed: {}", shown(&json!(text)))),
            },
            Outcome::Checkpointed(text) => match expected("checkpoint_left") {
                Some(expected) => differs("the checkpoint", &expected, text),
                None => Some(format!("it left a checkpoint: {text}")),
            },
            Outcome::Failed(failure) => match expected("fail") {
                Some(expected) => failure_fault(failure, &expected),
                None => Some(format!(
                    "it failed: {}",
                    shown(&json!(format!("{failure:?}")))
                )),
            },
            other => Some(format!("it ended otherwise: {other:?}")),
        }
    }

    /// The lines are there in this order, with others between them.
    fn log_fault(&self, executed: &Executed) -> Option<String> {
        let expected = self.row.get("log").and_then(Value::as_array)?;
        let mut lines = executed.log.iter();
        for line in expected {
            let is_it = |found: &tasker_sandbox::LogLine| {
                let level = format!("{:?}", found.level).to_lowercase();
                let has_level = line
                    .get("level")
                    .is_none_or(|wanted| *wanted == json!(level));
                let fields: Map<String, Value> = found
                    .fields
                    .iter()
                    .map(|(name, value)| (name.clone(), json!(value)))
                    .collect();
                let has_fields = line
                    .get("fields")
                    .is_none_or(|wanted| *wanted == json!(fields));
                let has_message = found.message.starts_with(line["message"].as_str().unwrap());
                has_level && has_fields && has_message
            };
            if !lines.any(is_it) {
                return Some(format!("the log has no line {line}: {:?}", executed.log));
            }
        }
        None
    }

    fn writes_fault(&self, executed: &Executed, words: &Words) -> Option<String> {
        let expected = meant(self.row.get("writes")?, words);
        let write = |write: &tasker_domain::kv::KvWrite| {
            let value = write.value.as_deref();
            let value = value.map(|text| serde_json::from_str(text).unwrap());
            (write.key.clone(), value.unwrap_or(Value::Null))
        };
        let found: Map<String, Value> = executed.effects.writes.iter().map(write).collect();
        let found = Value::Object(found);
        (!same(&found, &expected)).then(|| format!("it wrote {found} and not {expected}"))
    }

    fn events_fault(&self, executed: &Executed, words: &Words) -> Option<String> {
        let none = json!([]);
        let expected = meant(self.row.get("events").unwrap_or(&none), words);
        let event = |event: &tasker_domain::event::SentEvent| {
            let payload: Value = serde_json::from_str(&event.payload).unwrap();
            json!([event.name.as_str(), payload])
        };
        let found: Value = executed.effects.events.iter().map(event).collect();
        (!same(&found, &expected)).then(|| format!("it sent {found} and not {expected}"))
    }
}

fn failure_fault(failure: &Failure, expected: &Value) -> Option<String> {
    let kind = json!(<&str>::from(failure.kind));
    let retry = match failure.retry {
        Retry::Policy => json!("policy"),
        Retry::Never => json!("never"),
        Retry::After(delay) => json!(u64::try_from(delay.as_millis()).unwrap()),
    };
    let details = failure.details.as_deref();
    let details: Value = details.map_or(Value::Null, |text| serde_json::from_str(text).unwrap());
    let found = [
        ("kind", kind),
        ("code", json!(failure.code)),
        ("retry", retry),
        ("details", details),
    ];
    for (name, found) in found {
        if let Some(expected) = expected.get(name)
            && !same(&found, expected)
        {
            let message = shown(&json!(failure.message));
            return Some(format!(
                "its {name} is {found} and not {expected}: {message}"
            ));
        }
    }
    let words = expected.get("message").and_then(Value::as_array);
    let mut words = words.into_iter().flatten().filter_map(Value::as_str);
    let missing = words.find(|word| !failure.message.contains(word))?;
    let message = shown(&json!(failure.message));
    Some(format!("its message lacks `{missing}`: {message}"))
}

fn event() -> SubscriberEvent {
    SubscriberEvent {
        id: "7-0".to_owned(),
        source: "/namespaces/orders".to_owned(),
        event_type: "tasker.task.completed".to_owned(),
        subject: Some("task 1".to_owned()),
        time: "2026-01-31T12:00:00Z".to_owned(),
        sequence: "cursor".to_owned(),
        correlation_id: Some("request-1".to_owned()),
        attributes: vec![("causationid".to_owned(), "6-0".to_owned())],
    }
}

/// A component is made once and run often: its numbers and its clock are those of the attempt all the same.
pub async fn randomness(built: &Built) -> Vec<String> {
    let mut faults = Vec::new();
    let (first, second) = (asked("random", built).await, asked("random", built).await);
    if first == second {
        faults.push(format!("two attempts draw the same numbers: {first}"));
    }
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let clock = asked("clock", built).await;
    let clock = clock.parse::<u64>().map(Duration::from_millis);
    if !clock
        .as_ref()
        .is_ok_and(|clock| clock.abs_diff(now) < Duration::from_secs(60))
    {
        faults.push(format!("the clock says {clock:?} at {now:?}"));
    }
    faults
}

async fn asked(handler: &str, built: &Built) -> String {
    let asked = attempt(handler).deadline_ms(DEADLINE_MS);
    match asked.run_in(component(built)).await.outcome {
        Outcome::Completed(result) => result,
        other => format!("{other:?}"),
    }
}
