//! What resolution leaves: locks.

use super::{Store, StoreError};
use crate::pool::Connection;
use serde_json::Value;
use sqlx::{FromRow, PgExecutor};
use tasker_domain::{digest::Digest, ids::LockId, requirement::QualifiedName};

/// How often what new tasks may take of a component has changed.
#[derive(Debug, FromRow)]
pub struct ComponentRevision {
    pub namespace: String,
    pub namespace_revision: i64,
    pub component: String,
    pub revision: i64,
}

/// One step of a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockEntry {
    pub step_no: i16,
    pub component_version_id: i32,
    pub handler: String,
}

impl Store {
    /// Grows with every change of the registry, and is visible together with it.
    pub async fn registry_generation(&self) -> Result<i64, StoreError> {
        let generation = sqlx::query_scalar("select generation from tasker.registry_generation")
            .fetch_one(&self.pool)
            .await?;
        Ok(generation)
    }

    /// What a template version says, as publishing stored it.
    pub async fn template_definition(&self, template_version_id: i32) -> Result<Value, StoreError> {
        let definition = sqlx::query_scalar(
            "select definition from tasker.template_version where template_version_id = $1",
        )
        .bind(template_version_id)
        .fetch_one(&self.pool)
        .await?;
        Ok(definition)
    }

    /// How often what new tasks may take of each of these components has changed. Read it before the
    /// candidates: those of the same revision are the same.
    pub async fn component_revisions(
        &self,
        components: &[QualifiedName],
    ) -> Result<Vec<ComponentRevision>, StoreError> {
        let (namespaces, names) = columns(components);
        let rows = sqlx::query_as(
            "select n.name as namespace, n.revision as namespace_revision, c.name as component, c.revision
             from unnest($1::text[], $2::text[]) as wanted (namespace, component)
             join tasker.namespace n on n.name = wanted.namespace
             join tasker.component c on c.namespace_id = n.namespace_id and c.name = wanted.component",
        )
        .bind(namespaces)
        .bind(names)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// What inspection found of each of these component versions, by their ids.
    pub async fn descriptors(&self, versions: &[i32]) -> Result<Vec<(i32, Value)>, StoreError> {
        let rows = sqlx::query_as(
            "select component_version_id, descriptor from tasker.component_version
             where component_version_id = any ($1)",
        )
        .bind(versions)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// The lock with these entries, made at its first use. `ramped` names the pins whose ramps led
    /// to it, in their order. The same gives the same lock, so that tasks that resolved alike share
    /// it; safe against other hosts that do the same now.
    pub async fn intern_lock(
        &self,
        template_version_id: i32,
        entries: &[LockEntry],
        ramped: &[String],
    ) -> Result<LockId, StoreError> {
        let fingerprint = fingerprint(template_version_id, entries, ramped);
        if let Some(lock_id) = lock_with(&self.pool, fingerprint).await? {
            return Ok(LockId(lock_id));
        }
        let mut tx = self.pool.begin().await?;
        let inserted: Option<i32> = sqlx::query_scalar(
            "insert into tasker.lock (template_version_id, fingerprint, ramped) values ($1, $2, $3)
             on conflict do nothing returning lock_id",
        )
        .bind(template_version_id)
        .bind(&fingerprint.as_bytes()[..])
        .bind(ramped)
        .fetch_optional(&mut *tx)
        .await?;
        let lock_id = match inserted {
            Some(lock_id) => {
                insert_entries(&mut tx, lock_id, entries).await?;
                void_if_collected(&mut tx, lock_id).await?;
                Some(lock_id)
            }
            None => lock_with(&mut *tx, fingerprint).await?,
        };
        tx.commit().await?;
        let lock_id = lock_id.ok_or(sqlx::Error::RowNotFound)?;
        Ok(LockId(lock_id))
    }
}

/// Namespaces and names.
fn columns(components: &[QualifiedName]) -> (Vec<&str>, Vec<&str>) {
    let each = components.iter();
    each.map(|it| (it.namespace.as_str(), it.name.as_str()))
        .unzip()
}

/// Called in the transaction of whatever changes what new tasks may take of this code: the components
/// that have it are listed anew. Locks them by id. Tells their namespaces, which are to be advanced.
pub(crate) async fn revise_components(
    tx: &mut Connection,
    digest: Digest,
) -> Result<Vec<String>, StoreError> {
    let namespaces = sqlx::query_scalar(
        "with revised as materialized (
           select component_id from tasker.component
           where component_id in (select component_id from tasker.component_version where digest = $1)
           order by component_id for no key update
         )
         update tasker.component c set revision = c.revision + 1
         from revised r, tasker.namespace n
         where c.component_id = r.component_id and n.namespace_id = c.namespace_id
         returning n.name",
    )
    .bind(&digest.as_bytes()[..])
    .fetch_all(tx)
    .await?;
    Ok(namespaces)
}

/// Called last in the transaction of whatever resolution depends on, with the namespaces whose rules,
/// components or templates changed: what was loaded of them is loaded anew. Locks them by id.
pub(crate) async fn advance<'n>(
    tx: &mut Connection,
    namespaces: impl IntoIterator<Item = &'n str>,
) -> Result<(), StoreError> {
    let namespaces: Vec<&str> = namespaces.into_iter().collect();
    sqlx::query(
        "with advanced as materialized (
           select namespace_id from tasker.namespace where name = any ($1)
           order by namespace_id for no key update
         )
         update tasker.namespace n set revision = n.revision + 1
         from advanced a where n.namespace_id = a.namespace_id",
    )
    .bind(namespaces)
    .execute(&mut *tx)
    .await?;
    advance_generation(tx).await
}

/// Called last in the transaction of whatever hosts depend on: its row is locked until the commit, and a
/// number that is seen before its change would let stale rules live on. Hints to
/// every host that it is worth looking.
pub(crate) async fn advance_generation(tx: &mut Connection) -> Result<(), StoreError> {
    sqlx::query("update tasker.registry_generation set generation = generation + 1")
        .execute(&mut *tx)
        .await?;
    sqlx::query("select pg_notify('tasker_registry', '')")
        .execute(tx)
        .await?;
    Ok(())
}

fn fingerprint(template_version_id: i32, entries: &[LockEntry], ramped: &[String]) -> Digest {
    let mut text = template_version_id.to_string();
    for pin in ramped {
        text.push_str(&format!("\nramped {pin}"));
    }
    for entry in entries {
        let LockEntry {
            step_no,
            component_version_id,
            handler,
        } = entry;
        text.push_str(&format!("\n{step_no} {component_version_id} {handler}"));
    }
    Digest::of(text.as_bytes())
}

async fn insert_entries(
    tx: &mut Connection,
    lock_id: i32,
    entries: &[LockEntry],
) -> Result<(), StoreError> {
    let step_nos: Vec<i16> = entries.iter().map(|entry| entry.step_no).collect();
    let versions: Vec<i32> = entries
        .iter()
        .map(|entry| entry.component_version_id)
        .collect();
    let handlers: Vec<&str> = entries.iter().map(|entry| entry.handler.as_str()).collect();
    sqlx::query(
        "insert into tasker.lock_entry (lock_id, step_no, component_version_id, handler)
         select $1, e.step_no, e.component_version_id, e.handler
         from unnest($2::smallint[], $3::int[], $4::text[]) as e (step_no, component_version_id, handler)",
    )
    .bind(lock_id)
    .bind(step_nos)
    .bind(versions)
    .bind(handlers)
    .execute(tx)
    .await?;
    Ok(())
}

/// The entries lock their versions: whatever was collected before is seen here, and nothing is
/// collected before the lock is there to be seen.
async fn void_if_collected(tx: &mut Connection, lock_id: i32) -> Result<(), StoreError> {
    sqlx::query(
        "update tasker.lock l set is_void = true
         where l.lock_id = $1
           and exists (select from tasker.lock_entry e
                       join tasker.component_version v using (component_version_id)
                       where e.lock_id = l.lock_id and v.collected_at is not null)",
    )
    .bind(lock_id)
    .execute(tx)
    .await?;
    Ok(())
}

async fn lock_with(
    executor: impl PgExecutor<'_>,
    fingerprint: Digest,
) -> Result<Option<i32>, StoreError> {
    let lock_id = sqlx::query_scalar("select lock_id from tasker.lock where fingerprint = $1")
        .bind(&fingerprint.as_bytes()[..])
        .fetch_optional(executor)
        .await?;
    Ok(lock_id)
}
