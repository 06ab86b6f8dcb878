//! Removing the bytes of versions that nothing needs, and giving them back.

use super::Store;
use super::component::{ComponentVersionRow, ensure_blob};
use super::generation::{advance, advance_generation, revise_components};
use serde_json::json;
use sqlx::FromRow;
use std::time::Duration;
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_domain::actor::Actor;
use tasker_domain::digest::Digest;

/// Versions that one call collects at most, and bytes that it removes unless one version has more, so
/// that the registry is locked for a short time only.
const COLLECT_BATCH: i64 = 100;
const COLLECT_BATCH_BYTES: i64 = 64 << 20;

/// How long a collection waits for a lock while others wait for it, as PostgreSQL writes it.
const LOCK_TIMEOUT: &str = "set local lock_timeout = '200ms'";

/// Rows of each kind that one call clears.
const CLEAR_BATCH: i32 = 1_000;

/// Which versions may be collected.
#[derive(Clone, Copy, Debug)]
pub struct Collectable<'a> {
    /// What resolution or a pin would take now.
    pub wanted: &'a [i32],
    /// How long ago they were published, resolved and run.
    pub older_than: Duration,
}

/// A version that was collected, or would be.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct CollectedRow {
    pub namespace: String,
    pub component: String,
    pub version: String,
    #[sqlx(try_from = "Vec<u8>")]
    pub digest: Digest,
    /// What its bytes took; 0 where another version has the same.
    pub freed_bytes: i64,
}

/// What came of a call to collect.
#[derive(Debug)]
pub enum Collected {
    Versions(Vec<CollectedRow>),
    /// The registry changed since it was read: nothing was collected.
    Moved,
    /// Another host collects at this moment.
    Busy,
    /// What others are doing took too long to be waited for: nothing was collected.
    Delayed,
}

impl Store {
    /// What steps of templates that are not yanked run, each once: the template's namespace, and the
    /// handler as the template says it.
    pub async fn every_handler(&self) -> Result<Vec<(String, String)>, DatabaseError> {
        let rows = sqlx::query_as(EVERY_HANDLER).fetch_all(self.pool()).await?;
        Ok(rows)
    }

    /// What a collection would remove now.
    pub async fn collectable(
        &self,
        which: Collectable<'_>,
    ) -> Result<Vec<CollectedRow>, DatabaseError> {
        let rows = sqlx::query_as(COLLECTABLE)
            .bind(seconds(which.older_than))
            .bind(which.wanted)
            .fetch_all(self.for_maintenance().pool())
            .await?;
        Ok(rows)
    }

    /// What a collection would look at next: versions after this one, by their numbers. Locks nothing.
    pub async fn collect_candidates(
        &self,
        which: Collectable<'_>,
        after: i32,
    ) -> Result<Vec<i32>, DatabaseError> {
        let versions = sqlx::query_scalar(CANDIDATES)
            .bind(seconds(which.older_than))
            .bind(which.wanted)
            .bind(after)
            .bind(COLLECT_BATCH)
            .bind(COLLECT_BATCH_BYTES)
            .fetch_all(self.for_maintenance().pool())
            .await?;
        Ok(versions)
    }

    /// Collects those of `candidates` that may be collected still, in one transaction, unless the
    /// registry has moved on from `generation`, under which `which` was found out.
    pub async fn collect(
        &self,
        generation: i64,
        which: Collectable<'_>,
        candidates: &[i32],
        actor: &Actor,
    ) -> Result<Collected, DatabaseError> {
        match self
            .try_to_collect(generation, which, candidates, actor)
            .await
        {
            Err(error) if error.is_lock_timeout() => Ok(Collected::Delayed),
            collected => collected,
        }
    }

    async fn try_to_collect(
        &self,
        generation: i64,
        which: Collectable<'_>,
        candidates: &[i32],
        actor: &Actor,
    ) -> Result<Collected, DatabaseError> {
        let mut tx = self.for_maintenance().pool().begin().await?;
        sqlx::query(LOCK_TIMEOUT).execute(&mut *tx).await?;
        let is_alone: bool = sqlx::query_scalar(
            "select pg_try_advisory_xact_lock(hashtext('tasker.collect_versions'))",
        )
        .fetch_one(&mut *tx)
        .await?;
        if !is_alone {
            return Ok(Collected::Busy);
        }
        let standing: i64 =
            sqlx::query_scalar("select generation from tasker.registry_generation for update")
                .fetch_one(&mut *tx)
                .await?;
        if standing != generation {
            return Ok(Collected::Moved);
        }
        let rows: Vec<CollectedRow> = sqlx::query_as(COLLECT)
            .bind(seconds(which.older_than))
            .bind(which.wanted)
            .bind(candidates)
            .bind(actor.as_str())
            .fetch_all(&mut *tx)
            .await?;
        if !rows.is_empty() {
            advance_generation(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(Collected::Versions(rows))
    }

    /// Removes what earlier collections and migrations left behind.
    pub async fn clear_collected(&self) -> Result<(), DatabaseError> {
        let mut is_done = false;
        while !is_done {
            let cleared: i32 = sqlx::query_scalar("select tasker.clear_collected($1)")
                .bind(CLEAR_BATCH)
                .fetch_one(self.pool())
                .await?;
            is_done = cleared < CLEAR_BATCH;
        }
        Ok(())
    }

    /// Gives a collected version its bytes back, under the same number. Nothing changes where it was
    /// not collected. One transaction.
    pub async fn restore_component(
        &self,
        version: &ComponentVersionRow,
        bytes: &[u8],
        actor: &Actor,
    ) -> Result<(), DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let restored = sqlx::query(
            "update tasker.component_version set collected_at = null, restored_at = tasker.clock()
             where component_version_id = $1 and collected_at is not null",
        )
        .bind(version.component_version_id)
        .execute(&mut *tx)
        .await?;
        if restored.rows_affected() == 0 {
            return Ok(());
        }
        ensure_blob(&mut tx, version.digest, bytes).await?;
        let change = NewAuditEntry {
            actor,
            action: "component.restore",
            namespace: Some(&version.namespace),
            subject: format!("component {}@{}", version.component, version.version),
            reason: "",
            detail: json!({"digest": version.digest}),
        };
        audit::record(&mut tx, &change).await?;
        let namespaces = revise_components(&mut tx, version.digest).await?;
        advance(&mut tx, namespaces.iter().map(String::as_str)).await?;
        // Under the generation, which a collection holds: it sees what that one did, and the next one
        // sees this.
        unvoid_locks(&mut tx, version.component_version_id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Those of these digests that were collected under all of their names.
    pub async fn collected_digests(
        &self,
        digests: &[Digest],
    ) -> Result<Vec<Digest>, DatabaseError> {
        self.digests_where(GONE, digests).await
    }

    /// Those of these digests that open tasks have in their locks.
    pub async fn digests_of_open_tasks(
        &self,
        digests: &[Digest],
    ) -> Result<Vec<Digest>, DatabaseError> {
        self.digests_where(IN_OPEN_TASKS, digests).await
    }

    async fn digests_where(
        &self,
        query: &'static str,
        digests: &[Digest],
    ) -> Result<Vec<Digest>, DatabaseError> {
        let asked: Vec<&[u8]> = digests.iter().map(|it| &it.as_bytes()[..]).collect();
        let found: Vec<Vec<u8>> = sqlx::query_scalar(query)
            .bind(asked)
            .fetch_all(self.pool())
            .await?;
        let corrupt = |error| DatabaseError::Corrupt(format!("digest of a component: {error}"));
        found
            .into_iter()
            .map(|digest| Digest::try_from(digest).map_err(corrupt))
            .collect()
    }
}

/// Locks are usable again where none of their versions is without bytes.
async fn unvoid_locks(tx: &mut Connection, component_version_id: i32) -> Result<(), DatabaseError> {
    sqlx::query(
        "update tasker.lock l set is_stale = false
         where l.is_stale
           and l.lock_id in (select e.lock_id from tasker.lock_entry e where e.component_version_id = $1)
           and not exists (select from tasker.lock_entry e
                           join tasker.component_version v using (component_version_id)
                           where e.lock_id = l.lock_id and v.collected_at is not null)",
    )
    .bind(component_version_id)
    .execute(tx)
    .await?;
    Ok(())
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

const EVERY_HANDLER: &str = "
    select distinct n.name, step ->> 'handler'
    from tasker.template_version v
    join tasker.template t using (template_id)
    join tasker.namespace n using (namespace_id)
    cross join lateral jsonb_array_elements(v.definition -> 'steps') as step
    where v.status <> 'yanked'
    union
    select n.name, substr(s.target, length('component:') + 1)
    from tasker.subscription s
    join tasker.namespace n using (namespace_id)
    where s.kind = 'component'";

const COLLECTABLE: &str = "
    with found as (
      select component_version_id
      from tasker.collectable_versions((select tasker.clock()), make_interval(secs => $1), $2)
    )
    select n.name as namespace, c.name as component, v.version, v.digest,
           case when not exists (
                  select from tasker.component_version o
                  where o.digest = v.digest and o.collected_at is null
                    and (o.component_version_id < v.component_version_id
                         or o.component_version_id not in (select component_version_id from found)))
                then v.size_bytes::bigint else 0 end as freed_bytes
    from found
    join tasker.component_version v using (component_version_id)
    join tasker.component c using (component_id)
    join tasker.namespace n using (namespace_id)
    order by v.component_version_id";

const CANDIDATES: &str = "
    with sized as (
      select v.component_version_id, row_number() over w as place,
             sum(v.size_bytes::bigint) over w - v.size_bytes as bytes_before
      from tasker.collectable_versions((select tasker.clock()), make_interval(secs => $1), $2)
      join tasker.component_version v using (component_version_id)
      where v.component_version_id > $3
      window w as (order by v.component_version_id)
    )
    select component_version_id from sized
    where place <= $4 and bytes_before < $5
    order by component_version_id";

const COLLECT: &str = "
    select namespace, component, version, digest, freed_bytes
    from tasker.collect_versions((select tasker.clock()), make_interval(secs => $1), $2, $3, $4)";

const GONE: &str = "
    select d.digest
    from unnest($1::bytea[]) as d (digest)
    where not exists (select from tasker.component_blob b where b.digest = d.digest)
      and exists (select from tasker.component_version v where v.digest = d.digest)";

const IN_OPEN_TASKS: &str = "
    select distinct v.digest
    from tasker.component_version v
    join tasker.lock_entry e using (component_version_id)
    where v.digest = any ($1)
      and e.lock_id in (select t.lock_id from tasker.task t where t.finished_at is null)";
