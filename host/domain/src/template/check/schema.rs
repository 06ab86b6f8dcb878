//! The JSON Schema of a template's YAML, which editors complete and check by. It stands beside the parser; a test holds
//! its keys equal to those that the parser reads. The parser refuses more: a name of no step, a cycle, a handler that does
//! not exist.

use crate::bounds::MAX_DECLARED_EVENTS;
use crate::duration::{MAX_DURATION, show};
use crate::event::{MAX_EVENT_NAME_BYTES, OWN_FIRST_PARTS};
use crate::limits::{Limit, Limits};
use crate::name::MAX_NAME_CHARS;
use crate::priority::Priority;
use crate::queue_key::QUEUE_KEY_MAX_BYTES;
use crate::template::retry::{MAX_ATTEMPTS, Policy};
use crate::template::{MAX_ENVIRONMENTS, MAX_STEPS};
use serde_json::{Map, Value, json};

const NAME: &str = "[A-Za-z0-9_-]{1,100}";
const DURATION: &str = "^([0-9]+h([0-9]+m)?([0-9]+s)?([0-9]+ms)?|[0-9]+m([0-9]+s)?([0-9]+ms)?|[0-9]+s([0-9]+ms)?|[0-9]+ms)$";
const SIZE: &str = "^[0-9]+(B|KiB|MiB|GiB)$";

/// The JSON Schema (2020-12) of the YAML that [`Template::parse`](crate::template::Template::parse) reads.
pub fn template_schema() -> Value {
    let mut schema = mapping(
        "A task template of Tasker: the steps of a task, their order, and the policy of their attempts.",
        &["namespace", "name", "version", "steps"],
        template_keys(),
    );
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Tasker template");
    schema["$defs"] = json!({
        "name": name("A name: letters, digits, `_` and `-`."),
        "handler": handler(),
        "duration": text("A length of time, such as `250ms`, `10s`, `5m` or `1h30m`.", DURATION),
        "schema": json!({"type": ["object", "boolean"], "description": "A JSON Schema (2020-12)."}),
        "retry": retry(),
        "limits": limits(),
        "step": step(),
        "event": event(),
        "environment": environment(),
        "step_override": step_override(),
    });
    schema
}

fn template_keys() -> Value {
    json!({
        "namespace": name("The namespace that the template is published in."),
        "name": name("The name of the template within its namespace."),
        "version": text(
            "The semantic version of the template. A published version never changes.",
            r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$",
        ),
        "description": optional(json!({"type": "string", "description": "What it does, for people."})),
        "input_schema": reference(
            "schema",
            "A JSON Schema of the input of tasks. An input that does not match is refused; defaults of the schema are filled in.",
        ),
        "identity": optional(json!({
            "enum": ["caller", "strict", "unique"],
            "default": "caller",
            "description": "When two submits are the same task. `caller`: with the same idempotency key and input. \
                            `strict`: with the same input. `unique`: never.",
        })),
        "priority": optional(json!({
            "type": "integer", "minimum": 0, "maximum": 9, "default": Priority::default().number(),
            "description": "From 0, the lowest, to 9, for tasks whose submit names none.",
        })),
        "queue_key": optional(json!({
            "type": "string", "minLength": 1, "maxLength": QUEUE_KEY_MAX_BYTES,
            "description": "The part of the input by which steps take turns in the queue: a top-level property, such as \
                            `customer_id`, or a JSON pointer, such as `/customer/id`.",
        })),
        "events": optional(json!({
            "type": "object", "maxProperties": MAX_DECLARED_EVENTS,
            "propertyNames": {
                "pattern": r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$",
                "maxLength": MAX_EVENT_NAME_BYTES,
                "not": {"pattern": format!(r"^({})(\.|$)", OWN_FIRST_PARTS.join("|"))},
            },
            "additionalProperties": {"$ref": "#/$defs/event"},
            "description": "The events that handlers send in tasks of the template, by name.",
        })),
        "defaults": optional(mapping("For steps that do not set them.", &[], policy())),
        "environments": optional(json!({
            "type": "object", "maxProperties": MAX_ENVIRONMENTS,
            "propertyNames": {"pattern": format!("^{NAME}$")},
            "additionalProperties": {"$ref": "#/$defs/environment"},
            "description": "Differences by environment. They are checked and stored, but not applied yet.",
        })),
        "steps": {
            "type": "array", "minItems": 1, "maxItems": MAX_STEPS,
            "items": {"$ref": "#/$defs/step"},
            "description": "The steps in any order, without a cycle.",
        },
    })
}

fn step() -> Value {
    let mut keys = policy();
    keys["name"] = name("The name of the step; unique in the template.");
    keys["handler"] = json!({"$ref": "#/$defs/handler"});
    keys["depends_on"] = optional(json!({
        "type": "array", "items": {"$ref": "#/$defs/name"}, "uniqueItems": true,
        "description": "The steps that must be complete before this one starts. Their results are given to the handler.",
    }));
    keys["config"] =
        json!({"description": "Any value, which the handler reads as its configuration."});
    keys["result_schema"] = reference(
        "schema",
        "A JSON Schema of the result. A result that does not match is a failure.",
    );
    mapping("One step.", &["name", "handler"], keys)
}

fn environment() -> Value {
    let keys = json!({
        "defaults": optional(mapping("In place of the template's defaults.", &[], policy())),
        "steps": optional(json!({
            "type": "array", "items": {"$ref": "#/$defs/step_override"},
            "description": "What is different at single steps.",
        })),
    });
    mapping("What is different in one environment.", &[], keys)
}

fn step_override() -> Value {
    let mut keys = policy();
    keys["name"] = name("A step of the template.");
    keys["handler"] = reference("handler", "Another handler.");
    keys["config"] =
        json!({"description": "Merged into the step's config key by key; null removes a key."});
    mapping("What is different at one step.", &["name"], keys)
}

fn event() -> Value {
    let keys = json!({
        "description": optional(json!({"type": "string", "description": "What the event tells, for people."})),
        "schema": reference("schema", "A JSON Schema of the payload. A payload that does not match fails the attempt for good."),
    });
    mapping("An event that handlers send.", &[], keys)
}

/// The keys of `retry:`, `timeout:` and `limits:`.
fn policy() -> Value {
    let default = Policy::default();
    json!({
        "retry": {"$ref": "#/$defs/retry"},
        "timeout": {
            "anyOf": [{"$ref": "#/$defs/duration"}, {"type": "null"}],
            "default": show(default.timeout),
            "description": format!("The wall time of one attempt, from 1ms to {}.", show(MAX_DURATION)),
        },
        "limits": {"$ref": "#/$defs/limits"},
    })
}

fn retry() -> Value {
    let default = Policy::default().retry;
    let duration = |default, description: &str| {
        json!({
            "anyOf": [{"$ref": "#/$defs/duration"}, {"type": "null"}],
            "default": show(default), "description": description,
        })
    };
    let keys = json!({
        "max_attempts": optional(json!({
            "type": "integer", "minimum": 1, "maximum": MAX_ATTEMPTS, "default": default.max_attempts,
            "description": "Attempts in all, the first included.",
        })),
        "backoff": optional(json!({
            "enum": ["exponential", "linear", "none"], "default": default.backoff,
            "description": "How the delay grows: `none`, `linear` (base × n) or `exponential` (base × 2ⁿ⁻¹).",
        })),
        "base": duration(default.base, "The first delay; at most `max`."),
        "max": duration(default.max, "The longest delay."),
        "jitter": optional(json!({
            "type": "number", "minimum": 0, "maximum": 1, "default": default.jitter,
            "description": "The share of a delay that is random.",
        })),
    });
    optional(mapping(
        "When a failed attempt is followed by another.",
        &[],
        keys,
    ))
}

fn limits() -> Value {
    let mut keys = Map::new();
    let of_host = Limits::of_host();
    for limit in Limit::ALL.iter().filter(|it| **it != Limit::Timeout) {
        let (least, most) = (*limit.range().start(), *limit.range().end());
        let description = format!(
            "{} From {} to {}; a host allows {} by default.",
            limit.meaning(),
            limit.show(least),
            limit.show(most),
            limit.show(of_host.value(*limit))
        );
        let form = match limit.example() {
            "64MiB" => json!({"type": ["string", "null"], "pattern": SIZE}),
            "10s" => json!({"anyOf": [{"$ref": "#/$defs/duration"}, {"type": "null"}]}),
            _ => json!({
                "type": ["integer", "string", "null"], "minimum": least, "maximum": most, "pattern": "^[0-9]+$",
            }),
        };
        let mut form = form;
        form["description"] = json!(description);
        form["examples"] = json!([limit.show(of_host.value(*limit))]);
        keys.insert(limit.into_str().to_owned(), form);
    }
    let description = "What one attempt may use. The lowest limit of host, namespace, component and step applies.";
    optional(mapping(description, &[], Value::Object(keys)))
}

fn handler() -> Value {
    json!({
        "type": "string",
        "pattern": format!("^({NAME}/)?{NAME}/{NAME}(@[^@]+)?$"),
        "description": "What the step runs: `[namespace/]component/handler[@requirement]`. A requirement is a range as in \
                        Cargo.toml, such as `^1.4`, `~1.4.2`, `=1.4.2` or `>=1.2, <3`; without one every version is accepted.",
        "examples": ["payments/charge@^1.4"],
    })
}

fn name(description: &str) -> Value {
    let mut name = text(description, &format!("^{NAME}$"));
    name["maxLength"] = json!(MAX_NAME_CHARS);
    name
}

fn text(description: &str, pattern: &str) -> Value {
    json!({"type": "string", "pattern": pattern, "description": description})
}

fn mapping(description: &str, required: &[&str], keys: Value) -> Value {
    json!({
        "type": "object", "description": description, "required": required, "properties": keys,
        "additionalProperties": false,
    })
}

/// One of the definitions, with a description of its own; nothing behind the key is as no key.
fn reference(definition: &str, description: &str) -> Value {
    json!({
        "anyOf": [{"$ref": format!("#/$defs/{definition}")}, {"type": "null"}],
        "description": description,
    })
}

/// The same, or nothing behind the key, which is as no key.
fn optional(mut schema: Value) -> Value {
    if let Some(kind) = schema.get_mut("type") {
        *kind = json!([kind.as_str(), "null"]);
    }
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    schema
}

#[cfg(test)]
mod tests;
