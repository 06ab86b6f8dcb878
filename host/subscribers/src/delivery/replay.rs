//! Dead letters that are delivered once more because somebody asked for it.

use super::super::transport::{Failure, Handled, Sent};
use super::handled::Unstored;
use super::{Delivery, Stopped, position};
use std::sync::Arc;
use tasker_database::DatabaseError;
use tasker_engine::subscription::ReplayRow;
use tasker_events::{Event, Feed, FeedError, Position};

/// Dead letters that are read at a time.
const MAX_REPLAYS: i64 = 20;

/// What came of one.
enum Replayed {
    /// It was handled, and is stored.
    Stored,
    /// It was delivered, or not, which has to be stored.
    Tried(Option<Failure>),
}

impl Delivery {
    /// Delivers them, each with one try.
    pub(super) async fn replay(&mut self) -> Result<(), Stopped> {
        let id = self.row.subscription_id;
        loop {
            let engine = self.shared.engine.clone();
            let letters = self.retried(|| engine.replays(id, MAX_REPLAYS)).await?;
            if letters.is_empty() {
                return Ok(());
            }
            for letter in letters {
                match self.replay_one(letter).await? {
                    Replayed::Stored => {}
                    Replayed::Tried(failure) => self.store_replay(letter, failure).await?,
                }
            }
        }
    }

    async fn store_replay(
        &self,
        letter: ReplayRow,
        failure: Option<Failure>,
    ) -> Result<(), Stopped> {
        let (engine, lease) = (self.shared.engine.clone(), self.lease());
        let why = failure.as_ref().map(Failure::undelivered);
        let letter = letter.dead_letter_id;
        let store = || engine.store_replay(lease, letter, why.as_ref());
        self.kept(store).await
    }

    async fn replay_one(&mut self, letter: ReplayRow) -> Result<Replayed, Stopped> {
        let position = position(letter.seq, letter.seq_index);
        let feed = self.shared.feed.clone();
        let read = || event_at(&feed, position);
        let Some(event) = self.retried(read).await? else {
            return Ok(Replayed::Tried(Some(Failure::of(
                "the event was deleted with its task, by the retention of the namespace",
            ))));
        };
        loop {
            let events = std::slice::from_ref(&event);
            let sent = self.try_once(events, letter.attempts.saturating_add(1));
            let failure = match sent.await? {
                Sent::Accepted => None,
                Sent::Handled(handled) => match self.replayed(&event, &handled, letter).await? {
                    Some(replayed) => return Ok(replayed),
                    None => continue,
                },
                Sent::CutOff => continue,
                Sent::Gone => {
                    self.end().await?;
                    continue;
                }
                Sent::Failed(failure) => match self.conflict(&failure) {
                    Some(delay) => {
                        self.pause(delay).await?;
                        continue;
                    }
                    None => Some(failure),
                },
                Sent::Unable(reason) => Some(Failure::of(reason)),
            };
            return Ok(Replayed::Tried(failure));
        }
    }

    /// Stores that it was handled; none after a conflict.
    async fn replayed(
        &mut self,
        event: &Event,
        handled: &Handled,
        letter: ReplayRow,
    ) -> Result<Option<Replayed>, Stopped> {
        let id = Some(letter.dead_letter_id);
        match self.store_handled(event, handled, None, id).await? {
            Ok(()) => Ok(Some(Replayed::Stored)),
            Err(Unstored::Full(reason)) => Ok(Some(Replayed::Tried(Some(Failure::of(reason))))),
            Err(Unstored::Conflict) => {
                self.pause(self.conflict_delay()).await?;
                Ok(None)
            }
        }
    }
}

async fn event_at(feed: &Feed, position: Position) -> Result<Option<Arc<Event>>, DatabaseError> {
    match feed.event_at(position).await {
        Ok(event) => Ok(event.map(Arc::new)),
        Err(FeedError::Database(error)) => Err(error),
        Err(FeedError::Cursor(_)) => Ok(None),
    }
}
