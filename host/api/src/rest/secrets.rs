//! Secrets: set, list, remove, encrypt anew. A value goes in and never comes out.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, name_cursor};
use super::super::request::{Caller, InPath, InQuery, read};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use tasker_domain::name::Name;
use tasker_domain::secret::MAX_SECRET_BYTES;
use tasker_registry::store::secret::{Rotated, SecretRow};
use tasker_wire::secret::{Rotation, Secret, UnreadableSecret};

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

async fn set(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, name)): InPath<(Name, Name)>,
    request: Request,
) -> Result<Json<Secret>, ApiError> {
    // One byte more than allowed, so that what is too long is told as such.
    let value = read(request, &VALUE_TYPES, MAX_SECRET_BYTES + 1).await?;
    let row = api
        .registry
        .set_secret(&namespace, &name, value.into(), &caller.0)
        .await?;
    Ok(Json(secret(row)))
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
) -> Result<Json<Page<Secret>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let after = name_cursor(query.after.as_deref())?;
    let rows = api
        .registry
        .list_secrets(query.namespace.as_ref(), after, limit.rows())
        .await?;
    let cursor = |row: &SecretRow| format!("{}/{}", row.namespace, row.name);
    Ok(Json(limit.page(rows, cursor, secret)))
}

async fn rotate(State(api): State<Api>, caller: Caller) -> Result<Json<Rotation>, ApiError> {
    let rotated = api.registry.rotate_secrets(&caller.0).await?;
    Ok(Json(rotation(rotated)))
}

fn secret(row: SecretRow) -> Secret {
    Secret {
        namespace: row.namespace,
        name: row.name,
        version: row.version,
        created_at: row.created_at,
        created_by: row.created_by,
    }
}

fn rotation(rotated: Rotated) -> Rotation {
    let unreadable = rotated.unreadable.into_iter().map(|it| UnreadableSecret {
        namespace: it.namespace,
        name: it.name,
        reason: it.reason,
    });
    Rotation {
        key_id: rotated.key_id.to_string(),
        secrets: rotated.secrets,
        unreadable: unreadable.collect(),
    }
}
