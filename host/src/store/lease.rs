//! Workers and what they hold.

use super::engine::column;
use super::{Store, StoreError};
use crate::domain::ids::WorkerId;
use crate::domain::invocation::Lease;
use std::time::Duration;

/// What a heartbeat told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heartbeat {
    /// The worker is known; these of the leases that it asked about are void.
    Alive { void: Vec<Lease> },
    /// The worker was declared dead: all its leases are void.
    Dead,
}

impl Store {
    /// Registers a new run of a worker loop.
    pub async fn register_worker(&self, host_name: &str, pid: u32) -> Result<WorkerId, StoreError> {
        let id = sqlx::query_scalar("select tasker.register_worker($1, $2)")
            .bind(host_name)
            .bind(i32::try_from(pid).unwrap_or_default())
            .fetch_one(&self.pool)
            .await?;
        Ok(WorkerId(id))
    }

    /// Keeps a worker's leases alive and asks which of `leases` are void.
    pub async fn heartbeat(
        &self,
        worker: WorkerId,
        leases: &[Lease],
    ) -> Result<Heartbeat, StoreError> {
        let void: Vec<Option<i64>> =
            sqlx::query_scalar("select ord from tasker.heartbeat($1, $2, $3, $4)")
                .bind(worker.0)
                .bind(column(leases, |l| l.task_id.0))
                .bind(column(leases, |l| l.step_no))
                .bind(column(leases, |l| l.attempt))
                .fetch_all(&self.pool)
                .await?;
        if void.contains(&None) {
            return Ok(Heartbeat::Dead);
        }
        let at = |ord: i64| {
            usize::try_from(ord - 1)
                .ok()
                .and_then(|at| leases.get(at))
                .copied()
        };
        Ok(Heartbeat::Alive {
            void: void.into_iter().flatten().filter_map(at).collect(),
        })
    }

    /// Gives back what the worker holds by the database's account but for `keep`: after a lost
    /// connection, claims may have been committed that it never heard of. Tells how many.
    pub async fn release_steps(
        &self,
        worker: WorkerId,
        keep: &[Lease],
        reason: &str,
    ) -> Result<i32, StoreError> {
        let released =
            sqlx::query_scalar("select tasker.release_steps(array[$1], $2, $3, $4, $5, false)")
                .bind(worker.0)
                .bind(column(keep, |l| l.task_id.0))
                .bind(column(keep, |l| l.step_no))
                .bind(column(keep, |l| l.attempt))
                .bind(reason)
                .fetch_one(&self.pool)
                .await?;
        Ok(released)
    }

    /// Ends a worker's run and gives back what it holds. Tells how many steps that were.
    pub async fn stop_worker(&self, worker: WorkerId, reason: &str) -> Result<i32, StoreError> {
        let released = sqlx::query_scalar("select tasker.stop_worker($1, $2)")
            .bind(worker.0)
            .bind(reason)
            .fetch_one(&self.pool)
            .await?;
        Ok(released)
    }

    /// Takes back what workers held that had no heartbeat for `dead_after`. Tells how many steps.
    pub async fn reap(&self, dead_after: Duration) -> Result<i32, StoreError> {
        let reaped = sqlx::query_scalar("select tasker.reap($1 * interval '1 ms')")
            .bind(millis(dead_after))
            .fetch_one(&self.pool)
            .await?;
        Ok(reaped)
    }

    /// Ends attempts whose deadline passed more than `grace` ago. Tells how many.
    pub async fn reap_overdue(&self, grace: Duration) -> Result<i32, StoreError> {
        let reaped = sqlx::query_scalar("select tasker.reap_overdue($1 * interval '1 ms')")
            .bind(millis(grace))
            .fetch_one(&self.pool)
            .await?;
        Ok(reaped)
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
