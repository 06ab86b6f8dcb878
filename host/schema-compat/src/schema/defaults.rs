//! Filling in the defaults that a schema has.

use super::InputError;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The most that defaults may add to one input, in bytes of JSON text.
const MAX_ADDED_BYTES: usize = 1 << 20;

/// The input with the defaults of `schema` filled in.
///
/// # Errors
/// Where they would add more than [`MAX_ADDED_BYTES`].
pub(super) fn fill(schema: &Value, input: &mut Value) -> Result<(), InputError> {
    let mut filling = Filling {
        root: schema,
        is_inside_default: false,
        room: MAX_ADDED_BYTES,
        is_full: false,
    };
    filling.fill(input, schema, &mut HashSet::new());
    match filling.is_full {
        false => Ok(()),
        true => Err(InputError {
            path: String::new(),
            message: format!(
                "the defaults of its schema add more than {MAX_ADDED_BYTES} bytes; send fewer items"
            ),
        }),
    }
}

/// The default of the schema of a member, with the defaults inside of it, as it is filled in where
/// the member is missing; none where it has none.
pub(crate) fn filled_default(member: &Value) -> Option<Value> {
    let mut filling = Filling {
        root: member,
        is_inside_default: true,
        room: MAX_ADDED_BYTES,
        is_full: false,
    };
    let mut value = member.get("default")?.clone();
    filling.fill(&mut value, member, &mut HashSet::new());
    Some(value)
}

/// Filling in defaults ends: it goes down the input as it was given, follows a reference once at
/// each place, and inside a default it goes down the schema as it is written.
struct Filling<'s> {
    root: &'s Value,
    is_inside_default: bool,
    /// Bytes that may still be added.
    room: usize,
    /// More would have been added than there was room for.
    is_full: bool,
}

impl<'s> Filling<'s> {
    /// `followed`: the references that were followed at this place of the input.
    fn fill(&mut self, value: &mut Value, schema: &'s Value, followed: &mut HashSet<&'s str>) {
        if let Some(target) = self.follow(schema, followed) {
            self.fill(value, target, followed);
        }
        for part in schema
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            self.fill(value, part, followed);
        }
        match value {
            Value::Object(object) => self.fill_object(object, schema),
            Value::Array(items) => {
                let Some(of_items) = schema.get("items") else {
                    return;
                };
                items
                    .iter_mut()
                    .for_each(|item| self.fill(item, of_items, &mut HashSet::new()));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn fill_object(&mut self, object: &mut Map<String, Value>, schema: &'s Value) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (key, property) in properties.into_iter().flatten() {
            if let Some(value) = object.get_mut(key) {
                self.fill(value, property, &mut HashSet::new());
            } else if let Some(default) = property.get("default")
                && self.has_room(key, default)
            {
                let mut value = default.clone();
                let was_inside = std::mem::replace(&mut self.is_inside_default, true);
                self.fill(&mut value, property, &mut HashSet::new());
                self.is_inside_default = was_inside;
                object.insert(key.clone(), value);
            }
        }
    }

    /// Takes the room that a member needs, if it is there.
    fn has_room(&mut self, key: &str, default: &Value) -> bool {
        let bytes = key.len() + default.to_string().len();
        self.is_full |= bytes > self.room;
        if !self.is_full {
            self.room -= bytes;
        }
        !self.is_full
    }

    /// The part of the schema that `$ref` names, if it was not followed here before.
    fn follow(&self, schema: &'s Value, followed: &mut HashSet<&'s str>) -> Option<&'s Value> {
        let reference = schema.get("$ref")?.as_str()?;
        let pointer = reference.strip_prefix('#')?;
        let is_new = !self.is_inside_default && followed.insert(reference);
        is_new.then(|| self.root.pointer(pointer)).flatten()
    }
}
