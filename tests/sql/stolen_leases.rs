//! Leases that are not, or no more, the reporter's: whatever it calls, nothing changes.

use std::time::Duration;

use crate::harness::Advance;
use sqlx::PgPool;
use tasker_domain::event::SentEvent;
use tasker_domain::ids::{TaskId, WorkerId};
use tasker_domain::invocation::Lease;
use tasker_domain::kv::{Expected, KvWrite};
use tasker_domain::outcome::{Failure, FailureKind, Retry};
use tasker_engine::Engine;
use tasker_engine::kv::CompletedWithKv;
use tasker_engine::lease::{Holding, WorkerFacts};
use tasker_engine::report::{Completed, FailedAttempt};

use super::engine::{ready, task};
use super::{Graph, Uuid};
use crate::harness::wait_until;

/// All that a report could change.
async fn everything(pool: &PgPool) -> String {
    sqlx::query_scalar(
        "select concat_ws(E'\\n',
           (select string_agg(s::text, E'\\n' order by s.task_id, s.step_no) from tasker.step s),
           (select string_agg(t::text, E'\\n' order by t.task_id) from tasker.task t),
           (select count(*)::text from tasker.transition),
           (select count(*)::text from tasker.kv))",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}

/// Reports by every call that takes a lease.
async fn report_all(engine: &Engine, worker: WorkerId, lease: Lease) {
    let event = SentEvent {
        name: "orders.stolen".parse().unwrap(),
        payload: "1".to_owned(),
    };
    let completed = Completed {
        lease,
        result: "\"stolen\"".to_owned(),
        usage: None,
        events: vec![event],
    };
    let results = [completed.clone()];
    let claimed = engine.advance(worker, &results, 0).await.unwrap();
    assert!(claimed.is_empty());
    engine.checkpoint_steps(worker, &results).await.unwrap();
    for retry in [Retry::Policy, Retry::Never] {
        let failure = Failure {
            kind: FailureKind::Failed,
            code: "stolen".to_owned(),
            message: "stolen".to_owned(),
            details: None,
            retry,
            backtrace: Vec::new(),
        };
        let failed = FailedAttempt {
            lease,
            failure,
            usage: None,
        };
        engine.fail_steps(worker, &[failed]).await.unwrap();
    }
    for is_checkpoint in [false, true] {
        let write = KvWrite {
            bucket: "loot".parse().unwrap(),
            key: "key".to_owned(),
            value: Some("1".to_owned()),
            expected: Expected::Anything,
        };
        let ended = CompletedWithKv {
            completed: completed.clone(),
            is_checkpoint,
            writes: vec![write],
        };
        engine.complete_with_kv(worker, &ended).await.unwrap();
    }
}

#[tokio::test]
async fn a_lease_that_is_made_up_or_anothers_changes_nothing_whatever_is_called() {
    let (database, _session, engine, worker, version) = ready(Graph::chain(3)).await;
    let thief = engine
        .register_worker("thief", 8, WorkerFacts::default())
        .await
        .unwrap();
    engine
        .create_tasks(&[task(1, version, None), task(2, version, None)])
        .await
        .unwrap();
    let lease = engine.advance(worker, &[], 1).await.unwrap()[0].lease;
    let before = everything(database.pool()).await;
    let attempt = |attempt| Lease { attempt, ..lease };
    let step = |step_no| Lease { step_no, ..lease };
    let of_task = |id| Lease {
        task_id: TaskId(Uuid::from_u128(id)),
        ..lease
    };
    let other = 3 - lease.task_id.0.as_u128();
    for (thief, lease) in [
        (thief, lease),
        (WorkerId(i32::MAX), lease),
        (WorkerId(-1), lease),
        (worker, attempt(0)),
        (worker, attempt(2)),
        (worker, attempt(i32::MAX)),
        (worker, step(1)),
        (worker, step(-1)),
        (worker, step(i16::MAX)),
        (worker, of_task(other)),
        (worker, of_task(99)),
    ] {
        report_all(&engine, thief, lease).await;
        assert_eq!(everything(database.pool()).await, before, "{lease:?}");
    }
    // The one to whom it belongs still has it.
    assert_eq!(engine.stale_leases(worker, &[lease]).await.unwrap(), []);
}

#[tokio::test]
async fn a_lease_that_has_expired_changes_nothing_for_the_one_who_has_it_now() {
    let (database, _session, engine, late, version) = ready(Graph::single()).await;
    engine
        .create_tasks(&[task(1, version, None)])
        .await
        .unwrap();
    let expired = engine.advance(late, &[], 1).await.unwrap()[0].lease;
    let next = engine
        .register_worker("next", 9, WorkerFacts::default())
        .await
        .unwrap();
    wait_until("the late worker is declared dead", async || {
        engine
            .heartbeat(next, Duration::from_secs(1), Holding::default(), Some(&[]))
            .await
            .unwrap();
        let reaped = engine.reap(next, Duration::from_millis(100)).await.unwrap();
        (reaped == 1).then_some(())
    })
    .await;
    let lease = engine.advance(next, &[], 1).await.unwrap()[0].lease;
    let before = everything(database.pool()).await;
    for stolen in [expired, lease] {
        report_all(&engine, late, stolen).await;
        assert_eq!(everything(database.pool()).await, before, "{stolen:?}");
    }
    report_all(&engine, next, expired).await;
    assert_eq!(everything(database.pool()).await, before);
    assert_eq!(engine.stale_leases(next, &[lease]).await.unwrap(), []);
}
