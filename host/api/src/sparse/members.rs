//! Which members an answer has, by its schema.

use super::super::schema_settings::{PLACE, settings};
use super::ITEMS;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use tasker_wire::endpoint::{Content as _, Endpoint};

/// The schema of an answer, and those that it refers to by name.
pub(crate) struct AnswerMembers {
    schema: Value,
    types: Map<String, Value>,
}

impl AnswerMembers {
    /// Of an endpoint. None where an answer has no members, or may not be sparse: changes are answered whole, and JSON
    /// that somebody stored is sent as it was.
    pub fn of<E: Endpoint>() -> Option<Self> {
        if E::METHOD != axum::http::Method::GET || !E::PATH.starts_with("/v1/") {
            return None;
        }
        let mut types = settings().for_serialize().into_generator();
        let contents = E::Answer::contents(&mut types);
        let [("application/json", schema)] = contents.as_slice() else {
            return None;
        };
        let schema = schema.clone().to_value();
        Self::new(schema, types.take_definitions(true))
    }

    /// Of a schema with these types. None where it has no members.
    pub(super) fn new(schema: Value, types: Map<String, Value>) -> Option<Self> {
        let answer = Self { schema, types };
        let has_members = answer
            .forms([&answer.schema])
            .iter()
            .any(|form| form["properties"].is_object());
        has_members.then_some(answer)
    }

    /// True if it is a page of a list.
    pub fn is_page(&self) -> bool {
        let members = self.members([&self.schema]);
        members.contains(ITEMS) && members.contains("next")
    }

    /// Says why a name, whose parts have dots between them, is none of its members, or of those of its items.
    pub fn check(&self, name: &str) -> Result<(), String> {
        let mut at = vec![&self.schema];
        if self.is_page() {
            at = self.below(&at, ITEMS);
        }
        let mut path = String::new();
        for part in name.split('.') {
            if self.forms(at.iter().copied()).iter().any(|it| is_any(it)) {
                return Ok(());
            }
            let below = self.below(&at, part);
            if below.is_empty() {
                return Err(self.unknown(&at, &path, part));
            }
            let dot = if path.is_empty() { "" } else { "." };
            path = format!("{path}{dot}{part}");
            at = below;
        }
        Ok(())
    }

    fn unknown(&self, at: &[&Value], path: &str, part: &str) -> String {
        let known: Vec<&str> = self.members(at.iter().copied()).into_iter().collect();
        if known.is_empty() {
            return format!("`{path}` has no members");
        }
        let place = match path {
            "" => String::new(),
            path => format!(" in `{path}`"),
        };
        let (part, known) = (part.escape_debug(), known.join(", "));
        format!("there is no member `{part}`{place}; there are {known}")
    }

    /// The names of all members.
    fn members<'s>(&'s self, schemas: impl IntoIterator<Item = &'s Value>) -> BTreeSet<&'s str> {
        let forms = self.forms(schemas).into_iter();
        let members = forms.filter_map(|form| form["properties"].as_object());
        members.flat_map(Map::keys).map(String::as_str).collect()
    }

    /// The schemas of a member.
    fn below<'s>(&'s self, schemas: &[&'s Value], name: &str) -> Vec<&'s Value> {
        let forms = self.forms(schemas.iter().copied()).into_iter();
        let below = forms.filter_map(|form| {
            let member = form["properties"].get(name);
            let other = form.get("additionalProperties");
            member.or(other.filter(|it| **it != Value::Bool(false)))
        });
        below.collect()
    }

    /// All that a value, or each item of a list, may look like, with what is referred to.
    fn forms<'s>(&'s self, schemas: impl IntoIterator<Item = &'s Value>) -> Vec<&'s Value> {
        let mut open: Vec<&Value> = schemas.into_iter().collect();
        let (mut forms, mut seen) = (Vec::new(), BTreeSet::new());
        while let Some(schema) = open.pop() {
            let name = schema["$ref"].as_str();
            if let Some(name) = name.and_then(|it| it.strip_prefix(PLACE)) {
                if seen.insert(name) {
                    open.extend(self.types.get(name));
                }
                continue;
            }
            for several in ["anyOf", "oneOf", "allOf"] {
                open.extend(schema[several].as_array().into_iter().flatten());
            }
            open.extend(schema.get("items"));
            forms.push(schema);
        }
        forms
    }
}

/// True of a schema that says nothing of what there is.
fn is_any(schema: &Value) -> bool {
    const SAYING: [&str; 10] = [
        "$ref",
        "type",
        "properties",
        "additionalProperties",
        "items",
        "anyOf",
        "oneOf",
        "allOf",
        "enum",
        "const",
    ];
    match schema {
        Value::Object(keywords) => {
            let says = |keyword: &&str| keywords.contains_key(*keyword);
            !SAYING.iter().any(says)
        }
        Value::Bool(is_any) => *is_any,
        _ => false,
    }
}
