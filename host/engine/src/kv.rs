//! Kv: what handlers read while they run, and what comes with their completion.

use super::Engine;
use super::event::EventRow;
use super::report::{Completed, Recorded, recorded};
use super::usage::UsageRow;
use tasker_database::{DatabaseError, column};
use tasker_domain::ids::WorkerId;
use tasker_domain::kv::{Expected, KvValue, KvWrite};
use tasker_domain::name::Name;

/// An attempt that ended with writes.
#[derive(Clone, Debug)]
pub struct CompletedWithKv {
    pub completed: Completed,
    /// The result is a checkpoint.
    pub is_checkpoint: bool,
    pub writes: Vec<KvWrite>,
}

impl Engine {
    /// Records an attempt's result or checkpoint together with its writes, both or neither. The step is
    /// due again where another was faster. Repeatable.
    pub async fn complete_with_kv(
        &self,
        worker: WorkerId,
        ended: &CompletedWithKv,
    ) -> Result<Recorded, DatabaseError> {
        let (completed, writes) = (&ended.completed, &ended.writes);
        self.uses.ran(std::iter::once(completed.usage));
        let row = sqlx::query(
            "select due_ms, ended
             from tasker.complete_with_kv($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
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
        .bind(column(writes, |write| write.expected.version()))
        .bind(EventRow::of_batch(std::iter::once(&*completed.events)))
        .fetch_optional(self.database.engine())
        .await?;
        row.map_or_else(|| Ok(Recorded::default()), |row| recorded(&row))
    }

    /// The value and version of a key.
    pub async fn kv_entry(
        &self,
        namespace: &str,
        bucket: &Name,
        key: &str,
    ) -> Result<Option<KvValue>, DatabaseError> {
        let row: Option<(String, i64)> = sqlx::query_as(
            "select kv.value::text, kv.version
             from tasker.kv
             join tasker.namespace n using (namespace_id)
             where n.name = $1 and kv.bucket = $2 and kv.key = $3",
        )
        .bind(namespace)
        .bind(bucket.as_str())
        .bind(key)
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(|(value, version)| KvValue { value, version }))
    }

    /// The first `limit` keys of a bucket that begin with `prefix`, in byte order.
    pub async fn kv_keys(
        &self,
        namespace: &str,
        bucket: &Name,
        prefix: &str,
        limit: u32,
    ) -> Result<Vec<String>, DatabaseError> {
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
        .fetch_all(self.pool())
        .await?;
        Ok(keys)
    }
}
