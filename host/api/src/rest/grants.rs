//! Grants: add, list, remove; approving a version that wants more of them.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, wrong_cursor};
use super::super::request::{Caller, InPath, InQuery, JsonBody};
use super::reason::{OnlyReason, check_reason};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde::Deserialize;
use tasker_domain::capability::Capability;
use tasker_domain::name::Name;
use tasker_domain::scope::Scope;
use tasker_registry::RegistryError;
use tasker_registry::store::grant::{GrantFilter, GrantRow};
use tasker_wire::grant::{Grant, NewGrant};

pub fn router() -> Router<Api> {
    Router::new()
        .route("/grants", get(list))
        .route("/namespaces/{namespace}/grants", get(list_own).post(add))
        .route("/namespaces/{namespace}/grants/{grant_id}", delete(remove))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    namespace: Option<Name>,
    component: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

async fn add(
    State(api): State<Api>,
    caller: Caller,
    InPath(namespace): InPath<Name>,
    JsonBody(body): JsonBody<NewGrant>,
) -> Result<(StatusCode, Json<Grant>), ApiError> {
    check_reason(&body.reason)?;
    let component = grantee(&body.component)?;
    let capability: Capability = body.capability.parse().map_err(RegistryError::from)?;
    let (row, created) = api
        .registry
        .add_grant(&namespace, component, &capability, &caller.0, &body.reason)
        .await?;
    let status = match created {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    Ok((status, Json(grant(row, Some(created)))))
}

async fn remove(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, grant_id)): InPath<(Name, i64)>,
    InQuery(query): InQuery<OnlyReason>,
) -> Result<Json<Grant>, ApiError> {
    let removed = api
        .registry
        .remove_grant(&namespace, grant_id, &caller.0, query.reason()?)
        .await?;
    Ok(Json(grant(removed, None)))
}

async fn list_own(
    api: State<Api>,
    InPath(namespace): InPath<Name>,
    InQuery(mut query): InQuery<ListQuery>,
) -> Result<Json<Page<Grant>>, ApiError> {
    query.namespace = Some(namespace);
    list(api, InQuery(query)).await
}

async fn list(
    State(api): State<Api>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<Grant>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let component = query.component.as_deref().map(grantee).transpose()?;
    let filter = GrantFilter {
        namespace: query.namespace.as_ref(),
        component: component.as_ref(),
        after: query.after.as_deref().map(grant_cursor).transpose()?,
    };
    let rows = api.registry.list_grants(filter, limit.rows()).await?;
    let cursor = |row: &GrantRow| row.grant_id.to_string();
    Ok(Json(limit.page(rows, cursor, |row| grant(row, None))))
}

fn grantee(text: &str) -> Result<Scope, ApiError> {
    let grantee = text.parse::<Scope>();
    grantee.map_err(|error| ApiError::parameter("component", error.to_string()))
}

fn grant_cursor(after: &str) -> Result<i64, ApiError> {
    after.parse().map_err(|_| wrong_cursor(after))
}

pub(super) fn grant(row: GrantRow, created: Option<bool>) -> Grant {
    Grant {
        id: row.grant_id,
        namespace: row.namespace,
        component: row.component.to_string(),
        capability: row.capability.to_string(),
        created_at: row.created_at,
        created_by: row.created_by,
        created,
    }
}
