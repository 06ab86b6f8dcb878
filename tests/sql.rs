//! Every SQL function, against a database whose clock the test sets.

mod ancestor_results;
mod attempt_log;
mod backoff_ms;
mod calls;
mod cancel_tasks;
mod catalog;
mod check_queue;
mod checkpoint_steps;
mod claim_ready;
mod clock;
mod collect_versions;
mod complete_steps;
mod complete_with_kv;
mod concurrency;
mod constraints;
mod costs;
mod count_tasks;
mod create_tasks;
mod default_retention;
mod drain_worker;
mod dropped_partitions;
mod engine;
mod evaluate_rollout_guards;
mod expire_keys;
mod explain_steps;
mod fail_steps;
mod failing_tasks;
mod feed;
mod feed_readers;
mod follow_clock;
mod give_back_steps;
mod graph;
mod heartbeat;
mod held_steps;
mod listener;
mod lock_order;
mod log_position;
mod migrate_tasks;
mod observe;
mod old_snapshot;
mod pages;
mod partitions;
mod plans;
mod poison;
mod populated;
mod priority;
mod queue;
mod queue_keys;
mod queue_limit;
mod read_ended;
mod reap;
mod reap_overdue;
mod recordings;
mod release_steps;
mod reports_and_claims;
mod retention;
mod schema;
mod secrets;
mod send_events;
mod session;
mod statistics;
mod stolen_leases;
mod stop_worker;
mod store_handled;
mod suspend_steps;
mod tags;
mod task_record;
mod time_order;
mod two_releases;

use calls::{BY_POLICY, Fail, PERMANENT};
use graph::Graph;
use listener::Listener;
use session::{Claim, Session};

use crate::harness::TestDatabase;
use sqlx::types::Uuid;

/// A database, a session and a worker.
async fn engine() -> (TestDatabase, Session, i32) {
    let database = TestDatabase::new().await;
    let mut session = Session::new(&database).await;
    let worker = session.worker().await;
    (database, session, worker)
}

/// The same with one task of a template.
async fn engine_with(graph: Graph) -> (TestDatabase, Session, i32, Uuid) {
    let (database, mut session, worker) = engine().await;
    let version = graph.publish(&mut session).await;
    let task = session.create(version).await;
    (database, session, worker, task)
}
