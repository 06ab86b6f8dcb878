//! Calls that are made at once.

use super::call::Call;
use super::send::Request;
use super::{MAX_CONCURRENT, Play};
use futures::future::join_all;
use sqlx::{PgPool, PgTransaction};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How often it is asked whether all that can go on has ended.
const LOOKS_MAX: usize = 100;

const WAITING: &str = "
    select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'";

/// The lower half of the bits names steps, the upper half tasks, by their place in the case.
const LOCK_STEPS: &str = "
    select from tasker.step
    where ctid in (select n.ctid
                   from (select ctid, row_number() over (order by task_id, step_no) as no from tasker.step) n
                   where $1::bigint >> (n.no % 32)::int & 1 = 1)
    for update";
const LOCK_TASKS: &str = "
    select from tasker.task
    where ctid in (select n.ctid
                   from (select ctid, row_number() over (order by task_id) as no from tasker.task) n
                   where $1::bigint >> (n.no % 32)::int + 32 & 1 = 1)
    for update";

impl Play<'_> {
    /// Makes the requests at once, each through an engine of its own. What the bits of `held_up` name is
    /// locked until each of them has ended or waits.
    pub(super) async fn send_at_once(&self, requests: &[Request], held_up: u64) -> Vec<Vec<Call>> {
        assert!(requests.len() <= MAX_CONCURRENT);
        let gate = self.close(held_up).await;
        let pool = self.database.pool();
        let ended = AtomicUsize::new(0);
        let sequences = requests
            .iter()
            .zip(&self.engines)
            .map(async |(request, engine)| {
                let calls = self.send(engine, request).await;
                ended.fetch_add(1, Ordering::Relaxed);
                calls
            });
        let open = open(gate, pool, || {
            requests.len() - ended.load(Ordering::Relaxed)
        });
        futures::join!(join_all(sequences), open).0
    }

    async fn close(&self, held_up: u64) -> Option<PgTransaction<'static>> {
        if held_up == 0 {
            return None;
        }
        let mut gate = self.database.pool().begin().await.unwrap();
        for lock in [LOCK_STEPS, LOCK_TASKS] {
            let lock = sqlx::query(lock).bind(held_up.cast_signed());
            lock.execute(&mut *gate).await.unwrap();
        }
        Some(gate)
    }
}

/// Opens the gate when as many wait as have not ended.
async fn open(gate: Option<PgTransaction<'static>>, pool: &PgPool, left: impl Fn() -> usize) {
    let Some(gate) = gate else {
        return;
    };
    for _ in 0..LOOKS_MAX {
        let waiting: i64 = sqlx::query_scalar(WAITING).fetch_one(pool).await.unwrap();
        if usize::try_from(waiting).unwrap() >= left() {
            break;
        }
    }
    gate.rollback().await.unwrap();
}
