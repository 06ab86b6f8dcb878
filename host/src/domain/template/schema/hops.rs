//! How far a schema leads before it goes one level down into the input.
//!
//! A validator calls itself for each such hop at each level of the input. Both are bounded, so that
//! no schema can exhaust the stack.

use super::SchemaError;
use serde_json::Value;
use std::collections::HashMap;

/// The most hops (references, `allOf` and the like) in a row at one place of an input.
pub(super) const MAX_HOPS: usize = 16;

const LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const SINGLE: [&str; 4] = ["not", "if", "then", "else"];
const MAPS: [&str; 2] = ["dependentSchemas", "dependencies"];
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];
const NAMES: [&str; 3] = ["$anchor", "$dynamicAnchor", "$id"];

/// Refuses a schema with more than [`MAX_HOPS`] in a row; one that leads back to where it started
/// has no end of them.
pub(super) fn check(schema: &Value) -> Result<(), SchemaError> {
    let places = places(schema);
    let mut hops = Hops {
        root: schema,
        named: named(&places),
        known: HashMap::new(),
    };
    for (pointer, place) in &places {
        hops.from(place, 0).map_err(|TooFar| SchemaError {
            pointer: pointer.clone(),
            message: format!(
                "more than {MAX_HOPS} references, `allOf` and the like lead from here to each other, \
                 or back to here; shorten the chain"
            ),
        })?;
    }
    Ok(())
}

struct TooFar;

struct Hops<'s> {
    root: &'s Value,
    named: HashMap<&'s str, &'s Value>,
    /// The longest row of hops from a place, by its address.
    known: HashMap<*const Value, usize>,
}

impl<'s> Hops<'s> {
    /// The longest row of hops from this place, to which `before` hops led.
    fn from(&mut self, place: &'s Value, before: usize) -> Result<usize, TooFar> {
        let known = self.known.get(&std::ptr::from_ref(place)).copied();
        if before + known.unwrap_or_default() > MAX_HOPS {
            return Err(TooFar);
        }
        if let Some(known) = known {
            return Ok(known);
        }
        let mut longest = 0;
        for next in self.next(place) {
            longest = longest.max(1 + self.from(next, before + 1)?);
        }
        self.known.insert(place, longest);
        Ok(longest)
    }

    /// Where a validator goes on at the same place of the input.
    fn next(&self, place: &'s Value) -> Vec<&'s Value> {
        let references = REFERENCES
            .iter()
            .filter_map(|key| self.target(place.get(key)?.as_str()?));
        let lists = LISTS
            .iter()
            .filter_map(|key| place.get(key)?.as_array())
            .flatten();
        let single = SINGLE.iter().filter_map(|key| place.get(key));
        let maps = MAPS.iter().filter_map(|key| place.get(key)?.as_object());
        let in_maps = maps.flat_map(|map| map.values());
        references
            .chain(lists)
            .chain(single)
            .chain(in_maps)
            .collect()
    }

    fn target(&self, reference: &'s str) -> Option<&'s Value> {
        let fragment = reference.strip_prefix('#').unwrap_or(reference);
        let by_pointer = reference
            .strip_prefix('#')
            .and_then(|pointer| self.root.pointer(pointer));
        by_pointer.or_else(|| self.named.get(fragment).copied())
    }
}

/// Every object in the schema, with its JSON pointer, outer ones first.
fn places(schema: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), schema)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(entries) => {
                for (key, inner) in entries {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    open.push((format!("{pointer}/{key}"), inner));
                }
                found.push((pointer, value));
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                open.extend(items.map(|(at, inner)| (format!("{pointer}/{at}"), inner)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

fn named<'s>(places: &[(String, &'s Value)]) -> HashMap<&'s str, &'s Value> {
    let names = |place: &'s Value| NAMES.iter().filter_map(move |key| place.get(key)?.as_str());
    let pairs = places
        .iter()
        .flat_map(|(_, place)| names(place).map(|name| (name, *place)));
    pairs.collect()
}
