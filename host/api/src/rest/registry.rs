//! What there is and who uses it: namespaces, trees, uses, drawings, statistics.

use super::super::Api;
use super::super::access::Access;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, wrong_cursor};
use super::super::request::{Caller, InPath, InQuery};
use super::registry_views::{NamespaceView, StatisticsView, TreeView, UsesView};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_registry::store::inventory::NamespaceRow;

/// Versions of each template and component in a tree, unless the request says how many.
const DEFAULT_TREE_VERSIONS: usize = 3;
/// The most versions of each that it may ask for.
const MAX_TREE_VERSIONS: usize = 50;

pub fn router() -> Router<Api> {
    Router::new()
        .route("/namespaces", get(namespaces))
        .route("/namespaces/{namespace}", put(create))
        .route("/namespaces/{namespace}/tree", get(tree))
        .route(
            "/namespaces/{namespace}/components/{name}/users",
            get(users),
        )
        .route("/registry/graph", get(graph))
        .route("/registry/stats", get(stats))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    after: Option<String>,
    limit: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TreeQuery {
    versions: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GraphQuery {
    namespace: Option<Name>,
    #[serde(default)]
    format: Drawing,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Drawing {
    #[default]
    Mermaid,
    Dot,
}

async fn namespaces(
    State(api): State<Api>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<NamespaceView>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let after = query.after.as_deref();
    if let Some(after) = after.filter(|after| after.parse::<Name>().is_err()) {
        return Err(wrong_cursor(after));
    }
    let rows = api.registry.namespaces(after, limit.rows()).await?;
    let cursor = |row: &NamespaceRow| row.name.clone();
    Ok(Json(limit.page(rows, cursor, NamespaceView::from)))
}

/// A namespace that was to be made.
#[derive(Serialize)]
struct CreatedNamespace {
    name: Name,
    /// False where it was there.
    created: bool,
}

async fn create(
    State(api): State<Api>,
    caller: Caller,
    InPath(namespace): InPath<Name>,
) -> Result<(StatusCode, Json<CreatedNamespace>), ApiError> {
    let created = api.registry.create_namespace(&namespace, &caller.0).await?;
    let status = match created {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    let name = namespace;
    Ok((status, Json(CreatedNamespace { name, created })))
}

async fn tree(
    State(api): State<Api>,
    InPath(namespace): InPath<Name>,
    InQuery(query): InQuery<TreeQuery>,
) -> Result<Json<TreeView>, ApiError> {
    let versions = query.versions.unwrap_or(DEFAULT_TREE_VERSIONS);
    if !(1..=MAX_TREE_VERSIONS).contains(&versions) {
        let message = format!("{versions} is out of range; ask for 1 to {MAX_TREE_VERSIONS}");
        return Err(ApiError::parameter("versions", message));
    }
    let tree = api.registry.tree(&namespace, versions).await?;
    Ok(Json(TreeView::of(namespace, tree)))
}

async fn users(
    State(api): State<Api>,
    access: Access,
    InPath((namespace, name)): InPath<(Name, Name)>,
) -> Result<Json<UsesView>, ApiError> {
    let target = QualifiedName { namespace, name };
    let uses = api.registry.uses(&target).await?;
    let uses = uses.seen_by(|namespace| access.may_read(namespace));
    Ok(Json(UsesView::of(target, uses)))
}

async fn graph(
    State(api): State<Api>,
    InQuery(query): InQuery<GraphQuery>,
) -> Result<Response, ApiError> {
    let graph = api
        .registry
        .dependency_graph(query.namespace.as_ref())
        .await?;
    let (media_type, text) = match query.format {
        Drawing::Mermaid => ("text/vnd.mermaid; charset=utf-8", graph.mermaid()),
        Drawing::Dot => ("text/vnd.graphviz; charset=utf-8", graph.dot()),
    };
    Ok(([(CONTENT_TYPE, media_type)], text).into_response())
}

async fn stats(State(api): State<Api>) -> Result<Json<StatisticsView>, ApiError> {
    let (counts, languages) = api.registry.statistics().await?;
    Ok(Json(StatisticsView::of(counts, languages)))
}
