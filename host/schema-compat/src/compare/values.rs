//! Values held against a part of a schema: plainly where the part only lists values or types, else
//! by the validator that holds inputs against it.

use super::numbers::same;
use super::place::Part;
use super::root::{Dialect, Root, has_references, refers_to_definitions};
use super::types::Types;
use crate::schema::{Reading, Schema};
use jsonschema::Draft;
use serde_json::{Map, Value, json};

/// Whether `format` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Formats {
    Enforced,
    Ignored,
}

/// A part of a schema, ready for values.
pub(super) enum Check<'p> {
    Plain(Part<'p>),
    Whole(Box<Schema>),
}

/// Keywords that [`Check::Plain`] reads or that say nothing of values.
const PLAIN: [&str; 6] = ["type", "const", "enum", "title", "description", "default"];

impl<'p> Check<'p> {
    /// None where the part's references cannot be followed from outside of its schema.
    pub(super) fn of(root: &Root<'_>, part: Part<'p>, formats: Formats) -> Option<Self> {
        if part.keys().all(|keyword| PLAIN.contains(&keyword.as_str())) {
            return Some(Self::Plain(part));
        }
        let draft = match root.dialect {
            Dialect::Modern => Draft::Draft202012,
            Dialect::Early => Draft::Draft7,
            Dialect::Unknown => return None,
        };
        let reading = Reading {
            draft,
            has_formats: formats == Formats::Enforced,
        };
        let whole = Schema::of_part(whole(root, part)?, reading)?;
        Some(Self::Whole(Box::new(whole)))
    }

    /// None where it cannot be told within bounds.
    pub(super) fn allows(&self, value: &Value) -> Option<bool> {
        match self {
            Self::Whole(schema) => schema.takes(value),
            Self::Plain(part) => {
                let is_type = |types: &Value| {
                    let types = Types::of_keyword(types);
                    types.is_some_and(|types| Types::of_value(value).within(types))
                };
                let is_listed = |list: &Value| {
                    let mut list = list.as_array().into_iter().flatten();
                    list.any(|listed| same(listed, value))
                };
                let allows = part.get("type").is_none_or(is_type)
                    && part.get("const").is_none_or(|it| same(it, value))
                    && part.get("enum").is_none_or(is_listed);
                Some(allows)
            }
        }
    }
}

/// The part as a schema of its own, with the definitions that it refers to.
fn whole(root: &Root<'_>, part: Part<'_>) -> Option<Value> {
    let mut part = part.clone();
    part.remove("$schema");
    part.remove("$id");
    let part = Value::Object(part);
    let mut whole = Map::new();
    if has_references(&part) {
        if !refers_to_definitions(root.schema) {
            return None;
        }
        for definitions in ["$defs", "definitions"] {
            if let Some(found) = root.schema.get(definitions) {
                whole.insert(definitions.to_owned(), found.clone());
            }
        }
    }
    whole.insert("allOf".to_owned(), json!([part]));
    Some(Value::Object(whole))
}
