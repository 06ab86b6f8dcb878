//! Kv: what operators read and write.

use super::namespace::ensure_namespace;
use super::{RowCount, Store};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{FromRow, SqlSafeStr};
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing::{ListRow, Listing, counting};
use tasker_database::{DatabaseError, listing};
use tasker_domain::actor::Actor;
use tasker_domain::kv::{Expected, KvWrite};
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
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

/// Which entries are listed.
#[derive(Clone, Copy, Debug)]
pub struct KvFilter<'a> {
    pub namespace: &'a Name,
    pub bucket: &'a Name,
    /// How their keys begin.
    pub prefix: &'a str,
}

/// A text behind all that begin with `prefix`, in byte order; none where there is no such text. It bounds a scan from the
/// highest key on, as the prefix itself does one from the lowest on.
fn behind(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // Behind U+D7FF are surrogates, which are no characters.
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            last => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// The bounds are those of the prefix, so that either direction reads the entries alone that it lists.
const LIST: Listing = listing! {
    "select kv.bucket, kv.key, kv.version,
            case when octet_length(kv.value::text) <= $6 then kv.value::text end as value,
            octet_length(kv.value::text) as value_bytes, kv.updated_at, kv.task_id
     from tasker.kv
     join tasker.namespace n using (namespace_id)
     where n.name = $1 and kv.bucket = $2 and kv.key >= $3 and ($7::text is null or kv.key < $7)
       and ($4::text is null or kv.key " > " $4)
     order by kv.key " asc "
     limit $5"
};

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

    /// Entries of a bucket whose keys begin with a prefix, by key in byte order.
    pub async fn list_kv(
        &self,
        of: KvFilter<'_>,
        seek: Seek<&str>,
    ) -> Result<Vec<KvRow>, DatabaseError> {
        self.kv_in(LIST.rows(seek.direction), of, seek).await
    }

    /// How many entries of a bucket have keys that begin with a prefix.
    pub async fn count_kv(&self, of: KvFilter<'_>) -> Result<RowCount, DatabaseError> {
        let rows = self.kv_in(LIST.count(), of, counting()).await?;
        Ok(RowCount::of_rows(&rows))
    }

    async fn kv_in<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        of: KvFilter<'_>,
        seek: Seek<&str>,
    ) -> Result<Vec<R>, DatabaseError> {
        let rows = sqlx::query_as(statement)
            .bind(of.namespace.as_str())
            .bind(of.bucket.as_str())
            .bind(of.prefix)
            .bind(seek.after)
            .bind(seek.limit)
            .bind(MAX_INLINE_BYTES)
            .bind(behind(of.prefix))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_behind_a_prefix_is_the_lowest_that_does_not_begin_with_it() {
        for (prefix, wanted) in [
            ("", None),
            ("a", Some("b")),
            ("order-", Some("order.")),
            ("a\u{10FFFF}", Some("b")),
            ("\u{10FFFF}", None),
            ("\u{D7FF}", Some("\u{E000}")),
        ] {
            let behind = behind(prefix);
            assert_eq!(behind.as_deref(), wanted, "{prefix:?}");
            assert!(behind.is_none_or(|behind| behind.as_str() > prefix));
        }
    }
}
