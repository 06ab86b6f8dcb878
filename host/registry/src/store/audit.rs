//! The audit, as it is read.

use super::{RowCount, Store, texts};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, SqlSafeStr};
use tasker_database::listing::{ListRow, Listing, counting};
use tasker_database::{DatabaseError, listing};
use tasker_domain::audit::actions;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;

/// A change that was made.
#[derive(Clone, Debug, FromRow)]
pub struct AuditRow {
    pub audit_id: i64,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    pub namespace: Option<String>,
    pub subject: String,
    pub reason: String,
    pub detail: Option<Value>,
}

/// Which changes are asked for; what is none is not looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditFilter<'a> {
    /// In one of these namespaces; none: in any.
    pub namespaces: &'a [Name],
    pub subject: Option<&'a str>,
    /// One of these actions, or of these objects: `pin` is `pin.set`, `pin.rollout` …; none: any.
    pub actions: &'a [&'a str],
    /// Only changes older than this one.
    pub before: Option<i64>,
}

impl AuditFilter<'_> {
    /// Each action once.
    fn actions(&self) -> Option<Vec<&'static str>> {
        let mut meant: Vec<&'static str> = self.actions.iter().copied().flat_map(actions).collect();
        meant.sort_unstable();
        meant.dedup();
        (!self.actions.is_empty()).then_some(meant)
    }
}

impl Store {
    /// Changes that were made, by id.
    pub async fn list_audit(
        &self,
        filter: AuditFilter<'_>,
        seek: Seek<i64>,
    ) -> Result<Vec<AuditRow>, DatabaseError> {
        self.audit_in(LIST.rows(seek.direction), filter, seek).await
    }

    /// How many changes a list has.
    pub async fn count_audit(&self, filter: AuditFilter<'_>) -> Result<RowCount, DatabaseError> {
        let rows = self.audit_in(LIST.count(), filter, counting()).await?;
        Ok(RowCount::of_rows(&rows))
    }

    async fn audit_in<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        filter: AuditFilter<'_>,
        seek: Seek<i64>,
    ) -> Result<Vec<R>, DatabaseError> {
        let begin = seek.direction.first_of(i64::MIN, i64::MAX);
        let rows = sqlx::query_as(statement)
            .bind(texts(filter.namespaces))
            .bind(filter.subject)
            .bind(filter.actions())
            .bind(seek.after.unwrap_or(begin))
            .bind(seek.limit)
            .bind(filter.before.unwrap_or(i64::MAX))
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

/// A short scan of the one index that has what is asked for together; of each namespace and action, where some are
/// asked for. Rows are compared where values would do, since that and the order leave no other index to
/// choose, whatever the statistics say.
const LIST: Listing = listing! {
    "select a.audit_id, a.at, a.actor, a.action, a.namespace, a.subject, a.reason, a.detail
     from (
       (select r.* from tasker.audit r
        where $2::text is not null and r.subject = $2 and r.audit_id " > " $4 and r.audit_id < $6
          and ($1::text[] is null or r.namespace = any ($1)) and ($3::text[] is null or r.action = any ($3))
        order by r.audit_id " asc " limit $5)
       union all
       (select r.* from tasker.audit r
        where num_nonnulls($1::text[], $2::text, $3::text[]) = 0 and r.audit_id " > " $4 and r.audit_id < $6
        order by r.audit_id " asc " limit $5)
       union all
       (select l.* from unnest($1::text[]) n (namespace)
        cross join lateral (
          select r.* from tasker.audit r
          where (r.namespace, r.audit_id) " > " (n.namespace, $4) and r.namespace " <= " n.namespace and r.audit_id < $6
          order by r.namespace " asc ", r.audit_id " asc "
          limit $5) l
        where num_nonnulls($2::text, $3::text[]) = 0)
       union all
       (select l.* from unnest($3::text[]) k (action)
        cross join lateral (
          select r.* from tasker.audit r
          where (r.action, r.audit_id) " > " (k.action, $4) and r.action " <= " k.action and r.audit_id < $6
          order by r.action " asc ", r.audit_id " asc "
          limit $5) l
        where num_nonnulls($1::text[], $2::text) = 0)
       union all
       (select l.* from unnest($1::text[]) n (namespace)
        cross join unnest($3::text[]) k (action)
        cross join lateral (
          select r.* from tasker.audit r
          where (r.namespace, r.action, r.audit_id) " > " (n.namespace, k.action, $4)
            and (r.namespace, r.action) " <= " (n.namespace, k.action) and r.audit_id < $6
          order by r.namespace " asc ", r.action " asc ", r.audit_id " asc "
          limit $5) l
        where $2::text is null)
     ) a
     order by a.audit_id " asc "
     limit $5"
};
