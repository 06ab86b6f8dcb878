//! What a case expects.

use super::fakes::buckets;
use super::http;
use super::values::flag;
use crate::case::{
    Expect, ExpectedEnd, ExpectedEvent, ExpectedFailure, ExpectedRetry, ExpectedStep,
};
use std::collections::BTreeMap;
use std::time::Duration;
use tasker_domain::state::StepState;
use tasker_domain::template::yaml::{Content, Field, Fields, Findings};

pub(super) const EXPECT_KEYS: [&str; 10] = [
    "result",
    "checkpoint",
    "failure",
    "events",
    "requests",
    "kv",
    "log",
    "snapshot",
    "steps",
    "elapsed",
];
pub(super) const STEP_KEYS: [&str; 4] = ["state", "attempts", "result", "failure"];
pub(super) const FAILURE_KEYS: [&str; 4] = ["code", "message", "details", "retry"];
pub(super) const EVENT_KEYS: [&str; 2] = ["name", "payload"];

pub(super) fn read(field: &Field<'_>, findings: &mut Findings) -> Expect {
    let Some(fields) = Fields::of(field, &EXPECT_KEYS, findings) else {
        return Expect::default();
    };
    let events = fields.get("events");
    let requests = fields.get("requests");
    let kv = fields.get("kv").map(|field| buckets(&field, findings));
    let log = fields.get("log").map(|field| lines(&field, findings));
    let snapshot = fields.get("snapshot");
    let snapshot = snapshot.and_then(|field| flag(&field, findings));
    let steps = fields.get("steps").map(|field| steps(&field, findings));
    let elapsed = fields.get("elapsed");
    let elapsed = elapsed.and_then(|field| field.duration(Duration::ZERO, findings));
    Expect {
        end: end(&fields, findings),
        events: events.map(|field| self::events(&field, findings)),
        requests: requests.map(|field| http::requests(&field, findings)),
        kv: kv.unwrap_or_default(),
        log: log.unwrap_or_default(),
        snapshot: snapshot.unwrap_or_default(),
        steps: steps.unwrap_or_default(),
        elapsed,
    }
}

/// The key that says how an attempt ends, with its value if there is something behind it; `None` where two do.
pub(super) fn end_key<'a>(
    fields: &Fields<'a>,
    path: &str,
    findings: &mut Findings,
) -> Option<Option<(&'static str, Option<Field<'a>>)>> {
    // A result may be null, so that the key alone says that there is to be one.
    let ends = ["result", "checkpoint", "failure"].into_iter();
    let mut said = ends.filter(|key| fields.key_position(key).is_some());
    let Some(key) = said.next() else {
        return Some(None);
    };
    if let Some(second) = said.next() {
        let at = fields.key_position(second)?;
        let message = format!("an attempt has one end; remove `{key}` or `{second}`");
        findings.push(at, path, message);
        return None;
    }
    Some(Some((key, fields.get(key))))
}

fn end(fields: &Fields<'_>, findings: &mut Findings) -> Option<ExpectedEnd> {
    let (key, value) = end_key(fields, "expect", findings)??;
    let json = || value.as_ref().map(|it| it.value.to_json());
    match key {
        "result" => Some(ExpectedEnd::Result(json().unwrap_or_default())),
        "checkpoint" => Some(ExpectedEnd::Checkpoint(json().unwrap_or_default())),
        _ => {
            let failure = value.map(|field| failure(&field, findings));
            Some(ExpectedEnd::Failure(failure.unwrap_or_default()))
        }
    }
}

fn steps(field: &Field<'_>, findings: &mut Findings) -> BTreeMap<String, ExpectedStep> {
    let entries = Fields::entries(field, findings).into_iter();
    let steps = entries.filter_map(|(name, _, step)| {
        // The state alone.
        if step.value.text().is_some() {
            let state = step.parsed::<StepState>("complete", findings);
            let step = ExpectedStep {
                state,
                ..ExpectedStep::default()
            };
            return Some((name.to_owned(), step));
        }
        let fields = Fields::of(&step, &STEP_KEYS, findings)?;
        let state = fields.get("state");
        let attempts = fields.get("attempts");
        let failure = fields.get("failure");
        let result = fields.get("result").map(|it| it.value.to_json());
        let step = ExpectedStep {
            state: state.and_then(|it| it.parsed("complete", findings)),
            attempts: attempts.and_then(|it| it.whole_number(0..=u16::MAX, findings)),
            result,
            failure: failure.map(|it| self::failure(&it, findings)),
        };
        Some((name.to_owned(), step))
    });
    steps.collect()
}

/// A mapping, or the code alone.
fn failure(field: &Field<'_>, findings: &mut Findings) -> ExpectedFailure {
    if let Content::Text(code) = &field.value.content {
        return ExpectedFailure {
            code: Some(code.clone()),
            ..ExpectedFailure::default()
        };
    }
    let Some(fields) = Fields::of(field, &FAILURE_KEYS, findings) else {
        return ExpectedFailure::default();
    };
    let (code, message) = failure_keys(&fields, findings);
    let retry = fields.get("retry");
    ExpectedFailure {
        code,
        message,
        details: fields.get("details").map(|it| it.value.to_json()),
        retry: retry.and_then(|field| self::retry(&field, findings)),
    }
}

/// The code and the message of a failure.
pub(super) fn failure_keys(
    fields: &Fields<'_>,
    findings: &mut Findings,
) -> (Option<String>, Option<String>) {
    let mut text = |key: &str, example: &str| {
        let field = fields.get(key)?;
        field.text(example, findings).map(str::to_owned)
    };
    (text("code", "card_declined"), text("message", "declined"))
}

pub(super) fn retry(field: &Field<'_>, findings: &mut Findings) -> Option<ExpectedRetry> {
    match field.value.text() {
        Some("policy") => Some(ExpectedRetry::Policy),
        Some("never") => Some(ExpectedRetry::Never),
        Some(_) => {
            let after = field.duration(Duration::ZERO, findings)?;
            Some(ExpectedRetry::After(after))
        }
        None => {
            field.wrong("`policy`, `never` or a length of time", findings);
            None
        }
    }
}

fn events(field: &Field<'_>, findings: &mut Findings) -> Vec<ExpectedEvent> {
    let items = field.items(findings);
    let events = items.iter().filter_map(|item| {
        if let Some(name) = item.value.text() {
            let (name, payload) = (name.to_owned(), None);
            return Some(ExpectedEvent { name, payload });
        }
        let fields = Fields::of(item, &EVENT_KEYS, findings)?;
        let name = fields.required("name", "orders.charged", findings)?;
        let name = name.text("orders.charged", findings)?.to_owned();
        let payload = fields.get("payload").map(|it| it.value.to_json());
        Some(ExpectedEvent { name, payload })
    });
    events.collect()
}

fn lines(field: &Field<'_>, findings: &mut Findings) -> Vec<String> {
    let items = field.items(findings);
    let lines = items
        .iter()
        .filter_map(|item| item.text("charged", findings));
    lines.map(str::to_owned).collect()
}
