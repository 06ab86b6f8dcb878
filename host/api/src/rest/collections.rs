//! Collecting versions of components that nothing needs any more.

use super::super::Api;
use super::super::error::ApiError;
use super::super::request::{Caller, JsonBody};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tasker_domain::bounds::{DEFAULT_COLLECT_AGE, MAX_COLLECT_AGE};
use tasker_domain::digest::Digest;
use tasker_registry::RegistryError;
use tasker_store::collect::CollectedRow;

pub fn router() -> Router<Api> {
    Router::new().route("/collections", post(collect))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CollectBody {
    /// How long ago a version was published, resolved and run at least; 30 days unless it is given.
    older_than_ms: Option<u64>,
    /// Tell what would go, and leave it.
    #[serde(default)]
    dry_run: bool,
}

/// What was collected, or would be.
#[derive(Serialize)]
struct CollectionView {
    dry_run: bool,
    versions: Vec<CollectedView>,
    freed_bytes: i64,
}

#[derive(Serialize)]
struct CollectedView {
    namespace: String,
    component: String,
    version: String,
    digest: Digest,
    /// 0 where another version has the same bytes.
    freed_bytes: i64,
}

async fn collect(
    State(api): State<Api>,
    caller: Caller,
    JsonBody(body): JsonBody<CollectBody>,
) -> Result<Json<CollectionView>, ApiError> {
    let asked = body.older_than_ms.map(Duration::from_millis);
    let older_than = asked.unwrap_or(DEFAULT_COLLECT_AGE);
    if older_than > MAX_COLLECT_AGE {
        return Err(RegistryError::CollectAge(older_than).into());
    }
    let rows = match body.dry_run {
        true => api.registry.collectable(older_than).await?,
        false => api.registry.collect(older_than, &caller.0).await?,
    };
    Ok(Json(CollectionView {
        dry_run: body.dry_run,
        freed_bytes: rows.iter().map(|row| row.freed_bytes).sum(),
        versions: rows.into_iter().map(CollectedView::from).collect(),
    }))
}

impl From<CollectedRow> for CollectedView {
    fn from(row: CollectedRow) -> Self {
        Self {
            namespace: row.namespace,
            component: row.component,
            version: row.version,
            digest: row.digest,
            freed_bytes: row.freed_bytes,
        }
    }
}
