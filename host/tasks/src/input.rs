//! The input of a task: defaults filled in, checked, written as canonical JSON.

use super::InputProblem;
use schema_compat::InputSchema;
use tasker_domain::digest::Digest;
use tasker_domain::json_text::{self, JsonTextError};

/// The largest input, in bytes of canonical JSON text.
pub const MAX_INPUT_BYTES: usize = 1 << 20;

/// The input as it is stored: members ordered by name, no white space, numbers as they were written.
///
/// So inputs are the same text, and one identity, if they are the same but for white space and the
/// order of members. `1` and `1.0` are two; of the ways to write an exponent only `1e+5` is left.
pub fn canonical(input: &str, schema: Option<&InputSchema>) -> Result<String, Vec<InputProblem>> {
    let input = json_text::parse(input).map_err(|error| vec![InputProblem::of_text(&error)])?;
    let input = match schema {
        Some(schema) => schema.accept(input).map_err(|errors| {
            let problem = |error: schema_compat::InputError| InputProblem {
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

impl InputProblem {
    fn of_text(error: &JsonTextError) -> Self {
        let pointer = match error {
            JsonTextError::DuplicateMember(pointer) | JsonTextError::ReservedMember(pointer) => {
                pointer
            }
            JsonTextError::Malformed(_) | JsonTextError::TooDeep(_) | JsonTextError::NoText => "",
        };
        Self {
            path: format!("/input{pointer}"),
            message: error.to_string(),
        }
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
        let (one, other) = ("{\"b\": 1, \"a\": [true]}", "{\"a\":[true],\"b\":1}");
        assert_eq!(canonical(one, None), canonical(other, None));
    }

    #[test]
    fn inputs_that_differ_beyond_what_a_float_holds_are_two() {
        let ids = [
            "9007199254740992",
            "9007199254740993",
            "18446744073709551615",
            "18446744073709551616",
            "0.1",
            "0.10000000000000000000000001",
            "0",
            "1e-400",
        ];
        let identity = |id: &&str| identity_of(&canonical(id, None).expect("JSON"));
        let identities: std::collections::HashSet<String> = ids.iter().map(identity).collect();
        assert_eq!(identities.len(), ids.len());
    }

    #[test]
    fn a_member_that_stands_twice_is_refused_where_it_stands() {
        let problems = canonical(r#"{"order": [{"id": 1, "id": 1}]}"#, None).expect_err("twice");
        assert_eq!(problems[0].path, "/input/order/0/id");
    }

    #[test]
    fn defaults_are_filled_in_and_errors_name_their_place_in_the_request() {
        let schema = json!({
            "properties": {"amount": {"type": "integer"}, "unit": {"default": "EUR"}},
        });
        let schema = InputSchema::compile(&schema).expect("a schema");
        let accepted = canonical(r#"{"amount": 3}"#, Some(&schema));
        assert_eq!(accepted.as_deref(), Ok(r#"{"amount":3,"unit":"EUR"}"#));
        let problems = canonical(r#"{"amount": "3"}"#, Some(&schema)).expect_err("not an integer");
        assert_eq!(problems[0].path, "/input/amount");
    }

    #[test]
    fn an_input_over_the_limit_is_refused() {
        let large = json!("x".repeat(MAX_INPUT_BYTES)).to_string();
        let problems = canonical(&large, None).expect_err("too large");
        assert_eq!(problems[0].path, "/input");
    }
}
