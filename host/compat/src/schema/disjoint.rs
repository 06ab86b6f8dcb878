//! Whether two schemas can have a value in common. Only what is certain is told: where this finds
//! nothing, they may still have none.

use serde_json::Value;
use std::cell::Cell;

/// References and levels that are followed.
const MAX_DEPTH: usize = 24;
/// Choices within choices multiply; what would take more is left open.
const MAX_COMPARISONS: usize = 100_000;

/// Why no value keeps to both of two schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// A JSON pointer into the values; empty for the whole.
    pub path: String,
    pub what: String,
}

/// How many parts of schemas are compared at most, in all questions that share it.
#[derive(Debug)]
pub struct Comparisons(Cell<usize>);

impl Default for Comparisons {
    fn default() -> Self {
        Self(Cell::new(MAX_COMPARISONS))
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

/// What is left of the levels and of the comparisons.
#[derive(Clone, Copy)]
struct Effort<'a> {
    depth: usize,
    left: &'a Cell<usize>,
}

impl Effort<'_> {
    fn deeper(self) -> Option<Self> {
        self.left.set(self.left.get().checked_sub(1)?);
        let depth = self.depth.checked_sub(1)?;
        Some(Self { depth, ..self })
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

    fn reference(self) -> Option<Self> {
        let pointer = self.at["$ref"].as_str()?.strip_prefix('#')?;
        self.root.pointer(pointer).map(|at| self.inner(at))
    }

    fn property(self, name: &str) -> Option<Self> {
        self.at["properties"].get(name).map(|at| self.inner(at))
    }

    fn requires(self) -> impl Iterator<Item = &'a str> {
        let names = self.at["required"].as_array();
        names.into_iter().flatten().filter_map(Value::as_str)
    }

    /// True where an object cannot have this member.
    fn forbids(self, name: &str) -> bool {
        let is_closed = self.at["additionalProperties"] == false;
        let may_match = self.at.get("patternProperties").is_some();
        is_closed && !may_match && self.property(name).is_none()
    }

    /// The types that values may have; none where it does not say.
    fn types(self) -> Option<Vec<&'a str>> {
        let listed = ["const", "enum"].iter().find_map(|key| self.at.get(*key));
        match (&self.at["type"], listed) {
            (Value::String(one), _) => Some(vec![one]),
            (Value::Array(several), _) => several.iter().map(Value::as_str).collect(),
            (_, Some(Value::Array(values))) if self.at.get("const").is_none() => {
                Some(values.iter().map(type_of).collect())
            }
            (_, Some(value)) if self.at.get("const").is_some() => Some(vec![type_of(value)]),
            (_, _) => None,
        }
    }
}

fn between(given: Part<'_>, asked: Part<'_>, effort: Effort<'_>) -> Option<Found> {
    let effort = effort.deeper()?;
    if let Some(given) = given.reference() {
        return between(given, asked, effort);
    }
    if let Some(asked) = asked.reference() {
        return between(given, asked, effort);
    }
    by_types(given, asked)
        .or_else(|| by_bounds(given, asked))
        .or_else(|| by_members(given, asked, effort))
        .or_else(|| by_branches(given, asked, effort))
}

/// Each part of an `allOf` holds; of the others one does.
fn by_branches(given: Part<'_>, asked: Part<'_>, effort: Effort<'_>) -> Option<Found> {
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
    parts: impl Iterator<Item = Part<'a>>,
    found: impl Fn(Part<'a>) -> Option<Found>,
) -> Option<Found> {
    let found: Option<Vec<Found>> = parts.map(found).collect();
    found?.into_iter().next()
}

fn by_types(given: Part<'_>, asked: Part<'_>) -> Option<Found> {
    let (gives, takes) = (given.types()?, asked.types()?);
    let meets = |one: &str, other: &str| {
        one == other || matches!((one, other), ("integer", "number") | ("number", "integer"))
    };
    let is_met = gives
        .iter()
        .any(|one| takes.iter().any(|other| meets(one, other)));
    (!is_met).then(|| {
        here(format!(
            "is {} and has to be {}",
            gives.join(" or "),
            takes.join(" or ")
        ))
    })
}

fn by_bounds(given: Part<'_>, asked: Part<'_>) -> Option<Found> {
    let is_number = |part: Part<'_>| {
        let types = part.types();
        types.is_some_and(|types| types.iter().all(|it| matches!(*it, "integer" | "number")))
    };
    if !is_number(given) || !is_number(asked) {
        return None;
    }
    let bound = |part: Part<'_>, key: &str| part.at[key].as_f64();
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
fn by_members(given: Part<'_>, asked: Part<'_>, effort: Effort<'_>) -> Option<Found> {
    let is_object = |part: Part<'_>| part.types().is_some_and(|types| types == ["object"]);
    if !is_object(given) && !is_object(asked) {
        return None;
    }
    let missing = asked.requires().find(|name| given.forbids(name));
    if let Some(name) = missing {
        return Some(here(format!("has no `{name}`, which has to be there")));
    }
    let unwanted = given.requires().find(|name| asked.forbids(name));
    if let Some(name) = unwanted {
        return Some(here(format!("has `{name}`, which must not be there")));
    }
    let mut required = given.requires().chain(asked.requires());
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

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(given: Value, asked: Value) -> Option<String> {
        contradiction(&given, &asked, &Comparisons::default())
            .map(|found| format!("{} {}", found.path, found.what))
    }

    #[test]
    fn what_can_never_fit_is_told_with_its_place() {
        let object = |member: Value| json!({"type": "object", "required": ["a"], "properties": {"a": member}});
        assert_eq!(
            told(
                object(json!({"type": "string"})),
                object(json!({"type": "integer"}))
            )
            .as_deref(),
            Some("/a is string and has to be integer")
        );
        assert_eq!(
            told(
                object(json!({"type": "integer", "maximum": 3})),
                object(json!({"type": "number", "minimum": 4}))
            )
            .as_deref(),
            Some("/a is at most 3 and has to be at least 4")
        );
        let closed =
            json!({"type": "object", "properties": {"b": {}}, "additionalProperties": false});
        assert_eq!(
            told(closed, object(json!({}))).as_deref(),
            Some(" has no `a`, which has to be there")
        );
        let choice = json!({"oneOf": [{"type": "string"}, {"const": true}]});
        assert_eq!(
            told(json!({"type": "array"}), choice).as_deref(),
            Some(" is array and has to be string")
        );
        let referred = json!({"$ref": "#/$defs/n", "$defs": {"n": {"type": "number"}}});
        assert!(told(referred, json!({"type": "string"})).is_some());
    }

    #[test]
    fn choices_within_choices_end() {
        let nested = |leaf: &str| {
            (0..8).fold(
                json!({"type": leaf}),
                |inner, _| json!({"anyOf": [inner, inner, inner]}),
            )
        };
        assert_eq!(told(nested("string"), nested("number")), None);
    }

    #[test]
    fn what_may_fit_is_left_alone() {
        let object =
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}});
        for (given, asked) in [
            (json!({}), object.clone()),
            (json!({"type": "object"}), object.clone()),
            (json!({"type": ["object", "null"]}), object.clone()),
            (
                json!({"properties": {"a": {"type": "string"}}}),
                json!({"properties": {"a": {"type": "integer"}}}),
            ),
            (json!({"type": "number"}), json!({"type": "integer"})),
            (json!({"enum": [1, "x"]}), json!({"type": "string"})),
            (
                json!({"anyOf": [{"type": "string"}, {}]}),
                json!({"type": "null"}),
            ),
            (json!({"$ref": "#"}), json!({"$ref": "#"})),
            (json!(true), json!(false)),
        ] {
            assert_eq!(told(given.clone(), asked.clone()), None, "{given} {asked}");
        }
    }
}
