//! What there is and who uses it: namespaces, trees, uses, drawings, statistics.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, wrong_cursor};
use super::super::request::{Caller, InPath, InQuery};
use super::super::routes::{Answer, Call, Reply, Routes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::{get, put};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::template::GraphFormat;
use tasker_registry::store::inventory::NamespaceRow;
use tasker_wire::page::PageQuery;
use tasker_wire::registry::{DrawRegistry, ShowStatistics, ShowTree, ShowUses};

/// Versions of each template and component in a tree, unless the request says how many.
const DEFAULT_TREE_VERSIONS: usize = 3;
/// The most versions of each that it may ask for.
const MAX_TREE_VERSIONS: usize = 50;

pub(crate) fn routes() -> Routes {
    Routes::default().on(tree).on(uses).on(graph).on(statistics)
}

pub fn router() -> Router<Api> {
    Router::new()
        .route("/namespaces", get(namespaces))
        .route("/namespaces/{namespace}", put(create))
}

/// A namespace in a list.
#[derive(Serialize)]
struct NamespaceView {
    name: String,
    components: i64,
    component_versions: i64,
    templates: i64,
    template_versions: i64,
    pins: i64,
    open_tasks: i64,
    created_at: DateTime<Utc>,
}

impl From<NamespaceRow> for NamespaceView {
    fn from(row: NamespaceRow) -> Self {
        Self {
            name: row.name,
            components: row.components,
            component_versions: row.component_versions,
            templates: row.templates,
            template_versions: row.template_versions,
            pins: row.pins,
            open_tasks: row.open_tasks,
            created_at: row.created_at,
        }
    }
}

async fn namespaces(
    State(api): State<Api>,
    InQuery(query): InQuery<PageQuery>,
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

async fn tree(api: Api, call: Call<ShowTree>) -> Answer<ShowTree> {
    let versions = call.query.versions.unwrap_or(DEFAULT_TREE_VERSIONS);
    if !(1..=MAX_TREE_VERSIONS).contains(&versions) {
        let message = format!("{versions} is out of range; ask for 1 to {MAX_TREE_VERSIONS}");
        return Err(ApiError::parameter("versions", message));
    }
    let tree = api.registry.tree(&call.path.namespace, versions).await?;
    Ok(Reply::ok(tree))
}

async fn uses(api: Api, call: Call<ShowUses>) -> Answer<ShowUses> {
    let ShowUses { namespace, name } = call.path;
    let uses = api
        .registry
        .uses(&QualifiedName { namespace, name })
        .await?;
    let uses = uses.seen_by(|namespace| call.access.may_read(namespace));
    Ok(Reply::ok(uses))
}

async fn graph(api: Api, call: Call<DrawRegistry>) -> Answer<DrawRegistry> {
    let query = &call.query;
    let graph = api.registry.dependency_graph(query.namespace.as_ref());
    let media_type = HeaderValue::from_static(match query.format {
        GraphFormat::Mermaid => "text/vnd.mermaid; charset=utf-8",
        GraphFormat::Dot => "text/vnd.graphviz; charset=utf-8",
    });
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, media_type)]);
    Ok(Reply::media(headers, graph.await?.draw(query.format)))
}

async fn statistics(api: Api, _: Call<ShowStatistics>) -> Answer<ShowStatistics> {
    Ok(Reply::ok(api.registry.statistics().await?))
}
