//! Several values of a parameter, with commas between them.

use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer, Serializer};
use std::fmt::Display;
use std::str::FromStr;
use strum::VariantNames;

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
    let text = String::deserialize(from)?;
    let mut values = Vec::new();
    for value in text.split(',') {
        let value = value.parse().map_err(|_| {
            let (value, known) = (value.escape_debug(), T::VARIANTS.join(", "));
            D::Error::custom(format!("`{value}` is none of {known}"))
        })?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(values)
}
