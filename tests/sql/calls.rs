//! The SQL functions as Rust functions, with the arguments that tests care about.

use crate::harness::NEW_ID;
use sqlx::types::Uuid;

use super::session::{Claim, Session};

/// Bytes that a claim brings at most, unless a test says otherwise.
const CLAIM_BYTES: i64 = 16 << 20;

/// What a test says of a failed attempt.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fail {
    pub is_permanent: bool,
    pub retry_after_ms: Option<i64>,
}

/// No other attempt, whatever the policy.
pub const PERMANENT: Fail = Fail {
    is_permanent: true,
    retry_after_ms: None,
};

/// As the policy says.
pub const BY_POLICY: Fail = Fail {
    is_permanent: false,
    retry_after_ms: None,
};

impl Session {
    pub async fn worker(&mut self) -> i32 {
        self.one("select tasker.register_worker('host', 1)").await
    }

    pub async fn create(&mut self, version: i32) -> Uuid {
        self.create_many(version, 1).await[0]
    }

    /// In the order of their ids, which is that of their locks.
    pub async fn create_many(&mut self, version: i32, tasks: i32) -> Vec<Uuid> {
        self.all(&format!(
            "select c.task_id from (
               select array_agg({NEW_ID}) as id, array_agg(1) as ones, array_agg({version}) as version,
                      array_agg('{{\"n\": 1}}'::text) as input, array_agg(null::text) as key,
                      array_agg('correlation'::text) as correlation, array_agg(false) as watched
               from generate_series(1, {tasks})) a
             cross join lateral tasker.create_tasks(
               a.id, a.ones, a.version, a.version, a.ones, a.input, a.key, a.correlation, a.watched) c
             order by c.task_id"
        ))
        .await
    }

    pub async fn watch(&mut self, task: Uuid) {
        self.run(&format!(
            "update tasker.task set is_watched = true where task_id = '{task}'"
        ))
        .await;
    }

    pub async fn claim(&mut self, worker: i32, limit: i32) -> Vec<Claim> {
        self.advance(worker, &[], limit).await
    }

    /// Claims the one step that is due.
    pub async fn claim_one(&mut self, worker: i32) -> Claim {
        let claimed = self.claim(worker, 1).await;
        assert_eq!(claimed.len(), 1, "one step is due");
        claimed[0].clone()
    }

    /// Each attempt's result says which step it is of. Reports, then claims what is due with what is left
    /// of the limit.
    pub async fn advance(&mut self, worker: i32, done: &[Claim], limit: i32) -> Vec<Claim> {
        let mut claimed = match done {
            [] => Vec::new(),
            done => self.report(worker, done, limit).await,
        };
        let left = limit - i32::try_from(claimed.len()).unwrap();
        claimed.extend(self.claim_bytes(worker, left, CLAIM_BYTES).await);
        claimed.sort_by_key(|claim| (claim.task_id, claim.step_no));
        claimed
    }

    /// Reports, and claims of what that releases only. What the reporter has already is left empty.
    pub async fn report(&mut self, worker: i32, done: &[Claim], limit: i32) -> Vec<Claim> {
        let results: Vec<String> = done
            .iter()
            .map(|claim| format!("{{\"of\": {}}}", claim.step_no))
            .collect();
        sqlx::query_as(
            "select task_id, step_no, attempt, lock_id, '' as correlation_id, '' as input,
                    null::text as checkpoint
             from tasker.complete_steps($1, $2, $3, $4, $5, $6) where task_id is not null",
        )
        .bind(worker)
        .bind(task_ids(done))
        .bind(step_nos(done))
        .bind(attempts(done))
        .bind(results)
        .bind(limit)
        .fetch_all(&mut self.connection)
        .await
        .unwrap()
    }

    /// What a report says of steps left ready and of watched tasks that ended.
    pub async fn report_alone(
        &mut self,
        worker: i32,
        done: &[Claim],
        limit: i32,
    ) -> Vec<(bool, Option<Vec<Uuid>>)> {
        sqlx::query_as(
            "select is_left_ready, ended
             from tasker.complete_steps($1, $2, $3, $4, $5, $6) where task_id is null",
        )
        .bind(worker)
        .bind(task_ids(done))
        .bind(step_nos(done))
        .bind(attempts(done))
        .bind(vec!["1"; done.len()])
        .bind(limit)
        .fetch_all(&mut self.connection)
        .await
        .unwrap()
    }

    /// Claims what is due, up to so many bytes.
    pub async fn claim_bytes(&mut self, worker: i32, limit: i32, bytes: i64) -> Vec<Claim> {
        sqlx::query_as(
            "select task_id, step_no, attempt, lock_id, correlation_id, input, checkpoint
             from tasker.claim_ready($1, $2, $3) where task_id is not null",
        )
        .bind(worker)
        .bind(limit)
        .bind(bytes)
        .fetch_all(&mut self.connection)
        .await
        .unwrap()
    }

    /// What a claim of one step tells of when the next is due.
    pub async fn due_ms(&mut self, worker: i32) -> Vec<Option<i64>> {
        self.all(&format!(
            "select due_ms from tasker.claim_ready({worker}, 1, {CLAIM_BYTES}) where task_id is null"
        ))
        .await
    }

    pub async fn complete(&mut self, worker: i32, done: &[Claim]) {
        self.advance(worker, done, 0).await;
    }

    /// Milliseconds until the first of them is due again.
    pub async fn fail(&mut self, worker: i32, failed: &[Claim], how: Fail) -> Option<i64> {
        self.try_fail(worker, failed, how).await.unwrap().0
    }

    /// The same, and the watched tasks that ended.
    pub async fn try_fail(
        &mut self,
        worker: i32,
        failed: &[Claim],
        how: Fail,
    ) -> Result<(Option<i64>, Option<Vec<Uuid>>), sqlx::Error> {
        let error = |claim: &Claim| {
            format!(
                "{{\"kind\": \"failed\", \"code\": \"broken\", \"message\": \"step {} broke\"}}",
                claim.step_no
            )
        };
        sqlx::query_as("select due_ms, ended from tasker.fail_steps($1, $2, $3, $4, $5, $6, $7)")
            .bind(worker)
            .bind(task_ids(failed))
            .bind(step_nos(failed))
            .bind(attempts(failed))
            .bind(failed.iter().map(error).collect::<Vec<_>>())
            .bind(vec![how.is_permanent; failed.len()])
            .bind(vec![how.retry_after_ms; failed.len()])
            .fetch_one(&mut self.connection)
            .await
    }

    pub async fn checkpoint(&mut self, worker: i32, leases: &[Claim], checkpoint: &str) {
        sqlx::query("select tasker.checkpoint_steps($1, $2, $3, $4, $5)")
            .bind(worker)
            .bind(task_ids(leases))
            .bind(step_nos(leases))
            .bind(attempts(leases))
            .bind(vec![checkpoint; leases.len()])
            .execute(&mut self.connection)
            .await
            .unwrap();
    }

    pub async fn release(&mut self, workers: &[i32], keep: &[Claim]) -> i32 {
        sqlx::query_scalar("select tasker.release_steps($1, $2, $3, $4, 'connection lost', false)")
            .bind(workers)
            .bind(task_ids(keep))
            .bind(step_nos(keep))
            .bind(attempts(keep))
            .fetch_one(&mut self.connection)
            .await
            .unwrap()
    }

    /// How many of them stand still now.
    pub async fn suspend(&mut self, worker: i32, leases: &[Claim]) -> i32 {
        sqlx::query_scalar("select tasker.suspend_steps($1, $2, $3, $4)")
            .bind(worker)
            .bind(task_ids(leases))
            .bind(step_nos(leases))
            .bind(attempts(leases))
            .fetch_one(&mut self.connection)
            .await
            .unwrap()
    }

    /// Whether the worker is not declared dead; a gap of a second interrupts its series. It is not sure what it
    /// holds.
    pub async fn heartbeat(&mut self, worker: i32) -> bool {
        self.one(&format!(
            "select is_alive from tasker.heartbeat({worker}, '1 second')"
        ))
        .await
    }

    /// The same of a worker that is sure to hold these leases and no others.
    pub async fn name(&mut self, worker: i32, held: &[Claim]) -> bool {
        sqlx::query_scalar(
            "select is_alive from tasker.heartbeat($1, '1 second', 0, false, $2, $3, $4)",
        )
        .bind(worker)
        .bind(task_ids(held))
        .bind(step_nos(held))
        .bind(attempts(held))
        .fetch_one(&mut self.connection)
        .await
        .unwrap()
    }

    /// Positions of stale leases.
    pub async fn stale_leases(&mut self, worker: i32, leases: &[Claim]) -> Vec<i64> {
        sqlx::query_scalar("select ord from tasker.stale_leases($1, $2, $3, $4) order by ord")
            .bind(worker)
            .bind(task_ids(leases))
            .bind(step_nos(leases))
            .bind(attempts(leases))
            .fetch_all(&mut self.connection)
            .await
            .unwrap()
    }

    pub async fn stop(&mut self, worker: i32) -> i32 {
        self.one(&format!(
            "select tasker.stop_worker({worker}, 'host stopped')"
        ))
        .await
    }

    pub async fn reap(&mut self, worker: i32, dead_after: &str) -> i32 {
        self.one(&format!("select tasker.reap({worker}, '{dead_after}')"))
            .await
    }

    /// Has a worker be heard every half second for so many seconds.
    pub async fn be_heard(&mut self, worker: i32, seconds: u32) {
        for _ in 0..2 * seconds {
            self.later("500 ms").await;
            assert!(self.heartbeat(worker).await);
        }
    }

    /// The same, where each heartbeat names what the worker holds.
    pub async fn go_on(&mut self, worker: i32, held: &[Claim], seconds: u32) {
        for _ in 0..2 * seconds {
            self.later("500 ms").await;
            assert!(self.name(worker, held).await);
        }
    }

    pub async fn reap_overdue(&mut self, worker: i32, known: &[Claim], grace: &str) -> i32 {
        sqlx::query_scalar("select tasker.reap_overdue($1, $2, $3, $4, $5::text::interval)")
            .bind(worker)
            .bind(task_ids(known))
            .bind(step_nos(known))
            .bind(attempts(known))
            .bind(grace)
            .fetch_one(&mut self.connection)
            .await
            .unwrap()
    }

    /// Moved steps, `None` if there was nothing to do.
    pub async fn follow_clock(&mut self, limit: i32) -> Option<i32> {
        self.one(&format!("select tasker.follow_clock({limit})"))
            .await
    }

    pub async fn cancel(&mut self, tasks: &[Uuid]) -> Vec<Uuid> {
        let mut cancelled: Vec<Uuid> =
            sqlx::query_scalar("select task_id from tasker.cancel_tasks($1, 'not needed')")
                .bind(tasks)
                .fetch_all(&mut self.connection)
                .await
                .unwrap();
        cancelled.sort();
        cancelled
    }
}

fn task_ids(leases: &[Claim]) -> Vec<Uuid> {
    leases.iter().map(|claim| claim.task_id).collect()
}

fn step_nos(leases: &[Claim]) -> Vec<i16> {
    leases.iter().map(|claim| claim.step_no).collect()
}

fn attempts(leases: &[Claim]) -> Vec<i32> {
    leases.iter().map(|claim| claim.attempt).collect()
}
