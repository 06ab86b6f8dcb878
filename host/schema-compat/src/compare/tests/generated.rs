//! Whatever two schemas are made up: where nothing is said to be lost, nothing is lost.

use super::*;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::BTreeMap;

/// Pairs of schemas that are tried.
const PAIRS: u32 = 3_000;
/// Values that are tried with each.
const VALUES: usize = 60;

type Keyword = (String, Value);

fn scalar() -> impl Strategy<Value = Value> + Clone {
    select(vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(1.0),
        json!(2.5),
        json!(6),
        json!(-3),
        json!(""),
        json!("a"),
        json!("ab"),
        json!("abc"),
    ])
}

fn name() -> BoxedStrategy<String> {
    select(vec!["a", "b", "ab"]).prop_map(str::to_owned).boxed()
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

fn types() -> impl Strategy<Value = Value> {
    let all = [
        "null", "boolean", "integer", "number", "string", "array", "object",
    ];
    prop_oneof![
        select(all.to_vec()).prop_map(Value::from),
        prop::sample::subsequence(all.to_vec(), 1..4).prop_map(Value::from),
    ]
}

fn word(
    word: &'static str,
    values: impl Strategy<Value = Value> + 'static,
) -> BoxedStrategy<Keyword> {
    values
        .prop_map(move |value| (word.to_owned(), value))
        .boxed()
}

/// One keyword of those that have no schemas in them.
fn keyword() -> impl Strategy<Value = Keyword> {
    let number = || select(vec![json!(0), json!(1), json!(2.5), json!(3), json!(1.0)]);
    let count = || select(vec![json!(0), json!(1), json!(2), json!(3)]);
    let divisor = select(vec![json!(1), json!(2), json!(3), json!(6), json!(0.5)]);
    let names = || prop::collection::btree_set(name(), 0..3).prop_map(|names| json!(names));
    prop_oneof![
        6 => word("type", types()),
        2 => word("const", value()),
        2 => word("enum", prop::collection::vec(value(), 1..5).prop_map(unique)),
        1 => word("minimum", number()),
        1 => word("maximum", number()),
        1 => word("exclusiveMinimum", number()),
        1 => word("exclusiveMaximum", number()),
        1 => word("multipleOf", divisor),
        1 => word("minLength", count()),
        1 => word("maxLength", count()),
        1 => word("pattern", select(vec![json!("^a"), json!("b$")])),
        1 => word("minItems", count()),
        1 => word("maxItems", count()),
        1 => word("uniqueItems", any::<bool>().prop_map(Value::from)),
        1 => word("minProperties", count()),
        1 => word("maxProperties", count()),
        3 => word("required", names()),
        1 => word("dependentRequired", names().prop_map(|names| json!({"a": names}))),
    ]
}

fn unique(values: Vec<Value>) -> Value {
    let mut kept: Vec<Value> = Vec::new();
    for value in values {
        if !kept.iter().any(|known| numbers::same(known, &value)) {
            kept.push(value);
        }
    }
    Value::from(kept)
}

/// One keyword with schemas in it.
fn applicator(inner: BoxedStrategy<Value>) -> impl Strategy<Value = Keyword> {
    let one = |keyword| word(keyword, inner.clone());
    let list = |keyword| {
        let schemas = prop::collection::vec(inner.clone(), 1..4);
        word(keyword, schemas.prop_map(Value::from))
    };
    let members = |keyword, names: BoxedStrategy<String>| {
        let members = prop::collection::btree_map(names, inner.clone(), 0..3);
        let object = |members: BTreeMap<String, Value>| json!(members);
        word(keyword, members.prop_map(object))
    };
    let patterns = select(vec!["^a", "b$"]).prop_map(str::to_owned);
    let targets = select(vec![json!("#"), json!("#/$defs/d"), json!("#/$defs/e")]);
    prop_oneof![
        4 => members("properties", name()),
        1 => members("patternProperties", patterns.boxed()),
        2 => one("additionalProperties"),
        2 => one("items"),
        1 => list("prefixItems"),
        1 => one("propertyNames"),
        1 => one("contains"),
        1 => one("not"),
        1 => one("if"),
        1 => one("then"),
        1 => one("unevaluatedProperties"),
        1 => one("unevaluatedItems"),
        2 => list("allOf"),
        3 => list("anyOf"),
        3 => list("oneOf"),
        1 => members("dependentSchemas", name()),
        2 => word("$ref", targets),
    ]
}

fn schema() -> BoxedStrategy<Value> {
    let object = |keywords: Vec<Keyword>| Value::Object(keywords.into_iter().collect());
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(Value::from),
        9 => prop::collection::vec(keyword(), 0..3).prop_map(object),
    ];
    leaf.prop_recursive(3, 16, 3, move |inner| {
        let either = prop_oneof![keyword(), applicator(inner)];
        prop::collection::vec(either, 1..4).prop_map(object)
    })
    .boxed()
}

/// A schema with the definitions that its references may lead to.
fn whole() -> impl Strategy<Value = Value> {
    (schema(), schema(), schema()).prop_map(|(mut schema, d, e)| {
        if let Value::Object(members) = &mut schema {
            members.insert("$defs".to_owned(), json!({"d": d, "e": e}));
        }
        schema
    })
}

/// What happens to a schema between two versions: keywords go, come or say something else.
fn pair() -> impl Strategy<Value = (Value, Value)> {
    let edits = prop::collection::vec((any::<Index>(), prop::option::of(keyword())), 1..4);
    let edited = (whole(), edits).prop_map(|(old, edits)| {
        let mut new = old.clone();
        for (at, keyword) in edits {
            edit(&mut new, at, keyword);
        }
        (old, new)
    });
    prop_oneof![3 => edited, 1 => (whole(), whole())]
}

fn edit(schema: &mut Value, at: Index, keyword: Option<Keyword>) {
    let mut pointers = vec![String::new()];
    find_schemas(schema, "", &mut pointers);
    let pointer: &String = at.get(&pointers);
    let place = schema.pointer_mut(pointer);
    let Some(Value::Object(members)) = place else {
        return;
    };
    match keyword {
        Some((word, value)) => {
            members.insert(word, value);
        }
        None => {
            let words = members.keys().filter(|word| *word != "$defs").cloned();
            let words: Vec<String> = words.collect();
            if !words.is_empty() {
                members.remove(at.get(&words));
            }
        }
    }
}

/// A schema in which members become required that have a default, here and there.
fn defaulting() -> impl Strategy<Value = (Value, Value)> {
    let edits = prop::collection::vec((any::<Index>(), name(), value()), 1..4);
    (whole(), edits).prop_map(|(old, edits)| {
        let mut new = old.clone();
        for (at, name, default) in edits {
            require(&mut new, at, &name, default);
        }
        (old, new)
    })
}

fn require(schema: &mut Value, at: Index, name: &str, default: Value) {
    let mut pointers = vec![String::new()];
    find_schemas(schema, "", &mut pointers);
    let pointer: &String = at.get(&pointers);
    let place = schema.pointer_mut(pointer);
    let Some(place) = place.filter(|place| place.is_object()) else {
        return;
    };
    let mut required = place["required"].as_array().cloned().unwrap_or_default();
    required.push(json!(name));
    place["required"] = required.into();
    let member = &mut place["properties"][name];
    if !member.is_object() {
        *member = json!({});
    }
    member["default"] = default;
}

/// Pointers to the schemas inside of one.
fn find_schemas(schema: &Value, at: &str, pointers: &mut Vec<String>) {
    for (word, value) in schema.as_object().into_iter().flatten() {
        let below: Vec<(String, &Value)> = match (word.as_str(), value) {
            ("properties" | "patternProperties" | "$defs", Value::Object(inner)) => inner
                .iter()
                .map(|(name, schema)| (format!("/{name}"), schema))
                .collect(),
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(inner)) => {
                let inner = inner.iter().enumerate();
                inner.map(|(at, it)| (format!("/{at}"), it)).collect()
            }
            ("items" | "additionalProperties" | "not", inner) => vec![(String::new(), inner)],
            _ => Vec::new(),
        };
        for (step, schema) in below {
            let at = format!("{at}/{word}{step}");
            find_schemas(schema, &at, pointers);
            pointers.push(at);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: PAIRS,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn where_nothing_is_lost_every_value_is_still_taken(
        (old, new) in pair(),
        values in prop::collection::vec(value(), VALUES),
    ) {
        let build = |schema: &Value| crate::schema::Schema::compile(schema);
        let (Ok(takes_old), Ok(takes_new)) = (build(&old), build(&new)) else {
            return Ok(());
        };
        let differences = compare(&old, &new);
        let is_lost = differences.iter().any(|it| it.effect != Effect::Widened);
        let loses_only = [Effect::Narrowed, Effect::Named];
        let is_won = differences.iter().any(|it| !loses_only.contains(&it.effect));
        for value in &values {
            let (before, after) = (takes_old.check(value).is_ok(), takes_new.check(value).is_ok());
            prop_assert!(is_lost || !before || after, "{value} is lost: {old} → {new}");
            prop_assert!(is_won || before || !after, "{value} is won: {old} → {new}");
        }
    }

    #[test]
    fn where_nothing_is_lost_with_defaults_every_value_is_still_taken(
        (old, new) in defaulting(),
        values in prop::collection::vec(value(), VALUES),
    ) {
        let build = |schema: &Value| crate::schema::InputSchema::compile(schema);
        let (Ok(takes_old), Ok(takes_new)) = (build(&old), build(&new)) else {
            return Ok(());
        };
        let differences = compare_filled_in(&old, &new);
        if differences.iter().any(|it| it.effect != Effect::Widened) {
            return Ok(());
        }
        for value in &values {
            let takes = |schema: &crate::schema::InputSchema| {
                schema.accept(value.clone()).is_ok()
            };
            prop_assert!(!takes(&takes_old) || takes(&takes_new), "{value} is lost: {old} → {new}");
        }
    }
}
