//! Defaults that the host fills in: a member that gets one need not be given.

use super::place::{Part, Place, is_among};
use super::root::{Defaults, Root};
use super::values::{Check, Formats};
use crate::schema::filled_default;
use serde_json::Value;

/// Keywords by which a value may be refused for a member that it, or something in it, has, whatever
/// that is.
const REFUSE_MEMBERS: [&str; 15] = [
    "maxProperties",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "const",
    "enum",
    "uniqueItems",
    "contains",
];

/// What is filled in for a member that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filled {
    Nothing,
    /// A value that the member's schema takes.
    Fitting,
    /// A value that it refuses.
    Refused,
    /// It cannot be told which value, or whether it fits.
    Unclear,
}

impl<'s> Place<'s> {
    /// The place of whole values.
    pub(super) fn whole(root: &'s Root<'s>) -> Self {
        let mut place = Self::open(root);
        place.add(root.schema, root.defaults);
        place
    }

    /// The place that the part describes with this schema of its own, by `properties` or `items`,
    /// which is where defaults are filled in as well; `all` is what all parts say of it.
    pub(super) fn inside(&self, part: Part<'s>, schema: &'s Value, all: &Self) -> Self {
        let mut place = Self::open(self.root);
        place.add(schema, self.defaults_of(part));
        // Defaults of `items` are filled into the items that are told apart as well.
        let is_described_beside =
            all.parts.len() > place.parts.len() || self.items_told_apart() > 0;
        place.is_looked_into =
            is_described_beside || self.is_looked_into || self.may_refuse_members();
        place
    }

    /// What becomes of defaults in what `properties` or `items` of this part describe.
    pub(super) fn defaults_of(&self, part: Part<'s>) -> Defaults {
        match is_among(&self.filled, part) {
            true => Defaults::FilledIn,
            false => Defaults::Left,
        }
    }

    /// True where every object that `before` takes may be held against `required` here, as far as
    /// this name goes: it has the member, or gets it.
    pub(super) fn requires_no_more(&self, before: &Place<'_>, name: &str) -> bool {
        if !before.required().any(|known| known == name) {
            let may_be_refused = self.is_looked_into || self.may_refuse_members();
            return self.filled_in(name) == Filled::Fitting && !may_be_refused;
        }
        match (before.filled_in(name), self.filled_in(name)) {
            (Filled::Nothing | Filled::Refused, _) | (_, Filled::Fitting) => true,
            (Filled::Unclear, now) => now == Filled::Unclear,
            (Filled::Fitting, Filled::Nothing | Filled::Refused | Filled::Unclear) => false,
        }
    }

    /// True where all defaults that are filled in here are filled in there too: else a part that
    /// both have may refuse more there than here.
    pub(super) fn has_no_default_beside(&self, other: &Place<'_>) -> bool {
        let mut filled = self.filled.iter();
        filled.all(|part| other.filled.contains(part) || !part.values().any(has_default))
    }

    fn filled_in(&self, name: &str) -> Filled {
        let described = |part: &Part<'s>| part.get("properties").and_then(|all| all.get(name));
        let described: Vec<&Value> = self.filled.iter().filter_map(described).collect();
        let mut values = described.iter().filter_map(|it| filled_default(it));
        match (values.next(), described.len()) {
            (None, _) => Filled::Nothing,
            (Some(value), 1) => self.member(name).holds(&value),
            // Several describe the member, and each may fill in a part of it.
            (Some(_), _) => Filled::Unclear,
        }
    }

    fn holds(&self, value: &Value) -> Filled {
        if self.is_closed {
            return Filled::Refused;
        }
        let check = |part: &Part<'s>| Check::of(self.root, part, Formats::Enforced)?.allows(value);
        let answers: Vec<Option<bool>> = self.parts.iter().map(check).collect();
        let is_all = answers.iter().all(|it| *it == Some(true)) && self.unknown.is_empty();
        match is_all {
            true => Filled::Fitting,
            false if answers.contains(&Some(false)) => Filled::Refused,
            false => Filled::Unclear,
        }
    }

    fn may_refuse_members(&self) -> bool {
        let refuses = |part: &Part<'s>| REFUSE_MEMBERS.iter().any(|key| part.contains_key(*key));
        !self.unknown.is_empty() || self.parts.iter().any(refuses)
    }
}

fn has_default(part: &Value) -> bool {
    match part {
        Value::Object(members) => {
            members.contains_key("default") || members.values().any(has_default)
        }
        Value::Array(items) => items.iter().any(has_default),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
