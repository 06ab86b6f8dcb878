//! Values that several keys have.

use serde_json::{Number, Value};
use std::fmt::Display;
use std::str::FromStr;
use tasker_domain::template::yaml::{Content, Field, Fields, Findings};

/// Where a key of a case may stand: in the case, in `defaults`, and some of them at the top of the file.
pub(super) struct Layers<'r, 'a> {
    pub own: &'r Fields<'a>,
    pub defaults: Option<&'r Fields<'a>>,
    pub file: &'r Fields<'a>,
}

impl<'a> Layers<'_, 'a> {
    /// The value of the case, else that of `defaults`.
    pub fn get(&self, key: &str) -> Option<Field<'a>> {
        let default = || self.defaults.and_then(|defaults| defaults.get(key));
        self.own.get(key).or_else(default)
    }

    /// The same as JSON.
    pub fn json(&self, key: &str) -> Option<Value> {
        self.get(key).map(|field| field.value.to_json())
    }
}

/// A whole number that a `u64` has.
pub(super) fn number(field: &Field<'_>, findings: &mut Findings) -> Option<u64> {
    let number = field.value.number().and_then(Number::as_u64);
    if number.is_none() {
        field.wrong("a whole number", findings);
    }
    number
}

pub(super) fn flag(field: &Field<'_>, findings: &mut Findings) -> Option<bool> {
    match &field.value.content {
        Content::Bool(value) => Some(*value),
        _ => {
            field.wrong("true or false", findings);
            None
        }
    }
}

/// A mapping of texts, in its order.
pub(super) fn texts(
    field: &Field<'_>,
    example: &str,
    findings: &mut Findings,
) -> Vec<(String, String)> {
    let entries = Fields::entries(field, findings).into_iter();
    let texts = entries.filter_map(|(key, _, value)| {
        let text = value.text(example, findings)?;
        Some((key.to_owned(), text.to_owned()))
    });
    texts.collect()
}

/// The key of an entry, as a `T`.
pub(super) fn key<T>(key: &str, field: &Field<'_>, findings: &mut Findings) -> Option<T>
where
    T: FromStr,
    T::Err: Display,
{
    let parsed = key.parse();
    parsed
        .map_err(|error: T::Err| field.report(error.to_string(), findings))
        .ok()
}
