//! Entries of kv: list, look, set, remove.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit};
use super::super::request::{Caller, InPath, InQuery, read};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::value::RawValue;
use tasker_domain::byte_order_mark::strip_mark;
use tasker_domain::ids::TaskId;
use tasker_domain::kv::MAX_VALUE_BYTES;
use tasker_domain::name::Name;
use tasker_registry::RegistryError;
use tasker_registry::kv_place::KvPlace;
use tasker_registry::store::kv::KvRow;
use tasker_wire::kv::KvEntry;

pub fn router() -> Router<Api> {
    Router::new()
        .route("/namespaces/{namespace}/kv/{bucket}", get(list))
        .route(
            "/namespaces/{namespace}/kv/{bucket}/{key}",
            get(show).put(set).delete(remove),
        )
}

type InPlace = InPath<(Name, Name, String)>;

async fn show(State(api): State<Api>, InPath(place): InPlace) -> Result<Json<KvEntry>, ApiError> {
    view(api.registry.kv_entry(&at(place)).await?).map(Json)
}

async fn set(
    State(api): State<Api>,
    caller: Caller,
    InPath(place): InPlace,
    request: Request,
) -> Result<Json<KvEntry>, ApiError> {
    // One byte more than allowed, so that what is too long is told as such.
    let value = read(request, &["application/json"], MAX_VALUE_BYTES + 1).await?;
    let mut value = String::from_utf8(value.into()).map_err(|error| ApiError::NotText {
        message: error.to_string(),
    })?;
    strip_mark(&mut value);
    view(api.registry.set_kv(&at(place), value, &caller.0).await?).map(Json)
}

async fn remove(
    State(api): State<Api>,
    caller: Caller,
    InPath(place): InPlace,
) -> Result<StatusCode, ApiError> {
    api.registry.remove_kv(&at(place), &caller.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    #[serde(default)]
    prefix: String,
    after: Option<String>,
    limit: Option<u32>,
}

async fn list(
    State(api): State<Api>,
    InPath((namespace, bucket)): InPath<(Name, Name)>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<KvEntry>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let texts = [Some(query.prefix.as_str()), query.after.as_deref()];
    if texts.into_iter().flatten().any(|text| text.contains('\0')) {
        let message = "a key has no NUL character".to_owned();
        return Err(ApiError::parameter("query", message));
    }
    let after = query.after.as_deref();
    let rows = api
        .registry
        .list_kv(&namespace, &bucket, &query.prefix, after, limit.rows())
        .await?;
    let Page { items, next } = limit.page(rows, |row| row.key.clone(), view);
    let items = items.into_iter().collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next }))
}

fn at((namespace, bucket, key): (Name, Name, String)) -> KvPlace {
    KvPlace {
        namespace,
        bucket,
        key,
    }
}

fn view(row: KvRow) -> Result<KvEntry, ApiError> {
    let stored = |error: serde_json::Error| RegistryError::Stored {
        what: format!("kv {}/{}", row.bucket, row.key),
        reason: error.to_string(),
    };
    let value = row.value.map(RawValue::from_string).transpose();
    let value = value.map_err(stored)?;
    Ok(KvEntry {
        bucket: row.bucket,
        key: row.key,
        version: row.version,
        value,
        value_bytes: row.value_bytes,
        updated_at: row.updated_at,
        task_id: row.task_id.map(TaskId),
    })
}
