//! How values of JSON become values of GraphQL, and arguments become JSON.

use crate::json::{from_graphql, to_graphql};
use async_graphql::Value;
use async_graphql::dynamic::FieldValue;
use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use std::sync::Arc;

/// What a type of GraphQL does with a value of JSON.
#[derive(Clone, Debug)]
pub enum Shape {
    /// The value is the same.
    Plain,
    Enum(Arc<Choices>),
    /// An object, whose fields read its members.
    Object,
    /// An input object of this type.
    Input(Arc<str>),
    List(Arc<Shape>),
}

/// The values of an enum of the API, and what they are called in GraphQL.
#[derive(Debug, Default)]
pub struct Choices(Vec<(String, String)>);

/// Members of an input object or arguments of a field, by their names in GraphQL.
pub type Members = HashMap<String, Member>;

/// A member of a request.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name in the API.
    pub name: String,
    pub shape: Shape,
    /// The API takes null, and not only a value or nothing.
    pub takes_null: bool,
}

/// Members of all input objects, by type.
pub type Inputs = HashMap<String, Members>;

impl Choices {
    pub fn new(choices: impl Iterator<Item = (String, String)>) -> Self {
        Self(choices.collect())
    }

    fn name_of(&self, value: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == value);
        found.map(|(_, name)| name.as_str())
    }

    fn value_of(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(_, known)| known == name);
        found.map(|(value, _)| value.as_str())
    }
}

impl Shape {
    /// The value of a field; none of null.
    pub fn output<'a>(&self, json: &'a Json) -> Option<FieldValue<'a>> {
        if json.is_null() {
            return None;
        }
        Some(match (self, json) {
            (Self::Object, object) => FieldValue::borrowed_any(object),
            (Self::List(of), Json::Array(items)) => {
                let items = items.iter().map(|item| of.output(item));
                FieldValue::list(items.map(|item| item.unwrap_or(FieldValue::NULL)))
            }
            (Self::Enum(choices), Json::String(value)) => {
                FieldValue::value(choices.name_of(value).unwrap_or(value))
            }
            (Self::Plain | Self::Enum(_) | Self::Input(_) | Self::List(_), value) => {
                FieldValue::value(to_graphql(value))
            }
        })
    }

    /// The same of an answer as a whole.
    pub fn owned(&self, json: Json) -> Option<FieldValue<'static>> {
        match (self, json) {
            (_, Json::Null) => None,
            (Self::Object, object) => Some(FieldValue::owned_any(object)),
            (Self::List(of), Json::Array(items)) => {
                let items = items.into_iter().map(|item| of.owned(item));
                let items = items.map(|item| item.unwrap_or(FieldValue::NULL));
                Some(FieldValue::list(items))
            }
            (Self::Enum(choices), Json::String(value)) => {
                Some(FieldValue::value(choices.name_of(&value).unwrap_or(&value)))
            }
            (Self::Plain | Self::Enum(_) | Self::Input(_) | Self::List(_), value) => {
                Some(FieldValue::value(to_graphql(&value)))
            }
        }
    }

    /// What the API is sent for an argument. What has another form is passed on, and refused there.
    pub fn input(&self, value: &Value, inputs: &Inputs) -> Json {
        match (self, value) {
            (Self::Enum(choices), Value::Enum(name)) => named(choices, name),
            (Self::Enum(choices), Value::String(name)) => named(choices, name),
            (Self::List(_), Value::Null) => Json::Null,
            (Self::List(of), Value::List(items)) => {
                items.iter().map(|item| of.input(item, inputs)).collect()
            }
            // One item stands for a list of it.
            (Self::List(of), item) => Json::Array(vec![of.input(item, inputs)]),
            (Self::Input(of), Value::Object(given)) => match inputs.get(&**of) {
                Some(members) => Json::Object(request_members(
                    members,
                    inputs,
                    given.iter().map(|(name, value)| (name.as_str(), value)),
                )),
                None => from_graphql(value),
            },
            (Self::Plain | Self::Enum(_) | Self::Object | Self::Input(_), value) => {
                from_graphql(value)
            }
        }
    }
}

fn named(choices: &Choices, name: &str) -> Json {
    Json::from(choices.value_of(name).unwrap_or(name))
}

/// Members of a request from members or arguments of GraphQL. Null is as nothing where the API takes no null.
pub fn request_members<'v>(
    members: &Members,
    inputs: &Inputs,
    given: impl Iterator<Item = (&'v str, &'v Value)>,
) -> Map<String, Json> {
    let known = given.filter_map(|(name, value)| {
        let member = members.get(name)?;
        let is_sent = *value != Value::Null || member.takes_null;
        is_sent.then(|| (member.name.clone(), member.shape.input(value, inputs)))
    });
    known.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::value;
    use serde_json::json;

    fn state() -> Shape {
        let choices = [("in_progress".to_owned(), "IN_PROGRESS".to_owned())];
        Shape::Enum(Arc::new(Choices::new(choices.into_iter())))
    }

    fn member(name: &str, shape: Shape, takes_null: bool) -> Member {
        let name = name.to_owned();
        Member {
            name,
            shape,
            takes_null,
        }
    }

    #[test]
    fn enums_have_the_values_of_the_api_there_and_constants_here() {
        let json = json!("in_progress");
        let value = state().output(&json).unwrap();
        assert_eq!(value.as_value(), Some(&Value::from("IN_PROGRESS")));
        let states = Shape::List(Arc::new(state()));
        let one = states.input(&value!("IN_PROGRESS"), &Inputs::new());
        assert_eq!(one, json!(["in_progress"]));
    }

    #[test]
    fn null_is_sent_where_the_api_distinguishes_it_from_nothing() {
        let members = Members::from([
            ("guard".to_owned(), member("guard", Shape::Plain, true)),
            (
                "becauseOf".to_owned(),
                member("reason", Shape::Plain, false),
            ),
        ]);
        let nothing = Value::Null;
        let given = [("guard", &nothing), ("becauseOf", &nothing)];
        let sent = request_members(&members, &Inputs::new(), given.into_iter());
        assert_eq!(Json::Object(sent), json!({"guard": null}));
    }
}
