//! Kv: what operators read and write.

use super::Store;
use super::namespace::ensure_namespace;
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_domain::actor::Actor;
use tasker_domain::kv::{Expected, KvWrite};
use tasker_domain::name::Name;
use tasker_domain::precondition::EntityTag;
use tasker_engine::task_read::MAX_INLINE_BYTES;
use uuid::Uuid;

/// How the database says that an entry is not as it was expected.
const CHANGED: &str = "TK001";
/// How it says that a namespace is full.
const FULL: &str = "TK002";

/// One entry, as an operator sees it.
#[derive(Clone, Debug, FromRow)]
pub struct KvRow {
    pub bucket: String,
    pub key: String,
    pub version: i64,
    /// JSON text; in a list `None` if it has more than [`MAX_INLINE_BYTES`].
    pub value: Option<String>,
    pub value_bytes: i32,
    pub updated_at: DateTime<Utc>,
    /// The task whose step wrote it; `None` if an operator did.
    pub task_id: Option<Uuid>,
}

impl KvRow {
    /// Stands for the value: no version is used twice.
    pub fn tag(&self) -> EntityTag {
        EntityTag::of(&("kv", self.version))
    }
}

/// What came of an operator's write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KvWritten {
    Done,
    /// The entry is not as it was expected, and nothing was written.
    Changed,
    /// The namespace has as many entries as it may.
    Full,
}

impl Store {
    /// The value and version of a key.
    pub async fn kv_row(
        &self,
        namespace: &str,
        bucket: &Name,
        key: &str,
    ) -> Result<Option<KvRow>, DatabaseError> {
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
        .fetch_optional(self.pool())
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
    ) -> Result<Vec<KvRow>, DatabaseError> {
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
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

    /// An operator's write, with its line in the audit; none removes the entry. The namespace is made
    /// at its first use.
    pub async fn set_kv(
        &self,
        namespace: &Name,
        write: &KvWrite,
        actor: &Actor,
    ) -> Result<KvWritten, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let namespace_id = ensure_namespace(&mut tx, namespace).await?;
        let written = sqlx::query_scalar("select tasker.set_kv($1, $2, $3, $4, $5, $6, null)")
            .bind(namespace_id)
            .bind(write.bucket.as_str())
            .bind(&write.key)
            .bind(&write.value)
            .bind(write.expected != Expected::Anything)
            .bind(write.expected.version())
            .fetch_one(&mut *tx)
            .await;
        let version: Option<i64> = match written {
            Err(sqlx::Error::Database(error)) => match error.code().as_deref() {
                Some(CHANGED) => return Ok(KvWritten::Changed),
                Some(FULL) => return Ok(KvWritten::Full),
                _ => return Err(sqlx::Error::Database(error).into()),
            },
            written => written?,
        };
        let change = NewAuditEntry {
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
        Ok(KvWritten::Done)
    }
}
