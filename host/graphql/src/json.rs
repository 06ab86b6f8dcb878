//! Values of JSON as values of GraphQL, and back. By hand: with numbers of any precision, serde would take them for
//! objects.

use async_graphql::dynamic::ResolverContext;
use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

/// The object whose field is read: a part of an answer, or what an edge led to, which several objects may share.
pub fn object_of<'a>(context: &ResolverContext<'a>) -> Option<&'a Json> {
    let object = context.parent_value;
    let shared = || object.downcast_ref::<Arc<Json>>().map(Arc::as_ref);
    object.downcast_ref::<Json>().or_else(shared)
}

/// The object with these members, which are not copied as `json!` does.
pub fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    let members = members.into_iter();
    Json::Object(members.map(|(name, it)| (name.to_owned(), it)).collect())
}

/// As a value of GraphQL.
pub fn to_graphql(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => Value::Number(number.clone()),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(to_graphql).collect()),
        Json::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| (Name::new(name), to_graphql(value)));
            Value::Object(members.collect::<IndexMap<_, _>>())
        }
    }
}

/// As JSON; the name of a member of an enum is text.
pub fn from_graphql(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(value) => Json::Bool(*value),
        Value::Number(number) => Json::Number(number.clone()),
        Value::String(text) => Json::String(text.clone()),
        Value::Enum(name) => Json::String(name.to_string()),
        Value::Binary(bytes) => Json::String(data_encoding::BASE64.encode(bytes)),
        Value::List(items) => Json::Array(items.iter().map(from_graphql).collect()),
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| (name.to_string(), from_graphql(value)));
            Json::Object(members.collect::<Map<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_both_ways() {
        let text =
            r#"{"big":123456789012345678901234567890,"exact":0.10,"list":[1,null,true,"x"]}"#;
        let json: Json = serde_json::from_str(text).unwrap();
        let back = from_graphql(&to_graphql(&json));
        assert_eq!(serde_json::to_string(&back).unwrap(), text);
        assert_eq!(serde_json::to_string(&to_graphql(&json)).unwrap(), text);
    }
}
