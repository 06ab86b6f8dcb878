//! Pages of the feed, read from the database.

use super::cursor::{CursorError, Position};
use super::derive;
use super::error::FeedError;
use super::event::Event;
use super::tail::Feed;
use chrono::{DateTime, Utc};
use tasker_engine::feed::MAX_FEED_ROWS;
use tasker_engine::log_position::LogPosition;

/// The most rows that one page with a filter looks at.
pub const MAX_LOOKED_ROWS: usize = 2_000;

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
        wants: impl Fn(&Event) -> bool,
        limit: usize,
    ) -> Result<EventPage, FeedError> {
        let until = self.engine().settled_position().await?;
        let (mut at, mut looked, mut events) = (after, 0, Vec::new());
        while looked < MAX_LOOKED_ROWS && at.row() < until {
            let (next, through, rows) = self.rows(at, until).await?;
            looked += rows;
            for event in next.into_iter().filter(&wants) {
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

    /// The event at a position; none if retention has deleted it.
    pub async fn event_at(&self, position: Position) -> Result<Option<Event>, FeedError> {
        let row = LogPosition(position.seq);
        let before = Position::behind(LogPosition(position.seq - 1));
        let (events, ..) = self.rows(before, row).await?;
        let mut events = events.into_iter();
        Ok(events.find(|event| event.position == position))
    }

    /// The events of the next rows, the position behind these, and how many rows there were.
    pub(crate) async fn rows(
        &self,
        at: Position,
        until: LogPosition,
    ) -> Result<(Vec<Event>, Position, usize), FeedError> {
        let page = self.engine().read_feed(at.row(), until, MAX_FEED_ROWS);
        let page = page.await?;
        let events = page.rows.iter();
        let events = events.flat_map(|row| derive::events(row, self.tracer()));
        let events = events.filter(|event| event.position > at).collect();
        let through = at.max(Position::behind(page.through));
        Ok((events, through, page.rows.len()))
    }
}
