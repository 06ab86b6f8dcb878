//! What events of a type carry, as JSON Schema, and an example.

use super::catalog::{Category, EventType, Member};
use super::derive;
use super::event::{Event, EventData};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use tasker_engine::feed::FeedRow;
use tasker_telemetry::Tracer;
use uuid::Uuid;

/// The JSON Schema (2020-12) of `data`.
pub fn schema(of: &EventType) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    let mut add = |name: &str, schema: Value, is_required: bool| {
        properties.insert(name.to_owned(), schema);
        if is_required {
            required.push(name.to_owned());
        }
    };
    for (name, schema, is_required) in of_category(of.category) {
        add(name, schema, is_required);
    }
    for member in of.members {
        let (name, schema, is_required) = of_member(*member);
        add(name, schema, is_required);
        if *member == Member::Detail {
            add(
                "omitted_bytes",
                count("Of a detail that is too large to be part of the event"),
                false,
            );
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": of.name,
        "description": of.when,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

type Property = (&'static str, Value, bool);

fn text(what: &str) -> Value {
    json!({"type": "string", "description": what})
}

fn count(what: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": what})
}

fn ms(what: &str) -> Value {
    json!({"type": "number", "minimum": 0, "description": what})
}

/// What belongs to a task may be deleted before the event is read; only its id is always there.
fn of_category(category: Category) -> Vec<Property> {
    match category {
        Category::Task => of_task(),
        Category::Step => [of_task(), of_step()].concat(),
        Category::Attempt => [of_task(), of_step(), of_attempt()].concat(),
        Category::Change => of_change(),
        Category::Handler => [of_task(), of_step(), of_handler()].concat(),
    }
}

fn of_task() -> Vec<Property> {
    let id = json!({"type": "string", "format": "uuid", "description": "The task"});
    let tags = json!({
        "type": "array", "items": {"type": "string"}, "description": "The tags of the task, if it has some"
    });
    vec![
        ("namespace", text("The namespace of the task"), false),
        ("task_id", id, true),
        ("template", text("The template of the task"), false),
        ("template_version", text("Its version"), false),
        ("tags", tags, false),
    ]
}

fn of_step() -> Vec<Property> {
    vec![
        ("step", text("The name of the step"), false),
        ("handler", text("The handler of the step"), false),
        (
            "component",
            text("The component that exports it, with its namespace"),
            false,
        ),
        (
            "component_version",
            text("The version that ran, or that the task is locked to"),
            false,
        ),
        (
            "component_digest",
            text("The digest of its bytes, sha256:…"),
            false,
        ),
        ("attempt", count("The number of the attempt, from 1"), false),
    ]
}

fn of_attempt() -> Vec<Property> {
    vec![
        ("worker_id", count("The worker that ran it"), false),
        (
            "duration_ms",
            ms("From the start of the instance to its end"),
            false,
        ),
        ("cpu_ms", ms("Time on the processor"), false),
        ("memory_kib", count("The most memory that it held"), false),
    ]
}

fn of_handler() -> Vec<Property> {
    let payload = json!({"description": "What the handler sent: any JSON"});
    let omitted = count("Of a payload that is too large to be part of the event");
    vec![
        ("payload", payload, false),
        ("omitted_bytes", omitted, false),
    ]
}

fn of_change() -> Vec<Property> {
    vec![
        (
            "namespace",
            text("The namespace, if the change belongs to one"),
            false,
        ),
        ("actor", text("Who made the change"), true),
        ("action", text("The action in the audit"), true),
        (
            "subject",
            text("What was changed, such as `pin component charge`"),
            true,
        ),
    ]
}

fn of_member(member: Member) -> Property {
    let error = json!({
        "type": "object",
        "description": "Why: a stable code, a message, and what more there is",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        "required": ["code"],
    });
    match member {
        Member::Duration => (
            "duration_ms",
            ms("From the creation of the task to its end"),
            true,
        ),
        Member::Error => ("error", error, true),
        Member::ErrorIfAny => ("error", error, false),
        Member::Reason => ("reason", text("Why"), false),
        Member::Detail => (
            "detail",
            json!({"description": "What changed, in members that depend on it"}),
            false,
        ),
    }
}

/// An example of the data: of a made up row.
pub fn example(of: &EventType) -> EventData {
    let row = row(of);
    let mut events = derive::events(&row, &Tracer::default());
    let is_meant = |event: &Event| event.catalog_name() == of.name;
    let index = events.iter().position(is_meant);
    let index = index.expect("a row of a type has an event of it");
    events.swap_remove(index).data
}

fn row(of: &EventType) -> FeedRow {
    let text = |text: &str| Some(text.to_owned());
    let at = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).unwrap_or_default();
    let base = FeedRow {
        seq: 4711,
        at,
        namespace: text("orders"),
        ..FeedRow::default()
    };
    if of.category == Category::Change {
        return FeedRow {
            action: text(of.name),
            actor: text("ada"),
            subject: text("component charge@1.5.0"),
            reason: text("as agreed"),
            ..base
        };
    }
    let task = FeedRow {
        task_id: Some(Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001)),
        correlation_id: text("request-17"),
        created_at: Some(at - chrono::TimeDelta::milliseconds(1250)),
        template: text("checkout"),
        template_version: text("2.1.0"),
        tags: Some(vec!["customer:4711".to_owned()]),
        ..base
    };
    let (state, detail) = change(of.name);
    let changed = FeedRow {
        to_state: state.map(str::to_owned),
        detail: detail.map(str::to_owned),
        detail_bytes: detail.and_then(|detail| i32::try_from(detail.len()).ok()),
        ..task
    };
    match of.category {
        Category::Task => changed,
        _ => of_a_step(changed, of.category == Category::Handler),
    }
}

fn of_a_step(row: FeedRow, is_of_handler: bool) -> FeedRow {
    let text = |text: &str| Some(text.to_owned());
    FeedRow {
        step_no: Some(1),
        step: text("charge"),
        attempt: Some(1),
        worker_id: Some(3),
        handler: text("charge"),
        component: text("orders/payments"),
        component_version: text("1.5.0"),
        digest: Some(vec![0xab; 32]),
        wall_ms: Some(12.5),
        cpu_ms: Some(3.25),
        memory_kib: Some(1_280),
        event: is_of_handler.then(|| "orders.charged".to_owned()),
        ..row
    }
}

/// State and detail of a row with an event of this type.
fn change(name: &str) -> (Option<&'static str>, Option<&'static str>) {
    const ERROR: &str =
        r#"{"kind": "failed", "code": "card_declined", "message": "the card was declined"}"#;
    const OF_TASK: &str =
        r#"{"step": "charge", "code": "card_declined", "message": "the card was declined"}"#;
    const POSTPONED: &str =
        r#"{"kind": "host", "code": "cannot_be_claimed", "message": "the row is damaged"}"#;
    let (state, detail) = match name {
        "task.created" => ("pending", None),
        "task.started" => ("in_progress", None),
        "task.completed" => ("complete", None),
        "task.failed" => ("error", Some(OF_TASK)),
        "task.cancelled" => ("cancelled", Some(r#"{"reason": "by ada: ordered twice"}"#)),
        "task.migrated" => (
            "in_progress",
            Some(r#"{"actor": "ada", "reason": "a repair"}"#),
        ),
        "step.ready" => ("ready", None),
        "step.started" | "attempt.started" => ("running", None),
        "step.completed" | "attempt.completed" => ("complete", None),
        "step.failed" => ("error", Some(ERROR)),
        "step.retry_scheduled" | "attempt.failed" => ("waiting_for_retry", Some(ERROR)),
        "step.cancelled" => ("cancelled", None),
        "step.suspended" | "attempt.quarantined" => ("ready", Some(r#"{"reason": "quarantined"}"#)),
        "step.resumed" => ("ready", Some(r#"{"reason": "migrated"}"#)),
        "step.postponed" => ("ready", Some(POSTPONED)),
        "attempt.checkpointed" => ("ready", Some(r#"{"reason": "checkpoint"}"#)),
        "attempt.given_back" => ("ready", Some(ERROR)),
        "attempt.released" => ("ready", Some(r#"{"reason": "shutdown"}"#)),
        "attempt.lost" => ("ready", Some(r#"{"reason": "worker lost"}"#)),
        _ => return (None, Some(r#"{"amount": 17.50}"#)),
    };
    (Some(state), detail)
}

#[cfg(test)]
mod tests {
    use super::super::catalog;
    use super::super::filter::{Filter, parse_types};
    use super::*;
    use tasker_engine::wanted_rows::{RowKind, WantedRows};

    fn kind(row: &FeedRow) -> RowKind {
        let state = row.to_state.as_deref().unwrap_or_default();
        match row.step_no {
            _ if row.action.is_some() => RowKind::Change,
            _ if row.event.is_some() => RowKind::Event,
            None => RowKind::Task(state.parse().unwrap()),
            Some(_) => RowKind::Step(state.parse().unwrap()),
        }
    }

    fn rows(types: &str) -> WantedRows {
        let types = parse_types(types).unwrap();
        Filter {
            types,
            ..Filter::default()
        }
        .rows()
    }

    #[test]
    fn a_filter_by_type_reads_the_rows_of_that_type() {
        for known in catalog::all().filter(|known| known.category != Category::Handler) {
            let kind = kind(&row(known));
            let wanted = rows(known.name);
            assert!(wanted.has_kind(kind), "{}: {kind:?}", known.name);
            let first = known.name.split('.').next().unwrap_or_default();
            assert!(
                rows(&format!("{first}.*")).has_kind(kind),
                "{first}: {kind:?}"
            );
        }
    }

    #[test]
    fn a_filter_by_type_reads_no_rows_that_have_no_such_event() {
        let kinds = |types: &str| -> Vec<RowKind> {
            let wanted = rows(types);
            RowKind::all()
                .filter(|kind| wanted.has_kind(*kind))
                .collect()
        };
        use tasker_domain::state::{StepState, TaskState};
        assert_eq!(
            kinds("task.completed"),
            [RowKind::Task(TaskState::Complete)]
        );
        assert_eq!(kinds("step.failed"), [RowKind::Step(StepState::Error)]);
        assert_eq!(kinds("host.*"), [RowKind::Event, RowKind::Change]);
        assert_eq!(kinds("tasker.host.*"), [RowKind::Change]);
        assert_eq!(kinds("orders.charged"), [RowKind::Event, RowKind::Change]);
        assert!(!kinds("*").contains(&RowKind::Step(StepState::Waiting)));
    }
}
