//! Rules on how long finished tasks are kept, by namespace and final state, and one for all others.

use super::change_error::ChangeError;
use super::namespace::{ensure_namespace, lock_namespace};
use super::{RowCount, Store, texts};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{FromRow, SqlSafeStr};
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing;
use tasker_database::listing::{ListRow, Listing, counting};
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::permission::NamespaceScope;
use tasker_domain::precondition::{EntityTag, Precondition, PreconditionFailed};
use tasker_domain::retention::Retention;

/// The rule of a namespace, or that for all which have none. Times are in milliseconds; none: for ever.
#[derive(Clone, Debug, FromRow)]
pub struct RetentionRow {
    /// `*` for all.
    pub namespace: String,
    pub complete_ms: Option<i64>,
    pub error_ms: Option<i64>,
    pub cancelled_ms: Option<i64>,
    /// None: keys are kept as long as their tasks.
    pub keys_ms: Option<i64>,
    pub set_at: DateTime<Utc>,
    pub set_by: String,
}

impl RetentionRow {
    /// Stands for what is set.
    pub fn tag(&self) -> EntityTag {
        EntityTag::of(&(&self.namespace, self.retention(), self.set_at, &self.set_by))
    }

    pub fn retention(&self) -> Retention {
        Retention {
            complete_ms: self.complete_ms.map(i64::unsigned_abs),
            error_ms: self.error_ms.map(i64::unsigned_abs),
            cancelled_ms: self.cancelled_ms.map(i64::unsigned_abs),
            keys_ms: self.keys_ms.map(i64::unsigned_abs),
        }
    }
}

/// A change of the rule of a namespace, or of that for all which have none.
#[derive(Clone, Copy, Debug)]
pub struct RetentionChange<'a> {
    pub scope: &'a NamespaceScope,
    pub actor: &'a Actor,
    pub reason: &'a str,
    /// The rule is as the caller knows it.
    pub only_if: &'a Precondition,
}

impl RetentionChange<'_> {
    /// Refuses a change of a rule that is not as the caller knows it.
    fn check(&self, found: Option<&RetentionRow>) -> Result<(), PreconditionFailed> {
        self.only_if.check(found.map(RetentionRow::tag).as_ref())
    }
}

impl Store {
    /// Replaces the rule of a namespace, which is made at its first use, or the rule for all. The walks over
    /// the tasks begin anew. Waits for the batch that is being deleted.
    pub async fn set_retention(
        &self,
        change: RetentionChange<'_>,
        retention: Retention,
    ) -> Result<RetentionRow, ChangeError> {
        let mut tx = self.pool().begin().await?;
        let namespace_id = match change.scope {
            NamespaceScope::Everywhere => None,
            NamespaceScope::Namespace(name) => Some(ensure_namespace(&mut tx, name).await?),
        };
        let found = locked(&mut tx, change.scope).await?;
        change.check(found.as_ref())?;
        let before = found.as_ref().map(RetentionRow::retention);
        if let Some(unchanged) = found.filter(|row| row.retention() == retention) {
            return Ok(unchanged);
        }
        let (states, times) = columns(retention, namespace_id.is_none());
        set_keys(&mut tx, &change, retention).await?;
        let insert = match namespace_id {
            None => sqlx::query(REPLACE_DEFAULT),
            Some(id) => {
                delete(&mut tx, change.scope, true).await?;
                sqlx::query(INSERT).bind(id)
            }
        };
        insert
            .bind(&states[..])
            .bind(times)
            .bind(change.actor.as_str())
            .execute(&mut *tx)
            .await?;
        record(&mut tx, &change, "retention.set", before, retention).await?;
        let now = current(&mut tx, change.scope).await?;
        tx.commit().await?;
        let none = || DatabaseError::Corrupt("the retention that was just set".to_owned());
        Ok(now.ok_or_else(none)?)
    }

    /// The rule that was removed; `None` if there is none.
    pub async fn remove_retention(
        &self,
        change: RetentionChange<'_>,
    ) -> Result<Option<RetentionRow>, ChangeError> {
        let mut tx = self.pool().begin().await?;
        let found = locked(&mut tx, change.scope).await?;
        change.check(found.as_ref())?;
        let Some(found) = found else {
            return Ok(None);
        };
        delete(&mut tx, change.scope, false).await?;
        set_keys(&mut tx, &change, Retention::default()).await?;
        let (before, after) = (Some(found.retention()), Retention::default());
        record(&mut tx, &change, "retention.remove", before, after).await?;
        tx.commit().await?;
        Ok(Some(found))
    }

    /// The rule for all, then rules by namespace; of these namespaces, or of all.
    pub async fn list_retention(
        &self,
        namespaces: &[Name],
        seek: Seek<&str>,
    ) -> Result<Vec<RetentionRow>, DatabaseError> {
        self.retention_in(LIST.rows(seek.direction), namespaces, seek)
            .await
    }

    /// How many rules the list has.
    pub async fn count_retention(&self, namespaces: &[Name]) -> Result<RowCount, DatabaseError> {
        let rows = self.retention_in(LIST.count(), namespaces, counting());
        Ok(RowCount::of_rows(&rows.await?))
    }

    async fn retention_in<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        namespaces: &[Name],
        seek: Seek<&str>,
    ) -> Result<Vec<R>, DatabaseError> {
        let rows = sqlx::query_as(statement)
            .bind(texts(namespaces))
            .bind(seek.after)
            .bind(seek.limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

/// The rule, if there is one; changes of it wait for each other.
async fn locked(
    tx: &mut Connection,
    scope: &NamespaceScope,
) -> Result<Option<RetentionRow>, DatabaseError> {
    match scope {
        NamespaceScope::Namespace(name) => lock_namespace(tx, name).await?,
        NamespaceScope::Everywhere => {
            sqlx::query(LOCK_DEFAULT).execute(&mut *tx).await?;
        }
    }
    current(tx, scope).await
}

async fn current(
    tx: &mut Connection,
    scope: &NamespaceScope,
) -> Result<Option<RetentionRow>, DatabaseError> {
    let row = sqlx::query_as(CURRENT)
        .bind(scope.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(row)
}

/// Deletes the rule, of a namespace also what it inherited if that is to be replaced.
async fn delete(
    tx: &mut Connection,
    scope: &NamespaceScope,
    is_replaced: bool,
) -> Result<(), DatabaseError> {
    let delete = match scope {
        NamespaceScope::Everywhere => sqlx::query(DELETE_DEFAULT),
        NamespaceScope::Namespace(name) => {
            sqlx::query(DELETE).bind(name.as_str()).bind(is_replaced)
        }
    };
    delete.execute(tx).await?;
    Ok(())
}

/// Replaces the rule of the keys, or removes it where there is none.
async fn set_keys(
    tx: &mut Connection,
    change: &RetentionChange<'_>,
    retention: Retention,
) -> Result<(), DatabaseError> {
    let keep_ms = retention.keys_ms.map(time);
    sqlx::query(SET_KEYS)
        .bind(change.scope.to_string())
        .bind(keep_ms)
        .bind(change.actor.as_str())
        .execute(&mut *tx)
        .await?;
    // The walk begins anew.
    sqlx::query(WALK_KEYS).execute(tx).await?;
    Ok(())
}

fn time(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// States and times. A rule that keeps everything is one state without a time, and that for all none.
fn columns(retention: Retention, is_for_all: bool) -> (Vec<&'static str>, Vec<Option<i64>>) {
    let set = retention.by_state().into_iter();
    let set = set.filter_map(|(state, ms)| Some((state, Some(time(ms?)))));
    let (states, times): (Vec<_>, Vec<_>) = set.unzip();
    match states.is_empty() && !is_for_all {
        true => (vec!["complete"], vec![None]),
        false => (states, times),
    }
}

async fn record(
    tx: &mut Connection,
    change: &RetentionChange<'_>,
    action: &'static str,
    before: Option<Retention>,
    after: Retention,
) -> Result<(), DatabaseError> {
    let namespace = match change.scope {
        NamespaceScope::Everywhere => None,
        NamespaceScope::Namespace(name) => Some(name.as_str()),
    };
    let entry = NewAuditEntry {
        actor: change.actor,
        action,
        namespace,
        subject: "retention".to_owned(),
        reason: change.reason,
        detail: json!({"before": before.unwrap_or_default(), "after": after}),
    };
    audit::record(tx, &entry).await
}

const LOCK_DEFAULT: &str = "lock table tasker.retention_default in share row exclusive mode";

const DELETE_DEFAULT: &str = "delete from tasker.retention_default";

const DELETE: &str = "
    delete from tasker.retention r using tasker.namespace n
    where r.namespace_id = n.namespace_id and n.name = $1 and ($2 or not r.is_inherited)";

const INSERT: &str = "
    insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
    select $1, u.state::tasker.task_state, u.keep_ms, $4,
           case when u.keep_ms is null then 'infinity' else tasker.clock() end
    from unnest($2::text[], $3::int8[]) as u (state, keep_ms)
    order by u.state::tasker.task_state";

// As in tasker.key_retention, where 0 is for all.
const SET_KEYS: &str = "
    with scope as materialized (
      select case when $1 = '*' then 0
                  else (select n.namespace_id from tasker.namespace n where n.name = $1) end as namespace_id
    ), removed as (
      delete from tasker.key_retention k using scope s where k.namespace_id = s.namespace_id and $2::int8 is null
    )
    insert into tasker.key_retention (namespace_id, keep_ms, set_by)
    select s.namespace_id, $2::int8, $3 from scope s where $2::int8 is not null
    on conflict (namespace_id) do update
      set keep_ms = excluded.keep_ms, set_at = excluded.set_at, set_by = excluded.set_by";

const WALK_KEYS: &str = "
    update tasker.key_walk set task_id = '00000000-0000-0000-0000-000000000000', next_at = '-infinity'";

const REPLACE_DEFAULT: &str = "
    with removed as (
      delete from tasker.retention_default d where d.state::text <> all ($1)
    )
    insert into tasker.retention_default (state, keep_ms, set_by)
    select u.state::tasker.task_state, u.keep_ms, $3
    from unnest($1::text[], $2::int8[]) as u (state, keep_ms)
    order by u.state::tasker.task_state
    on conflict (state) do update set keep_ms = excluded.keep_ms, set_at = excluded.set_at, set_by = excluded.set_by";

const CURRENT: &str = "
    select $1 as namespace,
           max(r.keep_ms) filter (where r.state = 'complete') as complete_ms,
           max(r.keep_ms) filter (where r.state = 'error') as error_ms,
           max(r.keep_ms) filter (where r.state = 'cancelled') as cancelled_ms,
           max(r.keep_ms) filter (where r.state = 'keys') as keys_ms,
           max(r.set_at) as set_at, max(r.set_by) as set_by
    from (
      select r.state::text, r.keep_ms, r.set_at, r.set_by
      from tasker.retention r
      join tasker.namespace n using (namespace_id)
      where n.name = $1 and not r.is_inherited
      union all
      select d.state::text, d.keep_ms, d.set_at, d.set_by from tasker.retention_default d where $1 = '*'
      union all
      select 'keys', k.keep_ms, k.set_at, k.set_by
      from tasker.key_retention k
      left join tasker.namespace n using (namespace_id)
      where coalesce(n.name, '*') = $1
    ) r
    having count(*) > 0";

/// The rule for all has the place 0, and those of namespaces have 1.
const LIST: Listing = listing! {
    "select l.namespace,
           max(l.keep_ms) filter (where l.state = 'complete') as complete_ms,
           max(l.keep_ms) filter (where l.state = 'error') as error_ms,
           max(l.keep_ms) filter (where l.state = 'cancelled') as cancelled_ms,
           max(l.keep_ms) filter (where l.state = 'keys') as keys_ms,
           max(l.set_at) as set_at, max(l.set_by) as set_by
    from (
      select '*' as namespace, 0 as place, d.state::text, d.keep_ms, d.set_at, d.set_by
      from tasker.retention_default d
      union all
      select n.name, 1, r.state::text, r.keep_ms, r.set_at, r.set_by
      from tasker.retention r
      join tasker.namespace n using (namespace_id)
      where not r.is_inherited and ($1::text[] is null or n.name = any ($1))
      union all
      select coalesce(n.name, '*'), (k.namespace_id > 0)::int, 'keys', k.keep_ms, k.set_at, k.set_by
      from tasker.key_retention k
      left join tasker.namespace n using (namespace_id)
      where k.namespace_id = 0 or $1::text[] is null or n.name = any ($1)
    ) l
    where $2::text is null or (l.place, l.namespace) " > " (($2 <> '*')::int, $2)
    group by l.place, l.namespace
    order by l.place " asc ", l.namespace " asc "
    limit $3"
};
