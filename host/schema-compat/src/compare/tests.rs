use super::*;
use serde_json::json;

mod filled_in;
mod generated;

/// Each difference as `effect path: what`, sorted.
fn told(old: &Value, new: &Value) -> Vec<String> {
    let line = |it: Difference| format!("{:?} {}: {}", it.effect, it.path, it.what);
    let mut lines: Vec<String> = compare(old, new).into_iter().map(line).collect();
    lines.sort();
    lines
}

#[track_caller]
fn assert_told(old: Value, new: Value, expected: &[&str]) {
    assert_eq!(told(&old, &new), expected, "{old} → {new}");
}

/// The second takes all that the first takes.
#[track_caller]
fn assert_takes_more(old: Value, new: Value) {
    let lost = |it: &&Difference| it.effect != Effect::Widened;
    let differences = compare(&old, &new);
    let lost: Vec<_> = differences.iter().filter(lost).collect();
    assert!(lost.is_empty(), "{old} → {new}: {lost:?}");
}

#[test]
fn what_says_the_same_has_no_differences() {
    let cases = [
        (json!({"type": "string"}), json!({"type": ["string"]})),
        (
            json!({"type": "object"}),
            json!({"type": "object", "title": "Order"}),
        ),
        (json!({"const": 1}), json!({"enum": [1.0]})),
        (
            json!({"allOf": [{"minimum": 1}, {"maximum": 2}]}),
            json!({"minimum": 1, "maximum": 2}),
        ),
        (json!(true), json!({})),
        (
            json!({"type": ["string", "null"]}),
            json!({"anyOf": [{"type": "null"}, {"type": "string"}]}),
        ),
        (
            json!({"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}),
            json!({"type": "string"}),
        ),
        (json!({"minLength": 0}), json!({"minItems": 0})),
    ];
    for (old, new) in cases {
        assert_told(old.clone(), new.clone(), &[]);
        assert_told(new, old, &[]);
    }
}

#[test]
fn bounds_are_compared_as_numbers() {
    assert_told(
        json!({"type": "number", "minimum": 1}),
        json!({"type": "number", "minimum": 2.5}),
        &["Narrowed : minimum 1 → 2.5"],
    );
    assert_takes_more(json!({"exclusiveMinimum": 3}), json!({"minimum": 3}));
    assert_told(
        json!({"minimum": 3}),
        json!({"exclusiveMinimum": 3}),
        &["Narrowed : exclusiveMinimum none → 3"],
    );
    assert_takes_more(json!({"multipleOf": 6}), json!({"multipleOf": 3}));
    assert_takes_more(
        json!({"type": "integer"}),
        json!({"type": "number", "multipleOf": 1}).clone(),
    );
}

#[test]
fn an_integer_is_a_number() {
    assert_told(
        json!({"type": "integer"}),
        json!({"type": "number"}),
        &["Widened : type integer → number"],
    );
}

#[test]
fn listed_values_are_compared_one_by_one() {
    assert_told(
        json!({"enum": ["a", "b"]}),
        json!({"enum": ["b", "c"]}),
        &[
            "Narrowed : no longer allowed: \"a\"",
            "Widened : allowed now: \"c\"",
        ],
    );
    assert_takes_more(
        json!({"enum": [1, 3]}),
        json!({"type": "integer", "maximum": 3}),
    );
    assert_told(
        json!({"type": "string"}),
        json!({"enum": ["a"]}),
        &["Narrowed : only [\"a\"] is allowed now, of type string"],
    );
}

#[test]
fn members_are_compared_by_name() {
    assert_told(
        json!({"properties": {"a/b": {"type": "string"}}, "required": ["a/b"]}),
        json!({"properties": {"a/b": {"type": "integer"}}}),
        &[
            "Changed /a~1b: type string → integer",
            "Widened /a~1b: need not be there any more",
        ],
    );
}

#[test]
fn naming_a_member_that_was_left_open_is_told_apart() {
    let named = json!({"properties": {"note": {"type": "string"}}});
    assert_told(
        json!({"type": "object"}),
        json!({"type": "object", "properties": {"note": {"type": "string"}}}),
        &["Named /note: has a name and a schema now"],
    );
    assert_told(
        json!({"additionalProperties": true}),
        named.clone(),
        &["Narrowed /note: type any → string"],
    );
    assert_told(named, json!({}), &["Widened /note: is no longer described"]);
    assert_told(
        json!({"anyOf": [{"properties": {"note": {"type": "integer"}}}, {"required": ["a"]}]}),
        json!({"properties": {"note": {"type": "string"}}, "anyOf": [{"properties": {"note": {"type": "integer"}}}, {"required": ["a"]}]}),
        &["Narrowed /note: type any → string"],
    );
}

#[test]
fn an_object_that_is_closed_takes_fewer() {
    assert_told(
        json!({"type": "object", "properties": {"a": {}}}),
        json!({"type": "object", "properties": {"a": {}}, "additionalProperties": false}),
        &["Narrowed /*: is no longer allowed"],
    );
    assert_told(
        json!({"properties": {"a": {}, "b": {}}, "additionalProperties": false}),
        json!({"properties": {"a": {}}, "additionalProperties": false}),
        &["Narrowed /b: is no longer allowed"],
    );
    assert_takes_more(
        json!({"properties": {"a": {}}, "additionalProperties": false}),
        json!({"properties": {"a": {}, "b": {"type": "string"}}, "additionalProperties": false}),
    );
}

#[test]
fn lists_are_compared_item_by_item() {
    assert_told(
        json!({"items": {"type": "integer"}}),
        json!({"items": {"type": "string"}}),
        &["Changed /*: type integer → string"],
    );
    assert_takes_more(
        json!({"prefixItems": [{"type": "string"}], "items": false}),
        json!({"items": {"type": "string"}}),
    );
    assert_takes_more(
        json!({"$schema": "http://json-schema.org/draft-07/schema#",
               "items": [{"type": "string"}], "additionalItems": false}),
        json!({"items": {"type": "string"}}),
    );
    assert_takes_more(
        json!({"maxItems": 1}),
        json!({"uniqueItems": true, "maxItems": 2}),
    );
}

#[test]
fn choices_are_compared_case_by_case() {
    let variant = |kind: &str, rest: Value| {
        json!({"type": "object", "required": ["kind"], "title": kind,
               "properties": {"kind": {"const": kind}, "size": rest}})
    };
    let old = json!({"oneOf": [variant("a", json!({})), variant("b", json!({"maximum": 3}))]});
    let more = json!({"oneOf": [
        variant("c", json!({})), variant("b", json!({"maximum": 4})), variant("a", json!({})),
    ]});
    assert_takes_more(old.clone(), more.clone());
    assert_told(
        more,
        old,
        &[
            "Narrowed : `oneOf` no longer takes all of `b`",
            "Narrowed : `oneOf` no longer takes all of `c`",
        ],
    );
    assert_takes_more(
        json!({"type": ["integer", "string"]}),
        json!({"anyOf": [{"type": "string"}, {"type": "number"}]}),
    );
    assert_takes_more(json!({"type": "string"}), json!({"not": {"type": "null"}}));
}

#[test]
fn a_variant_that_names_another_member_is_told_as_that() {
    let variant = |members: Value| {
        json!({"oneOf": [{"type": "object", "required": ["kind"], "properties": members},
                         {"type": "null"}]})
    };
    assert_told(
        variant(json!({"kind": {"const": "a"}})),
        variant(json!({"kind": {"const": "a"}, "note": {"type": "string"}})),
        &["Named /note: has a name and a schema now"],
    );
}

#[test]
fn schemas_that_refer_to_themselves_are_compared() {
    let tree = |value: Value| {
        json!({"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object", "properties": {
            "value": value, "left": {"$ref": "#/$defs/tree"}, "right": {"$ref": "#/$defs/tree"}}}}})
    };
    assert_takes_more(
        tree(json!({"type": "integer"})),
        tree(json!({"type": "number"})),
    );
    assert_told(
        tree(json!({"type": "number"})),
        tree(json!({"type": "integer"})),
        &["Narrowed /value: type number → integer"],
    );
    assert_takes_more(
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}], "title": "itself"}),
    );
}

#[test]
fn what_is_not_understood_and_differs_is_a_change() {
    let told = told(
        &json!({"if": {"minimum": 1}}),
        &json!({"if": {"minimum": 2}}),
    );
    assert_eq!(
        told,
        ["Changed : `if` differs in a way that is not compared"]
    );
    for (old, new) in [
        (json!({"x": 1}), json!({"x": 2})),
        (
            json!({"$ref": "https://example.com/a"}),
            json!({"$ref": "https://example.com/b"}),
        ),
        (
            json!({"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1}),
            json!({"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 0}),
        ),
        (
            json!({"properties": {"a": {"$id": "a"}}, "minimum": 1}),
            json!({"properties": {"a": {"$id": "a"}}, "minimum": 0}),
        ),
        (
            json!({"unevaluatedProperties": false, "properties": {"a": {}}}),
            json!({"unevaluatedProperties": false, "properties": {"b": {}}}),
        ),
    ] {
        let effects: Vec<Effect> = compare(&old, &new).iter().map(|it| it.effect).collect();
        assert!(
            effects.contains(&Effect::Changed) || effects.contains(&Effect::Narrowed),
            "{old} → {new}"
        );
    }
}

#[test]
fn schemas_that_are_too_large_are_a_change_and_end_soon() {
    let doubling = |last: Value| {
        let step = |at: usize| {
            let next = json!({"$ref": format!("#/$defs/{}", at + 1)});
            (
                at.to_string(),
                json!({"properties": {"a": next.clone(), "b": next}}),
            )
        };
        let mut steps: serde_json::Map<String, Value> = (0..40).map(step).collect();
        steps.insert("40".to_owned(), last);
        json!({"$ref": "#/$defs/0", "$defs": steps})
    };
    let old = doubling(json!({"type": "string"}));
    let new = doubling(json!({"type": ["string", "null"]}));
    assert_told(
        old,
        new,
        &["Changed : the schemas are too large to be compared"],
    );
}
