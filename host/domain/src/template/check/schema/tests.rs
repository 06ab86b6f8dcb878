//! The schema and the parser say the same.

use super::super::{KEYS, environment, event, policy, step};
use super::{Limit, template_schema};
use crate::template::Template;
use schema_compat::Schema;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn keys(schema: &Value) -> BTreeSet<&str> {
    let properties = schema["properties"].as_object().unwrap();
    properties.keys().map(String::as_str).collect()
}

#[test]
fn the_keys_are_those_that_the_parser_reads() {
    let schema = template_schema();
    let of = |definition: &str| keys(&schema["$defs"][definition]);
    assert_eq!(keys(&schema), BTreeSet::from(KEYS));
    assert_eq!(of("step"), BTreeSet::from(step::KEYS));
    assert_eq!(of("event"), BTreeSet::from(event::KEYS));
    assert_eq!(of("environment"), BTreeSet::from(environment::KEYS));
    assert_eq!(of("step_override"), BTreeSet::from(environment::STEP_KEYS));
    assert_eq!(of("retry"), BTreeSet::from(policy::RETRY_KEYS));
    let mut limits = of("limits");
    limits.insert("timeout");
    assert_eq!(limits, Limit::NAMES.iter().copied().collect());
    let defaults = ["retry", "timeout", "limits"];
    assert_eq!(
        keys(&schema["properties"]["defaults"]),
        BTreeSet::from(defaults)
    );
}

/// Every key with an unknown one beside it: both refuse it, or both take what is left.
#[test]
fn what_the_parser_refuses_as_an_unknown_key_the_schema_refuses_too() {
    let schema = Schema::compile(&template_schema()).unwrap();
    let right = json!({
        "namespace": "a", "name": "b", "version": "1.0.0",
        "events": {"a.b": {}}, "defaults": {"retry": {}, "limits": {}},
        "environments": {"test": {"steps": [{"name": "x"}]}},
        "steps": [{"name": "x", "handler": "c/h"}],
    });
    Template::parse(&right.to_string()).unwrap();
    assert!(schema.check(&right).is_ok());
    for place in [
        "",
        "/events/a.b",
        "/defaults",
        "/defaults/retry",
        "/defaults/limits",
        "/environments/test",
        "/environments/test/steps/0",
        "/steps/0",
    ] {
        let mut wrong = right.clone();
        wrong.pointer_mut(place).unwrap()["unknown"] = json!(1);
        assert!(Template::parse(&wrong.to_string()).is_err(), "{place}");
        assert!(schema.check(&wrong).is_err(), "{place}");
    }
}

/// A key of a template, with a value that is refused and one that is taken.
const CASES: [(&str, &str, &str); 19] = [
    ("version", r#""1.0""#, r#""1.2.0-rc.1""#),
    ("name", r#""a b""#, r#""a_b-9""#),
    ("priority", "10", "0"),
    ("identity", r#""never""#, r#""strict""#),
    ("queue_key", r#""""#, r#""/a/b""#),
    ("events", r#"{"task.done": {}}"#, r#"{"tasks.done": {}}"#),
    ("input_schema", r#""object""#, "true"),
    (
        "defaults",
        r#"{"timeout": "30"}"#,
        r#"{"timeout": "1h30m"}"#,
    ),
    ("defaults", r#"{"timeout": 30}"#, r#"{"timeout": null}"#),
    (
        "defaults",
        r#"{"retry": {"max_attempts": 101}}"#,
        r#"{"retry": {"max_attempts": 100}}"#,
    ),
    (
        "defaults",
        r#"{"retry": {"backoff": "slow"}}"#,
        r#"{"retry": {"backoff": "linear"}}"#,
    ),
    (
        "defaults",
        r#"{"retry": {"jitter": 1.5}}"#,
        r#"{"retry": {"jitter": 0.5}}"#,
    ),
    (
        "defaults",
        r#"{"limits": {"memory": "64MB"}}"#,
        r#"{"limits": {"memory": "64MiB"}}"#,
    ),
    (
        "defaults",
        r#"{"limits": {"cpu": "2"}}"#,
        r#"{"limits": {"cpu": "2s"}}"#,
    ),
    (
        "defaults",
        r#"{"limits": {"host_calls": 0}}"#,
        r#"{"limits": {"host_calls": 100}}"#,
    ),
    (
        "defaults",
        r#"{"limits": {"timeout": "1s"}}"#,
        r#"{"limits": {"events": "7"}}"#,
    ),
    ("steps", "[]", r#"[{"name": "x", "handler": "c/h@^1.4"}]"#),
    (
        "steps",
        r#"[{"name": "x", "handler": "h"}]"#,
        r#"[{"name": "x", "handler": "n/c/h@>=1, <3"}]"#,
    ),
    (
        "steps",
        r#"[{"name": "x"}]"#,
        r#"[{"name": "x", "handler": "c/h", "config": [1]}]"#,
    ),
];

#[test]
fn values_are_taken_and_refused_as_the_parser_does() {
    let schema = Schema::compile(&template_schema()).unwrap();
    let base = json!({
        "namespace": "a", "name": "b", "version": "1.0.0", "steps": [{"name": "x", "handler": "c/h"}],
    });
    for (key, wrong, right) in CASES {
        let with = |value: &str| {
            let mut template = base.clone();
            template[key] = serde_json::from_str(value).unwrap();
            template
        };
        let (wrong, right) = (with(wrong), with(right));
        assert!(Template::parse(&wrong.to_string()).is_err(), "{wrong}");
        assert!(schema.check(&wrong).is_err(), "{wrong}");
        let parsed = Template::parse(&right.to_string());
        assert!(parsed.is_ok(), "{right}: {parsed:?}");
        let checked = schema.check(&right);
        assert!(checked.is_ok(), "{right}: {checked:?}");
    }
}
