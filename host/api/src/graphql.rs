//! GraphQL over the operations of the API: each field is a request of /v1, executed for the same caller.

mod caller;
mod edges;
mod feed;
mod host;
mod socket;
mod sse;

use super::Api;
use super::access::Access;
use super::auth::Credentials;
use super::auth::within::authorize_within;
use super::caller_id::CallerId;
use super::callers::{GRAPHQL, is_upgrade};
use super::correlation::CorrelationId;
use super::error::ApiError;
use super::intake;
use super::request::{parse_json, read};
use super::routes::{NeedsOfRoutes, Routes};
use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use caller::Caller;
use serde_json::{Map, Value as Json};
use std::sync::{Arc, LazyLock};
use tasker_domain::permission::Action;
use tasker_graphql::problem::Problem;
use tasker_graphql::request::GraphqlRequest;
use tasker_graphql::{Admits, Asking, Graphql};
use tasker_wire::endpoint::{EventStream, JsonText, Media as _, Needs, Scope};

/// The largest body of a request, in bytes: a query, and its variables.
pub const MAX_BODY_BYTES: usize = 4 << 20;

/// The media type of answers whose status says whether anything was executed.
const RESPONSE_TYPE: &str = "application/graphql-response+json";

/// The route of GraphiQL.
const GRAPHIQL: &str = "/graphiql";

/// GraphiQL is for those who may read.
const READ_SOMEWHERE: Needs = Needs {
    action: Action::Read,
    scope: Scope::AnyNamespace,
};

/// Every authenticated caller may ask; each field then needs what its operation does.
const NEEDS: Needs = Needs {
    action: Action::Read,
    scope: Scope::Authenticated,
};

/// The schema of all that a document describes.
pub(crate) fn schema(document: &Json, needs: &NeedsOfRoutes) -> Graphql {
    Graphql::new(document, |operation| {
        let method = operation.method.parse().unwrap_or_default();
        let reads = needs.of(&method, &operation.path).action == Action::Read;
        method == Method::GET || reads
    })
}

/// What answers requests of GraphQL.
#[derive(Clone)]
struct Served {
    api: Api,
    /// Made at the first request.
    schema: &'static LazyLock<Graphql>,
    /// The API, for callers who are known.
    operations: Router,
}

/// What the routes of GraphQL need.
pub(crate) fn declare(needs: &mut NeedsOfRoutes) {
    needs.declare(Method::GET, GRAPHQL, NEEDS);
    needs.declare(Method::POST, GRAPHQL, NEEDS);
    needs.declare(Method::GET, GRAPHIQL, READ_SOMEWHERE);
}

/// The routes of GraphQL over an API with these routes.
pub(crate) fn router(api: &Api, routes: Routes, schema: &'static LazyLock<Graphql>) -> Router<Api> {
    let (operations, _) = routes.into_parts();
    let operations = operations
        .fallback(unknown_operation)
        .layer(from_fn_with_state(api.clone(), authorize_within))
        .layer(from_fn_with_state(api.callers.bounds(), intake::take_in))
        .with_state(api.clone());
    let served = Served {
        api: api.clone(),
        schema,
        operations,
    };
    Router::new()
        .route(GRAPHQL, get(by_get).post(by_post))
        .with_state(served)
}

/// The page of GraphiQL, whose files are those of the web interface.
pub(crate) fn page() -> Router<Api> {
    let page = async |headers: HeaderMap| tasker_ui::graphiql(&headers);
    Router::new().route(GRAPHIQL, get(page))
}

async fn unknown_operation(uri: Uri) -> ApiError {
    ApiError::UnknownRoute {
        path: uri.path().to_owned(),
    }
}

async fn by_get(State(served): State<Served>, request: Request) -> Response {
    if is_upgrade(&request) {
        return socket::upgrade(served, request).await;
    }
    let asked = Query::<Vec<(String, String)>>::try_from_uri(request.uri());
    let asked = asked.map_err(|refused| malformed(&refused.body_text()));
    let asked = asked.and_then(|Query(parameters)| of_parameters(parameters));
    served
        .answer(
            asked,
            Admits::Queries,
            request.headers(),
            Asker::of(&request),
        )
        .await
}

async fn by_post(State(served): State<Served>, request: Request) -> Response {
    let (asker, headers) = (Asker::of(&request), request.headers().clone());
    let body = match read(request, JsonText::TYPES, MAX_BODY_BYTES).await {
        Ok(body) => body,
        Err(refused) => return refused.into_response(),
    };
    let asked = match parse_json::<Json>(&body) {
        Ok(json) => GraphqlRequest::parse(json),
        Err(ApiError::InvalidJson(error)) => Err(malformed(&error.message)),
        Err(refused) => return refused.into_response(),
    };
    served
        .answer(asked, Admits::QueriesAndMutations, &headers, asker)
        .await
}

fn malformed(detail: &str) -> Problem {
    tasker_graphql::request::malformed(detail)
}

/// The request that a query string is: `variables` and `extensions` are JSON.
fn of_parameters(parameters: Vec<(String, String)>) -> Result<GraphqlRequest, Problem> {
    let mut members = Map::new();
    for (name, text) in parameters {
        let value = match name.as_str() {
            "variables" | "extensions" => parse_json(text.as_bytes())
                .map_err(|error| malformed(&format!("{name}: {error}")))?,
            _ => Json::String(text),
        };
        members.insert(name, value);
    }
    GraphqlRequest::parse(Json::Object(members))
}

/// Who asks, as the host has found out.
#[derive(Clone)]
struct Asker {
    access: Access,
    caller: Option<CallerId>,
    correlation: CorrelationId,
    /// What the caller showed, to be checked again while a subscription lasts.
    credentials: Option<Credentials>,
    headers: HeaderMap,
}

impl Asker {
    fn of(request: &Request) -> Self {
        let extensions = request.extensions();
        let correlation = extensions.get().cloned();
        Self {
            access: extensions.get().cloned().unwrap_or_else(Access::of_nobody),
            caller: extensions.get().cloned(),
            credentials: extensions.get().cloned(),
            correlation: correlation.unwrap_or_else(|| CorrelationId::of(request.headers())),
            headers: request.headers().clone(),
        }
    }
}

impl Served {
    fn asking(&self, asker: Asker) -> Asking {
        Asking {
            may_introspect: asker.access.permissions().allow_somewhere(Action::Read),
            host: Arc::new(Caller::new(
                self.api.clone(),
                self.operations.clone(),
                asker,
            )),
        }
    }

    async fn answer(
        &self,
        asked: Result<GraphqlRequest, Problem>,
        admits: Admits,
        headers: &HeaderMap,
        asker: Asker,
    ) -> Response {
        let asked = match asked {
            Ok(asked)
                if accepts(headers, EventStream::TYPES[0])
                    && self.schema.is_subscription(&asked) =>
            {
                return sse::answer(self.schema.subscribe(&asked, self.asking(asker)));
            }
            asked => asked,
        };
        let (json, is_executed) = match asked {
            Ok(asked) => self.schema.execute(asked, admits, self.asking(asker)).await,
            Err(problem) => (tasker_graphql::refusal(&problem), false),
        };
        let takes_status = accepts(headers, RESPONSE_TYPE);
        let mut response = Response::new(json.into());
        let media_type = match takes_status {
            true => RESPONSE_TYPE,
            false => JsonText::TYPES[0],
        };
        if !is_executed && takes_status {
            *response.status_mut() = StatusCode::BAD_REQUEST;
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let accepted = headers.get_all(ACCEPT).iter();
    let mut accepted = accepted.filter_map(|accepted| accepted.to_str().ok());
    accepted.any(|accepted| accepted.contains(media_type))
}
