//! Rules on how long finished tasks are kept, by namespace and final state.

use super::Store;
use super::namespace::{ensure_namespace, lock_namespace};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::FromRow;
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::retention::Retention;

/// The rule of a namespace. Times are in milliseconds; none: for ever.
#[derive(Clone, Debug, FromRow)]
pub struct RetentionRow {
    pub namespace: String,
    pub complete_ms: Option<i64>,
    pub error_ms: Option<i64>,
    pub cancelled_ms: Option<i64>,
    pub set_at: DateTime<Utc>,
    pub set_by: String,
}

impl RetentionRow {
    pub fn retention(&self) -> Retention {
        Retention {
            complete_ms: self.complete_ms.map(i64::unsigned_abs),
            error_ms: self.error_ms.map(i64::unsigned_abs),
            cancelled_ms: self.cancelled_ms.map(i64::unsigned_abs),
        }
    }
}

/// A change of the rule of a namespace.
#[derive(Clone, Copy, Debug)]
pub struct RetentionChange<'a> {
    pub namespace: &'a Name,
    pub actor: &'a Actor,
    pub reason: &'a str,
}

impl Store {
    /// Replaces the rule of a namespace, which is made at its first use. The walks over its tasks begin
    /// anew. Waits for the batch that is being deleted.
    pub async fn set_retention(
        &self,
        change: RetentionChange<'_>,
        retention: Retention,
    ) -> Result<RetentionRow, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let namespace_id = ensure_namespace(&mut tx, change.namespace).await?;
        let found = locked(&mut tx, &change).await?;
        let before = found.as_ref().map(RetentionRow::retention);
        if let Some(unchanged) = found.filter(|row| row.retention() == retention) {
            return Ok(unchanged);
        }
        put(&mut tx, namespace_id, &change, retention).await?;
        record(&mut tx, &change, before.unwrap_or_default(), retention).await?;
        let now = current(&mut tx, change.namespace).await?;
        tx.commit().await?;
        now.ok_or_else(|| DatabaseError::Corrupt("the retention that was just set".to_owned()))
    }

    /// The rule that was removed; `None` if there is none.
    pub async fn remove_retention(
        &self,
        change: RetentionChange<'_>,
    ) -> Result<Option<RetentionRow>, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let Some(found) = locked(&mut tx, &change).await? else {
            return Ok(None);
        };
        sqlx::query(DELETE)
            .bind(change.namespace.as_str())
            .execute(&mut *tx)
            .await?;
        record(&mut tx, &change, found.retention(), Retention::default()).await?;
        tx.commit().await?;
        Ok(Some(found))
    }

    /// Rules by namespace, after the given one, `limit` at most.
    pub async fn list_retention(
        &self,
        namespace: Option<&Name>,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<RetentionRow>, DatabaseError> {
        let rows = sqlx::query_as(LIST)
            .bind(namespace.map(Name::as_str))
            .bind(after)
            .bind(limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

/// The rule, if there is one; changes of the namespace's rules wait for each other.
async fn locked(
    tx: &mut Connection,
    change: &RetentionChange<'_>,
) -> Result<Option<RetentionRow>, DatabaseError> {
    lock_namespace(tx, change.namespace).await?;
    current(tx, change.namespace).await
}

async fn current(
    tx: &mut Connection,
    namespace: &Name,
) -> Result<Option<RetentionRow>, DatabaseError> {
    let row = sqlx::query_as(LIST)
        .bind(Some(namespace.as_str()))
        .bind(None::<&str>)
        .bind(1_i64)
        .fetch_optional(tx)
        .await?;
    Ok(row)
}

async fn put(
    tx: &mut Connection,
    namespace_id: i32,
    change: &RetentionChange<'_>,
    retention: Retention,
) -> Result<(), DatabaseError> {
    sqlx::query(DELETE)
        .bind(change.namespace.as_str())
        .execute(&mut *tx)
        .await?;
    let (states, times): (Vec<_>, Vec<_>) = retention.by_state().into_iter().unzip();
    let times: Vec<Option<i64>> = times
        .into_iter()
        .map(|ms| ms.map(|ms| i64::try_from(ms).unwrap_or(i64::MAX)))
        .collect();
    sqlx::query(INSERT)
        .bind(namespace_id)
        .bind(&states[..])
        .bind(times)
        .bind(change.actor.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

async fn record(
    tx: &mut Connection,
    change: &RetentionChange<'_>,
    before: Retention,
    after: Retention,
) -> Result<(), DatabaseError> {
    let action = match after.is_empty() {
        true => "retention.remove",
        false => "retention.set",
    };
    let entry = NewAuditEntry {
        actor: change.actor,
        action,
        namespace: Some(change.namespace.as_str()),
        subject: "retention".to_owned(),
        reason: change.reason,
        detail: json!({"before": before, "after": after}),
    };
    audit::record(tx, &entry).await
}

const DELETE: &str = "
    delete from tasker.retention r using tasker.namespace n
    where r.namespace_id = n.namespace_id and n.name = $1";

const INSERT: &str = "
    insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
    select $1, u.state::tasker.task_state, u.keep_ms, $4, tasker.clock()
    from unnest($2::text[], $3::int8[]) as u (state, keep_ms)
    where u.keep_ms is not null
    order by u.state::tasker.task_state";

const LIST: &str = "
    select n.name as namespace,
           max(r.keep_ms) filter (where r.state = 'complete') as complete_ms,
           max(r.keep_ms) filter (where r.state = 'error') as error_ms,
           max(r.keep_ms) filter (where r.state = 'cancelled') as cancelled_ms,
           max(r.set_at) as set_at, max(r.set_by) as set_by
    from tasker.retention r
    join tasker.namespace n using (namespace_id)
    where ($1::text is null or n.name = $1) and ($2::text is null or n.name > $2)
    group by n.name
    order by n.name
    limit $3";
