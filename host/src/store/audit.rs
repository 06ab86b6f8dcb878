//! The audit: who changed what, written with the change.

use super::{Store, StoreError};
use crate::domain::actor::Actor;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
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
    let object = |action: &str| action.split_once('.').is_some_and(|(of, _)| of == text);
    ACTIONS
        .iter()
        .any(|action| *action == text || object(action))
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
pub(in crate::store) async fn record(
    tx: &mut PgConnection,
    change: &Change<'_>,
) -> Result<(), StoreError> {
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
pub(in crate::store) async fn record_tasks(
    tx: &mut PgConnection,
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
            .bind(filter.action)
            .bind(filter.before)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }
}

const LIST: &str = "
    select a.audit_id, a.at, a.actor, a.action, a.namespace, a.subject, a.reason, a.detail
    from tasker.audit a
    where ($1::text is null or a.namespace = $1)
      and ($2::text is null or a.subject = $2)
      and ($3::text is null or a.action = $3 or starts_with(a.action, $3 || '.'))
      and ($4::bigint is null or a.audit_id < $4)
    order by a.audit_id desc
    limit $5";
