//! Subscriptions: events as they happen.

use crate::operation::Parameter;
use crate::session::Session;
use crate::shape::{Members, request_members};
use crate::types::Types;
use async_graphql::Error;
use async_graphql::dynamic::{
    FieldValue, InputValue, Subscription, SubscriptionField, SubscriptionFieldFuture, TypeRef,
};
use futures::StreamExt as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// The operation whose parameters the subscription has.
const STREAM: &str = "streamEvents";
const AFTER: &str = "after";

/// The root of all subscriptions.
pub fn subscription(document: &Json, types: &mut Types<'_>) -> Subscription {
    let event = types.output(&json!({"$ref": "#/components/schemas/CloudEvent"}));
    let (members, arguments) = arguments(document, types);
    let inputs = Arc::new(types.inputs.clone());
    let members = Arc::new(members);
    let ty = TypeRef::named_nn(event.ty.type_name());
    let field = SubscriptionField::new("events", ty, move |context| {
        let (members, inputs) = (members.clone(), inputs.clone());
        SubscriptionFieldFuture::new(async move {
            let session = context.data::<Arc<Session>>()?.clone();
            let given = context.args.as_index_map().iter();
            let given = given.map(|(name, value)| (name.as_str(), value));
            let query = request_members(&members, &inputs, given);
            let query = query.iter().filter(|(_, value)| !value.is_null());
            let query: Vec<String> = query.map(|(name, value)| parameter(name, value)).collect();
            let events = session.host().follow(query.join("&")).await;
            let events = events.map_err(|problem| problem.error())?;
            Ok(events.map(move |event| {
                session.begin_answer();
                let event = event.map(FieldValue::owned_any);
                event.map_err(|problem| -> Error { problem.error() })
            }))
        })
    });
    let field = field.description(
        "Events as they happen. It goes on behind `after`, so that a client which gives the `sequence` of the last event \
         that it had misses none. An error ends it: its `next` is where to go on.",
    );
    let field = arguments
        .into_iter()
        .fold(field, SubscriptionField::argument);
    Subscription::new("Subscription")
        .description("What is sent as it happens.")
        .field(field)
}

fn arguments(document: &Json, types: &mut Types<'_>) -> (Members, Vec<InputValue>) {
    let (mut members, mut arguments) = (Members::new(), Vec::new());
    for parameter in Parameter::all_of(document, STREAM) {
        let name = parameter.name.as_str();
        if name == "limit" {
            continue;
        }
        let (argument, member) = types.argument(name, &parameter.schema, parameter.is_required);
        if name == "from" {
            let argument = InputValue::new(AFTER, TypeRef::named(TypeRef::STRING)).description(
                "Only what is behind this cursor, or not before this time. Without it, what happens from now on.",
            );
            members.insert(AFTER.to_owned(), member);
            arguments.push(argument);
        } else {
            members.insert(crate::names::camel(name), member);
            arguments.push(argument);
        }
    }
    (members, arguments)
}

fn parameter(name: &str, value: &Json) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    format!("{name}={}", utf8_percent_encode(&text, NON_ALPHANUMERIC))
}
