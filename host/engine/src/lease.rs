//! Workers and their leases.

use super::Engine;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_database::column;
use tasker_domain::ids::WorkerId;
use tasker_domain::invocation::Lease;

/// What operators see of a worker, besides its process.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorkerFacts {
    /// Of the program.
    pub version: &'static str,
    /// Attempts that it runs at the same time.
    pub slots: usize,
    /// It claims nothing, because the host was asked to drain.
    pub is_draining: bool,
}

/// What a worker reports with its heartbeat.
#[derive(Clone, Copy, Debug, Default)]
pub struct Holding {
    /// Leases that it runs or has yet to report.
    pub running: usize,
    /// It knows that it is to drain, claims nothing, and holds nothing.
    pub is_drained: bool,
}

/// The answer to a heartbeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeartbeatAnswer {
    /// The worker was declared dead: all its leases are stale.
    Dead,
    /// The worker may claim steps.
    Claim,
    /// The worker is to claim nothing until a later answer.
    Drain,
}

impl HeartbeatAnswer {
    pub fn is_alive(self) -> bool {
        self != Self::Dead
    }
}

impl Engine {
    /// Registers a new run of a worker loop.
    pub async fn register_worker(
        &self,
        host_name: &str,
        pid: u32,
        facts: WorkerFacts,
    ) -> Result<WorkerId, DatabaseError> {
        let id = sqlx::query_scalar("select tasker.register_worker($1, $2, $3, $4, $5)")
            .bind(host_name)
            .bind(i32::try_from(pid).unwrap_or_default())
            .bind(facts.version)
            .bind(count(facts.slots))
            .bind(facts.is_draining)
            .fetch_one(&self.database.recovery())
            .await?;
        Ok(WorkerId(id))
    }

    /// Keeps a worker's leases alive. After a gap of more than `gap_max` it has to be heard for a while
    /// before it may declare others dead.
    ///
    /// `leases` are all that it holds, so that they are found without it; `None` if it may hold others, because a
    /// call got no answer since the last heartbeat.
    pub async fn heartbeat(
        &self,
        worker: WorkerId,
        gap_max: Duration,
        holding: Holding,
        leases: Option<&[Lease]>,
    ) -> Result<HeartbeatAnswer, DatabaseError> {
        let (is_alive, is_draining): (bool, bool) = sqlx::query_as(HEARTBEAT)
            .bind(worker.0)
            .bind(millis(gap_max))
            .bind(count(holding.running))
            .bind(holding.is_drained)
            .bind(leases.map(|leases| column(leases, |l| l.task_id.0)))
            .bind(leases.map(|leases| column(leases, |l| l.step_no)))
            .bind(leases.map(|leases| column(leases, |l| l.attempt)))
            .fetch_one(self.database.heartbeats())
            .await?;
        Ok(match (is_alive, is_draining) {
            (false, _) => HeartbeatAnswer::Dead,
            (true, false) => HeartbeatAnswer::Claim,
            (true, true) => HeartbeatAnswer::Drain,
        })
    }

    /// Which of the worker's `leases` are stale.
    pub async fn stale_leases(
        &self,
        worker: WorkerId,
        leases: &[Lease],
    ) -> Result<Vec<Lease>, DatabaseError> {
        let stale: Vec<i64> =
            sqlx::query_scalar("select ord from tasker.stale_leases($1, $2, $3, $4)")
                .bind(worker.0)
                .bind(column(leases, |l| l.task_id.0))
                .bind(column(leases, |l| l.step_no))
                .bind(column(leases, |l| l.attempt))
                .fetch_all(self.database.control())
                .await?;
        let at = |ord: i64| {
            usize::try_from(ord - 1)
                .ok()
                .and_then(|at| leases.get(at))
                .copied()
        };
        Ok(stale.into_iter().filter_map(at).collect())
    }

    /// Gives back what the worker holds by the database's account but for `keep`: after a lost
    /// connection, claims may have been committed that it never heard of. Returns how many.
    pub async fn release_steps(
        &self,
        worker: WorkerId,
        keep: &[Lease],
        reason: &str,
    ) -> Result<i32, DatabaseError> {
        let released =
            sqlx::query_scalar("select tasker.release_steps(array[$1], $2, $3, $4, $5, false)")
                .bind(worker.0)
                .bind(column(keep, |l| l.task_id.0))
                .bind(column(keep, |l| l.step_no))
                .bind(column(keep, |l| l.attempt))
                .bind(reason)
                .fetch_one(&self.database.recovery())
                .await?;
        Ok(released)
    }

    /// Ends a worker's run and gives back its steps. Returns how many they were.
    pub async fn stop_worker(&self, worker: WorkerId, reason: &str) -> Result<i32, DatabaseError> {
        let released = sqlx::query_scalar("select tasker.stop_worker($1, $2)")
            .bind(worker.0)
            .bind(reason)
            .fetch_one(&self.database.recovery())
            .await?;
        Ok(released)
    }

    /// Takes back what workers held that had no heartbeat for `dead_after`, where the one that asks was
    /// heard all that time. Steps that were lost too often fail. Returns how many steps.
    pub async fn reap(&self, worker: WorkerId, dead_after: Duration) -> Result<i32, DatabaseError> {
        let reaped = sqlx::query_scalar("select tasker.reap($1, $2 * interval '1 ms')")
            .bind(worker.0)
            .bind(millis(dead_after))
            .fetch_one(&self.database.scans())
            .await?;
        Ok(reaped)
    }

    /// Gives back attempts of the worker that are not among those that it knows, if their deadline passed more
    /// than `grace` ago or they were claimed longer ago than any call takes. Returns how many.
    pub async fn reap_overdue(
        &self,
        worker: WorkerId,
        known: &[Lease],
        grace: Duration,
    ) -> Result<i32, DatabaseError> {
        let reaped =
            sqlx::query_scalar("select tasker.reap_overdue($1, $2, $3, $4, $5 * interval '1 ms')")
                .bind(worker.0)
                .bind(column(known, |l| l.task_id.0))
                .bind(column(known, |l| l.step_no))
                .bind(column(known, |l| l.attempt))
                .bind(millis(grace))
                .fetch_one(&self.database.scans())
                .await?;
        Ok(reaped)
    }

    /// Puts steps that are to be claimed and are missing in the queue back into it. All hosts together check up to
    /// `limit` steps of open tasks once in `interval`. Returns how many were put back.
    pub async fn check_queue(&self, limit: i32, interval: Duration) -> Result<i32, DatabaseError> {
        let put_back = sqlx::query_scalar("select tasker.check_queue($1, $2 * interval '1 ms')")
            .bind(limit)
            .bind(millis(interval))
            .fetch_one(self.database.control())
            .await?;
        Ok(put_back)
    }

    /// Detects that the database's clock was set back, and moves up to `limit` steps that would wait
    /// still for it. Returns how many; `None` if there is nothing to do.
    pub async fn follow_clock(&self, limit: i32) -> Result<Option<i32>, DatabaseError> {
        let moved = sqlx::query_scalar("select tasker.follow_clock($1)")
            .bind(limit)
            .fetch_one(self.database.control())
            .await?;
        Ok(moved)
    }
}

const HEARTBEAT: &str = "
    select h.is_alive, h.is_draining
    from tasker.heartbeat($1, $2 * interval '1 ms', $3, $4, $5, $6, $7) h";

fn count(of: usize) -> i32 {
    i32::try_from(of).unwrap_or(i32::MAX)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
