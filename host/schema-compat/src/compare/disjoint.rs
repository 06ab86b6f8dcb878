//! Whether two schemas can have a value in common. Only what is certain is told: where this finds
//! nothing, they may still have none.

use super::types::Types;
use serde_json::Value;
use std::cell::Cell;

/// References and levels that are followed.
const MAX_DEPTH: usize = 24;
/// Choices within choices multiply, and so do the lists in them; what would take more is left open.
const MAX_WORK: usize = 500_000;
/// As many bytes of a name, a number or a reference cost as much as one value of a list.
const BYTES_OF_WORK: usize = 64;

/// Why no value keeps to both of two schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// A JSON pointer into the values; empty for the whole.
    pub path: String,
    pub what: String,
}

/// What may still be looked at in all questions that share it: parts of schemas, and what their lists
/// and texts hold.
#[derive(Debug)]
pub struct Comparisons(Cell<usize>);

impl Default for Comparisons {
    fn default() -> Self {
        Self(Cell::new(MAX_WORK))
    }
}

/// Why nothing that `given` takes is taken by `asked`; none where something may be.
pub fn contradiction(
    given: &Value,
    asked: &Value,
    comparisons: &Comparisons,
) -> Option<Contradiction> {
    let (given, asked) = (Part::root(given), Part::root(asked));
    let effort = Effort {
        depth: MAX_DEPTH,
        left: &comparisons.0,
    };
    let found = between(given, asked, effort)?;
    let path = found.path.iter().rev();
    let path = path.map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1")));
    Some(Contradiction {
        path: path.collect(),
        what: found.what,
    })
}

/// What is left of the levels and of the work.
#[derive(Clone, Copy)]
struct Effort<'a> {
    depth: usize,
    left: &'a Cell<usize>,
}

impl Effort<'_> {
    fn deeper(self) -> Option<Self> {
        self.spend(1)?;
        let depth = self.depth.checked_sub(1)?;
        Some(Self { depth, ..self })
    }

    /// Asked before the work is done; none, and nothing is spent, where it is too much.
    fn spend(self, work: usize) -> Option<()> {
        self.left.set(self.left.get().checked_sub(work)?);
        Some(())
    }

    /// For looking at a text once.
    fn spend_on(self, text: &str) -> Option<()> {
        self.spend(1 + text.len() / BYTES_OF_WORK)
    }
}

/// A part of a schema with the whole that its references lead into.
#[derive(Clone, Copy)]
struct Part<'a> {
    root: &'a Value,
    at: &'a Value,
}

/// The way from inside out.
struct Found {
    path: Vec<String>,
    what: String,
}

impl<'a> Part<'a> {
    fn root(root: &'a Value) -> Self {
        Self { root, at: root }
    }

    fn inner(self, at: &'a Value) -> Self {
        Self { at, ..self }
    }

    fn branches(self, key: &str) -> Option<impl Iterator<Item = Self>> {
        let branches = self.at[key].as_array()?;
        Some(branches.iter().map(move |branch| self.inner(branch)))
    }

    /// What is referred to, where there is a reference; none where it costs too much.
    fn referred(self, effort: Effort<'_>) -> Option<Option<Self>> {
        let Some(reference) = self.at["$ref"].as_str() else {
            return Some(None);
        };
        effort.spend_on(reference)?;
        let at = reference.strip_prefix('#').map(|it| self.root.pointer(it));
        Some(at.flatten().map(|at| self.inner(at)))
    }

    fn property(self, name: &str) -> Option<Self> {
        self.at["properties"].get(name).map(|at| self.inner(at))
    }

    /// Ends early where it costs too much.
    fn requires(self, effort: Effort<'a>) -> impl Iterator<Item = &'a str> {
        let names = self.at["required"].as_array().into_iter().flatten();
        let names = names.map(Value::as_str).map_while(move |name| {
            effort.spend_on(name.unwrap_or_default())?;
            Some(name)
        });
        names.flatten()
    }

    /// True where an object cannot have this member.
    fn forbids(self, name: &str) -> bool {
        let is_closed = self.at["additionalProperties"] == false;
        let may_match = self.at.get("patternProperties").is_some();
        is_closed && !may_match && self.property(name).is_none()
    }

    /// The types that values may have; none where it does not say, or costs too much.
    fn types(self, effort: Effort<'_>) -> Option<Types> {
        let said = |key| self.at.get(key);
        match (said("type"), said("const"), said("enum")) {
            (Some(types), _, _) if types.is_string() || types.is_array() => {
                effort.spend(types.as_array().map_or(0, Vec::len))?;
                Types::of_keyword(types)
            }
            (_, Some(value), _) => Some(types_of(value)),
            (_, None, Some(Value::Array(values))) => {
                effort.spend(values.len())?;
                Some(values.iter().map(types_of).fold(Types::NONE, Types::or))
            }
            (_, _, _) => None,
        }
    }

    /// A bound of numbers; none where there is none, or it costs too much.
    fn bound(self, key: &str, effort: Effort<'_>) -> Option<f64> {
        let number = self.at[key].as_number()?;
        effort.spend_on(number.as_str())?;
        number.as_f64()
    }
}

/// A number may be of both kinds: readers differ in whether `1.0` is an integer.
fn types_of(value: &Value) -> Types {
    match value {
        Value::Number(_) => Types::NUMBER,
        other => Types::of_value(other),
    }
}

fn between<'a>(given: Part<'a>, asked: Part<'a>, effort: Effort<'a>) -> Option<Found> {
    let effort = effort.deeper()?;
    if let Some(given) = given.referred(effort)? {
        return between(given, asked, effort);
    }
    if let Some(asked) = asked.referred(effort)? {
        return between(given, asked, effort);
    }
    let types = (given.types(effort), asked.types(effort));
    by_types(types)
        .or_else(|| by_bounds(given, asked, types, effort))
        .or_else(|| by_members(given, asked, types, effort))
        .or_else(|| by_branches(given, asked, effort))
}

/// Each part of an `allOf` holds; of the others one does.
fn by_branches<'a>(given: Part<'a>, asked: Part<'a>, effort: Effort<'a>) -> Option<Found> {
    let of_given = |part| between(part, asked, effort);
    let of_asked = |part| between(given, part, effort);
    let all = given
        .branches("allOf")
        .and_then(|mut parts| parts.find_map(of_given));
    let all = all.or_else(|| asked.branches("allOf")?.find_map(of_asked));
    all.or_else(|| {
        ["anyOf", "oneOf"].iter().find_map(|key| {
            let given = given
                .branches(key)
                .and_then(|parts| of_every(parts, of_given));
            given.or_else(|| of_every(asked.branches(key)?, of_asked))
        })
    })
}

/// What the first says, where every one says something.
fn of_every<'a>(
    mut parts: impl Iterator<Item = Part<'a>>,
    found: impl Fn(Part<'a>) -> Option<Found>,
) -> Option<Found> {
    let first = found(parts.next()?)?;
    parts.all(|part| found(part).is_some()).then_some(first)
}

/// Of both, what is known of their types.
type KnownTypes = (Option<Types>, Option<Types>);

fn by_types((gives, takes): KnownTypes) -> Option<Found> {
    let (gives, takes) = (gives?, takes?);
    let told = |types: Types| match types.is_none() {
        true => "nothing".to_owned(),
        false => types.to_string(),
    };
    let is_met = !gives.and(takes).is_none();
    (!is_met).then(|| here(format!("is {} and has to be {}", told(gives), told(takes))))
}

fn by_bounds(
    given: Part<'_>,
    asked: Part<'_>,
    (gives, takes): KnownTypes,
    effort: Effort<'_>,
) -> Option<Found> {
    if !gives?.within(Types::NUMBER) || !takes?.within(Types::NUMBER) {
        return None;
    }
    let bound = |part: Part<'_>, key| part.bound(key, effort);
    let (most, least) = (bound(given, "maximum"), bound(asked, "minimum"));
    if let (Some(most), Some(least)) = (most, least)
        && most < least
    {
        return Some(here(format!(
            "is at most {most} and has to be at least {least}"
        )));
    }
    let (least, most) = (bound(given, "minimum"), bound(asked, "maximum"));
    match (least, most) {
        (Some(least), Some(most)) if least > most => Some(here(format!(
            "is at least {least} and has to be at most {most}"
        ))),
        (_, _) => None,
    }
}

/// Members that have to be there, where nothing but an object will do.
fn by_members<'a>(
    given: Part<'a>,
    asked: Part<'a>,
    (gives, takes): KnownTypes,
    effort: Effort<'a>,
) -> Option<Found> {
    if gives != Some(Types::OBJECT) && takes != Some(Types::OBJECT) {
        return None;
    }
    let (gives, takes) = (|| given.requires(effort), || asked.requires(effort));
    let missing = takes().find(|name| given.forbids(name));
    if let Some(name) = missing {
        return Some(here(format!("has no `{name}`, which has to be there")));
    }
    let unwanted = gives().find(|name| asked.forbids(name));
    if let Some(name) = unwanted {
        return Some(here(format!("has `{name}`, which must not be there")));
    }
    let mut required = gives().chain(takes());
    required.find_map(|name| {
        let mut found = between(given.property(name)?, asked.property(name)?, effort)?;
        found.path.push(name.to_owned());
        Some(found)
    })
}

fn here(what: String) -> Found {
    Found {
        path: Vec::new(),
        what,
    }
}

#[cfg(test)]
mod tests;
