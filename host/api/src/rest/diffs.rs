//! Diffs: what is different between versions. Nothing is stored.

use super::super::Api;
use super::super::error::ApiError;
use super::super::request::{InPath, InQuery, read};
use super::components::MEDIA_TYPES;
use super::templates::read_source;
use axum::extract::{Request, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_registry::diff::Diff;
use tasker_registry::publish_component::MAX_COMPONENT_BYTES;
use tasker_registry::version::parse_version;

pub fn router() -> Router<Api> {
    Router::new()
        .route(
            "/namespaces/{namespace}/components/{name}/diff",
            get(of_component).post(of_component_with),
        )
        .route(
            "/namespaces/{namespace}/templates/{name}/diff",
            get(of_template).post(of_template_with),
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Between {
    from: String,
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    from: String,
}

async fn of_component(
    State(api): State<Api>,
    InPath((namespace, name)): InPath<(Name, Name)>,
    InQuery(between): InQuery<Between>,
) -> Result<Json<Diff>, ApiError> {
    let target = QualifiedName { namespace, name };
    let (from, to) = (parse_version(&between.from)?, parse_version(&between.to)?);
    let diff = api.registry.component_diff(&target, &from, &to).await?;
    Ok(Json(diff))
}

async fn of_component_with(
    State(api): State<Api>,
    InPath((namespace, name)): InPath<(Name, Name)>,
    InQuery(since): InQuery<Since>,
    request: Request,
) -> Result<Json<Diff>, ApiError> {
    let target = QualifiedName { namespace, name };
    let from = parse_version(&since.from)?;
    let bytes = read(request, MEDIA_TYPES, MAX_COMPONENT_BYTES).await?;
    let diff = api
        .registry
        .component_diff_with(&target, &from, bytes)
        .await?;
    Ok(Json(diff))
}

async fn of_template(
    State(api): State<Api>,
    InPath((namespace, name)): InPath<(Name, Name)>,
    InQuery(between): InQuery<Between>,
) -> Result<Json<Diff>, ApiError> {
    let target = QualifiedName { namespace, name };
    let (from, to) = (parse_version(&between.from)?, parse_version(&between.to)?);
    let diff = api.registry.template_diff(&target, &from, &to).await?;
    Ok(Json(diff))
}

async fn of_template_with(
    State(api): State<Api>,
    InPath((namespace, name)): InPath<(Name, Name)>,
    InQuery(since): InQuery<Since>,
    request: Request,
) -> Result<Json<Diff>, ApiError> {
    let target = QualifiedName { namespace, name };
    let from = parse_version(&since.from)?;
    let source = read_source(request).await?;
    let diff = api
        .registry
        .template_diff_with(&target, &from, &source)
        .await?;
    Ok(Json(diff))
}
