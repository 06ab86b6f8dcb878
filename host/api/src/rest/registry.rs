//! What there is and who uses it: trees, uses, drawings, statistics.

use super::super::Api;
use super::super::error::ApiError;
use super::super::routes::{Answer, Call, Reply, Routes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use tasker_domain::requirement::QualifiedName;
use tasker_domain::template::GraphFormat;
use tasker_wire::endpoint::{Graph, Media as _};
use tasker_wire::registry::{DrawRegistry, ShowStatistics, ShowTree, ShowUses};

/// Versions of each template and component in a tree, unless the request says how many.
const DEFAULT_TREE_VERSIONS: usize = 3;
/// The most versions of each that it may ask for.
const MAX_TREE_VERSIONS: usize = 50;

pub(crate) fn routes() -> Routes {
    Routes::default().on(tree).on(uses).on(graph).on(statistics)
}

async fn tree(api: Api, call: Call<ShowTree>) -> Answer<ShowTree> {
    let versions = call.query.versions.unwrap_or(DEFAULT_TREE_VERSIONS);
    if !(1..=MAX_TREE_VERSIONS).contains(&versions) {
        let message = format!("{versions} is out of range; use 1 to {MAX_TREE_VERSIONS}");
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
        GraphFormat::Mermaid => Graph::TYPES[0],
        GraphFormat::Dot => Graph::TYPES[1],
    });
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, media_type)]);
    Ok(Reply::media(headers, graph.await?.draw(query.format)))
}

async fn statistics(api: Api, _: Call<ShowStatistics>) -> Answer<ShowStatistics> {
    Ok(Reply::ok(api.registry.statistics().await?))
}
