//! What a case expects against what it did.

use crate::case::{
    Body, Callee, Case, Expect, ExpectedEnd, ExpectedEvent, ExpectedFailure, ExpectedRequest,
    ExpectedRetry, ExpectedStep,
};
use crate::fakes::{SentRequest, matches_url};
use crate::observed::{End, Observed, ObservedStep, event, of_failure, request, retry};
use crate::same::same;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::time::Duration;
use tasker_domain::duration;
use tasker_domain::event::SentEvent;
use tasker_domain::outcome::{Failure, Retry};

/// One thing that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// In a few words.
    pub what: String,
    /// Both as text of several lines, of which one may be missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// How to mend it, where it is not the handler that is to be mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Mismatch {
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            expected: None,
            actual: None,
            help: None,
        }
    }

    /// With two values that are not the same.
    pub fn of(what: impl Into<String>, expected: &Value, actual: &Value) -> Self {
        Self {
            expected: Some(pretty(expected)),
            actual: Some(pretty(actual)),
            ..Self::new(what)
        }
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        let help = Some(help.into());
        Self { help, ..self }
    }
}

pub(crate) fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

/// Everything that is not as expected, but for the snapshot.
pub fn compare(case: &Case, observed: &Observed) -> Vec<Mismatch> {
    let expect = &case.expect;
    let unanswered = observed.requests.iter().filter(|it| !it.is_answered);
    let mut all: Vec<Mismatch> = unanswered.map(without_fake).collect();
    let what = match case.call.callee {
        Callee::Handler { .. } | Callee::Subscriber { .. } => "attempt",
        Callee::Task(_) => "task",
    };
    all.extend(end(what, expect, &observed.end));
    let events = expect.events.as_ref();
    all.extend(events.and_then(|expected| self::events(expected, &observed.events)));
    let requests = expect.requests.as_ref();
    all.extend(requests.and_then(|expected| self::requests(expected, &observed.requests)));
    all.extend(kv(expect, observed));
    all.extend(log(&expect.log, &observed.log));
    all.extend(steps(expect, observed));
    all.extend(elapsed(expect.elapsed, observed.elapsed));
    all
}

fn without_fake(request: &SentRequest) -> Mismatch {
    let SentRequest { method, url, .. } = request;
    let help = format!(
        "add a fake to the case: `http: [{{method: {method}, url: \"{url}\", reply: {{status: 200}}}}]`"
    );
    Mismatch::new(format!("no fake answers the request {method} {url}")).help(help)
}

fn end(what: &str, expect: &Expect, actual: &End) -> Option<Mismatch> {
    match (&expect.end, actual) {
        (None, End::Result(_)) => None,
        // The snapshot has it.
        (None, _) if expect.snapshot => None,
        (None, end) => {
            let mismatch = Mismatch {
                actual: Some(pretty(&end.to_json())),
                ..Mismatch::new(format!("the {what} did not complete"))
            };
            Some(mismatch.help("if that is meant, expect it: `expect: {failure: CODE}`"))
        }
        (Some(ExpectedEnd::Result(expected)), End::Result(actual))
        | (Some(ExpectedEnd::Checkpoint(expected)), End::Checkpoint(actual)) => {
            let is_same = same(expected, actual);
            (!is_same).then(|| Mismatch::of("the result differs", expected, actual))
        }
        (Some(ExpectedEnd::Failure(expected)), End::Failure(actual)) => failure(expected, actual),
        (Some(expected), actual) => {
            let expected = match expected {
                ExpectedEnd::Result(result) => json!({ "result": result }),
                ExpectedEnd::Checkpoint(checkpoint) => json!({ "checkpoint": checkpoint }),
                ExpectedEnd::Failure(failure) => json!({ "failure": said_of_failure(failure) }),
            };
            let what = format!("the {what} ended otherwise");
            Some(Mismatch::of(what, &expected, &actual.to_json()))
        }
    }
}

fn failure(expected: &ExpectedFailure, actual: &Failure) -> Option<Mismatch> {
    if is_failure(expected, actual) {
        return None;
    }
    let (said, shown) = (
        said_of_failure(expected),
        shown_of_failure(expected, actual),
    );
    Some(Mismatch::of(
        "the failure differs",
        &Value::Object(said),
        &shown,
    ))
}

fn is_failure(expected: &ExpectedFailure, actual: &Failure) -> bool {
    let details = actual.details.as_deref();
    let details = details.and_then(|text| serde_json::from_str::<Value>(text).ok());
    expected.code.as_ref().is_none_or(|it| *it == actual.code)
        && expected
            .message
            .as_ref()
            .is_none_or(|it| actual.message.contains(it))
        && expected
            .details
            .as_ref()
            .is_none_or(|it| details.as_ref().is_some_and(|details| same(it, details)))
        && expected.retry.is_none_or(|it| is_retry(it, actual.retry))
}

/// Of a failure what the case speaks of, and the message, which says more than a code does.
fn shown_of_failure(expected: &ExpectedFailure, actual: &Failure) -> Value {
    let said = said_of_failure(expected);
    let mut shown = of_failure(actual);
    if let Value::Object(members) = &mut shown {
        members.retain(|key, _| said.contains_key(key) || key == "message");
    }
    shown
}

fn said_of_failure(expected: &ExpectedFailure) -> Map<String, Value> {
    let members = [
        ("code", expected.code.as_ref().map(|it| json!(it))),
        ("message", expected.message.as_ref().map(|it| json!(it))),
        ("details", expected.details.clone()),
        ("retry", expected.retry.map(|it| json!(retry(it.into())))),
    ];
    let said = members.into_iter();
    said.filter_map(|(key, value)| Some((key.to_owned(), value?)))
        .collect()
}

fn is_retry(expected: ExpectedRetry, actual: Retry) -> bool {
    Retry::from(expected) == actual
}

impl From<ExpectedRetry> for Retry {
    fn from(retry: ExpectedRetry) -> Self {
        match retry {
            ExpectedRetry::Policy => Self::Policy,
            ExpectedRetry::Never => Self::Never,
            ExpectedRetry::After(delay) => Self::After(delay),
        }
    }
}

fn events(expected: &[ExpectedEvent], actual: &[SentEvent]) -> Option<Mismatch> {
    let is_same = |(expected, actual): (&ExpectedEvent, &SentEvent)| {
        let payload = serde_json::from_str::<Value>(&actual.payload).unwrap_or_default();
        expected.name == actual.name.as_str()
            && expected
                .payload
                .as_ref()
                .is_none_or(|it| same(it, &payload))
    };
    if expected.len() == actual.len() && expected.iter().zip(actual).all(is_same) {
        return None;
    }
    let said = expected.iter().map(|event| match &event.payload {
        Some(payload) => json!({ "name": event.name, "payload": payload }),
        None => json!({ "name": event.name }),
    });
    let shown = actual.iter().enumerate().map(|(place, sent)| {
        match expected.get(place).is_some_and(|it| it.payload.is_none()) {
            true => json!({ "name": sent.name.as_str() }),
            false => event(sent),
        }
    });
    let (said, shown): (Vec<_>, Vec<_>) = (said.collect(), shown.collect());
    Some(Mismatch::of(
        "the events differ",
        &json!(said),
        &json!(shown),
    ))
}

fn requests(expected: &[ExpectedRequest], actual: &[SentRequest]) -> Option<Mismatch> {
    let is_same = |(expected, actual): (&ExpectedRequest, &SentRequest)| {
        expected
            .method
            .as_ref()
            .is_none_or(|it| *it == actual.method)
            && matches_url(&expected.url, &actual.url)
            && expected
                .headers
                .iter()
                .all(|header| actual.headers.contains(header))
            && expected
                .body
                .as_ref()
                .is_none_or(|body| actual.has_body(body))
    };
    if expected.len() == actual.len() && expected.iter().zip(actual).all(is_same) {
        return None;
    }
    let said: Vec<Value> = expected.iter().map(said_of_request).collect();
    let shown = actual
        .iter()
        .enumerate()
        .map(|(place, sent)| match expected.get(place) {
            Some(expected) => reduced(request(sent), expected),
            None => request(sent),
        });
    let shown: Vec<Value> = shown.collect();
    Some(Mismatch::of(
        "the requests differ",
        &json!(said),
        &json!(shown),
    ))
}

fn said_of_request(expected: &ExpectedRequest) -> Value {
    let mut said = json!({ "url": expected.url });
    if let Some(method) = &expected.method {
        said["method"] = json!(method);
    }
    if !expected.headers.is_empty() {
        let headers = expected.headers.iter();
        let headers = headers.map(|(name, value)| (name.clone(), json!(value)));
        said["headers"] = Value::Object(headers.collect());
    }
    match &expected.body {
        Some(Body::Json(json)) => said["json"] = json.clone(),
        Some(Body::Text(text)) => said["body"] = json!(text),
        None => {}
    }
    said
}

/// Of a request what the case speaks of.
fn reduced(mut shown: Value, expected: &ExpectedRequest) -> Value {
    let Value::Object(members) = &mut shown else {
        return shown;
    };
    if expected.method.is_none() {
        members.remove("method");
    }
    if expected.body.is_none() {
        members.remove("json");
        members.remove("body");
    }
    let is_said = |name: &String| expected.headers.iter().any(|(said, _)| said == name);
    match members.get_mut("headers") {
        Some(Value::Object(headers)) if !expected.headers.is_empty() => {
            headers.retain(|name, _| is_said(name));
        }
        _ => {
            members.remove("headers");
        }
    }
    shown
}

/// The entries that the case names; null where there is none.
fn kv(expect: &Expect, observed: &Observed) -> Option<Mismatch> {
    let (mut said, mut shown) = (json!({}), json!({}));
    let mut is_same = true;
    for (bucket, entries) in &expect.kv {
        for (key, expected) in entries {
            let found = observed.kv.get(bucket).and_then(|bucket| bucket.get(key));
            let actual = found.cloned().unwrap_or_default();
            is_same &= same(expected, &actual);
            said[bucket.as_str()][key] = expected.clone();
            shown[bucket.as_str()][key] = actual;
        }
    }
    (!is_same).then(|| Mismatch::of("the kv entries differ", &said, &shown))
}

/// The steps that the case names, as far as it speaks of them.
fn steps(expect: &Expect, observed: &Observed) -> Option<Mismatch> {
    let (mut said, mut shown) = (json!({}), json!({}));
    let mut is_same = true;
    for (name, expected) in &expect.steps {
        let found = observed.steps.iter().find(|step| step.name == *name);
        is_same &= found.is_some_and(|found| is_step(expected, found));
        said[name] = said_of_step(expected);
        shown[name] = found
            .map(|found| shown_of_step(expected, found))
            .unwrap_or_default();
    }
    (!is_same).then(|| Mismatch::of("the steps differ", &said, &shown))
}

fn is_step(expected: &ExpectedStep, found: &ObservedStep) -> bool {
    let is_result = |it: &Value| found.result.as_ref().is_some_and(|result| same(it, result));
    let failure = found.failure.as_ref();
    expected.state.is_none_or(|it| it == found.state)
        && expected.attempts.is_none_or(|it| it == found.attempts)
        && expected.result.as_ref().is_none_or(is_result)
        && expected
            .failure
            .as_ref()
            .is_none_or(|it| failure.is_some_and(|failure| is_failure(it, failure)))
}

fn said_of_step(expected: &ExpectedStep) -> Value {
    let members = [
        ("state", expected.state.map(|it| json!(it.to_string()))),
        ("attempts", expected.attempts.map(|it| json!(it))),
        ("result", expected.result.clone()),
        (
            "failure",
            expected
                .failure
                .as_ref()
                .map(|it| json!(said_of_failure(it))),
        ),
    ];
    let said = members.into_iter();
    let said = said.filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(said.collect())
}

fn shown_of_step(expected: &ExpectedStep, found: &ObservedStep) -> Value {
    let mut shown = found.to_json();
    let said = said_of_step(expected);
    // Its failure explains a step that is not as expected.
    let is_wrong = !is_step(expected, found);
    if let Value::Object(members) = &mut shown {
        members.retain(|key, _| said.get(key).is_some() || is_wrong && key == "failure");
    }
    shown
}

fn elapsed(expected: Option<Duration>, actual: Duration) -> Option<Mismatch> {
    let expected = expected.filter(|expected| *expected != actual)?;
    let shown = |time| json!({ "elapsed": duration::show(time) });
    Some(Mismatch::of(
        "the task took another time",
        &shown(expected),
        &shown(actual),
    ))
}

fn log(expected: &[String], actual: &[String]) -> Option<Mismatch> {
    let mut lines = actual.iter();
    let mut missing = expected.iter();
    let missing = missing.find(|text| !lines.any(|line| line.contains(text.as_str())))?;
    Some(Mismatch {
        expected: Some(expected.join("\n")),
        actual: Some(actual.join("\n")),
        ..Mismatch::new(format!("the log has no line with `{missing}` there"))
    })
}
