//! The schemas of all types, as one set of components.

use super::super::schema_settings::{PLACE, settings};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What is added to the name of a type of requests where answers write it in another form.
const IN_REQUESTS: &str = "Input";

/// What requests may have and what answers have are not alike: a member with a default is always there in an answer.
pub struct Schemas {
    pub requests: SchemaGenerator,
    pub answers: SchemaGenerator,
}

impl Default for Schemas {
    fn default() -> Self {
        let settings = settings();
        Self {
            requests: settings.clone().for_deserialize().into_generator(),
            answers: settings.for_serialize().into_generator(),
        }
    }
}

impl Schemas {
    /// The schema of a type of requests, whole.
    pub fn of_request<T: JsonSchema>(&mut self) -> Value {
        T::json_schema(&mut self.requests).to_value()
    }

    /// All schemas, and those of `requests` under the names that they have there.
    pub fn merged(mut self, requests: &mut Value) -> Map<String, Value> {
        let mut answers = self.answers.take_definitions(true);
        let mut inputs = self.requests.take_definitions(true);
        for schema in inputs.values_mut() {
            super::names::complete_members(schema);
        }
        let renamed = renamed(&inputs, &answers);
        rename(requests, &renamed);
        for (name, mut schema) in inputs {
            rename(&mut schema, &renamed);
            let name = match renamed.contains(&name) {
                true => format!("{name}{IN_REQUESTS}"),
                false => name,
            };
            answers.insert(name, schema);
        }
        answers
    }
}

/// The types of requests that answers have in another form, and all that contain one of them and are in answers.
fn renamed(inputs: &Map<String, Value>, answers: &Map<String, Value>) -> BTreeSet<String> {
    let mut renamed = BTreeSet::new();
    loop {
        let before = renamed.len();
        for (name, schema) in inputs {
            let differs = answers.get(name).is_some_and(|other| other != schema);
            let contains = answers.contains_key(name) && refers_to(schema, &renamed);
            if differs || contains {
                renamed.insert(name.clone());
            }
        }
        if renamed.len() == before {
            return renamed;
        }
    }
}

fn refers_to(schema: &Value, names: &BTreeSet<String>) -> bool {
    match schema {
        Value::String(text) => text
            .strip_prefix(PLACE)
            .is_some_and(|name| names.contains(name)),
        Value::Array(items) => items.iter().any(|item| refers_to(item, names)),
        Value::Object(members) => members.values().any(|member| refers_to(member, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Has references to these types lead to their new names.
fn rename(schema: &mut Value, names: &BTreeSet<String>) {
    match schema {
        Value::String(text) => {
            if text
                .strip_prefix(PLACE)
                .is_some_and(|name| names.contains(name))
            {
                text.push_str(IN_REQUESTS);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| rename(member, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Has members of any type be described by `{}`, since makers of clients do not read `true` as a schema; and lists of
/// sets be plain, since what is there twice counts once.
pub fn simplify(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get_mut("properties") {
                let any = properties.values_mut().filter(|it| **it == json!(true));
                any.for_each(|it| *it = json!({}));
            }
            members.remove("uniqueItems");
            members.values_mut().for_each(simplify);
        }
        Value::Array(items) => items.iter_mut().for_each(simplify),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A schema of a parameter: it is there or it is not, and is never null.
pub fn not_null(mut schema: Value) -> Value {
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|it| it != "null");
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(members) = schema.as_object_mut()
        && let Some(Value::Array(mut choices)) = members.remove("anyOf")
    {
        choices.retain(|it| *it != json!({"type": "null"}));
        match choices.as_slice() {
            [Value::Object(only)] => members.extend(only.clone()),
            _ => _ = members.insert("anyOf".to_owned(), choices.into()),
        }
    }
    let has_no_default = schema
        .get("default")
        .is_some_and(|it| it.is_null() || it == "");
    if has_no_default && let Some(members) = schema.as_object_mut() {
        members.remove("default");
    }
    schema
}
