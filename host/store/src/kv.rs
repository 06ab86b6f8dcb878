//! Kv: what handlers read while they run, what comes with their completion, and what operators do.

use super::audit::{self, Change};
use super::engine::column;
use super::event::EventRow;
use super::namespace::ensure_namespace;
use super::task_read::MAX_INLINE_BYTES;
use super::usage::UsageRow;
use super::{Store, StoreError};
use crate::engine::Completed;
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::FromRow;
use std::time::Duration;
use tasker_domain::actor::Actor;
use tasker_domain::ids::WorkerId;
use tasker_domain::kv::{Expected, KvEntry, KvWrite};
use tasker_domain::name::Name;
use uuid::Uuid;

/// How the database says that a namespace is full.
const FULL: &str = "TK002";

/// An attempt that ended with writes.
#[derive(Clone, Debug)]
pub struct CompletedWithKv {
    pub completed: Completed,
    /// The result is a checkpoint.
    pub is_checkpoint: bool,
    pub writes: Vec<KvWrite>,
}

/// One entry, as an operator sees it.
#[derive(Clone, Debug, FromRow)]
pub struct KvRow {
    pub bucket: String,
    pub key: String,
    pub version: i64,
    /// JSON text; in a list none where it has more than [`MAX_INLINE_BYTES`].
    pub value: Option<String>,
    pub value_bytes: i32,
    pub updated_at: DateTime<Utc>,
    /// The task whose step wrote it; none where an operator did.
    pub task_id: Option<Uuid>,
}

impl Store {
    /// Records an attempt's result or checkpoint together with its writes, both or neither. Tells how
    /// long it is until the step is due again, where another was faster. Repeatable.
    pub async fn complete_with_kv(
        &self,
        worker: WorkerId,
        ended: &CompletedWithKv,
    ) -> Result<Option<Duration>, StoreError> {
        let (completed, writes) = (&ended.completed, &ended.writes);
        self.uses.ran(std::iter::once(completed.usage));
        let due_ms: Option<i64> = sqlx::query_scalar(
            "select tasker.complete_with_kv($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(worker.0)
        .bind(completed.lease.task_id.0)
        .bind(completed.lease.step_no)
        .bind(completed.lease.attempt)
        .bind(&completed.result)
        .bind(ended.is_checkpoint)
        .bind(UsageRow::of(completed.usage))
        .bind(column(writes, |write| write.bucket.as_str()))
        .bind(column(writes, |write| write.key.as_str()))
        .bind(column(writes, |write| write.value.as_deref()))
        .bind(column(writes, |write| write.expected != Expected::Anything))
        .bind(column(writes, |write| expected_version(write.expected)))
        .bind(EventRow::of_batch(std::iter::once(&*completed.events)))
        .fetch_one(self.engine())
        .await?;
        Ok(due_ms.map(|ms| Duration::from_millis(ms.max(0).unsigned_abs())))
    }

    /// What stands under a key.
    pub async fn kv_entry(
        &self,
        namespace: &str,
        bucket: &Name,
        key: &str,
    ) -> Result<Option<KvEntry>, StoreError> {
        let row = self.kv_row(namespace, bucket, key).await?;
        let entry = |row: KvRow| {
            Some(KvEntry {
                value: row.value?,
                version: row.version,
            })
        };
        Ok(row.and_then(entry))
    }

    /// The same with all that is known of it.
    pub async fn kv_row(
        &self,
        namespace: &str,
        bucket: &Name,
        key: &str,
    ) -> Result<Option<KvRow>, StoreError> {
        let row = sqlx::query_as(
            "select kv.bucket, kv.key, kv.version, kv.value::text as value,
                    octet_length(kv.value::text) as value_bytes, kv.updated_at, kv.task_id
             from tasker.kv
             join tasker.namespace n using (namespace_id)
             where n.name = $1 and kv.bucket = $2 and kv.key = $3",
        )
        .bind(namespace)
        .bind(bucket.as_str())
        .bind(key)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// Entries of a bucket whose keys begin with `prefix`, by key in byte order, after the given key,
    /// `limit` at most.
    pub async fn list_kv(
        &self,
        namespace: &str,
        bucket: &Name,
        prefix: &str,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<KvRow>, StoreError> {
        let rows = sqlx::query_as(
            "select kv.bucket, kv.key, kv.version,
                    case when octet_length(kv.value::text) <= $6 then kv.value::text end as value,
                    octet_length(kv.value::text) as value_bytes, kv.updated_at, kv.task_id
             from tasker.kv
             join tasker.namespace n using (namespace_id)
             where n.name = $1 and kv.bucket = $2 and kv.key >= $3 and starts_with(kv.key, $3)
               and ($4::text is null or kv.key > $4)
             order by kv.key
             limit $5",
        )
        .bind(namespace)
        .bind(bucket.as_str())
        .bind(prefix)
        .bind(after)
        .bind(limit)
        .bind(MAX_INLINE_BYTES)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// The first `limit` keys of a bucket that begin with `prefix`, in byte order.
    pub async fn kv_keys(
        &self,
        namespace: &str,
        bucket: &Name,
        prefix: &str,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let keys = sqlx::query_scalar(
            "select kv.key
             from tasker.kv
             join tasker.namespace n using (namespace_id)
             where n.name = $1 and kv.bucket = $2 and kv.key >= $3 and starts_with(kv.key, $3)
             order by kv.key
             limit $4",
        )
        .bind(namespace)
        .bind(bucket.as_str())
        .bind(prefix)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        Ok(keys)
    }

    /// An operator's write, with its line in the audit; none removes the entry. The namespace is made
    /// at its first use. False where the namespace is full.
    pub async fn set_kv(
        &self,
        namespace: &Name,
        write: &KvWrite,
        actor: &Actor,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let namespace_id = ensure_namespace(&mut tx, namespace).await?;
        let written = sqlx::query_scalar("select tasker.set_kv($1, $2, $3, $4, $5, $6, null)")
            .bind(namespace_id)
            .bind(write.bucket.as_str())
            .bind(&write.key)
            .bind(&write.value)
            .bind(write.expected != Expected::Anything)
            .bind(expected_version(write.expected))
            .fetch_one(&mut *tx)
            .await;
        let version: Option<i64> = match written {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(FULL) => {
                return Ok(false);
            }
            written => written?,
        };
        let change = Change {
            actor,
            action: if version.is_some() {
                "kv.set"
            } else {
                "kv.remove"
            },
            namespace: Some(namespace.as_str()),
            subject: format!("kv {}/{}", write.bucket, write.key),
            reason: "",
            detail: json!({"version": version}),
        };
        audit::record(&mut tx, &change).await?;
        tx.commit().await?;
        Ok(true)
    }
}

fn expected_version(expected: Expected) -> Option<i64> {
    match expected {
        Expected::Anything | Expected::Nothing => None,
        Expected::Version(version) => Some(version),
    }
}
