//! Runs of components with subscribers: what each came to, used and logged.

use super::Engine;
use crate::retention::Expired;
use crate::usage::{UsageRow, VersionUsage};
use std::time::Instant;
use tasker_database::{DatabaseError, column};
use tasker_domain::subscription::kept;

/// A run that has ended.
#[derive(Clone, Debug)]
pub struct NewRun {
    pub subscription_id: i32,
    pub ended: Instant,
    /// The position of the event.
    pub seq: i64,
    pub seq_index: i16,
    /// Which try of the event it was, from 1.
    pub attempt: i32,
    /// The pins whose rollouts led to the version.
    pub rollouts: Vec<String>,
    pub usage: VersionUsage,
    /// None: it handled the event.
    pub failure: Option<RunFailure>,
    /// What it logged, as a JSON array; none: nothing.
    pub lines: Option<String>,
}

/// Why a run did not handle its event. What is longer than 1 KiB is cut.
#[derive(Clone, Debug)]
pub struct RunFailure {
    /// As the database has kinds of failures, or `conflict`.
    pub kind: &'static str,
    pub code: String,
    pub message: String,
}

impl Engine {
    /// Stores runs; those of one subscription are in order. To repeat it stores them twice. Returns the subscriptions that
    /// somebody else has locked, whose runs are not stored.
    pub async fn store_runs(&self, runs: &[NewRun]) -> Result<Vec<i32>, DatabaseError> {
        let failure =
            |of: fn(&RunFailure) -> String| column(runs, |it| it.failure.as_ref().map(of));
        let locked = sqlx::query_scalar(
            "select * from tasker.store_runs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(column(runs, |it| it.subscription_id))
        .bind(column(runs, |it| {
            i64::try_from(it.ended.elapsed().as_millis()).unwrap_or(i64::MAX)
        }))
        .bind(column(runs, |it| it.seq))
        .bind(column(runs, |it| it.seq_index))
        .bind(column(runs, |it| it.attempt))
        .bind(column(runs, |it| it.rollouts.join(",")))
        .bind(column(runs, |it| UsageRow::of(Some(it.usage))))
        .bind(failure(|it| it.kind.to_owned()))
        .bind(failure(|it| kept(&it.code)))
        .bind(failure(|it| kept(&it.message)))
        .bind(column(runs, |it| it.lines.as_deref()))
        .fetch_all(self.for_maintenance().pool())
        .await?;
        Ok(locked)
    }

    /// Deletes runs that their namespaces keep no longer, of `limit` subscriptions at most.
    pub async fn expire_runs(&self, limit: i32) -> Result<Expired, DatabaseError> {
        let row = sqlx::query_as("select expired, is_more_due from tasker.expire_runs($1)")
            .bind(limit)
            .fetch_one(self.for_maintenance().pool())
            .await?;
        Ok(row)
    }
}
