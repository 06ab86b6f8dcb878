//! Schemas that would keep a validator busy for ever. None of these tests waits: what is refused is
//! counted.

use super::super::MAX_CHECKS;
use super::super::{InputSchema, Schema};
use serde_json::{Value, json};

fn compile(schema: &Value) -> Schema {
    Schema::compile(schema).unwrap()
}

/// What is said of the value.
fn refusal(schema: &Value, value: &Value) -> String {
    let errors = compile(schema).check(value).unwrap_err();
    errors[0].message.clone()
}

#[track_caller]
fn is_too_much(schema: &Value, value: &Value) {
    let refusal = refusal(schema, value);
    assert!(
        refusal.contains(&format!("more than {MAX_CHECKS} checks")),
        "{refusal}"
    );
}

/// A value of this depth, one in the other under this name.
fn nested(name: &str, depth: usize) -> Value {
    (0..depth).fold(json!({}), |inner, _| json!({ name: inner }))
}

#[test]
fn a_schema_that_leads_to_itself_by_two_ways_takes_what_is_flat_and_no_bomb() {
    let again = json!({"properties": {"a": {"$ref": "#"}}});
    let schema = json!({"anyOf": [again, again], "allOf": [again]});
    is_too_much(&schema, &nested("a", 100));
    assert_eq!(compile(&schema).check(&nested("a", 8)), Ok(()));
    let input = InputSchema::compile(&schema).unwrap();
    assert!(input.accept(nested("a", 100)).is_err());
}

#[test]
fn a_schema_that_looks_twice_at_what_no_other_part_looked_at_is_counted_so() {
    let again = json!({"properties": {"a": {"$ref": "#"}}});
    let schema = json!({"anyOf": [again], "unevaluatedProperties": false});
    is_too_much(&schema, &nested("a", 60));
}

#[test]
fn references_within_references_are_counted_where_nothing_leads_back() {
    let link = |no: usize| {
        let next = vec![json!({"$ref": format!("#/$defs/d{}", no + 1)}); 30];
        (format!("d{no}"), json!({ "allOf": next }))
    };
    let mut definitions: serde_json::Map<String, Value> = (0..7).map(link).collect();
    definitions.insert("d7".to_owned(), json!({"type": "integer"}));
    let schema = json!({"$ref": "#/$defs/d0", "$defs": definitions});
    is_too_much(&schema, &json!(1));
}

#[test]
fn a_tree_of_any_depth_is_one_way_at_each_level() {
    let child = json!({"$ref": "#"});
    let schema = json!({"type": "object", "properties": {"left": child, "right": child}});
    assert_eq!(compile(&schema).check(&nested("left", 120)), Ok(()));
    let mut wide = json!({});
    for _ in 0..14 {
        wide = json!({"left": wide, "right": wide});
    }
    assert_eq!(compile(&schema).check(&wide), Ok(()));
}

#[test]
fn an_expression_of_some_depth_is_taken_by_a_choice_that_leads_to_itself() {
    let part = json!({"$ref": "#"});
    let schema = json!({"oneOf": [
        {"type": "number"},
        {"type": "object", "required": ["not"], "properties": {"not": part}},
        {"type": "object", "required": ["add"], "properties": {"add": {"items": part}}},
    ]});
    let mut value = json!(1);
    for _ in 0..10 {
        value = json!({"add": [value, {"not": 2}]});
    }
    assert_eq!(compile(&schema).check(&value), Ok(()));
}

#[test]
fn patterns_run_in_linear_time_and_what_they_may_cost_is_counted() {
    let text = json!("a".repeat(100_000) + "b");
    let nested = json!({"pattern": "^(a+)+$"});
    assert!(!refusal(&nested, &text).contains("checks"));
    let large = json!({"pattern": "^(?:[ab]*a[ab]{1000}c|[ab]*b[ab]{1000}d)$"});
    assert!(refusal(&large, &json!("abab")).contains("does not match"));
    is_too_much(&large, &text);
    let names = json!({"propertyNames": {"allOf": [{"pattern": large["pattern"]}]}});
    is_too_much(&names, &json!({ "a".repeat(100_000): 1 }));
    let members = json!({"patternProperties": {large["pattern"].as_str().unwrap(): true}});
    is_too_much(&members, &json!({ "a".repeat(100_000): 1 }));
}

#[test]
fn a_pattern_looks_neither_ahead_nor_back() {
    for pattern in ["^(?=.*[0-9]).+$", r"^(a)\1$"] {
        let errors = Schema::compile(&json!({ "pattern": pattern })).unwrap_err();
        assert_eq!(errors[0].pointer, "/pattern");
        let message = &errors[0].message;
        assert!(message.contains("neither ahead nor back"), "{message}");
    }
}

#[test]
fn patterns_are_bounded_in_number() {
    let member = |no: usize| (format!("m{no}"), json!({"pattern": format!("^{no}$")}));
    let members = |count| json!({"properties": Value::Object((0..count).map(member).collect())});
    assert!(Schema::compile(&members(500)).is_ok());
    let errors = Schema::compile(&members(501)).unwrap_err();
    assert!(errors[0].message.contains("500 patterns"), "{errors:?}");
}

#[test]
fn lists_that_are_compared_with_each_item_are_counted() {
    let listed: Vec<Value> = (0..5_000).map(|no| json!({ "no": no })).collect();
    let schema = json!({"items": {"enum": listed}});
    assert_eq!(compile(&schema).check(&json!([{"no": 7}])), Ok(()));
    is_too_much(&schema, &json!(vec![json!({"no": 7}); 5_000]));
}

#[test]
fn defaults_add_only_so_much() {
    let schema = json!({"items": {"properties": {"text": {"default": "x".repeat(100_000)}}}});
    let schema = InputSchema::compile(&schema).unwrap();
    assert!(schema.accept(json!(vec![json!({}); 5])).is_ok());
    let errors = schema.accept(json!(vec![json!({}); 50_000])).unwrap_err();
    assert!(errors[0].message.contains("defaults"), "{errors:?}");
}

#[test]
fn a_schema_stays_inside_of_itself() {
    let message = |schema: Value| Schema::compile(&schema).unwrap_err()[0].to_string();
    let inner = json!({"$id": "urn:inner", "properties": {"a": {"$ref": "#"}}});
    let told = message(json!({"allOf": [inner]}));
    assert!(
        told.contains("`/allOf/0`") && told.contains("`$id`"),
        "{told}"
    );
    let meta = json!({"items": {"$ref": "https://json-schema.org/draft/2020-12/schema"}});
    let told = message(meta);
    assert!(
        told.contains("`/items`") && told.contains("leads nowhere"),
        "{told}"
    );
    let values = json!({"$ref": "#nowhere", "$id": "x"});
    for keyword in ["default", "const"] {
        assert!(Schema::compile(&json!({ keyword: values })).is_ok());
    }
    let named = json!({"$id": "urn:shop", "$ref": "#sum", "$defs": {"s": {"$anchor": "sum"}}});
    assert!(Schema::compile(&named).is_ok());
}
