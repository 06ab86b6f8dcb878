//! What PostgreSQL cannot keep.

use serde_json::Value;

/// True where a text in this value, or a key, has a NUL, which `jsonb` refuses.
pub fn has_nul(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => members
            .iter()
            .any(|(key, value)| key.contains('\0') || has_nul(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_nul_is_found_in_keys_and_texts_however_deep() {
        assert!(has_nul(&json!({"a": [1, {"b": "x\0"}]})));
        assert!(has_nul(&json!({"a\0": 1})));
        assert!(!has_nul(&json!({"a": ["\\u0000", null]})));
    }
}
