//! From the arguments of a field to a request of the API.

use crate::host::Call;
use crate::json::from_graphql;
use crate::json_schema::{has_member, members, requires};
use crate::operation::{Answer, Body, Operation, Parameter, Place};
use crate::shape::{Inputs, Member, Members, request_members};
use crate::types::Types;
use async_graphql::dynamic::InputValue;
use async_graphql::{Name, Value};
use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value as Json};

/// The argument of a body that is no object.
const VALUE: &str = "value";
/// The argument of the text of a template.
const SOURCE: &str = "source";
/// The argument of a body that is a list.
const ITEMS: &str = "items";

/// How the arguments of a field make a request.
#[derive(Debug)]
pub struct Request {
    method: String,
    path: String,
    parameters: Members,
    places: Vec<(String, Place)>,
    body: Sent,
}

/// What is sent of the arguments.
#[derive(Debug)]
enum Sent {
    Nothing,
    /// An object of these arguments.
    Object(Members),
    /// The value of one argument.
    Value(String, Member),
    /// The text of one argument, as this media type.
    Text(String, String),
}

/// The cursor and the length of a page: the names of their query parameters.
#[derive(Clone, Debug)]
pub struct Paging {
    pub after: String,
    pub limit: String,
}

impl Paging {
    /// Of an operation that answers in pages.
    pub fn of(operation: &Operation) -> Option<Self> {
        let names: Vec<&str> = operation
            .parameters
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        let after = ["after", "before", "from"]
            .into_iter()
            .find(|it| names.contains(it));
        let limit = names.contains(&"limit").then_some("limit");
        Some(Self {
            after: after?.to_owned(),
            limit: limit?.to_owned(),
        })
    }
}

impl Request {
    /// The request of an operation, and the arguments that it is made of. Those of `paging` are called as Relay calls
    /// them.
    pub fn of(
        operation: &Operation,
        paging: Option<&Paging>,
        types: &mut Types<'_>,
    ) -> (Self, Vec<InputValue>) {
        let mut arguments = Vec::new();
        let mut request = Self {
            method: operation.method.clone(),
            path: operation.path.clone(),
            parameters: Members::new(),
            places: Vec::new(),
            body: Sent::Nothing,
        };
        for parameter in &operation.parameters {
            if parameter.place != Place::Header || !request.body_has(operation, parameter, types) {
                let argument = request.parameter(parameter, paging, types);
                arguments.push(argument);
            }
        }
        let (body, more) = Sent::of(&operation.body, types);
        request.body = body;
        arguments.extend(more);
        (request, arguments)
    }

    /// A header that says what a member of the body says too.
    fn body_has(&self, operation: &Operation, header: &Parameter, types: &Types<'_>) -> bool {
        match &operation.body {
            Body::Json(schema) => {
                has_member(types.resolved(schema), &header.name.replace('-', "_"))
            }
            Body::None | Body::Text(_) => false,
        }
    }

    fn parameter(
        &mut self,
        parameter: &Parameter,
        paging: Option<&Paging>,
        types: &mut Types<'_>,
    ) -> InputValue {
        let (argument, member) =
            types.argument(&parameter.name, &parameter.schema, parameter.is_required);
        let relay = paging.and_then(|paging| match &parameter.name {
            name if *name == paging.after => {
                Some(("after", "The cursor of the last item before.", "String"))
            }
            name if *name == paging.limit => {
                Some(("first", "The most items, 50 unless it is given.", "Int"))
            }
            _ => None,
        });
        let (name, argument) = match relay {
            None => (crate::names::camel(&parameter.name), argument),
            Some((name, text, ty)) => {
                let ty = async_graphql::dynamic::TypeRef::named(ty);
                (name.to_owned(), InputValue::new(name, ty).description(text))
            }
        };
        self.places.push((parameter.name.clone(), parameter.place));
        self.parameters.insert(name, member);
        argument
    }

    /// The request with these arguments.
    pub fn call<'v>(
        &self,
        inputs: &Inputs,
        given: impl Iterator<Item = (&'v Name, &'v Value)> + Clone,
    ) -> Call {
        let given = given.map(|(name, value)| (name.as_str(), value));
        let parameters = request_members(&self.parameters, inputs, given.clone());
        let mut call = Call {
            method: self.method.clone(),
            target: self.path.clone(),
            ..Call::default()
        };
        let mut query = Vec::new();
        for (name, place) in &self.places {
            let Some(value) = parameters.get(name).filter(|value| !value.is_null()) else {
                continue;
            };
            let text = text(value);
            match place {
                Place::Path => {
                    call.target = call.target.replace(&format!("{{{name}}}"), &encoded(&text));
                }
                Place::Query => query.push(format!("{name}={}", encoded(&text))),
                Place::Header => call.headers.push((name.clone(), text)),
            }
        }
        if !query.is_empty() {
            call.target = format!("{}?{}", call.target, query.join("&"));
        }
        self.body.write(&mut call, inputs, given);
        call
    }
}

impl Sent {
    fn of(body: &Body, types: &mut Types<'_>) -> (Self, Vec<InputValue>) {
        match body {
            Body::None => (Self::Nothing, Vec::new()),
            Body::Text(media_type) => {
                let name = match media_type.ends_with("yaml") {
                    true => SOURCE,
                    false => VALUE,
                };
                let text = serde_json::json!({"type": "string"});
                let (argument, _) = types.argument(name, &text, true);
                (
                    Self::Text(name.to_owned(), media_type.clone()),
                    vec![argument],
                )
            }
            Body::Json(schema) => Self::of_json(schema, types),
        }
    }

    fn of_json(schema: &Json, types: &mut Types<'_>) -> (Self, Vec<InputValue>) {
        let resolved = types.resolved(schema).clone();
        if resolved["properties"].is_object() {
            let mut read = Members::new();
            let arguments = members(&resolved).map(|(name, of)| {
                let (argument, member) = types.argument(name, of, requires(&resolved, name));
                read.insert(crate::names::camel(name), member);
                argument
            });
            let arguments = arguments.collect();
            return (Self::Object(read), arguments);
        }
        let name = match resolved["type"] == "array" {
            true => ITEMS,
            false => VALUE,
        };
        let typed = types.input(schema);
        let ty = async_graphql::dynamic::TypeRef::NonNull(Box::new(typed.ty.clone()));
        let (_, member) = types.argument(name, schema, true);
        (
            Self::Value(name.to_owned(), member),
            vec![InputValue::new(name, ty)],
        )
    }

    fn write<'v>(
        &self,
        call: &mut Call,
        inputs: &Inputs,
        mut given: impl Iterator<Item = (&'v str, &'v Value)>,
    ) {
        let json = |value: &Json| Bytes::from(serde_json::to_vec(value).unwrap_or_default());
        let (media_type, body) = match self {
            Self::Nothing => return,
            Self::Object(members) => {
                let members: Map<_, _> = request_members(members, inputs, given);
                ("application/json", json(&Json::Object(members)))
            }
            Self::Value(name, member) => {
                let value = given.find(|(known, _)| known == name);
                let value =
                    value.map_or(Json::Null, |(_, value)| member.shape.input(value, inputs));
                ("application/json", json(&value))
            }
            Self::Text(name, media_type) => {
                let value = given.find(|(known, _)| known == name);
                let value = value.map_or(Json::Null, |(_, value)| from_graphql(value));
                (media_type.as_str(), Bytes::from(text(&value)))
            }
        };
        call.media_type = Some(media_type.to_owned());
        call.body = body;
    }
}

/// The text of a parameter; several values have commas between them.
fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// The operations that one with a choice of bodies stands for: one item, and many. Others are themselves.
pub fn by_body(operation: &Operation, types: &Types<'_>) -> Vec<Operation> {
    let choices = |schema: &Json| types.resolved(schema)["anyOf"].as_array().cloned();
    let (Body::Json(body), Answer::Json(answer)) = (&operation.body, &operation.answer) else {
        return vec![operation.clone()];
    };
    let (Some(bodies), Some(answers)) = (choices(body), choices(answer)) else {
        return vec![operation.clone()];
    };
    let pairs = bodies.into_iter().zip(answers);
    let each = pairs.map(|(body, answer)| {
        let name = match body["type"] == "array" {
            true => operation.name.clone(),
            false => operation
                .name
                .strip_suffix('s')
                .unwrap_or(&operation.name)
                .to_owned(),
        };
        Operation {
            name,
            body: Body::Json(body),
            answer: Answer::Json(answer),
            ..operation.clone()
        }
    });
    each.collect()
}
