//! What PostgreSQL cannot keep.

use super::RegistryError;
use serde_json::{Number, Value};
use tasker_domain::bounds::MAX_NUMBER_DIGITS;

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

/// Measured as it is written, zeros and all, since the database keeps those of a fraction, and reads the
/// exponent of a zero like any other.
fn is_long(number: &Number) -> bool {
    let is_plain = number.is_i64() || number.is_u64();
    !is_plain && digits(number.as_str()).is_none_or(|digits| digits > MAX_NUMBER_DIGITS)
}

/// How many digits the number has where it is written without an exponent; `None` if that is beyond all
/// measure.
fn digits(text: &str) -> Option<u64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let length = |digits: &str| i64::try_from(digits.len()).ok();
    let whole = length(whole)?.checked_add(exponent)?.max(1);
    let fraction = length(fraction)?.checked_sub(exponent)?.max(0);
    u64::try_from(whole.checked_add(fraction)?).ok()
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
    fn zeros_count_as_the_database_would_keep_them() {
        let zeros = "0".repeat(1_000);
        for kept in ["0e999", "0.0e-998", "1.5e999", "100e-2", "-0"] {
            assert_eq!(refused(kept), None, "{kept}");
        }
        for long in ["0e-20000", "0e2000000000", "-0E-1000", "0e1000", "0.0e-999"] {
            assert!(refused(long).is_some(), "{long}");
        }
        for long in [
            format!("1.{zeros}"),
            format!("[0.{zeros}]"),
            format!("1{zeros}"),
            format!("1{zeros}e-1000"),
            format!("0.{zeros}1e1000"),
        ] {
            assert!(refused(&long).is_some(), "{long}");
        }
        assert_eq!(refused(&format!("1.{}", &zeros[1..])), None);
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
