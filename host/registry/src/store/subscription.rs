//! Subscriptions, for those who make and operate them. Hosts that deliver ask `tasker_engine::subscription`.

mod runs;
mod set_state;
mod sql;

pub use runs::{LoggedRunRow, SubscriberRunRow};

use super::change_error::ChangeError;
use super::namespace::{ensure_namespace, lock_namespace};
use super::{RowCount, Store};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{FromRow, SqlSafeStr};
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing::{ListRow, counting};
use tasker_database::{Connection, DatabaseError};
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::precondition::Precondition;
use tasker_domain::subscription::{
    MAX_SUBSCRIPTIONS, SubscriptionKind, SubscriptionState, TEST, Target, subject,
};
use uuid::Uuid;

/// A subscription, with how far it is.
#[derive(Clone, Debug, FromRow)]
pub struct SubscriptionRow {
    pub subscription_id: i32,
    pub namespace: String,
    pub name: String,
    #[sqlx(try_from = "&'a str")]
    pub kind: SubscriptionKind,
    #[sqlx(flatten)]
    pub definition: Definition,
    #[sqlx(try_from = "&'a str")]
    pub state: SubscriptionState,
    pub ended_reason: Option<String>,
    pub seq: i64,
    pub seq_index: i16,
    pub lag_rows: i64,
    pub lag_ms: i64,
    pub attempts: i32,
    pub next_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    pub last_error_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub delivered: i64,
    pub failures: i64,
    pub given_up: i64,
    pub dropped: i64,
    pub runs: i64,
    pub dead_letters: i64,
    pub host: Option<String>,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
}

/// Which events go where.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Definition {
    #[sqlx(try_from = "&'a str")]
    pub target: Target,
    pub secrets: Vec<String>,
    pub max_batch: Option<i16>,
    pub types: Option<String>,
    pub template: Option<String>,
    pub task_id: Option<Uuid>,
    pub step: Option<String>,
    pub handler: Option<String>,
    pub tag: Option<String>,
}

/// A place in the feed from which events are delivered.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    pub seq: i64,
    pub seq_index: i16,
    /// What is older is left out.
    pub since: Option<DateTime<Utc>>,
}

/// An event that could not be delivered.
#[derive(Clone, Debug, FromRow)]
pub struct DeadLetterRow {
    pub dead_letter_id: i64,
    pub seq: i64,
    pub seq_index: i16,
    #[sqlx(rename = "type")]
    pub event_type: String,
    pub reason: String,
    pub status: Option<i32>,
    pub body: Option<String>,
    pub attempts: i32,
    pub at: DateTime<Utc>,
    pub replay_at: Option<DateTime<Utc>>,
}

/// Which subscription is changed, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct SubscriptionChange<'a> {
    pub namespace: &'a Name,
    pub name: &'a Name,
    pub actor: &'a Actor,
    pub reason: &'a str,
    /// The subscription is as the caller knows it.
    pub only_if: &'a Precondition,
}

impl SubscriptionChange<'_> {
    async fn record(
        &self,
        tx: &mut Connection,
        action: &str,
        detail: Value,
    ) -> Result<(), DatabaseError> {
        let entry = NewAuditEntry {
            actor: self.actor,
            action,
            namespace: Some(self.namespace.as_str()),
            subject: subject(self.name.as_str()),
            reason: self.reason,
            detail,
        };
        audit::record(tx, &entry).await
    }
}

impl Definition {
    fn json(&self) -> Value {
        json!({
            "to": self.target.to_string(), "secrets": self.secrets, "batch": self.max_batch, "types": self.types, "template": self.template,
            "task": self.task_id, "step": self.step, "handler": self.handler, "tag": self.tag,
        })
    }
}

impl Store {
    /// Makes a subscription that begins at `start`, or changes one, which keeps its position; true if it is new. None if
    /// the namespace has as many as it may.
    pub async fn set_subscription(
        &self,
        change: SubscriptionChange<'_>,
        definition: &Definition,
        start: Start,
    ) -> Result<Option<bool>, ChangeError> {
        let mut tx = self.pool().begin().await?;
        let namespace_id = ensure_namespace(&mut tx, change.namespace).await?;
        lock_namespace(&mut tx, change.namespace).await?;
        change.check(&mut tx).await?;
        let before: Option<Definition> = sqlx::query_as(sql::DEFINITION)
            .bind(namespace_id)
            .bind(change.name.as_str())
            .fetch_optional(&mut *tx)
            .await?;
        if before.as_ref() == Some(definition) {
            return Ok(Some(false));
        }
        let set = sqlx::query(sql::SET)
            .bind(namespace_id)
            .bind(change.name.as_str())
            .bind(definition.target.kind().to_string())
            .bind(&definition.types)
            .bind(&definition.template)
            .bind(definition.task_id)
            .bind(&definition.step)
            .bind(&definition.handler)
            .bind(&definition.tag)
            .bind(definition.target.to_string())
            .bind(&definition.secrets)
            .bind(definition.max_batch)
            .bind(start.seq)
            .bind(start.seq_index)
            .bind(start.since)
            .bind(change.actor.as_str())
            .bind(MAX_SUBSCRIPTIONS)
            .execute(&mut *tx)
            .await?;
        if set.rows_affected() == 0 {
            return Ok(None);
        }
        let from = before.as_ref().map(Definition::json);
        let detail = json!({"from": from, "to": definition.json()});
        change.record(&mut tx, "subscription.set", detail).await?;
        tx.commit().await?;
        Ok(Some(before.is_none()))
    }

    /// The first of these secrets that the namespace does not have.
    pub async fn missing_secret(
        &self,
        namespace: &Name,
        secrets: &[String],
    ) -> Result<Option<String>, DatabaseError> {
        let missing = sqlx::query_scalar(sql::MISSING_SECRET)
            .bind(namespace.as_str())
            .bind(secrets)
            .fetch_optional(self.pool())
            .await?;
        Ok(missing)
    }

    /// This one, if it exists.
    pub async fn subscription(
        &self,
        namespace: &Name,
        name: &Name,
    ) -> Result<Option<SubscriptionRow>, DatabaseError> {
        let row = sqlx::query_as(sql::SHOW)
            .bind(namespace.as_str())
            .bind(name.as_str())
            .fetch_optional(self.pool())
            .await?;
        Ok(row)
    }

    /// Subscriptions by namespace and name, of these namespaces or of all.
    pub async fn list_subscriptions(
        &self,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<SubscriptionRow>, DatabaseError> {
        self.rows_in(&sql::LIST, namespaces, seek).await
    }

    /// How many subscriptions these namespaces have, or all have.
    pub async fn count_subscriptions(
        &self,
        namespaces: &[Name],
    ) -> Result<RowCount, DatabaseError> {
        self.count_in(&sql::LIST, namespaces).await
    }

    /// Removes it with its dead letters; false if there is none.
    pub async fn remove_subscription(
        &self,
        change: SubscriptionChange<'_>,
    ) -> Result<bool, ChangeError> {
        let detail = json!(null);
        self.change_subscription(change, sql::REMOVE, "subscription.remove", detail)
            .await
    }

    /// Pauses it; false if there is none. One that is paused or has ended stays so.
    pub async fn pause_subscription(
        &self,
        change: SubscriptionChange<'_>,
    ) -> Result<bool, ChangeError> {
        let detail = json!(null);
        self.change_subscription(change, sql::PAUSE, "subscription.pause", detail)
            .await
    }

    /// Resumes it, at once if it waits to try again; false if there is none.
    pub async fn resume_subscription(
        &self,
        change: SubscriptionChange<'_>,
    ) -> Result<bool, ChangeError> {
        let detail = json!(null);
        self.change_subscription(change, sql::RESUME, "subscription.resume", detail)
            .await
    }

    /// Has it go on from there; false if there is none.
    pub async fn move_subscription(
        &self,
        change: SubscriptionChange<'_>,
        start: Start,
        from: &str,
    ) -> Result<bool, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let moved = sqlx::query(sql::MOVE)
            .bind(change.namespace.as_str())
            .bind(change.name.as_str())
            .bind(start.seq)
            .bind(start.seq_index)
            .bind(start.since)
            .execute(&mut *tx)
            .await?;
        if moved.rows_affected() == 0 {
            return Ok(false);
        }
        let detail = json!({"from": from});
        change
            .record(&mut tx, "subscription.replay", detail)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Records that a delivery is wanted for a test: the record is the event.
    pub async fn test_subscription(
        &self,
        change: SubscriptionChange<'_>,
    ) -> Result<(), DatabaseError> {
        let mut connection = self.pool().acquire().await?;
        change.record(&mut connection, TEST, json!(null)).await
    }

    /// Dead letters by id.
    pub async fn list_dead_letters(
        &self,
        subscription_id: i32,
        seek: Seek<i64>,
    ) -> Result<Vec<DeadLetterRow>, DatabaseError> {
        let statement = sql::DEAD_LETTERS.rows(seek.direction);
        self.rows_of(statement, subscription_id, seek).await
    }

    /// How many dead letters a subscription has.
    pub async fn count_dead_letters(
        &self,
        subscription_id: i32,
    ) -> Result<RowCount, DatabaseError> {
        let statement = sql::DEAD_LETTERS.count();
        let rows = self.rows_of(statement, subscription_id, counting());
        Ok(RowCount::of_rows(&rows.await?))
    }

    /// Rows of what a subscription has by number: the parameters are its id, the number after which they are, and how
    /// many at most.
    async fn rows_of<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        subscription_id: i32,
        seek: Seek<i64>,
    ) -> Result<Vec<R>, DatabaseError> {
        let rows = sqlx::query_as(statement)
            .bind(subscription_id)
            .bind(seek.after)
            .bind(seek.limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// Has a dead letter, or all, delivered once more; how many.
    pub async fn redeliver(
        &self,
        change: SubscriptionChange<'_>,
        subscription_id: i32,
        dead_letter_id: Option<i64>,
    ) -> Result<i64, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        // The subscription before its dead letters, as those who deliver lock them.
        sqlx::query(sql::REVISE)
            .bind(subscription_id)
            .execute(&mut *tx)
            .await?;
        let asked = sqlx::query(sql::REDELIVER)
            .bind(subscription_id)
            .bind(dead_letter_id)
            .execute(&mut *tx)
            .await?;
        let asked = i64::try_from(asked.rows_affected()).unwrap_or(i64::MAX);
        if asked > 0 {
            let detail = json!({"id": dead_letter_id, "dead_letters": asked});
            change
                .record(&mut tx, "subscription.redeliver", detail)
                .await?;
            tx.commit().await?;
        }
        Ok(asked)
    }

    async fn change_subscription(
        &self,
        change: SubscriptionChange<'_>,
        statement: &'static str,
        action: &str,
        detail: Value,
    ) -> Result<bool, ChangeError> {
        let mut tx = self.pool().begin().await?;
        change.check(&mut tx).await?;
        let is_changed: Option<bool> = sqlx::query_scalar(statement)
            .bind(change.namespace.as_str())
            .bind(change.name.as_str())
            .fetch_optional(&mut *tx)
            .await?;
        if is_changed == Some(true) {
            change.record(&mut tx, action, detail).await?;
        }
        tx.commit().await?;
        Ok(is_changed.is_some())
    }
}
