//! An input that a schema takes, for people to start from.

use super::InputSchema;
use serde_json::{Map, Value, json};
use std::cell::Cell;

/// References and levels that are followed.
const MAX_DEPTH: usize = 16;
/// The longest text and the longest list that are made up.
const MAX_LENGTH: u64 = 64;
/// Of one value: as many as there are.
const MAX_TYPES: usize = 7;
/// Branches within branches multiply, and so do lists; what would take more has no example.
const MAX_WORK: usize = 10_000;
/// As many bytes of a text cost as much as one value.
const BYTES_OF_WORK: usize = 64;

/// A small value that the schema takes; none where none is found by simple means.
pub fn example_input(schema: &Value) -> Option<Value> {
    let examples = Examples {
        root: schema,
        left: Cell::new(MAX_WORK),
    };
    let value = examples.of(schema, MAX_DEPTH)?;
    let schema = InputSchema::compile(schema).ok()?;
    schema.accept(value.clone()).ok().map(|_| value)
}

struct Examples<'a> {
    root: &'a Value,
    /// What may still be made or looked at.
    left: Cell<usize>,
}

impl Examples<'_> {
    /// Asked before the work is done; none where it is too much.
    fn spend(&self, work: usize) -> Option<()> {
        self.left.set(self.left.get().checked_sub(work)?);
        Some(())
    }

    /// For each of so many copies of a text.
    fn spend_on(&self, text: &str, copies: usize) -> Option<()> {
        self.spend(copies.checked_mul(1 + text.len() / BYTES_OF_WORK)?)
    }

    /// For so many copies of a value, with all that is in it.
    fn spend_on_value(&self, value: &Value, copies: usize) -> Option<()> {
        match value {
            Value::Null | Value::Bool(_) => self.spend(copies),
            Value::Number(number) => self.spend_on(number.as_str(), copies),
            Value::String(text) => self.spend_on(text, copies),
            Value::Array(items) => {
                self.spend(copies)?;
                let mut items = items.iter();
                items.try_for_each(|item| self.spend_on_value(item, copies))
            }
            Value::Object(members) => {
                self.spend(copies)?;
                members.iter().try_for_each(|(name, member)| {
                    self.spend_on(name, copies)?;
                    self.spend_on_value(member, copies)
                })
            }
        }
    }

    fn of(&self, schema: &Value, depth: usize) -> Option<Value> {
        self.spend(1)?;
        let depth = depth.checked_sub(1)?;
        let said = ["const", "default"].into_iter().map(|key| &schema[key]);
        let listed = ["examples", "enum"].into_iter().map(|key| &schema[key][0]);
        if let Some(value) = said.chain(listed).find(|value| !value.is_null()) {
            self.spend_on_value(value, 1)?;
            return Some(value.clone());
        }
        if let Some(reference) = schema["$ref"].as_str() {
            self.spend_on(reference, 1)?;
            return self.of(self.root.pointer(reference.strip_prefix('#')?)?, depth);
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(branches) = schema[choice].as_array() {
                let made = branches.iter().find_map(|branch| self.of(branch, depth));
                return Some(merged(made?, self.by_type(schema, depth)?));
            }
        }
        let own = self.by_type(schema, depth)?;
        let parts = schema["allOf"].as_array().into_iter().flatten();
        parts
            .map(|part| self.of(part, depth))
            .try_fold(own, |all, part| Some(merged(all, part?)))
    }

    fn by_type(&self, schema: &Value, depth: usize) -> Option<Value> {
        let one = schema["type"].as_str();
        let several = schema["type"].as_array().into_iter().flatten();
        let several = several.take(MAX_TYPES);
        let first = several.filter_map(Value::as_str).find(|it| *it != "null");
        Some(match one.or(first) {
            Some("string") => json!(text(schema)?),
            Some("integer" | "number") => number(schema),
            Some("boolean") => json!(true),
            Some("null") => Value::Null,
            Some("array") => self.list(schema, depth)?,
            Some(_) | None => self.object(schema, depth)?,
        })
    }

    /// With the members that have to be there.
    fn object(&self, schema: &Value, depth: usize) -> Option<Value> {
        let mut members = Map::new();
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str()?;
            self.spend_on(name, 1)?;
            let member = match schema["properties"].get(name) {
                Some(member) => self.of(member, depth)?,
                None => json!({}),
            };
            members.insert(name.to_owned(), member);
        }
        Some(Value::Object(members))
    }

    fn list(&self, schema: &Value, depth: usize) -> Option<Value> {
        let count = schema["minItems"].as_u64().unwrap_or(0);
        if count == 0 {
            return Some(json!([]));
        }
        let copies = usize::try_from(count).ok();
        let copies = copies.filter(|_| count <= MAX_LENGTH)?;
        let item = self.of(&schema["items"], depth)?;
        self.spend_on_value(&item, copies)?;
        Some(Value::Array(vec![item; copies]))
    }
}

fn text(schema: &Value) -> Option<String> {
    let shortest = schema["minLength"].as_u64().unwrap_or(0);
    let text = match schema["format"].as_str() {
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("date") => "2026-01-31",
        Some("time") => "12:00:00Z",
        Some("email") => "name@example.com",
        Some("hostname") => "example.com",
        Some("uri") => "https://example.com/",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some(_) | None => "text",
    };
    let longest = schema["maxLength"].as_u64().unwrap_or(MAX_LENGTH);
    let length = (text.len() as u64).max(shortest).min(longest);
    let letters = text.chars().chain(std::iter::repeat('x'));
    (shortest <= MAX_LENGTH).then(|| letters.take(usize::try_from(length).unwrap_or(0)).collect())
}

/// The least positive number that is allowed, else the greatest.
fn number(schema: &Value) -> Value {
    let step = schema["multipleOf"].as_f64().unwrap_or(1.0);
    let least = schema["minimum"].as_f64();
    let above = schema["exclusiveMinimum"].as_f64().map(|it| it + step);
    let mut number = least.or(above).unwrap_or(1.0).max(step);
    if let Some(most) = schema["maximum"].as_f64() {
        number = number.min(most);
    }
    number = (number / step).ceil() * step;
    match number.fract() == 0.0 && number.abs() < 9e15 {
        true => json!(number as i64),
        false => json!(number),
    }
}

/// Members of both where both are objects; else what was said first.
fn merged(first: Value, second: Value) -> Value {
    match (first, second) {
        (Value::Object(mut all), Value::Object(more)) => {
            for (name, value) in more {
                all.entry(name).or_insert(value);
            }
            Value::Object(all)
        }
        (first, _) => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(schema: Value) -> Option<String> {
        example_input(&schema).map(|value| value.to_string())
    }

    #[test]
    fn required_members_are_filled_and_others_left_out() {
        let schema = json!({
            "type": "object",
            "required": ["name", "amount", "when"],
            "properties": {
                "name": {"type": "string", "minLength": 6},
                "amount": {"type": "integer", "minimum": 5, "multipleOf": 3},
                "when": {"$ref": "#/$defs/when"},
                "note": {"type": "string"},
            },
            "$defs": {"when": {"type": ["null", "string"], "format": "date"}},
        });
        assert_eq!(
            example(schema).as_deref(),
            Some(r#"{"amount":6,"name":"textxx","when":"2026-01-31"}"#)
        );
    }

    #[test]
    fn choices_lists_and_given_values_are_taken() {
        let schema = json!({
            "allOf": [
                {"required": ["kind"], "properties": {"kind": {"enum": ["a", "b"]}}},
                {"required": ["tags"], "properties": {
                    "tags": {"type": "array", "minItems": 2, "items": {"const": 7}}}},
            ],
        });
        assert_eq!(
            example(schema).as_deref(),
            Some(r#"{"kind":"a","tags":[7,7]}"#)
        );
        assert_eq!(example(json!({})).as_deref(), Some("{}"));
        assert_eq!(
            example(json!({"oneOf": [{"type": "null"}]})).as_deref(),
            Some("null")
        );
    }

    /// None of these would end within a test if all ways were gone.
    #[test]
    fn what_would_take_too_long_to_make_up_has_no_example() {
        let branches = vec![json!({"$ref": "#"}); 300];
        let again =
            json!({"type": "object", "required": ["a"], "properties": {"a": {"oneOf": branches}}});
        assert_eq!(example(again), None);
        let list = |items: Value, _| json!({"type": "array", "minItems": 64, "items": items});
        assert_eq!(example((0..6).fold(json!({}), list)), None);
        let text = "a".repeat(1_000_000);
        for part in [
            json!({"const": text}),
            json!({"default": vec![0; 100_000]}),
            json!({"required": vec!["a"; 100_000]}),
            json!({"required": [text]}),
            json!({"type": vec!["null"; 100_000]}),
            json!({"$ref": format!("#/{text}")}),
        ] {
            // A branch that is made and then left, since a part of it cannot be.
            let branch = json!({"allOf": [{"$ref": "#/$defs/it"}, {"$ref": "#/$defs/nothing"}]});
            let often = json!({"anyOf": vec![branch; 9_000], "$defs": {"it": part}});
            assert_eq!(example(often), None);
        }
    }

    #[test]
    fn what_cannot_be_made_up_has_no_example() {
        assert_eq!(
            example(json!({"type": "string", "pattern": "^[A-Z]{3}$"})),
            None
        );
        assert_eq!(
            example(json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}})),
            None
        );
        assert_eq!(
            example(json!({"type": "string", "minLength": 1_000_000})),
            None
        );
    }
}
