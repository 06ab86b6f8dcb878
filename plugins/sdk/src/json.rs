//! JSON text in and out, with failures that say where it was wrong.

use crate::Failure;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads `text`, or fails for good with `invalid_<what>`, the path and what was expected there.
pub(crate) fn read<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|_| unreadable::<T>(what, text))
}

/// Reads text that stands for nothing at all where it is `null`: then every default applies.
pub(crate) fn read_or_default<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, Failure> {
    match serde_json::from_str(text) {
        Err(_) if text == "null" => read(what, "{}"),
        Err(_) => Err(unreadable::<T>(what, text)),
        Ok(value) => Ok(value),
    }
}

/// Writes `value`, or fails for good: what JSON cannot say today, it cannot say tomorrow.
pub(crate) fn write(what: &str, value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| {
        Failure::permanent(
            format!("invalid_{what}"),
            format!("the {what} cannot be written as JSON: {error}"),
        )
    })
}

/// The schema of what a handler reads.
pub(crate) fn input_schema<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>()
}

/// The schema of what a handler writes.
pub(crate) fn result_schema<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<T>()
}

// Following the path costs time, so only text that was found wrong is read that way.
#[cold]
fn unreadable<T: DeserializeOwned>(what: &str, text: &str) -> Failure {
    let mut source = serde_json::Deserializer::from_str(text);
    let message = match serde_path_to_error::deserialize::<_, T>(&mut source) {
        Err(error) => describe(what, &error),
        Ok(_) => format!("the {what} has more after its end"),
    };
    Failure::permanent(format!("invalid_{what}"), message)
}

fn describe(what: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let path = error.path().to_string();
    match path.as_str() {
        "." => format!("the {what} is wrong: {}", error.inner()),
        path => format!("the {what} is wrong at `{path}`: {}", error.inner()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Order {
        #[serde(default)]
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    struct Line {
        #[allow(dead_code, reason = "only read")]
        price: u32,
    }

    #[test]
    fn text_that_does_not_fit_is_reported_with_its_path_and_what_was_expected() {
        let failure =
            read::<Order>("input", r#"{"lines":[{"price":1},{"price":"2"}]}"#).unwrap_err();
        assert_eq!(failure.code(), "invalid_input");
        assert_eq!(failure.retry(), crate::Retry::Never);
        assert_eq!(
            failure.message(),
            "the input is wrong at `lines[1].price`: invalid type: string \"2\", expected u32 at line 1 column 34"
        );
    }

    #[test]
    fn text_that_continues_after_its_end_is_reported() {
        let failure = read::<u8>("input", "1 2").unwrap_err();
        assert_eq!(failure.message(), "the input has more after its end");
    }

    #[test]
    fn no_configuration_at_all_means_every_default() {
        assert!(
            read_or_default::<Order>("config", "null")
                .unwrap()
                .lines
                .is_empty()
        );
        assert_eq!(
            read_or_default::<Option<u8>>("config", "null").unwrap(),
            None
        );
    }
}
