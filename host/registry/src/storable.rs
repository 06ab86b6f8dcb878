//! What PostgreSQL cannot keep.

use super::RegistryError;
use serde_json::{Number, Value};
use tasker_domain::json_text::Decimal;

/// The most digits of a number in what is stored as `jsonb`, which writes numbers out.
pub const MAX_NUMBER_DIGITS: u64 = 1_000;

/// Ok where `jsonb` can keep the value.
///
/// # Errors
/// Where a text or a key in it has a NUL, or a number has too many digits; `what` names the value.
pub fn check(value: &Value, what: &'static str) -> Result<(), RegistryError> {
    match value {
        Value::String(text) if text.contains('\0') => Err(RegistryError::Nul(what)),
        Value::Number(number) if is_long(number) => Err(RegistryError::LongNumber(what)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        Value::Array(items) => items.iter().try_for_each(|item| check(item, what)),
        Value::Object(members) => members.iter().try_for_each(|(key, value)| {
            if key.contains('\0') {
                return Err(RegistryError::Nul(what));
            }
            check(value, what)
        }),
    }
}

fn is_long(number: &Number) -> bool {
    let is_plain = number.is_i64() || number.is_u64();
    !is_plain && Decimal::of(number).is_none_or(|number| number.size() > MAX_NUMBER_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(json: &str) -> Option<String> {
        let value = serde_json::from_str(json).unwrap();
        check(&value, "it").err().map(|error| error.to_string())
    }

    #[test]
    fn a_nul_is_found_in_keys_and_texts_however_deep() {
        let nul = |value| matches!(check(&value, "it"), Err(RegistryError::Nul("it")));
        assert!(nul(json!({"a": [1, {"b": "x\0"}]})));
        assert!(nul(json!({"a\0": 1})));
        assert!(!nul(json!({"a": ["\\u0000", null]})));
    }

    #[test]
    fn a_number_that_would_be_written_out_in_many_digits_is_refused() {
        for kept in ["18446744073709551616", "1e999", "1e-999", "0.1", "-5"] {
            assert_eq!(refused(kept), None, "{kept}");
        }
        for long in ["1e1001", "[1e-1001]", "{\"a\": 1e99999999999999999999}"] {
            assert!(refused(long).unwrap().contains("1000 digits"), "{long}");
        }
    }
}
