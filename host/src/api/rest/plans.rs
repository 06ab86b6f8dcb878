//! Plans: what publishing would change. Nothing is stored.

use super::super::Api;
use super::super::auth::Access;
use super::super::error::ApiError;
use super::super::request::{InPath, read};
use super::components::MEDIA_TYPES;
use super::signatures;
use super::templates::read_source;
use crate::domain::name::Name;
use crate::domain::requirement::QualifiedName;
use crate::registry::discover::parse_version;
use crate::registry::plan::{ComponentPlan, TemplatePlan};
use crate::registry::publish_component::MAX_COMPONENT_BYTES;
use axum::extract::{Request, State};
use axum::routing::{get, post};
use axum::{Json, Router};

pub fn router() -> Router<Api> {
    Router::new()
        .route(
            "/namespaces/{namespace}/components/{name}/versions/{version}/plan",
            get(of_component_version).post(of_component),
        )
        .route(
            "/namespaces/{namespace}/templates/{name}/versions/{version}/plan",
            post(of_template),
        )
}

async fn of_component_version(
    State(api): State<Api>,
    access: Access,
    InPath((namespace, name, version)): InPath<(Name, Name, String)>,
) -> Result<Json<ComponentPlan>, ApiError> {
    let version = parse_version(&version)?;
    let target = QualifiedName { namespace, name };
    let plan = api.registry.plan_component_version(&target, &version);
    Ok(Json(plan.await?.seen_by(|it| access.may_read(it))))
}

async fn of_component(
    State(api): State<Api>,
    access: Access,
    InPath((namespace, name, version)): InPath<(Name, Name, String)>,
    request: Request,
) -> Result<Json<ComponentPlan>, ApiError> {
    let version = parse_version(&version)?;
    let signatures = signatures::given(request.headers())?;
    let bytes = read(request, MEDIA_TYPES, MAX_COMPONENT_BYTES).await?;
    let target = QualifiedName { namespace, name };
    let plan = api
        .registry
        .plan_component(&target, &version, bytes, &signatures);
    Ok(Json(plan.await?.seen_by(|it| access.may_read(it))))
}

async fn of_template(
    State(api): State<Api>,
    InPath((namespace, name, version)): InPath<(Name, Name, String)>,
    request: Request,
) -> Result<Json<TemplatePlan>, ApiError> {
    let version = parse_version(&version)?;
    let source = read_source(request).await?;
    let target = QualifiedName { namespace, name };
    let plan = api.registry.plan_template(&target, &version, &source);
    Ok(Json(plan.await?))
}
