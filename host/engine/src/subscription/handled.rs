//! Events that a component with subscribers handled, stored with what it wrote.

use super::{DeliveryLease, Engine};
use crate::usage::VersionUsage;
use chrono::{DateTime, Utc};
use tasker_database::{DatabaseError, column};
use tasker_domain::kv::{Expected, KvWrite};

/// An event that a subscriber handled.
#[derive(Clone, Debug)]
pub struct HandledEvent<'a> {
    pub seq: i64,
    pub seq_index: i16,
    /// The dead letter that it was delivered from once more.
    pub dead_letter_id: Option<i64>,
    /// The time of the oldest event that waits behind it.
    pub pending_at: Option<DateTime<Utc>>,
    pub writes: &'a [KvWrite],
    pub usage: VersionUsage,
}

/// What came of storing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandledStored {
    /// Position and writes are stored.
    Stored,
    /// The host has lost the subscription, or it was moved; nothing is stored.
    Lost,
    /// Another changed an entry meanwhile; nothing is stored.
    Conflict(String),
    /// The namespace has too many entries; nothing is stored.
    Full(String),
}

impl Engine {
    /// Stores the position behind an event that a subscriber handled together with its writes, both or neither, once.
    /// Repeatable.
    pub async fn store_handled(
        &self,
        lease: DeliveryLease,
        handled: &HandledEvent<'_>,
    ) -> Result<HandledStored, DatabaseError> {
        let writes = handled.writes;
        self.uses.ran(std::iter::once(Some(handled.usage)));
        let (outcome, message): (String, Option<String>) = sqlx::query_as(
            "select outcome, message
             from tasker.store_handled($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(lease.delivery_host_id)
        .bind(lease.subscription_id)
        .bind(lease.moves)
        .bind(handled.seq)
        .bind(handled.seq_index)
        .bind(handled.dead_letter_id)
        .bind(handled.pending_at)
        .bind(column(writes, |write| write.bucket.as_str()))
        .bind(column(writes, |write| write.key.as_str()))
        .bind(column(writes, |write| write.value.as_deref()))
        .bind(column(writes, |write| write.expected != Expected::Anything))
        .bind(column(writes, |write| write.expected.version()))
        .fetch_one(self.pool())
        .await?;
        let message = message.unwrap_or_default();
        match outcome.as_str() {
            "stored" => Ok(HandledStored::Stored),
            "lost" => Ok(HandledStored::Lost),
            "conflict" => Ok(HandledStored::Conflict(message)),
            "full" => Ok(HandledStored::Full(message)),
            other => Err(DatabaseError::Corrupt(format!(
                "tasker.store_handled returned `{other}`"
            ))),
        }
    }
}
