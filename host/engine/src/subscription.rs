//! Subscriptions, for the hosts that deliver to them: whose they are, and how far each is.

mod handled;
mod runs;

pub use handled::{HandledEvent, HandledStored};
pub use runs::{NewRun, RunFailure};

use super::Engine;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::subscription::{MAX_DEAD_LETTERS, SubscriptionKind, kept};
use uuid::Uuid;

/// A subscription that a host has, by what it has to notice.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct OwnedSubscription {
    pub subscription_id: i32,
    /// Grows with each change.
    pub revision: i32,
}

/// What a host needs to deliver to a subscription.
#[derive(Clone, Debug, FromRow)]
pub struct DeliveryRow {
    pub subscription_id: i32,
    pub revision: i32,
    pub moves: i32,
    pub namespace: String,
    pub name: String,
    pub types: Option<String>,
    pub template: Option<String>,
    pub task_id: Option<Uuid>,
    pub step: Option<String>,
    pub handler: Option<String>,
    pub tag: Option<String>,
    /// As `tasker_domain::subscription::Target` has it.
    pub target: String,
    pub secrets: Vec<String>,
    /// Events of one request at most; none: requests have one, and no list.
    pub max_batch: Option<i16>,
    pub seq: i64,
    pub seq_index: i16,
    pub since: Option<DateTime<Utc>>,
    /// Failed tries of the event behind the position, ...
    pub attempts: i32,
    /// ... and how long the next one waits.
    pub wait_ms: i64,
}

/// How far a subscription is.
#[derive(Clone, Copy, Debug)]
pub struct StoredCursor {
    pub subscription_id: i32,
    pub moves: i32,
    pub seq: i64,
    pub seq_index: i16,
    /// Events delivered since it was stored the last time.
    pub delivered: i32,
    /// The time of the oldest event that waits.
    pub pending_at: Option<DateTime<Utc>>,
}

/// Which host has which subscription, and which of its moves.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryLease {
    pub delivery_host_id: i32,
    pub subscription_id: i32,
    pub moves: i32,
}

/// A try that failed, and will be repeated.
#[derive(Clone, Debug)]
pub struct FailedTry<'a> {
    pub attempts: i32,
    pub delay: Duration,
    pub error: &'a str,
    pub pending_at: DateTime<Utc>,
    /// The receiver is to blame.
    pub counts: bool,
}

/// Why an event was not delivered.
#[derive(Clone, Debug)]
pub struct Undelivered<'a> {
    pub reason: &'a str,
    pub status: Option<u16>,
    pub body: Option<&'a str>,
}

/// An event that is given up.
#[derive(Clone, Debug)]
pub struct NewDeadLetter<'a> {
    pub seq: i64,
    pub seq_index: i16,
    pub event_type: &'a str,
    pub attempts: i32,
    pub why: Undelivered<'a>,
}

/// A dead letter that is to be delivered once more.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct ReplayRow {
    pub dead_letter_id: i64,
    pub seq: i64,
    pub seq_index: i16,
    /// Tries so far.
    pub attempts: i32,
}

impl Engine {
    /// Keeps the subscriptions of a host that delivers to these kinds; another number than before says that it has none any more.
    pub async fn renew_delivery_host(
        &self,
        delivery_host_id: Option<i32>,
        host_name: &str,
        ttl: Duration,
        kinds: &[SubscriptionKind],
    ) -> Result<i32, DatabaseError> {
        let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
        let pid = i32::try_from(std::process::id()).unwrap_or_default();
        let id = sqlx::query_scalar("select tasker.renew_delivery_host($1, $2, $3, $4, $5)")
            .bind(delivery_host_id)
            .bind(host_name)
            .bind(pid)
            .bind(i32::try_from(ttl.as_millis()).unwrap_or(i32::MAX))
            .bind(kinds)
            .fetch_one(self.pool())
            .await?;
        Ok(id)
    }

    /// Takes subscriptions that no living host has, up to the host's share; how many.
    pub async fn take_subscriptions(
        &self,
        delivery_host_id: i32,
        limit: usize,
    ) -> Result<usize, DatabaseError> {
        let taken: i32 = sqlx::query_scalar("select tasker.take_subscriptions($1, $2)")
            .bind(delivery_host_id)
            .bind(i32::try_from(limit).unwrap_or(i32::MAX))
            .fetch_one(self.pool())
            .await?;
        Ok(usize::try_from(taken).unwrap_or_default())
    }

    /// True if there are active subscriptions.
    pub async fn has_subscriptions(&self) -> Result<bool, DatabaseError> {
        let active = "select exists (select from tasker.subscription where state = 'active')";
        Ok(sqlx::query_scalar(active).fetch_one(self.pool()).await?)
    }

    /// The subscriptions of a host beyond its share, while another host has less than its own; `limit` at most.
    pub async fn surplus_subscriptions(
        &self,
        delivery_host_id: i32,
        limit: usize,
    ) -> Result<Vec<i32>, DatabaseError> {
        let surplus = sqlx::query_scalar("select * from tasker.surplus_subscriptions($1, $2)")
            .bind(delivery_host_id)
            .bind(i32::try_from(limit).unwrap_or(i32::MAX))
            .fetch_all(self.pool())
            .await?;
        Ok(surplus)
    }

    /// Gives some subscriptions of a host up, so that others take them.
    pub async fn leave_some_subscriptions(
        &self,
        delivery_host_id: i32,
        subscriptions: &[i32],
    ) -> Result<(), DatabaseError> {
        sqlx::query("select tasker.leave_subscriptions($1, $2)")
            .bind(delivery_host_id)
            .bind(subscriptions)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Gives all subscriptions of a host up, so that others take them at once.
    pub async fn leave_subscriptions(&self, delivery_host_id: i32) -> Result<(), DatabaseError> {
        sqlx::query("select tasker.leave_subscriptions($1)")
            .bind(delivery_host_id)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// The active subscriptions of a host.
    pub async fn owned_subscriptions(
        &self,
        delivery_host_id: i32,
        limit: usize,
    ) -> Result<Vec<OwnedSubscription>, DatabaseError> {
        let rows = sqlx::query_as(OWNED)
            .bind(delivery_host_id)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// These subscriptions, where the host has them.
    pub async fn deliveries(
        &self,
        delivery_host_id: i32,
        subscriptions: &[i32],
    ) -> Result<Vec<DeliveryRow>, DatabaseError> {
        let rows = sqlx::query_as(DELIVERIES)
            .bind(delivery_host_id)
            .bind(subscriptions)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// Stores how far these subscriptions are. Returns those that somebody else has locked, which are not stored yet.
    pub async fn store_cursors(
        &self,
        delivery_host_id: i32,
        cursors: &[StoredCursor],
    ) -> Result<Vec<i32>, DatabaseError> {
        let column = |of: fn(&StoredCursor) -> i32| cursors.iter().map(of).collect::<Vec<i32>>();
        let seqs: Vec<i64> = cursors.iter().map(|it| it.seq).collect();
        let indexes: Vec<i16> = cursors.iter().map(|it| it.seq_index).collect();
        let pending: Vec<Option<DateTime<Utc>>> = cursors.iter().map(|it| it.pending_at).collect();
        let locked =
            sqlx::query_scalar("select * from tasker.store_cursors($1, $2, $3, $4, $5, $6, $7)")
                .bind(delivery_host_id)
                .bind(column(|it| it.subscription_id))
                .bind(column(|it| it.moves))
                .bind(seqs)
                .bind(indexes)
                .bind(column(|it| it.delivered))
                .bind(pending)
                .fetch_all(self.pool())
                .await?;
        Ok(locked)
    }

    /// Stores a failed try; false if the host has lost the subscription, or it was moved.
    pub async fn store_failure(
        &self,
        lease: DeliveryLease,
        failed: &FailedTry<'_>,
    ) -> Result<bool, DatabaseError> {
        let stored =
            sqlx::query_scalar("select tasker.store_failure($1, $2, $3, $4, $5, $6, $7, $8)")
                .bind(lease.delivery_host_id)
                .bind(lease.subscription_id)
                .bind(lease.moves)
                .bind(failed.attempts)
                .bind(i64::try_from(failed.delay.as_millis()).unwrap_or(i64::MAX))
                .bind(kept(failed.error))
                .bind(failed.pending_at)
                .bind(failed.counts)
                .fetch_one(self.pool())
                .await?;
        Ok(stored)
    }

    /// Gives an event up and goes on behind it; false if the host has lost the subscription, or it was moved.
    pub async fn add_dead_letter(
        &self,
        lease: DeliveryLease,
        letter: &NewDeadLetter<'_>,
    ) -> Result<bool, DatabaseError> {
        let added = sqlx::query_scalar(
            "select tasker.add_dead_letter($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(lease.delivery_host_id)
        .bind(lease.subscription_id)
        .bind(lease.moves)
        .bind(letter.seq)
        .bind(letter.seq_index)
        .bind(letter.event_type)
        .bind(kept(letter.why.reason))
        .bind(letter.why.status.map(i32::from))
        .bind(letter.why.body.map(kept))
        .bind(letter.attempts)
        .bind(MAX_DEAD_LETTERS)
        .fetch_one(self.pool())
        .await?;
        Ok(added)
    }

    /// Ends a subscription whose receiver is gone; false if the host has lost it.
    pub async fn end_subscription(
        &self,
        lease: DeliveryLease,
        reason: &str,
    ) -> Result<bool, DatabaseError> {
        let ended = sqlx::query_scalar("select tasker.end_subscription($1, $2, $3)")
            .bind(lease.delivery_host_id)
            .bind(lease.subscription_id)
            .bind(kept(reason))
            .fetch_one(self.pool())
            .await?;
        Ok(ended)
    }

    /// Dead letters of a subscription that are to be delivered once more, the oldest first.
    pub async fn replays(
        &self,
        subscription_id: i32,
        limit: i64,
    ) -> Result<Vec<ReplayRow>, DatabaseError> {
        let rows = sqlx::query_as(REPLAYS)
            .bind(subscription_id)
            .bind(limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// Stores what came of one more delivery: none, it was delivered. False if the host has lost the subscription.
    pub async fn store_replay(
        &self,
        lease: DeliveryLease,
        dead_letter_id: i64,
        why: Option<&Undelivered<'_>>,
    ) -> Result<bool, DatabaseError> {
        let stored = sqlx::query_scalar("select tasker.store_replay($1, $2, $3, $4, $5, $6)")
            .bind(lease.delivery_host_id)
            .bind(lease.subscription_id)
            .bind(dead_letter_id)
            .bind(why.map(|why| kept(why.reason)))
            .bind(why.and_then(|why| why.status).map(i32::from))
            .bind(why.and_then(|why| why.body).map(kept))
            .fetch_one(self.pool())
            .await?;
        Ok(stored)
    }
}

const OWNED: &str = "
    select s.subscription_id, s.revision from tasker.subscription s
    where s.delivery_host_id = $1 and s.state = 'active'
    order by s.subscription_id limit $2";

// A clock that was set back makes nothing wait longer than an hour, the most that a retry waits.
const DELIVERIES: &str = "
    select s.subscription_id, s.revision, s.moves, n.name as namespace, s.name, s.types, s.template, s.task_id, s.step,
           s.handler, s.tag, s.target, s.secrets, s.max_batch, s.seq, s.seq_index, s.since, s.attempts,
           least(greatest(coalesce(extract(epoch from s.next_at - tasker.clock()), 0) * 1000, 0), 3600000)::bigint
             as wait_ms
    from tasker.subscription s
    join tasker.namespace n using (namespace_id)
    where s.delivery_host_id = $1 and s.subscription_id = any ($2) and s.state = 'active'";

const REPLAYS: &str = "
    select d.dead_letter_id, d.seq, d.seq_index, d.attempts from tasker.dead_letter d
    where d.subscription_id = $1 and d.replay_at is not null
    order by d.dead_letter_id limit $2";
