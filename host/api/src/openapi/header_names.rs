//! What headers mean wherever they stand.

use serde_json::{Map, Value, json};
use tasker_wire::endpoint::Scope;
use tasker_wire::headers;

/// The form of `*` or a list of entity tags.
const TAGS: &str = r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#;

/// A header that an endpoint reads.
///
/// # Panics
///
/// When it is not described here, which a test finds.
pub fn in_header(name: &str) -> Value {
    let (description, schema) = match name {
        headers::IDEMPOTENCY => (
            "The identity of a single submit, as `idempotency_key` in its body.",
            json!({"type": "string", "maxLength": 200}),
        ),
        headers::TRACEPARENT => (
            "The trace to which the tasks belong, as W3C Trace Context has it.",
            json!({"type": "string"}),
        ),
        headers::SIGNATURE => (
            "A signature of the bytes; it may come several times.",
            json!({"type": "string"}),
        ),
        headers::LAST_EVENT_ID => (
            "The cursor of the last event that the caller had; the stream goes on behind it.",
            json!({"type": "string"}),
        ),
        headers::IF_NONE_MATCH => (
            "Entity tags of what the caller has, which is answered with 304 where one is the present one.",
            json!({"type": "string"}),
        ),
        headers::MAX_LAG => (
            "How old an answer of a read replica may be, in milliseconds. With 0, none is asked.",
            json!({"type": "integer", "minimum": 0}),
        ),
        other => panic!("the header {other} is not described"),
    };
    json!({"name": name, "in": "header", "required": false, "description": description, "schema": schema})
}

/// A header of a change with a condition.
///
/// # Panics
///
/// When it is none of the two.
pub fn in_condition(name: &str) -> Value {
    let description = match name {
        headers::IF_MATCH => {
            "`*`, or entity tags of what is changed: it is changed only if it is there and has one of them."
        }
        headers::IF_NONE_MATCH => {
            "`*`: it is changed only if it is not there. Or entity tags that it may not have."
        }
        other => panic!("the header {other} is no condition"),
    };
    json!({
        "name": name,
        "in": "header",
        "required": false,
        "description": description,
        "schema": {"type": "string", "pattern": TAGS},
    })
}

/// What answers of an endpoint have that is to go.
pub const OF_DEPRECATED: [&str; 3] = ["deprecation", "sunset", "link"];

/// Headers of answers.
pub fn headers_of_answers() -> Map<String, Value> {
    let header = |name: &str, description: &str, schema: Value| {
        (
            name.to_owned(),
            json!({"description": description, "schema": schema}),
        )
    };
    Map::from_iter([
        header(
            headers::CORRELATION,
            "The id of the request: the one that it had, or a new one. The host's log has it too.",
            json!({"type": "string"}),
        ),
        header(
            "retry-after",
            "After how many seconds the request may be repeated.",
            json!({"type": "integer"}),
        ),
        header(
            "etag",
            "Stands for the answer. Of what can be changed on condition, its part before the dot stands for what is set.",
            json!({"type": "string"}),
        ),
        header(
            "deprecation",
            "Since when nobody should begin to use this (RFC 9745).",
            json!({"type": "string", "examples": ["@1793491200"]}),
        ),
        header(
            "sunset",
            "From when on it may be gone (RFC 8594).",
            json!({"type": "string", "examples": ["Sat, 01 May 2027 00:00:00 GMT"]}),
        ),
        header(
            "link",
            "What is to be used in its place.",
            json!({"type": "string", "examples": ["</v1/tasks/1>; rel=\"successor-version\""]}),
        ),
        header(
            "location",
            "Where to go on.",
            json!({"type": "string", "format": "uri-reference"}),
        ),
        header(
            headers::RATE_LIMIT_POLICY,
            "For a caller with a rate: how many requests (`q`) it has for how many seconds (`w`).",
            json!({"type": "string", "examples": ["\"caller\";q=600;w=60"]}),
        ),
        header(
            headers::RATE_LIMIT,
            "For a caller with a rate: how many requests are left (`r`), and in how many seconds all are (`t`).",
            json!({"type": "string", "examples": ["\"caller\";r=595;t=1"]}),
        ),
    ])
}

/// Those of each answer to a request of this scope.
pub fn headers_of_answer(scope: Scope) -> Value {
    let counted = [headers::RATE_LIMIT_POLICY, headers::RATE_LIMIT];
    let counted = counted.into_iter().filter(|_| scope != Scope::Open);
    let all = std::iter::once(headers::CORRELATION).chain(counted);
    let reference = |name: &str| json!({"$ref": format!("#/components/headers/{name}")});
    all.map(|name| (name.to_owned(), reference(name))).collect()
}
