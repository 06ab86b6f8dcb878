//! Collecting versions of components that nothing needs any more.

use super::super::Api;
use super::super::error::ApiError;
use super::super::request::{Caller, JsonBody};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use std::time::Duration;
use tasker_domain::bounds::{DEFAULT_COLLECT_AGE, MAX_COLLECT_AGE};
use tasker_registry::RegistryError;
use tasker_registry::store::collect::CollectedRow;
use tasker_wire::collection::{Collect, CollectedVersion, Collection};

pub fn router() -> Router<Api> {
    Router::new().route("/collections", post(collect))
}

async fn collect(
    State(api): State<Api>,
    caller: Caller,
    JsonBody(body): JsonBody<Collect>,
) -> Result<Json<Collection>, ApiError> {
    let asked = body.older_than_ms.map(Duration::from_millis);
    let older_than = asked.unwrap_or(DEFAULT_COLLECT_AGE);
    if older_than > MAX_COLLECT_AGE {
        return Err(RegistryError::CollectAge(older_than).into());
    }
    let rows = match body.dry_run {
        true => api.registry.collectable(older_than).await?,
        false => api.registry.collect(older_than, &caller.0).await?,
    };
    let versions: Vec<CollectedVersion> = rows.into_iter().map(collected).collect();
    Ok(Json(Collection {
        dry_run: body.dry_run,
        freed_bytes: versions.iter().map(|version| version.freed_bytes).sum(),
        versions,
    }))
}

fn collected(row: CollectedRow) -> CollectedVersion {
    CollectedVersion {
        namespace: row.namespace,
        component: row.component,
        version: row.version,
        digest: row.digest,
        freed_bytes: row.freed_bytes.unsigned_abs(),
    }
}
