//! Any two schemas are compared within bounds; where nothing is said to be lost, what the one takes
//! the other takes too.

use arbitrary::{Arbitrary, Result, Unstructured};
use schema_compat::{Effect, compare};
use schema_compat::{InputSchema, Schema};
use serde_json::{Map, Value, json};

/// Schemas and values inside each other.
const MAX_DEPTH: usize = 5;
/// What schemas and values call things, few, so that they meet.
const NAMES: [&str; 4] = ["a", "b", "ab", ""];
const REFERENCES: [&str; 4] = ["#", "#/$defs/a", "#/$defs/b", "#/properties/a"];
const PATTERNS: [&str; 6] = ["^a", "b$", "^(a+)+$", "", "[ab]{1,3}", "("];
const ONE: [&str; 9] = [
    "not",
    "if",
    "then",
    "else",
    "items",
    "contains",
    "additionalProperties",
    "propertyNames",
    "unevaluatedProperties",
];
const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
const MAPS: [&str; 4] = [
    "properties",
    "$defs",
    "dependentSchemas",
    "patternProperties",
];
const NUMBERS: [&str; 11] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];
const TYPES: [&str; 7] = [
    "null", "boolean", "integer", "number", "string", "array", "object",
];

/// Two schemas and values for both.
#[derive(Debug)]
pub struct Pair {
    old: Value,
    new: Value,
    values: Vec<Value>,
}

impl<'a> Arbitrary<'a> for Pair {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let old = schema(bytes, MAX_DEPTH)?;
        // The other is most often the same but for one keyword.
        let mut new = old.clone();
        match (&mut new, bytes.ratio(1, 4)?) {
            (Value::Object(keywords), false) => add(bytes, keywords, MAX_DEPTH)?,
            (_, _) => new = schema(bytes, MAX_DEPTH)?,
        }
        let values = (0..4).map(|_| value(bytes, MAX_DEPTH));
        let values = values.collect::<Result<_>>()?;
        Ok(Self { old, new, values })
    }
}

fn schema(bytes: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    if depth == 0 || bytes.ratio(1, 8)? {
        return Ok(json!(bytes.arbitrary::<bool>()?));
    }
    let mut keywords = Map::new();
    for _ in 0..bytes.int_in_range(0..=4)? {
        add(bytes, &mut keywords, depth)?;
    }
    Ok(Value::Object(keywords))
}

fn add(
    bytes: &mut Unstructured<'_>,
    keywords: &mut Map<String, Value>,
    depth: usize,
) -> Result<()> {
    let (keyword, said) = match bytes.int_in_range(0..=9)? {
        0 => (*bytes.choose(&ONE)?, schema(bytes, depth - 1)?),
        1 => {
            let count = bytes.int_in_range(1..=3)?;
            let parts = (0..count).map(|_| schema(bytes, depth - 1));
            let parts = parts.collect::<Result<Vec<_>>>()?;
            (*bytes.choose(&LISTS)?, json!(parts))
        }
        2 => {
            let keyword = *bytes.choose(&MAPS)?;
            let names: &[&str] = if keyword == "patternProperties" {
                &PATTERNS
            } else {
                &NAMES
            };
            let mut parts = Map::new();
            for _ in 0..bytes.int_in_range(1..=2)? {
                parts.insert(
                    (*bytes.choose(names)?).to_owned(),
                    schema(bytes, depth - 1)?,
                );
            }
            (keyword, Value::Object(parts))
        }
        3 => (*bytes.choose(&NUMBERS)?, json!(bytes.int_in_range(0..=4)?)),
        4 => ("type", json!(bytes.choose(&TYPES)?)),
        5 => ("$ref", json!(bytes.choose(&REFERENCES)?)),
        6 => ("pattern", json!(bytes.choose(&PATTERNS)?)),
        7 => ("required", json!([bytes.choose(&NAMES)?])),
        8 => ("enum", json!([value(bytes, 2)?, value(bytes, 2)?])),
        _ => ("default", value(bytes, 2)?),
    };
    keywords.insert(keyword.to_owned(), said);
    Ok(())
}

fn value(bytes: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    Ok(
        match bytes.int_in_range(0..=if depth == 0 { 4 } else { 6 })? {
            0 => Value::Null,
            1 => json!(bytes.arbitrary::<bool>()?),
            2 => json!(bytes.int_in_range(-1..=4)?),
            3 => json!(f64::from(bytes.int_in_range(-2..=8)?) / 2.0),
            4 => json!(bytes.choose(&["", "a", "ab", "aaab", "b"])?),
            5 => {
                let count = bytes.int_in_range(0..=3)?;
                let items = (0..count).map(|_| value(bytes, depth - 1));
                json!(items.collect::<Result<Vec<_>>>()?)
            }
            _ => {
                let mut members = Map::new();
                for _ in 0..bytes.int_in_range(0..=3)? {
                    let name = (*bytes.choose(&NAMES)?).to_owned();
                    members.insert(name, value(bytes, depth - 1)?);
                }
                Value::Object(members)
            }
        },
    )
}

pub fn check(pair: Pair) {
    let Pair { old, new, values } = pair;
    assert!(compare(&old, &old).is_empty());
    let (Ok(before), Ok(after)) = (Schema::compile(&old), Schema::compile(&new)) else {
        return;
    };
    let differences = compare(&old, &new);
    let is_lost = differences.iter().any(|it| it.effect != Effect::Widened);
    let input = InputSchema::compile(&new).expect("it compiled before");
    for value in &values {
        let is_kept = after.check(value).is_ok() || before.check(value).is_err();
        assert!(is_lost || is_kept, "{value} is lost: {old} → {new}");
        let _ = input.accept(value.clone());
    }
}
