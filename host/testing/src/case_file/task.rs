//! Cases of templates: what a whole task is given, and what its steps do in place of their handlers.

use super::expect::{end_key, failure_keys, retry};
use super::values::Layers;
use crate::case::{Callee, ExpectedRetry, FakeAttempt, FakeEnd, StepFake, TaskCall};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::time::Duration;
use tasker_domain::template::yaml::{Content, Field, Fields, Findings};

pub(super) const STEP_KEYS: [&str; 5] = ["result", "checkpoint", "failure", "takes", "attempts"];
pub(super) const ATTEMPT_KEYS: [&str; 4] = ["result", "checkpoint", "failure", "takes"];
pub(super) const FAILURE_KEYS: [&str; 3] = ["code", "message", "retry"];

/// What only a single attempt has.
const OF_ATTEMPTS: [&str; 7] = [
    "config",
    "results",
    "checkpoint",
    "attempt",
    "max_attempts",
    "timeout",
    "limits",
];

/// The most attempts of a step that a case describes.
pub(super) const MAX_FAKE_ATTEMPTS: usize = 1_000;

pub(super) fn callee(
    template: &Field<'_>,
    layers: &Layers<'_, '_>,
    findings: &mut Findings,
) -> Option<Callee> {
    let path = Path::new(template.text("template.yaml", findings)?);
    let is_inside = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !is_inside {
        let message = "a template is a file of the project; write its path from the project's folder, such as `template.yaml`";
        template.report(message, findings);
        return None;
    }
    for key in OF_ATTEMPTS {
        if let Some(field) = layers.own.get(key) {
            let message =
                format!("`{key}` belongs to a single attempt; the template says it of its steps");
            field.report(message, findings);
        }
    }
    let input = layers.json("input");
    let steps = layers.get("steps");
    let steps = steps.map(|field| self::steps(&field, findings));
    Some(Callee::Task(Box::new(TaskCall {
        template: path.to_owned(),
        input: input.unwrap_or_else(|| Value::Object(Map::new())),
        steps: steps.unwrap_or_default(),
    })))
}

fn steps(field: &Field<'_>, findings: &mut Findings) -> BTreeMap<String, StepFake> {
    let entries = Fields::entries(field, findings).into_iter();
    let steps = entries.filter_map(|(name, _, step)| {
        let fields = Fields::of(&step, &STEP_KEYS, findings)?;
        let attempts = match fields.get("attempts") {
            Some(attempts) => self::attempts(&attempts, &fields, findings),
            None => attempt(&step, &fields, findings).into_iter().collect(),
        };
        (!attempts.is_empty()).then(|| (name.to_owned(), StepFake { attempts }))
    });
    steps.collect()
}

fn attempts(field: &Field<'_>, step: &Fields<'_>, findings: &mut Findings) -> Vec<FakeAttempt> {
    if let Some(beside) = ATTEMPT_KEYS
        .iter()
        .find(|key| step.key_position(key).is_some())
    {
        let message = format!("`{beside}` stands beside `attempts`; move it into one of them");
        field.report(message, findings);
    }
    let items = field.items(findings);
    if !(1..=MAX_FAKE_ATTEMPTS).contains(&items.len()) {
        let count = items.len();
        let message = format!("there are {count} attempts; write 1 to {MAX_FAKE_ATTEMPTS}");
        field.report(message, findings);
        return Vec::new();
    }
    let attempts = items.iter().filter_map(|item| {
        let fields = Fields::of(item, &ATTEMPT_KEYS, findings)?;
        attempt(item, &fields, findings)
    });
    attempts.collect()
}

fn attempt(field: &Field<'_>, fields: &Fields<'_>, findings: &mut Findings) -> Option<FakeAttempt> {
    let takes = fields.get("takes");
    let takes = takes.and_then(|field| field.duration(Duration::ZERO, findings));
    let Some((key, value)) = end_key(fields, "", findings)? else {
        let message = "this says no end of the attempt; write for example `result: {}`";
        field.report(message, findings);
        return None;
    };
    let json = || {
        value
            .as_ref()
            .map(|it| it.value.to_json())
            .unwrap_or_default()
    };
    let end = match key {
        "result" => FakeEnd::Result(json()),
        "checkpoint" => FakeEnd::Checkpoint(json()),
        _ => failure(value.as_ref(), findings)?,
    };
    let takes = takes.unwrap_or_default();
    Some(FakeAttempt { end, takes })
}

/// A mapping, or the code alone.
fn failure(field: Option<&Field<'_>>, findings: &mut Findings) -> Option<FakeEnd> {
    let (mut code, mut message, mut retry) = (None, None, None);
    match field.map(|field| (&field.value.content, field)) {
        None => {}
        Some((Content::Text(text), _)) => code = Some(text.clone()),
        Some((_, field)) => {
            let fields = Fields::of(field, &FAILURE_KEYS, findings)?;
            (code, message) = failure_keys(&fields, findings);
            let field = fields.get("retry");
            retry = field.and_then(|field| self::retry(&field, findings));
        }
    }
    Some(FakeEnd::Failure {
        code: code.unwrap_or_else(|| "failed".to_owned()),
        message: message.unwrap_or_else(|| "this step fails in this case".to_owned()),
        retry: retry.unwrap_or(ExpectedRetry::Policy),
    })
}
