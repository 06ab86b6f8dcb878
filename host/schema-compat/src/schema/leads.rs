//! Where a schema leads: to other parts of itself at the same place of a value, and to the parts that
//! are about what lies inside.

use super::SchemaError;
use super::places::pointer_to;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

const LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const SINGLE: [&str; 4] = ["not", "if", "then", "else"];
const MAPS: [&str; 2] = ["dependentSchemas", "dependencies"];
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];
const NAMES: [&str; 3] = ["$anchor", "$dynamicAnchor", "$id"];
/// Parts about members or items, of which a list is by position.
const INSIDE: [&str; 8] = [
    "additionalItems",
    "additionalProperties",
    "contains",
    "items",
    "prefixItems",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Parts about members by name or pattern.
const INSIDE_MAPS: [&str; 2] = ["properties", "patternProperties"];

/// A schema with its names.
pub(super) struct Leads<'s> {
    pub(super) root: &'s Value,
    /// More than one where a name is taken twice, of which any may be meant.
    named: HashMap<&'s str, Vec<&'s Value>>,
}

impl<'s> Leads<'s> {
    pub(super) fn of(root: &'s Value) -> Self {
        let mut named: HashMap<&str, Vec<&Value>> = HashMap::new();
        for place in objects(root) {
            for name in NAMES.iter().filter_map(|key| place.get(key)?.as_str()) {
                let name = name.strip_prefix('#').unwrap_or(name);
                named.entry(name).or_default().push(place);
            }
        }
        Self { root, named }
    }

    /// Where a validator goes on at the same place of the value.
    pub(super) fn across(&self, place: &'s Value) -> Vec<&'s Value> {
        let references = references(place).flat_map(|reference| self.targets(reference));
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

    /// What a reference may mean.
    fn targets(&self, reference: &'s str) -> Vec<&'s Value> {
        let by_pointer = reference
            .strip_prefix('#')
            .and_then(|pointer| self.root.pointer(pointer));
        if let Some(target) = by_pointer {
            return vec![target];
        }
        let name = reference.strip_prefix('#').unwrap_or(reference);
        self.named.get(name).cloned().unwrap_or_default()
    }

    /// The keyword by which a part has an address.
    fn address(&self) -> &'static str {
        let dialect = self.root.get("$schema").and_then(Value::as_str);
        match dialect.is_some_and(|dialect| dialect.contains("draft-04")) {
            true => "id",
            false => "$id",
        }
    }

    /// Every part that a validator may come to, the whole first.
    pub(super) fn reachable(&self) -> Vec<&'s Value> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        let mut open = vec![self.root];
        while let Some(place) = open.pop() {
            if place.is_object() && seen.insert(std::ptr::from_ref(place)) {
                found.push(place);
                open.extend(self.across(place));
                open.extend(inside(place));
            }
        }
        found
    }

    /// Refuses a schema of which a validator may see more than this does: where a reference leads
    /// elsewhere, or a part has an address of its own, from which references count.
    pub(super) fn stay_inside(&self) -> Result<(), SchemaError> {
        for place in self.reachable() {
            let is_inner = !std::ptr::eq(place, self.root);
            let own = place.get(self.address()).and_then(Value::as_str);
            let own = own.filter(|address| is_inner && !address.starts_with('#'));
            let mut references = references(place);
            let lost = references.find(|reference| self.targets(reference).is_empty());
            let message = match (lost, own) {
                (Some(lost), _) => format!(
                    "the reference `{}` leads nowhere in this schema; write `#/$defs/…` or `#anchor`",
                    lost.escape_debug()
                ),
                (None, Some(_)) => {
                    "a part has no address of its own; leave out its `$id`".to_owned()
                }
                (None, None) => continue,
            };
            let pointer = pointer_to(self.root, place);
            return Err(SchemaError { pointer, message });
        }
        Ok(())
    }
}

/// Every object in the schema, whatever it is there for.
fn objects(root: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(entries) => {
                found.push(value);
                open.extend(entries.values());
            }
            Value::Array(items) => open.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

fn references(place: &Value) -> impl Iterator<Item = &str> {
    REFERENCES.iter().filter_map(|key| place.get(key)?.as_str())
}

/// The parts about what lies inside of a value.
pub(super) fn inside(place: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    for part in INSIDE.iter().filter_map(|key| place.get(key)) {
        match part {
            Value::Array(parts) => found.extend(parts),
            part => found.push(part),
        }
    }
    let maps = INSIDE_MAPS
        .iter()
        .filter_map(|key| place.get(key)?.as_object());
    found.extend(maps.flat_map(|map| map.values()));
    found
}
