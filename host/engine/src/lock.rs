//! Locks: what tasks that resolved alike share.

use super::Engine;
use sqlx::PgExecutor;
use tasker_database::{Connection, DatabaseError, column};
use tasker_domain::digest::Digest;
use tasker_domain::ids::LockId;

/// One step of a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockEntry {
    pub step_no: i16,
    pub component_version_id: i32,
    pub handler: String,
}

impl Engine {
    /// The lock with these entries, made at its first use. `rollouts` names the pins whose rollouts led
    /// to it, in their order. The same gives the same lock, so that tasks that resolved alike share
    /// it; safe against other hosts that do the same now.
    pub async fn intern_lock(
        &self,
        template_version_id: i32,
        entries: &[LockEntry],
        rollouts: &[String],
    ) -> Result<LockId, DatabaseError> {
        let fingerprint = fingerprint(template_version_id, entries, rollouts);
        if let Some(lock_id) = lock_with(self.pool(), fingerprint).await? {
            return Ok(LockId(lock_id));
        }
        let mut tx = self.pool().begin().await?;
        let inserted: Option<i32> = sqlx::query_scalar(
            "insert into tasker.lock (template_version_id, fingerprint, rollouts) values ($1, $2, $3)
             on conflict do nothing returning lock_id",
        )
        .bind(template_version_id)
        .bind(&fingerprint.as_bytes()[..])
        .bind(rollouts)
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

fn fingerprint(template_version_id: i32, entries: &[LockEntry], rollouts: &[String]) -> Digest {
    let mut text = template_version_id.to_string();
    for pin in rollouts {
        text.push_str(&format!("\nrollout {pin}"));
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
) -> Result<(), DatabaseError> {
    sqlx::query(
        "insert into tasker.lock_entry (lock_id, step_no, component_version_id, handler)
         select $1, e.step_no, e.component_version_id, e.handler
         from unnest($2::smallint[], $3::int[], $4::text[]) as e (step_no, component_version_id, handler)",
    )
    .bind(lock_id)
    .bind(column(entries, |entry| entry.step_no))
    .bind(column(entries, |entry| entry.component_version_id))
    .bind(column(entries, |entry| entry.handler.as_str()))
    .execute(tx)
    .await?;
    Ok(())
}

/// The entries lock their versions: whatever was collected before is seen here, and nothing is
/// collected before the lock is there to be seen.
async fn void_if_collected(tx: &mut Connection, lock_id: i32) -> Result<(), DatabaseError> {
    sqlx::query(
        "update tasker.lock l set is_stale = true
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
) -> Result<Option<i32>, DatabaseError> {
    let lock_id = sqlx::query_scalar("select lock_id from tasker.lock where fingerprint = $1")
        .bind(&fingerprint.as_bytes()[..])
        .fetch_optional(executor)
        .await?;
    Ok(lock_id)
}
