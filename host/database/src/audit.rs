//! The audit: who changed what, written with the change.

use super::{Connection, DatabaseError};
use serde_json::Value;
use tasker_domain::actor::Actor;
use tasker_domain::audit::is_action;

/// A change that is being made.
#[derive(Clone, Debug)]
pub struct NewAuditEntry<'a> {
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

/// Writes the change down, in the transaction that makes it.
pub async fn record(tx: &mut Connection, change: &NewAuditEntry<'_>) -> Result<(), DatabaseError> {
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
