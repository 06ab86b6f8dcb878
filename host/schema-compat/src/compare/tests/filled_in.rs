//! Schemas whose defaults the host fills in before it holds a value against them.

use super::*;
use crate::schema::InputSchema;

/// What is told of the change, of inputs that get defaults.
fn told_filled_in(old: &Value, new: &Value) -> Vec<String> {
    let line = |it: Difference| format!("{:?} {}: {}", it.effect, it.path, it.what);
    let mut lines: Vec<String> = compare_filled_in(old, new).into_iter().map(line).collect();
    lines.sort();
    lines
}

fn takes(schema: &Value, input: &Value) -> bool {
    let schema = InputSchema::compile(schema).unwrap();
    schema.accept(input.clone()).is_ok()
}

/// The input is taken before and after, and nothing is said to be lost.
#[track_caller]
fn assert_kept(old: Value, new: Value, input: Value) {
    assert!(takes(&old, &input) && takes(&new, &input), "{input}");
    assert_eq!(told_filled_in(&old, &new), [""; 0], "{old} → {new}");
}

/// The input is taken before and not after, and this is said.
#[track_caller]
fn assert_lost(old: Value, new: Value, input: Value, expected: &[&str]) {
    assert!(takes(&old, &input) && !takes(&new, &input), "{input}");
    assert_eq!(told_filled_in(&old, &new), expected, "{old} → {new}");
}

/// An object with one member `currency` of this schema, which must be there.
fn requiring(currency: Value) -> Value {
    json!({"type": "object", "required": ["currency"], "properties": {"currency": currency}})
}

/// An object with one member `currency`, which need not be there.
fn leaving_open() -> Value {
    json!({"type": "object", "properties": {"currency": {"type": "string"}}})
}

const NOW: &str = "Narrowed /currency: must be there now";

#[test]
fn a_member_with_a_default_may_become_required() {
    let defaulted = json!({"type": "string", "default": "EUR"});
    assert_kept(leaving_open(), requiring(defaulted.clone()), json!({}));
    let mut closed = requiring(defaulted);
    closed["additionalProperties"] = json!(false);
    let mut open = leaving_open();
    open["additionalProperties"] = json!(false);
    assert_kept(open, closed, json!({}));
}

#[test]
fn where_the_host_does_not_fill_in_defaults_it_may_not() {
    let new = requiring(json!({"type": "string", "default": "EUR"}));
    assert_told(leaving_open(), new, &[NOW]);
}

#[test]
fn a_default_that_its_own_schema_refuses_does_not_help() {
    let new = requiring(json!({"type": "string", "default": 978}));
    assert_lost(leaving_open(), new, json!({}), &[NOW]);
}

#[test]
fn a_required_member_that_loses_its_default_must_be_given() {
    let old = requiring(json!({"type": "string", "default": "EUR"}));
    let new = requiring(json!({"type": "string"}));
    assert_lost(old.clone(), new.clone(), json!({}), &[NOW]);
    let back = ["Widened /currency: need not be there any more"];
    assert_eq!(told_filled_in(&new, &old), back);
    let apart = |default: Value| json!({"allOf": [new, default]});
    let default = json!({"properties": {"currency": {"default": "EUR"}}});
    assert_lost(apart(default), apart(json!({})), json!({}), &[NOW]);
}

#[test]
fn defaults_count_as_deep_as_they_are_filled_in() {
    let (open, filled) = (
        leaving_open(),
        requiring(json!({"type": "string", "default": "EUR"})),
    );
    let inside = |inner: &Value| json!({"properties": {"price": inner}});
    assert_kept(inside(&open), inside(&filled), json!({"price": {}}));
    let items = |inner: &Value| json!({"items": inner});
    assert_kept(items(&open), items(&filled), json!([{}]));
    let referred = |inner: &Value| json!({"$ref": "#/$defs/price", "$defs": {"price": inner}});
    assert_kept(referred(&open), referred(&filled), json!({}));
    let all = |inner: &Value| json!({"allOf": [inner]});
    assert_kept(all(&open), all(&filled), json!({}));
    let nested = |inner: &Value| json!({"properties": {"lines": {"items": {"allOf": [{"properties": {"price": inner}}]}}}});
    let input = json!({"lines": [{"price": {}}]});
    assert_kept(nested(&open), nested(&filled), input);
}

#[test]
fn defaults_do_not_count_where_they_are_not_filled_in() {
    let (open, filled) = (
        leaving_open(),
        requiring(json!({"type": "string", "default": "EUR"})),
    );
    let others = |inner: &Value| json!({"additionalProperties": inner});
    let lost = ["Narrowed /*/currency: must be there now"];
    assert_lost(others(&open), others(&filled), json!({"a": {}}), &lost);
    let first = |inner: &Value| json!({"prefixItems": [inner]});
    let lost = ["Narrowed /0/currency: must be there now"];
    assert_lost(first(&open), first(&filled), json!([{}]), &lost);
    let chosen = |inner: &Value| json!({"type": "object", "anyOf": [inner]});
    let lost = ["Narrowed : `anyOf` no longer takes all of type object"];
    assert_lost(chosen(&open), chosen(&filled), json!({}), &lost);
}

#[test]
fn a_default_counts_with_the_defaults_inside_of_it() {
    let with = |required: Value| {
        json!({"type": "object", "required": required, "properties": {"price": {
            "type": "object", "default": {}, "required": ["currency"],
            "properties": {"currency": {"default": "EUR"}}}}})
    };
    assert_kept(with(json!([])), with(json!(["price"])), json!({}));
    let lacking = json!({"type": "object", "default": {}, "required": ["currency"]});
    let with = |required: Value| json!({"type": "object", "required": required, "properties": {"price": lacking}});
    let told = told_filled_in(&with(json!([])), &with(json!(["price"])));
    assert_eq!(told, ["Narrowed /price: must be there now"]);
}

#[test]
fn a_member_that_comes_into_the_way_of_others_is_not_taken_for_harmless() {
    let with = |mut schema: Value| {
        schema["maxProperties"] = json!(1);
        schema["properties"]["amount"] = json!({"type": "integer"});
        schema
    };
    let new = requiring(json!({"type": "string", "default": "EUR"}));
    assert_lost(
        with(leaving_open()),
        with(new),
        json!({"amount": 1}),
        &[NOW],
    );
}

#[test]
fn what_stays_as_it_was_is_not_told() {
    let with = |most: u64| {
        json!({"type": "object", "required": ["currency"], "maxProperties": most, "allOf": [
            {"properties": {"currency": {"type": "string"}}},
            {"properties": {"currency": {"default": "EUR"}}}]})
    };
    assert_eq!(
        told_filled_in(&with(2), &with(3)),
        ["Widened : maxProperties 2 → 3"]
    );
}

#[test]
fn a_member_that_is_filled_in_may_be_in_the_way_further_up() {
    let (open, filled) = (
        leaving_open(),
        requiring(json!({"type": "string", "default": "EUR"})),
    );
    let unique = |inner: &Value| json!({"items": inner, "uniqueItems": true});
    let input = json!([{}, {"currency": "EUR"}]);
    let lost = ["Narrowed /*/currency: must be there now"];
    assert_lost(unique(&open), unique(&filled), input, &lost);
    let lost = ["Narrowed /price/currency: must be there now"];
    let empty = json!({"not": {"properties": {"price": {"required": ["currency"]}}}});
    let refusing = |inner: &Value| {
        let mut schema = empty.clone();
        schema["required"] = json!(["price"]);
        schema["properties"] = json!({"price": inner});
        schema
    };
    let input = json!({"price": {}});
    assert_lost(refusing(&open), refusing(&filled), input.clone(), &lost);
    let beside = |inner: &Value| json!({"allOf": [{"properties": {"price": inner}}, {"properties": {"price": {"maxProperties": 0}}}]});
    assert_lost(beside(&open), beside(&filled), input, &lost);
}
