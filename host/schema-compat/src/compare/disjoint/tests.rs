//! What two schemas have in common, and what it costs to find that out.

use super::*;
use serde_json::json;

fn told(given: Value, asked: Value) -> Option<String> {
    contradiction(&given, &asked, &Comparisons::default())
        .map(|found| format!("{} {}", found.path, found.what))
}

#[test]
fn what_can_never_fit_is_told_with_its_place() {
    let object =
        |member: Value| json!({"type": "object", "required": ["a"], "properties": {"a": member}});
    assert_eq!(
        told(
            object(json!({"type": "string"})),
            object(json!({"type": "integer"}))
        )
        .as_deref(),
        Some("/a is string and has to be integer")
    );
    assert_eq!(
        told(
            object(json!({"type": "integer", "maximum": 3})),
            object(json!({"type": "number", "minimum": 4}))
        )
        .as_deref(),
        Some("/a is at most 3 and has to be at least 4")
    );
    let closed = json!({"type": "object", "properties": {"b": {}}, "additionalProperties": false});
    assert_eq!(
        told(closed, object(json!({}))).as_deref(),
        Some(" has no `a`, which has to be there")
    );
    let choice = json!({"oneOf": [{"type": "string"}, {"const": true}]});
    assert_eq!(
        told(json!({"type": "array"}), choice).as_deref(),
        Some(" is array and has to be string")
    );
    let referred = json!({"$ref": "#/$defs/n", "$defs": {"n": {"type": "number"}}});
    assert!(told(referred, json!({"type": "string"})).is_some());
}

#[test]
fn choices_within_choices_end() {
    let nested = |leaf: &str| {
        (0..8).fold(
            json!({"type": leaf}),
            |inner, _| json!({"anyOf": [inner, inner, inner]}),
        )
    };
    assert_eq!(told(nested("string"), nested("number")), None);
}

#[test]
fn listed_values_are_told_by_their_types() {
    assert_eq!(
        told(
            json!({"enum": ["a", 1, "b", 1.5]}),
            json!({"type": "boolean"})
        )
        .as_deref(),
        Some(" is number or string and has to be boolean")
    );
    assert_eq!(
        told(json!({"type": ["null", "array"]}), json!({"const": 7})).as_deref(),
        Some(" is null or array and has to be number")
    );
    assert_eq!(
        told(json!({"enum": []}), json!({"type": "string"})).as_deref(),
        Some(" is nothing and has to be string")
    );
}

/// None of these would end within a test if all of it were looked at.
#[test]
fn what_lists_and_texts_hold_is_work_as_well_and_ends() {
    let listed = |value: Value| json!({"enum": vec![value; 300_000]});
    assert_eq!(told(listed(json!("a")), listed(json!(true))), None);
    let text = "a".repeat(300_000);
    let number: Value = "1".repeat(300_000).parse().unwrap();
    let (integer, object) = (json!({"type": "integer"}), json!({"type": "object"}));
    let closed = json!({"type": "object", "additionalProperties": false});
    for (given, asked) in [
        (json!({"enum": vec!["a"; 60_000]}), &integer),
        (json!({"type": vec!["string"; 60_000]}), &integer),
        (json!({"type": "integer", "maximum": number}), &integer),
        (json!({"$ref": format!("#/{text}")}), &integer),
        (json!({"required": vec!["a"; 60_000]}), &object),
        (json!({"required": vec![1; 60_000]}), &object),
        (json!({"required": [text]}), &closed),
    ] {
        // Of an `anyOf`, all are looked at while each says something; of an `allOf`, while none does.
        let says = told(given.clone(), asked.clone()).is_some();
        let key = if says { "anyOf" } else { "allOf" };
        let branches = vec![json!({"$ref": "#/$defs/it"}); 60_000];
        let often = json!({key: branches, "$defs": {"it": given}});
        assert_eq!(told(often, asked.clone()), None);
    }
}

#[test]
fn questions_share_what_they_may_cost() {
    let (given, asked) = (json!({"enum": vec!["a"; 1_000]}), json!({"type": "null"}));
    let comparisons = Comparisons::default();
    let left = || comparisons.0.get();
    let before = left();
    assert!(contradiction(&given, &asked, &comparisons).is_some());
    assert!(before - left() > 1_000);
    comparisons.0.set(1_000);
    assert!(contradiction(&given, &asked, &comparisons).is_none());
    assert!(contradiction(&json!({"type": "null"}), &given, &comparisons).is_none());
    assert!(contradiction(&json!({"type": "null"}), &json!({"const": 1}), &comparisons).is_some());
}

#[test]
fn what_may_fit_is_left_alone() {
    let object =
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}});
    for (given, asked) in [
        (json!({}), object.clone()),
        (json!({"type": "object"}), object.clone()),
        (json!({"type": ["object", "null"]}), object.clone()),
        (
            json!({"properties": {"a": {"type": "string"}}}),
            json!({"properties": {"a": {"type": "integer"}}}),
        ),
        (json!({"type": "number"}), json!({"type": "integer"})),
        (json!({"enum": [1, "x"]}), json!({"type": "string"})),
        (
            json!({"anyOf": [{"type": "string"}, {}]}),
            json!({"type": "null"}),
        ),
        (json!({"$ref": "#"}), json!({"$ref": "#"})),
        (json!(true), json!(false)),
    ] {
        assert_eq!(told(given.clone(), asked.clone()), None, "{given} {asked}");
    }
}
