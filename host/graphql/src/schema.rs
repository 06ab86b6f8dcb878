//! The schema as a whole, and the execution of requests.

use crate::arguments::by_body;
use crate::edges;
use crate::feed;
use crate::fields::{self, KnownInputs};
use crate::host::Host;
use crate::limits;
use crate::lookups;
use crate::node;
use crate::operation::Operation;
use crate::problem::{Problem, give_codes};
use crate::request::{GraphqlRequest, Persisted};
use crate::session::{MAX_ANSWER_BYTES, Session, too_large};
use crate::types::{MemberNames, Types};
use async_graphql::dynamic::{Object, Schema};
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, OperationType};
use async_graphql::{Request, Response, SDLExportOptions, ServerError};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use serde_json::Value as Json;
use std::sync::Arc;

const QUERY: &str = "Query";
const MUTATION: &str = "Mutation";
/// The most directives of one field.
const MAX_DIRECTIVES: usize = 5;

/// GraphQL over the API of a host; clones share the schema.
#[derive(Clone)]
pub struct Graphql {
    schema: Schema,
    persisted: Persisted,
}

/// Which operations a request may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admits {
    /// As GET does.
    Queries,
    QueriesAndMutations,
}

/// What a subscription is sent, as JSON.
#[derive(Clone, Debug)]
pub enum Pushed {
    Answer(Vec<u8>),
    /// The list of errors that end it.
    Errors(Vec<u8>),
}

impl Pushed {
    fn of(mut response: Response) -> Self {
        if is_executed(&response) {
            return Self::Answer(rendered(response));
        }
        give_codes(&mut response.errors);
        Self::Errors(serde_json::to_vec(&response.errors).unwrap_or_default())
    }
}

/// Who asks, and how.
pub struct Asking {
    pub host: Arc<dyn Host>,
    /// The caller may read what the schema has.
    pub may_introspect: bool,
}

impl Graphql {
    /// Over the operations of an OpenAPI document. Those that `reads` says of, by method and path, are queries.
    ///
    /// # Panics
    ///
    /// When the document does not make a schema, which a test finds.
    pub fn new(document: &Json, reads: impl Fn(&Operation) -> bool) -> Self {
        let no_schemas = serde_json::Map::new();
        let schemas = document["components"]["schemas"].as_object();
        let mut types = Types::new(
            schemas.unwrap_or(&no_schemas),
            MemberNames {
                hidden: &edges::HIDDEN,
                renamed: &edges::RENAMED,
                parts: &edges::PARTS,
            },
        );
        let inputs = KnownInputs::default();
        let (mut query, mut mutation) = (Object::new(QUERY), Object::new(MUTATION));
        query = query.description("What can be read.");
        mutation = mutation.description(
            "What can be changed. The fields of one request are executed one after the other.",
        );
        for operation in Operation::all(document) {
            let is_read = reads(&operation);
            for operation in by_body(&operation, &types) {
                let field = fields::field(&operation, &mut types, &inputs);
                match is_read {
                    true => query = query.field(field),
                    false => mutation = mutation.field(field),
                }
            }
        }
        for field in lookups::fields(&mut types) {
            query = query.field(field);
        }
        edges::add(&mut types);
        query = query.field(node::add(&mut types));
        let subscription = feed::subscription(document, &mut types);
        // It is set here only.
        let _ = inputs.set(std::mem::take(&mut types.inputs));
        let builder = Schema::build(QUERY, Some(MUTATION), Some(subscription.type_name()))
            .register(query)
            .register(mutation)
            .register(subscription)
            .limit_directives(MAX_DIRECTIVES);
        let builder = types
            .finish()
            .fold(builder, |builder, ty| builder.register(ty));
        let schema = builder.finish();
        Self {
            schema: schema.unwrap_or_else(|wrong| panic!("the schema is wrong: {wrong}")),
            persisted: Persisted::default(),
        }
    }

    /// The schema in GraphQL's own language.
    pub fn sdl(&self) -> String {
        let options = SDLExportOptions::new()
            .sorted_fields()
            .sorted_arguments()
            .sorted_enum_items()
            .include_specified_by()
            .use_space_ident();
        self.schema.sdl_with_options(options)
    }

    /// Executes a request; the JSON of the answer, and whether any of it was executed.
    pub async fn execute(
        &self,
        request: GraphqlRequest,
        admits: Admits,
        asking: Asking,
    ) -> (Vec<u8>, bool) {
        let prepared = self.prepare(&request, asking);
        let response = match prepared {
            Err(problem) => refused(&problem),
            Ok((OperationType::Mutation, ..)) if admits == Admits::Queries => {
                let detail = "a request by GET does not change anything; send mutations by POST";
                refused(&Problem::new(405, "method_not_allowed", detail))
            }
            Ok((_, session, request)) => {
                let response = self.schema.execute(request).await;
                match session.is_over() {
                    true => refused(&too_large()),
                    false => response,
                }
            }
        };
        let is_executed = is_executed(&response);
        (rendered(response), is_executed)
    }

    /// Executes a subscription, and nothing else: other requests are answered by HTTP.
    pub fn subscribe(
        &self,
        request: &GraphqlRequest,
        asking: Asking,
    ) -> BoxStream<'static, Pushed> {
        let prepared = match self.prepare(request, asking) {
            Ok((OperationType::Subscription, _, prepared)) => Ok(prepared),
            Ok(_) => {
                let detail = "only subscriptions are streamed; send queries and mutations by POST";
                Err(Problem::new(400, "no_subscription", detail))
            }
            Err(problem) => Err(problem),
        };
        match prepared {
            Ok(request) => self.schema.execute_stream(request).map(Pushed::of).boxed(),
            Err(problem) => {
                let errors = Pushed::Errors(problem.errors());
                stream::once(async move { errors }).boxed()
            }
        }
    }

    /// Whether the operation of a request is a subscription; false of what cannot be parsed.
    pub fn is_subscription(&self, request: &GraphqlRequest) -> bool {
        let query = self.persisted.query(request);
        let document = query.ok().and_then(|query| parse_query(&query).ok());
        document.is_some_and(|document| {
            kind(&document.operations, request.operation.as_deref()) == OperationType::Subscription
        })
    }

    fn prepare(
        &self,
        request: &GraphqlRequest,
        asking: Asking,
    ) -> Result<(OperationType, Arc<Session>, Request), Problem> {
        let query = self.persisted.query(request)?;
        let document = parse_query(&query).map_err(|error| {
            let error = ServerError::from(error);
            let at = error
                .locations
                .iter()
                .map(|at| format!(" at line {} column {}", at.line, at.column));
            crate::request::malformed(&format!("{}{}", error.message, at.collect::<String>()))
        })?;
        let variables = request.variables();
        let introspects = limits::check(&document, request.operation.as_deref(), &variables)?;
        if introspects && !asking.may_introspect {
            let detail =
                "this caller may not read what the schema has; it needs `read` in some namespace";
            return Err(Problem::new(403, "forbidden", detail));
        }
        let kind = kind(&document.operations, request.operation.as_deref());
        let session = Arc::new(Session::new(asking.host));
        let mut prepared = Request::new(&*query)
            .variables(variables)
            .data(session.clone());
        prepared.operation_name = request.operation.clone();
        prepared.set_parsed_query(document);
        Ok((kind, session, prepared))
    }
}

/// Of the operation that is asked for; what is not there is refused when it is executed.
fn kind(operations: &DocumentOperations, name: Option<&str>) -> OperationType {
    let mut operations = operations.iter();
    let chosen =
        operations.find(|(known, _)| name.is_none() || known.map(|it| it.as_str()) == name);
    chosen.map_or(OperationType::Query, |(_, operation)| operation.node.ty)
}

/// The JSON of the answer to a request that is refused as a whole.
pub fn refusal(problem: &Problem) -> Vec<u8> {
    rendered(refused(problem))
}

fn refused(problem: &Problem) -> Response {
    Response::from_errors(vec![problem.server_error()])
}

/// What was refused before it was executed has no data.
fn is_executed(response: &Response) -> bool {
    response.is_ok() || response.data != async_graphql::Value::Null
}

/// The JSON of an answer, which has a bound.
fn rendered(mut response: Response) -> Vec<u8> {
    give_codes(&mut response.errors);
    let json = serde_json::to_vec(&response).unwrap_or_default();
    match json.len() > MAX_ANSWER_BYTES {
        true => serde_json::to_vec(&refused(&too_large())).unwrap_or_default(),
        false => json,
    }
}
