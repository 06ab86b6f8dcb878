//! Several values of a parameter, with commas between them.

use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer, Serializer};
use std::fmt::Display;
use std::str::FromStr;
use strum::VariantNames;

/// The most values of a filter that takes several.
pub const MAX_FILTER_VALUES: usize = 20;

/// As `serialize_with`.
pub fn serialize<T: Display, S: Serializer>(values: &[T], into: S) -> Result<S::Ok, S::Error> {
    let values: Vec<String> = values.iter().map(T::to_string).collect();
    into.serialize_str(&values.join(","))
}

/// As `deserialize_with`. What is named twice is there once.
pub fn deserialize<'de, T, D>(from: D) -> Result<Vec<T>, D::Error>
where
    T: FromStr + PartialEq + VariantNames,
    D: Deserializer<'de>,
{
    let wrong = |value: &str, _| {
        let (value, known) = (value.escape_debug(), T::VARIANTS.join(", "));
        format!("`{value}` is none of {known}")
    };
    read(from, wrong)
}

fn read<'de, T, D>(from: D, wrong: impl Fn(&str, T::Err) -> String) -> Result<Vec<T>, D::Error>
where
    T: FromStr + PartialEq,
    D: Deserializer<'de>,
{
    let text = String::deserialize(from)?;
    let mut values = Vec::new();
    for value in text.split(',') {
        let read: T = value
            .parse()
            .map_err(|error| D::Error::custom(wrong(value, error)))?;
        if !values.contains(&read) {
            values.push(read);
        }
    }
    Ok(values)
}

/// The same of names and other texts, [`MAX_FILTER_VALUES`] at most.
pub mod names {
    use super::{Deserializer, Display, FromStr, MAX_FILTER_VALUES, read};
    use serde::de::Error as _;

    pub use super::serialize;

    /// As `deserialize_with`. What is named twice is there once.
    pub fn deserialize<'de, T, D>(from: D) -> Result<Vec<T>, D::Error>
    where
        T: FromStr<Err: Display> + PartialEq,
        D: Deserializer<'de>,
    {
        let values = read(from, |_, error: T::Err| error.to_string())?;
        match values.len() <= MAX_FILTER_VALUES {
            true => Ok(values),
            false => Err(D::Error::custom(format!(
                "a filter takes up to {MAX_FILTER_VALUES} values"
            ))),
        }
    }
}

/// One name, or several with commas between them. What takes one has the form of one, so that programs that were written
/// when there was no other are right.
#[cfg(feature = "openapi")]
pub struct NameList;

#[cfg(feature = "openapi")]
impl schemars::JsonSchema for NameList {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "NameList".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = generator.subschema_for::<tasker_domain::name::Name>();
        schemars::json_schema!({
            "anyOf": [
                one,
                {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,100}(,[A-Za-z0-9_-]{1,100})+$"},
            ],
        })
    }
}
