//! Pages of the feed, read from the database.

use super::cursor::{CursorError, Position};
use super::derive;
use super::error::FeedError;
use super::event::Event;
use super::tail::Feed;
use super::wants::Wants;
use chrono::{DateTime, Utc};
use tasker_engine::feed::MAX_FEED_ROWS;
use tasker_engine::log_position::LogPosition;
use tasker_engine::wanted_rows::WantedRows;

/// The most rows that one page with a filter looks at.
pub const MAX_LOOKED_ROWS: i32 = 2_000;

/// Where a reader begins.
#[derive(Clone, Copy, Debug)]
pub enum From {
    Position(Position),
    Time(DateTime<Utc>),
}

/// Events of a part of the feed.
#[derive(Debug)]
pub struct EventPage {
    pub events: Vec<Event>,
    /// Where the next page begins.
    pub next: Position,
    /// There was nothing behind it when it was read.
    pub is_end: bool,
}

/// How many events there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventCount {
    pub count: u64,
    /// False if it is estimated.
    pub is_exact: bool,
}

impl std::str::FromStr for From {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        match DateTime::parse_from_rfc3339(text) {
            Ok(time) => Ok(Self::Time(time.to_utc())),
            Err(_) => text.parse().map(Self::Position),
        }
    }
}

impl Feed {
    /// The position from which a reader begins. One that is ahead of the database is refused.
    pub async fn begin(&self, from: From) -> Result<Position, FeedError> {
        let engine = self.engine();
        match from {
            From::Position(position) => {
                let last = engine.last_number().await?;
                match position.seq <= last.0 && position.seq >= 0 {
                    true => Ok(position),
                    false => Err(CursorError::Ahead.into()),
                }
            }
            From::Time(since) => {
                let until = engine.settled_position().await?;
                let row = engine.feed_position(since, until).await?;
                Ok(Position::behind(row))
            }
        }
    }

    /// The position behind everything that has begun.
    pub async fn now(&self) -> Result<Position, FeedError> {
        Ok(Position::behind(self.engine().last_number().await?))
    }

    /// The next events behind `after` that are wanted, `limit` at most; looks at [`MAX_LOOKED_ROWS`] rows at most, so it
    /// may have fewer, or none.
    pub async fn page(
        &self,
        after: Position,
        wants: &Wants,
        limit: usize,
    ) -> Result<EventPage, FeedError> {
        let until = self.engine().settled_position().await?;
        let (mut at, mut looked, mut events) = (after, 0, Vec::new());
        while looked < MAX_LOOKED_ROWS && at.row() < until {
            let (next, through) = self.rows(at, until, wants.rows()).await?;
            looked += MAX_FEED_ROWS;
            for event in next.into_iter().filter(|event| wants.matches(event)) {
                if events.len() == limit {
                    break;
                }
                events.push(event);
            }
            if events.len() == limit {
                break;
            }
            at = through;
        }
        let is_full = events.len() == limit;
        let last = events.last().filter(|_| is_full);
        let next = last.map_or(at, |event: &Event| event.position);
        Ok(EventPage {
            is_end: !is_full && at.row() >= until,
            events,
            next,
        })
    }

    /// How many events behind `after` are wanted: counted where that takes no more than `most` rows, and otherwise
    /// estimated, as if there were as many in the rest of the feed as in those.
    pub async fn count(
        &self,
        after: Position,
        wants: &Wants,
        most: i32,
    ) -> Result<EventCount, FeedError> {
        let until = self.engine().settled_position().await?;
        let (mut at, mut looked, mut count) = (after, 0, 0);
        while looked < most && at.row() < until {
            let (next, through) = self.rows(at, until, wants.rows()).await?;
            looked += MAX_FEED_ROWS;
            count += next.iter().filter(|event| wants.matches(event)).count() as u64;
            at = through;
        }
        let rest = u64::try_from(until.0 - at.row().0).unwrap_or_default();
        Ok(EventCount {
            count: count + count * rest / u64::from(looked.unsigned_abs().max(1)),
            is_exact: rest == 0,
        })
    }

    /// The event at a position; none if retention has deleted it.
    pub async fn event_at(&self, position: Position) -> Result<Option<Event>, FeedError> {
        let row = LogPosition(position.seq);
        let before = Position::behind(LogPosition(position.seq - 1));
        let (events, _) = self.rows(before, row, &WantedRows::all()).await?;
        let mut events = events.into_iter();
        Ok(events.find(|event| event.position == position))
    }

    /// The events of those that are wanted of the next rows, and the position behind all of these.
    pub(crate) async fn rows(
        &self,
        at: Position,
        until: LogPosition,
        wanted: &WantedRows,
    ) -> Result<(Vec<Event>, Position), FeedError> {
        let page = self
            .engine()
            .read_feed(at.row(), until, MAX_FEED_ROWS, wanted);
        let page = page.await?;
        let events = page.rows.iter();
        let events = events.flat_map(|row| derive::events(row, self.tracer()));
        let events = events.filter(|event| event.position > at).collect();
        Ok((events, at.max(Position::behind(page.through))))
    }
}
