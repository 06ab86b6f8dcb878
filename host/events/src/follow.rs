//! Somebody who follows the feed: from a position in the past, by pages, until they meet the tail.

use super::cursor::Position;
use super::error::FeedError;
use super::event::Event;
use super::tail::{Feed, Queue};
use super::wants::Wants;
use std::collections::VecDeque;
use std::sync::Arc;
use tasker_engine::feed::MAX_FEED_ROWS;
use tasker_engine::log_position::LogPosition;

/// So near to the end of the log, a follower joins the tail. Before, it asks up to where the log is complete, which waits for
/// those who write: at full load, as long as a page of rows takes to come.
const NEAR_ROWS: i64 = 2 * MAX_FEED_ROWS as i64;

/// What a follower is given next.
#[derive(Clone, Debug)]
pub enum Next {
    Event(Arc<Event>),
    /// There is nothing more, for this reason.
    End(EndReason),
}

/// Why a follower is given nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum EndReason {
    /// It took less than came, and its queue was full.
    TooSlow,
    /// The host ends.
    Shutdown,
}

/// Reads the feed from a position on, without an end.
pub struct Stream {
    feed: Feed,
    /// The only one whose events it wants.
    namespace: Option<String>,
    wants: Wants,
    /// Up to here everything was returned, or is in `read`.
    at: Position,
    /// Behind the last event that was returned.
    returned: Position,
    read: VecDeque<Arc<Event>>,
    queue: Option<Queue>,
    /// The tail hands over everything behind this.
    meets: Option<Position>,
}

impl Feed {
    /// Follows from this position on what is wanted.
    pub fn follow(&self, from: Position, wants: Wants) -> Stream {
        Stream {
            feed: self.clone(),
            namespace: None,
            wants,
            at: from,
            returned: from,
            read: VecDeque::new(),
            queue: None,
            meets: None,
        }
    }
}

impl Stream {
    /// The same for who wants events of this namespace only: others are not compared with what it wants.
    pub fn of_namespace(self, namespace: String) -> Self {
        let of = namespace.clone();
        let is_of_namespace = move |event: &Event| event.data.namespace.as_ref() == Some(&of);
        Self {
            wants: self.wants.and(is_of_namespace),
            namespace: Some(namespace),
            ..self
        }
    }

    /// True if [`Stream::next`] asks nothing of the database.
    pub fn is_near(&self) -> bool {
        !self.read.is_empty() || self.meets.is_some_and(|meets| self.at >= meets)
    }

    /// Comes one page nearer to where [`Stream::next`] asks nothing of the database. Who bounds how many read at a time
    /// waits with this until it is near, and then with `next`.
    pub async fn advance(&mut self) -> Result<(), FeedError> {
        match self.meets {
            _ if self.is_near() => Ok(()),
            None => self.catch_up().await,
            Some(meets) => self.read_page(meets.row()).await,
        }
    }

    /// True if nothing is read or waits that was not returned.
    pub fn is_at_end(&self) -> bool {
        let is_live = self.meets.is_some_and(|meets| self.at >= meets);
        let has_none = |queue: &Queue| queue.events.is_empty();
        self.read.is_empty() && is_live && self.queue.as_ref().is_some_and(has_none)
    }

    /// A position up to which everything was returned: to go on from, elsewhere or later.
    pub fn position(&self) -> Position {
        // Before the queue is looked at: what is in it then lies behind.
        let through = self
            .queue
            .as_ref()
            .and_then(|queue| *queue.through.borrow());
        let is_live = self.meets.is_some_and(|meets| self.at >= meets);
        // Who was cut off had not everything that the tail handed out since.
        let has_all = self
            .queue
            .as_ref()
            .is_some_and(|queue| !queue.events.is_closed() && queue.events.is_empty());
        match through {
            _ if !self.read.is_empty() => self.returned,
            Some(through) if is_live && has_all => self.at.max(through),
            _ => self.at,
        }
    }

    /// Waits for the next event. It may be dropped and called again: nothing is lost.
    pub async fn next(&mut self) -> Result<Next, FeedError> {
        loop {
            if let Some(event) = self.read.pop_front() {
                self.returned = event.position;
                return Ok(Next::Event(event));
            }
            let Some(meets) = self.meets else {
                self.catch_up().await?;
                continue;
            };
            if self.at < meets {
                self.read_page(meets.row()).await?;
                continue;
            }
            let queue = self.queue.as_mut().expect("who meets the tail has a queue");
            match queue.events.recv().await {
                Some(event) if event.position > self.at => {
                    self.at = event.position;
                    self.returned = event.position;
                    return Ok(Next::Event(event));
                }
                // Was read from a page.
                Some(_) => {}
                None => return Ok(Next::End(self.end())),
            }
        }
    }

    /// The next event, if it is at hand.
    pub fn at_hand(&mut self) -> Option<Arc<Event>> {
        if let Some(event) = self.read.pop_front() {
            self.returned = event.position;
            return Some(event);
        }
        if self.meets.is_none_or(|meets| self.at < meets) {
            return None;
        }
        let queue = self.queue.as_mut()?;
        loop {
            let event = queue.events.try_recv().ok()?;
            if event.position > self.at {
                self.at = event.position;
                self.returned = event.position;
                return Some(event);
            }
        }
    }

    /// One page nearer to the end of the log; from there on, the tail hands over what comes.
    async fn catch_up(&mut self) -> Result<(), FeedError> {
        if self.queue.is_none() {
            let last = self.feed.engine().last_number().await?;
            if last.0 - self.at.row().0 > NEAR_ROWS {
                let until = self.feed.engine().settled_position().await?;
                if self.at.row() < until {
                    return self.read_page(until).await;
                }
            }
            self.queue = Some(self.feed.join(self.namespace.clone(), self.wants.clone()));
        }
        let queue = self.queue.as_mut().expect("it was set");
        // Without an answer the queue has ended too.
        self.meets = Some(queue.begins_behind().await.unwrap_or(self.at));
        Ok(())
    }

    async fn read_page(&mut self, until: LogPosition) -> Result<(), FeedError> {
        let rows = self.feed.rows(self.at, until, self.wants.rows());
        let (events, through) = rows.await?;
        let wanted = events.into_iter().filter(|event| self.wants.matches(event));
        self.read.extend(wanted.map(Arc::new));
        self.at = through;
        Ok(())
    }

    fn end(&self) -> EndReason {
        match self.feed.is_closing() {
            true => EndReason::Shutdown,
            false => EndReason::TooSlow,
        }
    }
}
