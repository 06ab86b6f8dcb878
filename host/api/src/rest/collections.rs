//! Collecting versions of components that nothing needs any more.

use super::super::Api;
use super::super::routes::{Answer, Call, Reply, Routes};
use std::time::Duration;
use tasker_domain::bounds::{DEFAULT_COLLECT_AGE, MAX_COLLECT_AGE};
use tasker_registry::RegistryError;
use tasker_registry::store::collect::CollectedRow;
use tasker_wire::collection::{CollectVersions, CollectedVersion, Collection};

pub(crate) fn routes() -> Routes {
    Routes::default().on(collect)
}

async fn collect(api: Api, call: Call<CollectVersions>) -> Answer<CollectVersions> {
    let asked = call.body.older_than_ms.map(Duration::from_millis);
    let older_than = asked.unwrap_or(DEFAULT_COLLECT_AGE);
    if older_than > MAX_COLLECT_AGE {
        return Err(RegistryError::CollectAge(older_than).into());
    }
    let rows = match call.body.dry_run {
        true => api.registry.collectable(older_than).await?,
        false => api.registry.collect(older_than, call.actor()).await?,
    };
    let versions: Vec<CollectedVersion> = rows.into_iter().map(collected).collect();
    Ok(Reply::ok(Collection {
        dry_run: call.body.dry_run,
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
