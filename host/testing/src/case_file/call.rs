//! What a case calls.

use super::task;
use super::values::{Layers, texts};
use crate::case::{Call, Callee};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use tasker_domain::capability::Capability;
use tasker_domain::limits::{Limit, LimitSettings};
use tasker_domain::subscriber_event::SubscriberEvent;
use tasker_domain::template::Position;
use tasker_domain::template::yaml::{Field, Fields, Findings};

/// The keys of a case that say what is called.
pub(super) const CALL_KEYS: [&str; 14] = [
    "handler",
    "subscriber",
    "template",
    "steps",
    "input",
    "event",
    "config",
    "results",
    "checkpoint",
    "attempt",
    "max_attempts",
    "grants",
    "timeout",
    "limits",
];

pub(super) const EVENT_KEYS: [&str; 7] = [
    "type",
    "data",
    "id",
    "source",
    "subject",
    "time",
    "attributes",
];

/// The most attempts of a step that a case may speak of.
const MAX_ATTEMPTS: u16 = 1_000;
/// What a case has that says nothing else.
const DEFAULT_MAX_ATTEMPTS: u16 = 3;

pub(super) fn read(layers: &Layers<'_, '_>, at: Position, findings: &mut Findings) -> Option<Call> {
    let callee = callee(layers, at, findings);
    let attempt = layers.get("attempt");
    let attempt = attempt.and_then(|it| it.whole_number(1..=MAX_ATTEMPTS, findings));
    let max_attempts = layers.get("max_attempts");
    let max_attempts = max_attempts.and_then(|it| it.whole_number(1..=MAX_ATTEMPTS, findings));
    let attempt = attempt.unwrap_or(1);
    let grants = layers.get("grants").map(|it| grants(&it, findings));
    Some(Call {
        callee: callee?,
        config: layers.json("config").unwrap_or_default(),
        results: results(layers, findings),
        checkpoint: layers.json("checkpoint"),
        attempt,
        max_attempts: max_attempts.unwrap_or(DEFAULT_MAX_ATTEMPTS.max(attempt)),
        grants,
        limits: limits(layers, findings),
    })
}

/// What may be called.
const CALLEES: [&str; 3] = ["handler", "subscriber", "template"];

/// The nearest of what is said: the case, `defaults`, the file.
fn callee(layers: &Layers<'_, '_>, at: Position, findings: &mut Findings) -> Option<Callee> {
    let places = [Some(layers.own), layers.defaults, Some(layers.file)];
    for fields in places.into_iter().flatten() {
        let mut said = CALLEES
            .iter()
            .filter_map(|key| Some((*key, fields.get(key)?)));
        let Some((key, field)) = said.next() else {
            continue;
        };
        if let Some((second, other)) = said.next() {
            let message = format!("a case has one of `{key}` and `{second}`; remove the other");
            other.report(message, findings);
            return None;
        }
        return match key {
            "handler" => of_handler(&field, layers, findings),
            "subscriber" => of_subscriber(&field, layers, findings),
            _ => task::callee(&field, layers, findings),
        };
    }
    let message = "nothing is called; write `handler: NAME` or `template: FILE` in the case or at the top of the file";
    findings.push(at, "", message);
    None
}

fn of_handler(
    handler: &Field<'_>,
    layers: &Layers<'_, '_>,
    findings: &mut Findings,
) -> Option<Callee> {
    let name = handler.text("greet", findings)?.to_owned();
    if let Some(event) = layers.own.get("event") {
        let message = "only a subscriber is called with an event; a handler has an `input`";
        event.report(message, findings);
    }
    let input = layers.json("input");
    let input = input.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    Some(Callee::Handler { name, input })
}

fn of_subscriber(
    subscriber: &Field<'_>,
    layers: &Layers<'_, '_>,
    findings: &mut Findings,
) -> Option<Callee> {
    let name = subscriber.text("totals", findings)?.to_owned();
    if let Some(input) = layers.own.get("input") {
        let message = "only a handler has an `input`; a subscriber is called with an `event`";
        input.report(message, findings);
    }
    let Some(field) = layers.get("event") else {
        let message =
            "`event` is missing; write for example `event: {type: tasker.task.completed}`";
        subscriber.report(message, findings);
        return None;
    };
    let fields = Fields::of(&field, &EVENT_KEYS, findings)?;
    let event_type = fields.required("type", "tasker.task.completed", findings);
    let event_type = event_type.and_then(|it| it.text("tasker.task.completed", findings));
    let mut text = |key: &str, example: &str| {
        let field = fields.get(key)?;
        field.text(example, findings).map(str::to_owned)
    };
    let id = text("id", "0198").unwrap_or_else(|| "1".to_owned());
    let source = text("source", "/namespaces/orders");
    let subject = text("subject", "orders/charge");
    let time = text("time", "2026-01-31T12:00:00Z");
    let attributes = fields.get("attributes");
    let attributes = attributes.map(|it| texts(&it, "orders", findings));
    let data = fields.get("data").map(|it| it.value.to_json());
    let event = SubscriberEvent {
        id,
        source: source.unwrap_or_else(|| "/".to_owned()),
        event_type: event_type?.to_owned(),
        subject,
        // Filled in from the clock of the case where it is empty.
        time: time.unwrap_or_default(),
        sequence: "1".to_owned(),
        correlation_id: None,
        attributes: attributes.unwrap_or_default(),
    };
    Some(Callee::Subscriber {
        name,
        event: Box::new(event),
        data: data.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
    })
}

fn results(layers: &Layers<'_, '_>, findings: &mut Findings) -> BTreeMap<String, Value> {
    let Some(field) = layers.get("results") else {
        return BTreeMap::new();
    };
    let entries = Fields::entries(&field, findings).into_iter();
    let results = entries.map(|(step, _, result)| (step.to_owned(), result.value.to_json()));
    results.collect()
}

fn grants(field: &Field<'_>, findings: &mut Findings) -> Vec<Capability> {
    let items = field.items(findings).into_iter();
    let grants = items.filter_map(|item| {
        let capability: Capability = item.parsed("http api.example.com", findings)?;
        if !capability.is_grantable() {
            let message = "this names no value or destination, so that it grants nothing; write for example `env LEVEL=info`";
            item.report(message, findings);
        }
        Some(capability)
    });
    grants.collect()
}

fn limits(layers: &Layers<'_, '_>, findings: &mut Findings) -> LimitSettings {
    let timeout = layers.get("timeout");
    let timeout = timeout.and_then(|it| it.duration(Duration::from_millis(1), findings));
    let timeout_ms = timeout.and_then(|it| u64::try_from(it.as_millis()).ok());
    let mut settings: Vec<(Limit, u64)> = timeout_ms
        .map(|ms| (Limit::Timeout, ms))
        .into_iter()
        .collect();
    let known = || Limit::ALL.iter().filter(|it| **it != Limit::Timeout);
    let keys: Vec<&str> = known().map(|limit| limit.into_str()).collect();
    let field = layers.get("limits");
    let Some(fields) = field.and_then(|field| Fields::of(&field, &keys, findings)) else {
        return settings.into_iter().collect();
    };
    for limit in known() {
        let value = fields.get(limit.into_str());
        let value = value.and_then(|field| field.limit(*limit, findings));
        settings.extend(value.map(|value| (*limit, value)));
    }
    settings.into_iter().collect()
}
