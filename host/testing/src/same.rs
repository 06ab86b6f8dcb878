//! When two values are the same.

use schema_compat::Decimal;
use serde_json::Value;

/// True if both are the same JSON: members in any order, numbers by their values, so that 1.0 is 1.
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other
                || match (Decimal::of(one), Decimal::of(other)) {
                    (Some(one), Some(other)) => one == other,
                    _ => false,
                }
        }
        (Value::Array(ones), Value::Array(others)) => {
            ones.len() == others.len()
                && ones.iter().zip(others).all(|(one, other)| same(one, other))
        }
        (Value::Object(ones), Value::Object(others)) => {
            let is_same = |(key, one): (&String, &Value)| {
                others.get(key).is_some_and(|other| same(one, other))
            };
            ones.len() == others.len() && ones.iter().all(is_same)
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_their_values_and_members_in_any_order() {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let is_same = |one: &str, other: &str| same(&read(one), &read(other));
        assert!(is_same(
            r#"{"a": 1, "b": [2.0]}"#,
            r#"{"b": [2], "a": 1e0}"#
        ));
        assert!(!is_same(r#"{"a": 1}"#, r#"{"a": 1, "b": null}"#));
        assert!(!is_same("1", "1.5") && !is_same("1", "\"1\"") && !is_same("[1]", "[1, 1]"));
    }
}
