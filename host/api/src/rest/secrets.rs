//! Secrets: set, list, remove, encrypt anew. A value goes in and never comes out.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, name_cursor};
use super::super::request::{Caller, InPath, InQuery, read};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;
use tasker_domain::secret::MAX_SECRET_BYTES;
use tasker_store::secret::{Rotated, SecretRow};

/// The value as it is: no JSON around it that an error could quote.
const VALUE_TYPES: [&str; 2] = ["application/octet-stream", "text/plain"];

pub fn router() -> Router<Api> {
    Router::new()
        .route("/secrets", get(list))
        .route("/secrets/rotation", post(rotate))
        .route(
            "/namespaces/{namespace}/secrets/{name}",
            put(set).delete(remove),
        )
}

/// What is known of a secret beside its value.
#[derive(Serialize)]
struct SecretView {
    namespace: String,
    name: String,
    /// Grows with every value that is set.
    version: i32,
    created_at: DateTime<Utc>,
    created_by: String,
}

async fn set(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, name)): InPath<(Name, Name)>,
    request: Request,
) -> Result<Json<SecretView>, ApiError> {
    // One byte more than allowed, so that what is too long is told as such.
    let value = read(request, &VALUE_TYPES, MAX_SECRET_BYTES + 1).await?;
    let row = api
        .registry
        .set_secret(&namespace, &name, value.into(), &caller.0)
        .await?;
    Ok(Json(SecretView::from(row)))
}

async fn remove(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, name)): InPath<(Name, Name)>,
) -> Result<StatusCode, ApiError> {
    api.registry
        .remove_secret(&namespace, &name, &caller.0)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    namespace: Option<Name>,
    after: Option<String>,
    limit: Option<u32>,
}

async fn list(
    State(api): State<Api>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<SecretView>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let after = name_cursor(query.after.as_deref())?;
    let rows = api
        .registry
        .list_secrets(query.namespace.as_ref(), after, limit.rows())
        .await?;
    let cursor = |row: &SecretRow| format!("{}/{}", row.namespace, row.name);
    Ok(Json(limit.page(rows, cursor, SecretView::from)))
}

#[derive(Serialize)]
struct RotatedView {
    /// The key that encrypts now: the beginning of its sha256.
    key_id: String,
    /// Secrets that were encrypted anew.
    secrets: usize,
    /// Secrets that this host could not read, the first hundred.
    unreadable: Vec<UnreadableView>,
}

#[derive(Serialize)]
struct UnreadableView {
    namespace: String,
    name: String,
    reason: String,
}

async fn rotate(State(api): State<Api>, caller: Caller) -> Result<Json<RotatedView>, ApiError> {
    let rotated = api.registry.rotate_secrets(&caller.0).await?;
    Ok(Json(RotatedView::from(rotated)))
}

impl From<SecretRow> for SecretView {
    fn from(row: SecretRow) -> Self {
        let SecretRow {
            namespace,
            name,
            version,
            created_at,
            created_by,
        } = row;
        Self {
            namespace,
            name,
            version,
            created_at,
            created_by,
        }
    }
}

impl From<Rotated> for RotatedView {
    fn from(rotated: Rotated) -> Self {
        let unreadable = rotated.unreadable.into_iter().map(|it| UnreadableView {
            namespace: it.namespace,
            name: it.name,
            reason: it.reason,
        });
        Self {
            key_id: rotated.key_id.to_string(),
            secrets: rotated.secrets,
            unreadable: unreadable.collect(),
        }
    }
}
