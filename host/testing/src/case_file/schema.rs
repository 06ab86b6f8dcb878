//! The JSON Schema of a file of cases, by which editors complete and check. It stands beside the reader; a test holds
//! its keys equal to those that the reader knows. The reader refuses more.

use super::call::CALL_KEYS;
use super::fakes::{DEFAULT_CLOCK, SEED_DIGITS};
use super::http::{FAILURES, MAX_FAKES};
use super::task::MAX_FAKE_ATTEMPTS;
use super::{MAX_CASE_NAME_CHARS, MAX_CASES_PER_FILE};
use serde_json::{Value, json};
use strum::VariantNames as _;
use tasker_domain::limits::Limit;
use tasker_domain::state::StepState;

const DURATION: &str = "^([0-9]+h([0-9]+m)?([0-9]+s)?([0-9]+ms)?|[0-9]+m([0-9]+s)?([0-9]+ms)?|[0-9]+s([0-9]+ms)?|[0-9]+ms)$";

/// The JSON Schema (2020-12) of the YAML that [`parse`](super::parse) reads.
pub fn case_file_schema() -> Value {
    let mut shared = call_keys();
    add(&mut shared, fake_keys());
    let mut case = json!({
        "name": {
            "type": "string", "minLength": 1, "maxLength": MAX_CASE_NAME_CHARS,
            "description": "What is to be true; unique in the file.",
        },
        "expect": {"$ref": "#/$defs/expect"},
    });
    add(&mut case, shared.clone());
    let keys = json!({
        "handler": text("The handler of the cases that name none."),
        "subscriber": text("The subscriber of the cases that name none."),
        "template": text("The template of the cases that name none: a file, from the folder of the project."),
        "defaults": mapping("For cases that do not set them.", &[], shared),
        "cases": {
            "type": "array", "minItems": 1, "maxItems": MAX_CASES_PER_FILE,
            "items": {"$ref": "#/$defs/case"},
            "description": "The cases; they run in any order and at the same time.",
        },
    });
    let mut schema = mapping(
        "Tests of the handlers and templates of a project.",
        &["cases"],
        keys,
    );
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Tasker cases");
    schema["$defs"] = json!({
        "case": mapping("One attempt or one task, and what is expected of it.", &["name"], case),
        "duration": {
            "type": "string", "pattern": DURATION,
            "description": "A length of time, such as `250ms`, `10s`, `5m` or `1h30m`.",
        },
        "kv": {
            "type": "object",
            "additionalProperties": {"type": "object"},
            "description": "Buckets by name, each with its values by key.",
        },
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "event": event(),
        "http_fake": http_fake(),
        "reply": reply(),
        "request": request(),
        "expect": expect(),
        "failure": failure(),
        "step": step(),
        "attempt": attempt(),
        "fake_failure": fake_failure(),
        "expected_step": expected_step(),
        "sent_event": sent_event(),
    });
    schema
}

fn call_keys() -> Value {
    let most = u64::from(u16::MAX).min(1_000);
    let keys = json!({
        "handler": text("The handler to call."),
        "subscriber": text("The subscriber to call."),
        "template": text("The template of the task to run: a file, from the folder of the project."),
        "steps": {
            "type": "object", "additionalProperties": {"$ref": "#/$defs/step"},
            "description": "What steps of a template do in place of their handlers, by their names.",
        },
        "input": {"description": "The task's input; an empty object where it is missing."},
        "event": {"$ref": "#/$defs/event"},
        "config": {"description": "The `config` of the step."},
        "results": {"type": "object", "description": "Results of earlier steps, by the names of the steps."},
        "checkpoint": {"description": "What the attempt before left."},
        "attempt": {"type": "integer", "minimum": 1, "maximum": most, "default": 1, "description": "The number of the attempt."},
        "max_attempts": {"type": "integer", "minimum": 1, "maximum": most, "default": 3, "description": "The attempts that the step has."},
        "grants": {
            "type": "array", "items": {"type": "string"},
            "description": "The capabilities that the namespace grants; by default what the component requests.",
            "examples": [["http api.example.com", "secret stripe", "env LEVEL=info"]],
        },
        "timeout": {"$ref": "#/$defs/duration"},
        "limits": limits(),
    });
    debug_assert_eq!(
        keys.as_object().map(serde_json::Map::len),
        Some(CALL_KEYS.len())
    );
    keys
}

fn limits() -> Value {
    let names = Limit::ALL.iter().filter(|it| **it != Limit::Timeout);
    let keys = names.map(|limit| {
        let name: &str = limit.into_str();
        let form = json!({"type": ["string", "integer"], "description": limit.meaning()});
        (name.to_owned(), form)
    });
    let keys = Value::Object(keys.collect());
    mapping("What the attempt may use, as in a template.", &[], keys)
}

fn fake_keys() -> Value {
    json!({
        "http": {
            "type": "array", "maxItems": MAX_FAKES, "items": {"$ref": "#/$defs/http_fake"},
            "description": "What answers requests: the first that fits. A request that none fits fails the case.",
        },
        "secrets": {
            "type": "object", "additionalProperties": {"type": "string"},
            "description": "The values of secrets, by their names.",
        },
        "kv": {"$ref": "#/$defs/kv"},
        "clock": {
            "type": "string", "format": "date-time", "default": DEFAULT_CLOCK,
            "description": "When the attempt begins.",
        },
        "random": {
            "oneOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": format!("^[0-9a-f]{{{SEED_DIGITS}}}$")},
            ],
            "default": 0,
            "description": "The seed of random numbers: a number, or that of a recorded attempt.",
        },
    })
}

fn event() -> Value {
    let keys = json!({
        "type": text("The type of the event."),
        "data": {"description": "Its data."},
        "id": text("Its id."),
        "source": text("Its source."),
        "subject": text("Its subject."),
        "time": {"type": "string", "format": "date-time", "description": "When it happened; by default the `clock`."},
        "attributes": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Its other attributes."},
    });
    mapping(
        "The event that a subscriber is called with.",
        &["type"],
        keys,
    )
}

fn http_fake() -> Value {
    let failures = FAILURES.map(|(name, _)| name);
    let keys = json!({
        "method": text("The method of the requests; by default any."),
        "url": text("Their URL, with `*` for any characters."),
        "json": {"description": "Their body as JSON; by default any."},
        "body": text("Their body as text; by default any."),
        "times": {"type": "integer", "minimum": 1, "maximum": u16::MAX, "description": "How many requests it answers; by default all."},
        "delay": {"$ref": "#/$defs/duration"},
        "reply": {"$ref": "#/$defs/reply"},
        "failure": {"enum": failures, "description": "How the request fails."},
    });
    mapping("What answers requests.", &["url"], keys)
}

fn reply() -> Value {
    let keys = json!({
        "status": {"type": "integer", "minimum": 200, "maximum": 599, "default": 200, "description": "The status."},
        "headers": {"$ref": "#/$defs/headers"},
        "json": {"description": "The body as JSON."},
        "body": text("The body as text."),
    });
    mapping("A response.", &[], keys)
}

fn request() -> Value {
    let keys = json!({
        "method": text("Its method; by default any."),
        "url": text("Its URL, with `*` for any characters."),
        "headers": {"$ref": "#/$defs/headers"},
        "json": {"description": "Its body as JSON; by default any."},
        "body": text("Its body as text; by default any."),
    });
    mapping("A request, as far as it is said.", &["url"], keys)
}

fn expect() -> Value {
    let keys = json!({
        "result": {"description": "The result."},
        "checkpoint": {"description": "What the attempt leaves for the next one."},
        "failure": {
            "anyOf": [{"type": "string"}, {"$ref": "#/$defs/failure"}],
            "description": "The failure, or its code alone.",
        },
        "events": {
            "type": "array", "items": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/sent_event"}]},
            "description": "All events, in their order.",
        },
        "requests": {
            "type": "array", "items": {"$ref": "#/$defs/request"},
            "description": "All requests, in their order.",
        },
        "kv": {"$ref": "#/$defs/kv"},
        "log": {
            "type": "array", "items": {"type": "string"},
            "description": "Texts that lines of the log contain, in this order.",
        },
        "snapshot": {"type": "boolean", "default": false, "description": "Compare everything with a file, which `tasker test --update` writes."},
        "steps": {
            "type": "object",
            "additionalProperties": {"anyOf": [state(), {"$ref": "#/$defs/expected_step"}]},
            "description": "Steps of the task by their names: the state, or what is said of each.",
        },
        "elapsed": {"$ref": "#/$defs/duration"},
    });
    mapping(
        "What is expected; by default that the attempt or the task completes.",
        &[],
        keys,
    )
}

fn state() -> Value {
    json!({"enum": StepState::VARIANTS, "description": "The state of the step in the end."})
}

fn expected_step() -> Value {
    let keys = json!({
        "state": state(),
        "attempts": {"type": "integer", "minimum": 0, "maximum": u16::MAX, "description": "How often it ran."},
        "result": {"description": "Its result."},
        "failure": {
            "anyOf": [{"type": "string"}, {"$ref": "#/$defs/failure"}],
            "description": "The failure of its last attempt that failed.",
        },
    });
    mapping("A step of the task, as far as it is said.", &[], keys)
}

fn step() -> Value {
    let mut keys = attempt_keys();
    keys["attempts"] = json!({
        "type": "array", "minItems": 1, "maxItems": MAX_FAKE_ATTEMPTS, "items": {"$ref": "#/$defs/attempt"},
        "description": "One after the other; the last is repeated.",
    });
    mapping(
        "What a step does in place of its handler, in every attempt.",
        &[],
        keys,
    )
}

fn attempt() -> Value {
    mapping("One attempt in place of a handler.", &[], attempt_keys())
}

fn attempt_keys() -> Value {
    json!({
        "result": {"description": "It completes with this result."},
        "checkpoint": {"description": "It leaves this checkpoint."},
        "failure": {
            "anyOf": [{"type": "string"}, {"$ref": "#/$defs/fake_failure"}],
            "description": "It fails so.",
        },
        "takes": {"$ref": "#/$defs/duration"},
    })
}

fn fake_failure() -> Value {
    let keys = json!({
        "code": text("The code."),
        "message": text("The message."),
        "retry": {
            "anyOf": [{"enum": ["policy", "never"]}, {"$ref": "#/$defs/duration"}],
            "description": "Whether another attempt makes sense, and after how long.",
        },
    });
    mapping("A failure in place of a handler's.", &[], keys)
}

fn failure() -> Value {
    let keys = json!({
        "code": text("The code."),
        "message": text("A part of the message."),
        "details": {"description": "The details."},
        "retry": {
            "anyOf": [{"enum": ["policy", "never"]}, {"$ref": "#/$defs/duration"}],
            "description": "Whether another attempt makes sense, and after how long.",
        },
    });
    mapping("A failure, as far as it is said.", &[], keys)
}

fn sent_event() -> Value {
    let keys = json!({
        "name": text("Its name."),
        "payload": {"description": "Its payload; by default any."},
    });
    mapping("An event.", &["name"], keys)
}

fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

fn mapping(description: &str, required: &[&str], keys: Value) -> Value {
    json!({
        "type": "object", "description": description, "required": required, "properties": keys,
        "additionalProperties": false,
    })
}

fn add(keys: &mut Value, more: Value) {
    if let (Value::Object(keys), Value::Object(more)) = (keys, more) {
        keys.extend(more);
    }
}
