//! Plans: what publishing would change. Nothing is stored.

use super::super::Api;
use super::super::access::Access;
use super::super::error::ApiError;
use super::super::request::{InPath, JsonBody, is_json, read};
use super::components::MEDIA_TYPES;
use super::signatures;
use super::templates::read_source;
use axum::extract::{FromRequest as _, Request, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::template::MAX_SOURCE_BYTES;
use tasker_registry::plan::{ComponentPlan, TemplatePlan};
use tasker_registry::publish_component::MAX_COMPONENT_BYTES;
use tasker_registry::resolve::assumed::{Assumed, MAX_ASSUMED};
use tasker_registry::version::parse_version;

/// A template and the descriptors of what it is to run, in bytes.
const MAX_ASKED_BYTES: usize = 2 * MAX_SOURCE_BYTES;

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
    let asked = asked(request).await?;
    let target = QualifiedName { namespace, name };
    let plan = api
        .registry
        .plan_template(&target, &version, &asked.source, &asked.assume);
    Ok(Json(plan.await?))
}

/// A template with what is to be there before it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateAsked {
    /// YAML.
    source: String,
    #[serde(default)]
    assume: Assumed,
}

/// The YAML alone, or JSON that says what to assume.
async fn asked(request: Request) -> Result<TemplateAsked, ApiError> {
    if !is_json(request.headers()) {
        return Ok(TemplateAsked {
            source: read_source(request).await?,
            assume: Assumed::default(),
        });
    }
    let JsonBody(asked) =
        JsonBody::<TemplateAsked, MAX_ASKED_BYTES>::from_request(request, &()).await?;
    if asked.assume.components.len() > MAX_ASSUMED {
        let message = format!("at most {MAX_ASSUMED} versions can be assumed");
        return Err(ApiError::parameter("assume", message));
    }
    Ok(asked)
}
