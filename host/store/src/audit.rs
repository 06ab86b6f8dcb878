//! The audit: who changed what, written with the change.

use super::{Store, StoreError};
use crate::pool::Connection;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::FromRow;
use tasker_domain::actor::Actor;
use uuid::Uuid;

/// Every action that is written down, by its object.
pub const ACTIONS: [&str; 36] = [
    "component.approve",
    "component.collect",
    "component.publish",
    "component.quarantine",
    "component.release",
    "component.restore",
    "component.unyank",
    "component.yank",
    "grant.add",
    "grant.remove",
    "key.create",
    "key.revoke",
    "kv.remove",
    "kv.set",
    "limit.remove",
    "limit.set",
    "namespace.create",
    "pin.freeze",
    "pin.ramp",
    "pin.remove",
    "pin.rollback",
    "pin.set",
    "pin.thaw",
    "secret.remove",
    "secret.rotate",
    "secret.set",
    "share.add",
    "share.remove",
    "signature.add",
    "signing_key.add",
    "signing_key.remove",
    "task.cancel",
    "task.upgrade",
    "template.publish",
    "template.unyank",
    "template.yank",
];

/// True for an action that is written down, and for the object of some.
pub fn is_action(text: &str) -> bool {
    !actions(text).is_empty()
}

/// The actions that are meant: one, or all of an object.
fn actions(text: &str) -> Vec<&'static str> {
    let of_object = |action: &str| action.split_once('.').is_some_and(|(of, _)| of == text);
    let meant = ACTIONS
        .into_iter()
        .filter(|action| *action == text || of_object(action));
    meant.collect()
}

/// A change that is being made.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    pub actor: &'a Actor,
    /// `object.verb`, such as `component.publish`.
    pub action: &'a str,
    pub namespace: Option<&'a str>,
    /// What it happens to, such as `component charge@1.5.0`.
    pub subject: String,
    /// Why, in the words of the actor; may be empty.
    pub reason: &'a str,
    /// What more there is to say; `null` for nothing.
    pub detail: Value,
}

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
    /// The action, or its object: `pin` is `pin.set`, `pin.ramp` …
    pub action: Option<&'a str>,
    /// Only changes older than this one.
    pub before: Option<i64>,
}

/// Writes the change down, in the transaction that makes it.
pub(crate) async fn record(tx: &mut Connection, change: &Change<'_>) -> Result<(), StoreError> {
    debug_assert!(is_action(change.action), "{}", change.action);
    sqlx::query(
        "insert into tasker.audit (actor, action, namespace, subject, reason, detail)
         values ($1, $2, $3, $4, $5, nullif($6, 'null'::jsonb)::json)",
    )
    .bind(change.actor.as_str())
    .bind(change.action)
    .bind(change.namespace)
    .bind(&change.subject)
    .bind(change.reason)
    .bind(&change.detail)
    .execute(tx)
    .await?;
    Ok(())
}

/// The same for a change of tasks, each of which gets a row of its own.
pub(crate) async fn record_tasks(
    tx: &mut Connection,
    tasks: &[Uuid],
    action: &str,
    reason: &str,
    actor: &Actor,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into tasker.audit (actor, action, namespace, subject, reason)
         select $2, $3, n.name, 'task ' || t.task_id, $4
         from tasker.task t join tasker.namespace n using (namespace_id)
         where t.task_id = any ($1)",
    )
    .bind(tasks)
    .bind(actor.as_str())
    .bind(action)
    .bind(reason)
    .execute(tx)
    .await?;
    Ok(())
}

impl Store {
    /// Changes that were made, the newest first, `limit` at most.
    pub async fn list_audit(
        &self,
        filter: AuditFilter<'_>,
        limit: i64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query_as(LIST)
            .bind(filter.namespace)
            .bind(filter.subject)
            .bind(filter.action.map(actions))
            .bind(filter.before.unwrap_or(i64::MAX))
            .bind(limit)
            .fetch_all(&self.pool)
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
