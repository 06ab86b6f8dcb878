//! Numbers and values as JSON Schema compares them: 1 and 1.0 are one number.

use serde_json::{Number, Value};
use std::cmp::Ordering;

/// Every integral number below this one fits into an `i128`.
const INTEGERS_BELOW: f64 = 1e38;

/// Exactly; none where one is no number that can be compared.
pub(super) fn compare(a: &Number, b: &Number) -> Option<Ordering> {
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        (Some(a), None) => with_float(a, b.as_f64()?),
        (None, Some(b)) => with_float(b, a.as_f64()?).map(Ordering::reverse),
        (None, None) => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

fn integer(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}

fn with_float(integer: i128, float: f64) -> Option<Ordering> {
    if float.abs() >= INTEGERS_BELOW {
        return 0.0.partial_cmp(&float);
    }
    let floor = float.floor();
    let order = integer.cmp(&(floor as i128));
    let is_between = order == Ordering::Equal && float > floor;
    (!float.is_nan()).then_some(if is_between { Ordering::Less } else { order })
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
