//! Reads the log for traces, on one host at a time, from where the last one was.

use super::ended;
use chrono::{TimeDelta, Utc};
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::Engine;
use tasker_engine::log_position::LogPosition;
use tasker_telemetry::{Span, SpanQueue, TraceSampler};
use tokio::time::Instant;
use uuid::Uuid;

/// Without a renewal for so long, and a few exports, another host goes on.
const LEASE: Duration = Duration::from_secs(5);
/// What ended longer ago is not exported any more, by a host that begins or goes on.
const MAX_AGE: TimeDelta = TimeDelta::hours(1);
/// After so many failures what cannot be exported is dropped: it may be why it fails.
const MAX_TRIES: u32 = 5;

/// What comes next.
pub(crate) enum Pass {
    /// Of a part of the log: to be exported before the next.
    Spans(Vec<Span>),
    /// Nothing ended since, or another host reads.
    End,
}

/// The log, behind the position up to which it is exported.
pub(crate) struct LogReader {
    engine: Engine,
    sampler: TraceSampler,
    owner: Uuid,
    ttl: Duration,
    /// None: another host reads, as far as is known.
    position: Option<LogPosition>,
    renewed_at: Instant,
    /// What was read and is not exported.
    pending: Option<Pending>,
    /// Up to here everything is committed.
    until: LogPosition,
}

struct Pending {
    spans: Vec<Span>,
    through: LogPosition,
    failures: u32,
}

impl LogReader {
    /// For exports of what the sampler takes, with this delay between them.
    pub(crate) fn new(engine: Engine, sampler: TraceSampler, delay: Duration) -> Self {
        Self {
            engine,
            sampler,
            owner: Uuid::new_v4(),
            ttl: LEASE + 2 * delay,
            position: None,
            renewed_at: Instant::now(),
            pending: None,
            until: LogPosition::default(),
        }
    }

    /// The spans of the next part that has any. The same again until [`LogReader::advance`] is called.
    pub(crate) async fn next(&mut self) -> Result<Pass, DatabaseError> {
        let Some(mut position) = self.renew().await? else {
            return Ok(Pass::End);
        };
        if let Some(pending) = &self.pending {
            return Ok(Pass::Spans(pending.spans.clone()));
        }
        if position >= self.until {
            // Without it the newest pages of the log are read as a whole.
            self.engine.summarize_log().await?;
            self.until = self.engine.settled_position().await?;
        }
        while position < self.until {
            let below = self.sampler.own_below();
            let page = self.engine.read_ended(position, self.until, below).await?;
            let spans = page.rows.iter();
            let spans: Vec<Span> = spans
                .flat_map(|row| ended::spans(row, self.sampler))
                .collect();
            if !spans.is_empty() {
                self.pending = Some(Pending {
                    spans: spans.clone(),
                    through: page.through,
                    failures: 0,
                });
                return Ok(Pass::Spans(spans));
            }
            position = page.through;
            self.position = Some(position);
            if self.renewed_at.elapsed() > self.ttl / 4 {
                break;
            }
        }
        self.store(false).await?;
        Ok(Pass::End)
    }

    /// What was read is exported.
    pub(crate) fn advance(&mut self) {
        if let Some(pending) = self.pending.take() {
            self.position = Some(pending.through);
        }
    }

    /// What was read could not be exported: it is tried again, unless it has been too often.
    pub(crate) fn retry(&mut self, queue: &SpanQueue) {
        let Some(pending) = &mut self.pending else {
            return;
        };
        pending.failures += 1;
        if pending.failures >= MAX_TRIES {
            queue.counts().count_dropped(pending.spans.len());
            self.advance();
        }
    }

    /// Leaves the log to other hosts.
    pub(crate) async fn leave(mut self) {
        if self.position.is_none() {
            return;
        }
        if let Err(error) = self.store(true).await {
            tracing::debug!(error = %ErrorChain(&error), "another host exports traces once this one is taken for dead");
        }
    }

    /// The position behind which this host reads; none if another one does.
    async fn renew(&mut self) -> Result<Option<LogPosition>, DatabaseError> {
        if self.position.is_some() && self.renewed_at.elapsed() < self.ttl / 4 {
            return Ok(self.position);
        }
        if self.position.is_some() {
            self.store(false).await?;
            return Ok(self.position);
        }
        let first = self.engine.last_number().await?;
        let began = Instant::now();
        let taken = self
            .engine
            .renew_trace_export(self.owner, self.ttl, first)
            .await?;
        let Some(stored) = taken else { return Ok(None) };
        let until = self.engine.settled_position().await?;
        let oldest = self
            .engine
            .feed_position(Utc::now() - MAX_AGE, until)
            .await?;
        self.renewed_at = began;
        self.position = Some(stored.max(oldest));
        Ok(self.position)
    }

    async fn store(&mut self, leaves: bool) -> Result<(), DatabaseError> {
        let Some(position) = self.position else {
            return Ok(());
        };
        let began = Instant::now();
        let is_owned = self
            .engine
            .store_trace_export(self.owner, position, leaves)
            .await?;
        self.renewed_at = began;
        if !is_owned {
            // It was taken for dead; another one goes on from what was stored.
            self.position = None;
            self.pending = None;
        }
        Ok(())
    }
}
