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
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;
use tasker_domain::permission::Reach;
use tasker_domain::scope::Scope;
use tasker_store::share::{ShareChange, ShareRow};

pub fn router() -> Router<Api> {
    Router::new()
        .route("/shares", get(list))
        .route("/namespaces/{namespace}/shares", post(add))
        .route(
            "/namespaces/{namespace}/shares/{component}/{shared_with}",
            delete(remove),
        )
}

#[derive(Serialize)]
struct ShareView {
    id: i64,
    /// Whose components.
    namespace: String,
    /// `name`, or `*` for all of them.
    component: String,
    /// The namespace that may use them, or `*` for every one.
    shared_with: String,
    created_at: DateTime<Utc>,
    created_by: String,
    /// Only in the answer to an addition: false where it stood already.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<bool>,
}

/// Its texts are parsed by the handler, which can say more of them than a parser of JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShareBody {
    component: String,
    shared_with: String,
    /// Reason recorded in the audit log.
    #[serde(default)]
    reason: String,
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
    JsonBody(body): JsonBody<ShareBody>,
) -> Result<(StatusCode, Json<ShareView>), ApiError> {
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
    let mut view = ShareView::from(row);
    view.created = Some(created);
    Ok((status, Json(view)))
}

async fn remove(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, component, shared_with)): InPath<(Name, String, String)>,
    InQuery(query): InQuery<OnlyReason>,
) -> Result<Json<ShareView>, ApiError> {
    let change = ShareChange {
        namespace: &namespace,
        component: &own(&component, &namespace)?,
        shared_with: &other(&shared_with, &namespace)?,
        actor: &caller.0,
        reason: query.reason()?,
    };
    Ok(Json(api.registry.remove_share(change).await?.into()))
}

/// The shares that a namespace makes, and those that it has a part in.
async fn list(
    State(api): State<Api>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<ShareView>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let after = query.after.as_deref().map(share_cursor).transpose()?;
    let namespace = query.namespace.as_ref();
    let rows = api.registry.list_shares(namespace, after, limit.rows());
    let cursor = |row: &ShareRow| row.share_id.to_string();
    Ok(Json(limit.page(rows.await?, cursor, ShareView::from)))
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

impl From<ShareRow> for ShareView {
    fn from(row: ShareRow) -> Self {
        let ShareRow {
            share_id,
            namespace,
            component,
            shared_with,
            created_at,
            created_by,
        } = row;
        Self {
            id: share_id,
            namespace,
            component,
            shared_with,
            created_at,
            created_by,
            created: None,
        }
    }
}
