//! The input of a task: defaults filled in, checked, written as canonical JSON.

use super::InputProblem;
use crate::domain::digest::Digest;
use crate::domain::template::InputSchema;
use serde_json::Value;

/// The largest input, in bytes of canonical JSON text.
pub const MAX_INPUT_BYTES: usize = 1 << 20;

/// The input as it is stored: members ordered by name, no white space, so that the same input is
/// always the same text.
pub fn canonical(input: Value, schema: Option<&InputSchema>) -> Result<String, Vec<InputProblem>> {
    let input = match schema {
        Some(schema) => schema.accept(input).map_err(|errors| {
            let problem = |error: crate::domain::template::InputError| InputProblem {
                path: format!("/input{}", error.path),
                message: error.message,
            };
            errors.into_iter().map(problem).collect::<Vec<_>>()
        })?,
        None => input,
    };
    let text = input.to_string();
    match text.len() {
        0..=MAX_INPUT_BYTES => Ok(text),
        bytes => Err(vec![InputProblem {
            path: "/input".to_owned(),
            message: format!("the input has {bytes} bytes; the limit is {MAX_INPUT_BYTES}"),
        }]),
    }
}

/// By what a task with this canonical input is told where its input is its identity.
pub fn identity_of(canonical: &str) -> String {
    format!("input:{}", Digest::of(canonical.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_same_input_is_the_same_text_however_it_was_written() {
        let one: Value = serde_json::from_str("{\"b\": 1, \"a\": [true]}").expect("JSON");
        let other: Value = serde_json::from_str("{\"a\":[true],\"b\":1}").expect("JSON");
        assert_eq!(canonical(one, None), canonical(other, None));
    }

    #[test]
    fn defaults_are_filled_in_and_errors_name_their_place_in_the_request() {
        let schema = json!({
            "properties": {"amount": {"type": "integer"}, "unit": {"default": "EUR"}},
        });
        let schema = InputSchema::compile(&schema).expect("a schema");
        let accepted = canonical(json!({"amount": 3}), Some(&schema));
        assert_eq!(accepted.as_deref(), Ok(r#"{"amount":3,"unit":"EUR"}"#));
        let problems =
            canonical(json!({"amount": "3"}), Some(&schema)).expect_err("not an integer");
        assert_eq!(problems[0].path, "/input/amount");
    }

    #[test]
    fn an_input_over_the_limit_is_refused() {
        let problems = canonical(json!("x".repeat(MAX_INPUT_BYTES)), None).expect_err("too large");
        assert_eq!(problems[0].path, "/input");
    }
}
