//! Shares: add, list, remove.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, wrong_cursor};
use super::super::request::{Caller, InPath, InQuery, JsonBody};
use super::reason::{OnlyReason, check_reason};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tasker_domain::name::Name;
use tasker_domain::permission::Reach;
use tasker_domain::scope::Scope;
use tasker_registry::store::share::{ShareChange, ShareRow};
use tasker_wire::share::{NewShare, Share};

pub fn router() -> Router<Api> {
    Router::new()
        .route("/shares", get(list))
        .route("/namespaces/{namespace}/shares", post(add))
        .route(
            "/namespaces/{namespace}/shares/{component}/{shared_with}",
            delete(remove),
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    namespace: Option<Name>,
    after: Option<String>,
    limit: Option<u32>,
}

async fn add(
    State(api): State<Api>,
    caller: Caller,
    InPath(namespace): InPath<Name>,
    JsonBody(body): JsonBody<NewShare>,
) -> Result<(StatusCode, Json<Share>), ApiError> {
    check_reason(&body.reason)?;
    let change = ShareChange {
        namespace: &namespace,
        component: &own(&body.component, &namespace)?,
        shared_with: &other(&body.shared_with, &namespace)?,
        actor: &caller.0,
        reason: &body.reason,
    };
    let (row, created) = api.registry.add_share(change).await?;
    let status = match created {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    Ok((status, Json(share(row, Some(created)))))
}

async fn remove(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, component, shared_with)): InPath<(Name, String, String)>,
    InQuery(query): InQuery<OnlyReason>,
) -> Result<Json<Share>, ApiError> {
    let change = ShareChange {
        namespace: &namespace,
        component: &own(&component, &namespace)?,
        shared_with: &other(&shared_with, &namespace)?,
        actor: &caller.0,
        reason: query.reason()?,
    };
    Ok(Json(share(api.registry.remove_share(change).await?, None)))
}

/// The shares that a namespace makes, and those that it has a part in.
async fn list(
    State(api): State<Api>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<Share>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let after = query.after.as_deref().map(share_cursor).transpose()?;
    let namespace = query.namespace.as_ref();
    let rows = api.registry.list_shares(namespace, after, limit.rows());
    let cursor = |row: &ShareRow| row.share_id.to_string();
    Ok(Json(
        limit.page(rows.await?, cursor, |row| share(row, None)),
    ))
}

/// Nobody shares what another namespace has.
fn own(text: &str, namespace: &Name) -> Result<Scope, ApiError> {
    let wrong = |message: String| ApiError::parameter("component", message);
    let scope = text.parse::<Scope>();
    match scope
        .map_err(|error| wrong(error.to_string()))?
        .within(namespace)
    {
        Scope::One(component) if component.namespace.is_some() => Err(wrong(format!(
            "`{component}` is not of namespace {namespace}, which shares its own only"
        ))),
        scope => Ok(scope),
    }
}

fn other(text: &str, namespace: &Name) -> Result<Reach, ApiError> {
    let wrong = |message: String| ApiError::parameter("shared_with", message);
    match text.parse::<Reach>() {
        Ok(Reach::Namespace(name)) if name == *namespace => Err(wrong(format!(
            "{namespace} uses its own components anyway; name another namespace"
        ))),
        Ok(reach) => Ok(reach),
        Err(error) => Err(wrong(error.to_string())),
    }
}

fn share_cursor(after: &str) -> Result<i64, ApiError> {
    after.parse().map_err(|_| wrong_cursor(after))
}

fn share(row: ShareRow, created: Option<bool>) -> Share {
    Share {
        id: row.share_id,
        namespace: row.namespace,
        component: row.component,
        shared_with: row.shared_with,
        created_at: row.created_at,
        created_by: row.created_by,
        created,
    }
}
