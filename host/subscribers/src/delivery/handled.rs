//! What comes after a component handled an event: position and writes are stored together, once.

use super::super::retry::RetrySchedule;
use super::super::transport::{Failure, Handled};
use super::{After, Delivery, Stopped};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tasker_engine::subscription::{HandledEvent, HandledStored};
use tasker_events::Event;

/// How long it waits after conflicts in a row, so that those who write one entry spread out.
const CONFLICTS: RetrySchedule = RetrySchedule {
    first: Duration::from_millis(10),
    max: Duration::from_secs(5),
    attempts: i32::MAX,
};

/// Conflicts in a row that count as no tries.
const MAX_CONFLICTS: i32 = 100;

impl Delivery {
    /// How long to wait where a component saw that another wrote the same entries: no failure of its own, unless it is
    /// so again and again.
    pub(super) fn conflict(&mut self, failure: &Failure) -> Option<Duration> {
        if !failure.is_conflict || self.conflicts >= MAX_CONFLICTS {
            self.conflicts = 0;
            return None;
        }
        self.conflicts += 1;
        Some(self.conflict_delay())
    }

    /// Stores it. After a conflict the event is handled anew, which counts as no try.
    pub(super) async fn handled(
        &mut self,
        event: &Event,
        handled: &Handled,
        pending_at: Option<DateTime<Utc>>,
    ) -> Result<After, Stopped> {
        match self.store_handled(event, handled, pending_at, None).await? {
            Ok(()) => Ok(After::Stored),
            Err(Unstored::Conflict) => Ok(After::SameEvent(self.conflict_delay())),
            Err(Unstored::Full(reason)) => self.failed(event, &Failure::of(reason)).await,
        }
    }

    pub(super) fn conflict_delay(&self) -> Duration {
        CONFLICTS.delay(self.conflicts, None)
    }

    /// Stores it until the database answers; with a dead letter in its place.
    pub(super) async fn store_handled(
        &mut self,
        event: &Event,
        handled: &Handled,
        pending_at: Option<DateTime<Utc>>,
        dead_letter_id: Option<i64>,
    ) -> Result<Result<(), Unstored>, Stopped> {
        let handled = HandledEvent {
            seq: event.position.seq,
            seq_index: i16::from(event.position.index),
            dead_letter_id,
            pending_at,
            writes: &handled.writes,
            usage: handled.usage,
        };
        let (engine, lease) = (self.shared.engine.clone(), self.lease());
        let store = || engine.store_handled(lease, &handled);
        let stored = self.retried(store).await?;
        self.conflicts = match &stored {
            HandledStored::Conflict(_) => self.conflicts.saturating_add(1),
            _ => 0,
        };
        match stored {
            HandledStored::Stored => Ok(Ok(())),
            HandledStored::Lost => Err(Stopped),
            HandledStored::Conflict(_) => Ok(Err(Unstored::Conflict)),
            HandledStored::Full(reason) => Ok(Err(Unstored::Full(reason))),
        }
    }
}

/// Why an event that was handled is not stored.
pub(super) enum Unstored {
    /// Another wrote the same entries meanwhile.
    Conflict,
    /// There is no room for the writes.
    Full(String),
}
