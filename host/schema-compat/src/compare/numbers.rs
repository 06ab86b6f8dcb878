//! Numbers and values as JSON Schema compares them: 1 and 1.0 are one number.

use crate::decimal::Decimal;
use serde_json::{Number, Value};
use std::cmp::Ordering;

/// Exactly; none where one is no number that can be compared.
pub(super) fn compare(a: &Number, b: &Number) -> Option<Ordering> {
    Some(Decimal::of(a)?.cmp(&Decimal::of(b)?))
}

/// What two keywords say, if it is numbers.
pub(super) fn compare_values(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => compare(a, b),
        _ => None,
    }
}

/// True where both are one value to JSON Schema.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => compare(a, b) == Some(Ordering::Equal),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let has = |key: &String, a: &Value| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(|(key, a)| has(key, a))
        }
        _ => a == b,
    }
}

/// True where `a` is a whole multiple of `b`, both being positive integers.
pub(super) fn is_multiple(a: &Value, b: &Value) -> bool {
    match (a.as_u64(), b.as_u64()) {
        (Some(a), Some(b)) => b != 0 && a % b == 0,
        _ => false,
    }
}
