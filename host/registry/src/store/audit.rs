//! The audit, as it is read.

use super::{ListRow, MAX_COUNTED, RowCount, Store, counted};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, SqlSafeStr};
use tasker_database::DatabaseError;
use tasker_domain::audit::actions;

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
    pub namespace: Option<&'a str>,
    pub subject: Option<&'a str>,
    /// The action, or its object: `pin` is `pin.set`, `pin.rollout` …
    pub action: Option<&'a str>,
    /// Only changes older than this one.
    pub before: Option<i64>,
}

impl Store {
    /// Changes that were made, the newest first, `limit` at most.
    pub async fn list_audit(
        &self,
        filter: AuditFilter<'_>,
        limit: i64,
    ) -> Result<Vec<AuditRow>, DatabaseError> {
        self.audit_in(LIST, filter, limit).await
    }

    /// How many changes a list has.
    pub async fn count_audit(&self, filter: AuditFilter<'_>) -> Result<RowCount, DatabaseError> {
        let list = counted(LIST);
        let rows = self.audit_in(list, filter, MAX_COUNTED + 1).await?;
        Ok(RowCount::of(&rows))
    }

    async fn audit_in<R: ListRow>(
        &self,
        list: impl SqlSafeStr,
        filter: AuditFilter<'_>,
        limit: i64,
    ) -> Result<Vec<R>, DatabaseError> {
        let rows = sqlx::query_as(list)
            .bind(filter.namespace)
            .bind(filter.subject)
            .bind(filter.action.map(actions))
            .bind(filter.before.unwrap_or(i64::MAX))
            .bind(limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

/// A short scan of the one index that has what is asked for together; of each action, where some are
/// asked for. Rows are compared where values would do, since that and the order leave no other index to
/// choose, whatever the statistics say.
const LIST: &str = "
    select a.audit_id, a.at, a.actor, a.action, a.namespace, a.subject, a.reason, a.detail
    from (
      (select r.* from tasker.audit r
       where $2::text is not null and r.subject = $2 and r.audit_id < $4
         and ($1::text is null or r.namespace = $1) and ($3::text[] is null or r.action = any ($3))
       order by r.audit_id desc limit $5)
      union all
      (select r.* from tasker.audit r
       where num_nonnulls($1::text, $2::text, $3::text[]) = 0 and r.audit_id < $4
       order by r.audit_id desc limit $5)
      union all
      (select r.* from tasker.audit r
       where num_nonnulls($2::text, $3::text[]) = 0
         and (r.namespace, r.audit_id) < ($1::text, $4) and r.namespace >= $1::text
       order by r.namespace desc, r.audit_id desc limit $5)
      union all
      (select l.* from unnest($3::text[]) k (action)
       cross join lateral (
         select r.* from tasker.audit r
         where (r.action, r.audit_id) < (k.action, $4) and r.action >= k.action
         order by r.action desc, r.audit_id desc
         limit $5) l
       where num_nonnulls($1::text, $2::text) = 0)
      union all
      (select l.* from unnest($3::text[]) k (action)
       cross join lateral (
         select r.* from tasker.audit r
         where (r.namespace, r.action, r.audit_id) < ($1::text, k.action, $4)
           and (r.namespace, r.action) >= ($1::text, k.action)
         order by r.namespace desc, r.action desc, r.audit_id desc
         limit $5) l
       where $2::text is null and $1::text is not null)
    ) a
    order by a.audit_id desc
    limit $5";
