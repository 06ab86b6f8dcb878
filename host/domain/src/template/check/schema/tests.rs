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

/// What templates may say of each key, and what they may not.
#[test]
fn values_are_taken_and_refused_as_the_parser_does() {
    let schema = Schema::compile(&template_schema()).unwrap();
    let cases = [
        ("version", json!("1.0"), json!("1.2.0-rc.1")),
        ("name", json!("a b"), json!("a_b-9")),
        ("priority", json!(10), json!(0)),
        ("identity", json!("never"), json!("strict")),
        ("queue_key", json!(""), json!("/a/b")),
        (
            "events",
            json!({"task.done": {}}),
            json!({"tasks.done": {}}),
        ),
        ("input_schema", json!("object"), json!(true)),
        (
            "defaults",
            json!({"timeout": "30"}),
            json!({"timeout": "1h30m"}),
        ),
        ("defaults", json!({"timeout": 30}), json!({"timeout": null})),
        (
            "defaults",
            json!({"retry": {"max_attempts": 101}}),
            json!({"retry": {"max_attempts": 100}}),
        ),
        (
            "defaults",
            json!({"retry": {"backoff": "slow"}}),
            json!({"retry": {"backoff": "linear"}}),
        ),
        (
            "defaults",
            json!({"retry": {"jitter": 1.5}}),
            json!({"retry": {"jitter": 0.5}}),
        ),
        (
            "defaults",
            json!({"limits": {"memory": "64MB"}}),
            json!({"limits": {"memory": "64MiB"}}),
        ),
        (
            "defaults",
            json!({"limits": {"cpu": "2"}}),
            json!({"limits": {"cpu": "2s"}}),
        ),
        (
            "defaults",
            json!({"limits": {"host_calls": 0}}),
            json!({"limits": {"host_calls": 100}}),
        ),
        (
            "defaults",
            json!({"limits": {"timeout": "1s"}}),
            json!({"limits": {"events": "7"}}),
        ),
        (
            "steps",
            json!([]),
            json!([{"name": "x", "handler": "c/h@^1.4"}]),
        ),
        (
            "steps",
            json!([{"name": "x", "handler": "h"}]),
            json!([{"name": "x", "handler": "n/c/h@>=1, <3"}]),
        ),
        (
            "steps",
            json!([{"name": "x"}]),
            json!([{"name": "x", "handler": "c/h", "config": [1]}]),
        ),
    ];
    let base = json!({
        "namespace": "a", "name": "b", "version": "1.0.0", "steps": [{"name": "x", "handler": "c/h"}],
    });
    for (key, wrong, right) in cases {
        let with = |value: &Value| {
            let mut template = base.clone();
            template[key] = value.clone();
            template
        };
        let (wrong, right) = (with(&wrong), with(&right));
        assert!(Template::parse(&wrong.to_string()).is_err(), "{wrong}");
        assert!(schema.check(&wrong).is_err(), "{wrong}");
        let parsed = Template::parse(&right.to_string());
        assert!(parsed.is_ok(), "{right}: {parsed:?}");
        assert!(
            schema.check(&right).is_ok(),
            "{right}: {:?}",
            schema.check(&right)
        );
    }
}
