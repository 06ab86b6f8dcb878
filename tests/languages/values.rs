//! Values of the table: JSON, with words for what is too large to be written down.

use serde_json::{Value, json};

/// A value of the table as it is meant: `{"$deep": n}` is an array in an array and so on, `{"$text": n}` a text of `x`, and
/// words in texts are replaced.
pub fn meant(value: &Value, words: &[(&str, String)]) -> Value {
    match value {
        Value::Object(members) => {
            let number = |name: &str| members.get(name).and_then(Value::as_u64);
            if let Some(depth) = number("$deep") {
                return (0..depth).fold(json!(1), |inner, _| json!([inner]));
            }
            if let Some(length) = number("$text") {
                return json!("x".repeat(usize::try_from(length).unwrap()));
            }
            let members = members.iter();
            let members = members.map(|(name, value)| (name.clone(), meant(value, words)));
            Value::Object(members.collect())
        }
        Value::Array(items) => items.iter().map(|item| meant(item, words)).collect(),
        Value::String(text) => json!(replaced(text, words)),
        other => other.clone(),
    }
}

pub fn replaced(text: &str, words: &[(&str, String)]) -> String {
    let replace = |text: String, (word, by): &(&str, String)| text.replace(word, by);
    words.iter().fold(text.to_owned(), replace)
}

/// Whether two values are the same to JSON: 5 and 5.0 are one number, and every digit of an integer counts.
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.to_string(), other.to_string());
            match (one.parse::<i128>(), other.parse::<i128>()) {
                (Ok(one), Ok(other)) => one == other,
                _ => {
                    one.parse::<f64>().unwrap().to_bits() == other.parse::<f64>().unwrap().to_bits()
                }
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let is_there = |(name, value): (&String, &Value)| {
                other.get(name).is_some_and(|other| same(value, other))
            };
            one.len() == other.len() && one.iter().all(is_there)
        }
        _ => one == other,
    }
}

/// A value as a report shows it.
pub fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.len() > 300 {
        true => format!(
            "{}… ({} bytes)",
            &text[..text.floor_char_boundary(200)],
            text.len()
        ),
        false => text,
    }
}

#[test]
fn numbers_are_the_same_by_their_value_and_integers_by_every_digit() {
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert!(same(&parse("[5]"), &parse("[5.0]")));
    assert!(same(&parse("1e2"), &parse("100")));
    assert!(!same(
        &parse("9007199254740993"),
        &parse("9007199254740992")
    ));
    assert!(!same(&parse("{\"a\": 1}"), &parse("{\"a\": 1, \"b\": 2}")));
}
