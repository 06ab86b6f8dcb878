//! A field for each operation of the API.

use crate::arguments::{Paging, Request};
use crate::connection;
use crate::edges::{INHERITED, Inherited};
use crate::host::Reply;
use crate::names::{camel, field_of_operation};
use crate::operation::{Answer, Operation};
use crate::problem::Problem;
use crate::session::Session;
use crate::shape::{Inputs, Shape};
use crate::types::Types;
use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, ResolverContext, TypeRef};
use serde_json::Value as Json;
use std::sync::{Arc, OnceLock};

/// The input objects of the schema, known once all types are.
pub type KnownInputs = Arc<OnceLock<Inputs>>;

/// What a success becomes.
enum Answered {
    /// There is nothing to say but that it is done.
    Done,
    Text,
    Value(Shape),
    Page,
}

/// The field that executes an operation. Where that is refused, it is null, and the rest of the answer stays.
pub fn field(operation: &Operation, types: &mut Types<'_>, inputs: &KnownInputs) -> Field {
    let (answered, ty) = Answered::of(operation, types);
    let paging = matches!(answered, Answered::Page)
        .then(|| Paging::of(operation))
        .flatten();
    let (request, arguments) = Request::of(operation, paging.as_ref(), types);
    let inherited = INHERITED.iter().find(|it| it.operation == operation.name);
    let shared = Arc::new((request, answered));
    let inputs = inputs.clone();
    let field = Field::new(field_of_operation(&operation.name), ty, move |context| {
        let (shared, inputs) = (shared.clone(), inputs.clone());
        FieldFuture::new(async move {
            let (request, answered) = &*shared;
            let session = context.data::<Arc<Session>>()?;
            let call = request.call(inputs.get_or_init(Inputs::new), context.args.iter_values());
            let more = inherited.map(|of| (of, argument_of(&context, &camel(of.parameter))));
            let reply = session.execute(call).await;
            let value = reply.and_then(|reply| answered.value(reply, more));
            Ok(value.unwrap_or_else(|problem| problem.report(&context)))
        })
    });
    let field = field.description(types.text(&operation.description));
    let field = match &operation.deprecation {
        Some(why) => field.deprecation(Some(why)),
        None => field,
    };
    arguments.into_iter().fold(field, Field::argument)
}

fn argument_of(context: &ResolverContext<'_>, name: &str) -> Json {
    let value = context.args.get(name);
    value.map_or(Json::Null, |value| {
        crate::json::from_graphql(value.as_value())
    })
}

/// The arguments of a field as they were given.
trait ArgumentValues {
    fn iter_values(&self) -> impl Iterator<Item = (&async_graphql::Name, &Value)> + Clone;
}

impl ArgumentValues for async_graphql::dynamic::ObjectAccessor<'_> {
    fn iter_values(&self) -> impl Iterator<Item = (&async_graphql::Name, &Value)> + Clone {
        self.as_index_map().iter()
    }
}

impl Answered {
    fn of(operation: &Operation, types: &mut Types<'_>) -> (Self, TypeRef) {
        let schema = match &operation.answer {
            Answer::None => return (Self::Done, TypeRef::named(TypeRef::BOOLEAN)),
            Answer::Text => return (Self::Text, TypeRef::named(TypeRef::STRING)),
            Answer::Json(schema) => schema,
        };
        if let Some(item) = connection::item_of(types.resolved(schema)).cloned() {
            let item = types.output(&item);
            return (Self::Page, connection::connection(&item, types));
        }
        let typed = types.output(schema);
        let ty = typed.reference(false);
        (Self::Value(typed.shape), ty)
    }

    fn value(
        &self,
        reply: Reply,
        more: Option<(&Inherited, Json)>,
    ) -> Result<Option<FieldValue<'static>>, Problem> {
        Ok(match self {
            Self::Done => Some(FieldValue::value(true)),
            Self::Text => Some(FieldValue::value(String::from_utf8_lossy(&reply.body))),
            Self::Page => {
                let more: Vec<_> = more.into_iter().map(|(of, it)| (of.member, it)).collect();
                Some(FieldValue::owned_any(connection::page(&reply, &more)?))
            }
            Self::Value(shape) => {
                let mut answer = connection::parse(&reply)?;
                if let Some((of, it)) = more {
                    add_to_list(&mut answer, of, &it);
                }
                shape.owned(answer)
            }
        })
    }
}

/// Adds what items have of the request to those of a list.
fn add_to_list(answer: &mut Json, of: &Inherited, it: &Json) {
    let list = of.list.and_then(|list| answer.get_mut(list));
    for item in list.and_then(Json::as_array_mut).into_iter().flatten() {
        if let Some(members) = item.as_object_mut() {
            members.insert(of.member.to_owned(), it.clone());
        }
    }
}
