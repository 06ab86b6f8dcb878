//! A whole schema: its dialect, and where its references lead.

use serde_json::Value;

/// How the keywords are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// 2020-12, which is what no `$schema` means.
    Modern,
    /// Drafts 6 and 7: `$ref` stands alone, `items` may be a list.
    Early,
    /// Another dialect, or parts with addresses of their own: nothing in it is relied on.
    Unknown,
}

/// What becomes of the defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defaults {
    /// They are filled in before a value is held against the schema.
    FilledIn,
    /// They are remarks to people.
    Left,
}

/// A schema as a whole.
pub(super) struct Root<'s> {
    pub(super) schema: &'s Value,
    pub(super) dialect: Dialect,
    pub(super) defaults: Defaults,
}

impl<'s> Root<'s> {
    pub(super) fn of(schema: &'s Value, defaults: Defaults) -> Self {
        let dialect = match schema.get("$schema").map(Value::as_str) {
            _ if has_addresses(schema) => Dialect::Unknown,
            None => Dialect::Modern,
            Some(Some(uri)) if uri.contains("2020-12") => Dialect::Modern,
            Some(Some(uri)) if uri.contains("draft-07") || uri.contains("draft-06") => {
                Dialect::Early
            }
            Some(_) => Dialect::Unknown,
        };
        Self {
            schema,
            dialect,
            defaults,
        }
    }

    /// The part that a `$ref` names, where it lies in this schema.
    pub(super) fn resolve(&self, reference: &Value) -> Option<&'s Value> {
        let pointer = reference.as_str()?.strip_prefix('#')?;
        let is_plain = pointer.is_empty() || pointer.starts_with('/');
        let is_plain = is_plain && !pointer.contains('%');
        is_plain.then(|| self.schema.pointer(pointer)).flatten()
    }
}

/// True where a part below the top says what address or dialect it has, or where references are
/// told at run time.
fn has_addresses(schema: &Value) -> bool {
    let below = match schema {
        Value::Object(members) => members.values().any(says_address),
        Value::Array(items) => items.iter().any(says_address),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    };
    below || schema.get("$dynamicRef").is_some() || schema.get("$recursiveRef").is_some()
}

fn says_address(part: &Value) -> bool {
    let says = |key| part.get(key).is_some_and(Value::is_string);
    says("$id") || says("$schema") || has_addresses(part)
}

/// True where a reference stands in it.
pub(super) fn has_references(part: &Value) -> bool {
    match part {
        Value::Object(members) => {
            members.contains_key("$ref") || members.values().any(has_references)
        }
        Value::Array(items) => items.iter().any(has_references),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// True where references lead to definitions only, and these are the same in both schemas.
pub(super) fn has_same_definitions(a: &Root<'_>, b: &Root<'_>) -> bool {
    let is_same = |key| a.schema.get(key) == b.schema.get(key);
    is_same("$defs")
        && is_same("definitions")
        && refers_to_definitions(a.schema)
        && refers_to_definitions(b.schema)
}

/// True where each reference leads to a definition.
pub(super) fn refers_to_definitions(part: &Value) -> bool {
    match part {
        Value::Object(members) => members.iter().all(|(key, value)| match value {
            Value::String(target) if key == "$ref" => {
                target.starts_with("#/$defs/") || target.starts_with("#/definitions/")
            }
            _ => refers_to_definitions(value),
        }),
        Value::Array(items) => items.iter().all(refers_to_definitions),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}
