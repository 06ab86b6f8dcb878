//! The functions as the host calls them.

use std::time::Duration;

use crate::harness::{Advance, wait_until_sql};
use tasker_database::Database;
use tasker_domain::actor::Actor;
use tasker_domain::ids::{LockId, TaskId, WorkerId};
use tasker_domain::order::Seek;
use tasker_domain::outcome::{Failure, FailureKind, Retry};
use tasker_domain::priority::Priority;
use tasker_domain::tag::Tags;
use tasker_engine::Engine;
use tasker_engine::claim::Claimed;
use tasker_engine::lease::{HeartbeatAnswer, Holding, WorkerFacts};
use tasker_engine::report::{Completed, FailedAttempt};
use tasker_engine::task::NewTask;
use tasker_engine::task_list::TaskFilter;

use super::populated::PARTITIONS;
use super::{Graph, Session, TestDatabase, Uuid, engine};

/// Templates' versions and templates have the same number here.
pub(super) async fn ready(graph: Graph) -> (TestDatabase, Session, Engine, WorkerId, i32) {
    let (database, mut session, _) = engine().await;
    let version = graph.publish(&mut session).await;
    let engine = Engine::new(Database::open(database.options(), 4));
    let worker = engine
        .register_worker("host", 7, WorkerFacts::default())
        .await
        .unwrap();
    (database, session, engine, worker, version)
}

pub(super) fn task(id: u128, template: i32, key: Option<&str>) -> NewTask {
    NewTask {
        task_id: TaskId(Uuid::from_u128(id)),
        namespace_id: 1,
        template_id: template,
        template_version_id: template,
        lock_id: LockId(1),
        input: "{}".to_owned(),
        identity_key: key.map(str::to_owned),
        correlation_id: "correlation".to_owned(),
        traceparent: None,
        tags: Tags::default(),
        lane: Priority::default().into(),
        is_watched: false,
    }
}

fn completed(claimed: &[Claimed]) -> Vec<Completed> {
    claimed
        .iter()
        .map(|claim| Completed {
            lease: claim.lease,
            result: "1".to_owned(),
            usage: None,
            events: Vec::new(),
        })
        .collect()
}

pub(super) fn failed(claimed: &Claimed, details: Option<&str>, retry: Retry) -> FailedAttempt {
    let failure = Failure {
        kind: FailureKind::Failed,
        code: "bro\0ken".to_owned(),
        message: "it broke".to_owned(),
        details: details.map(str::to_owned),
        retry,
        backtrace: vec!["frame".to_owned()],
    };
    FailedAttempt {
        lease: claimed.lease,
        failure,
        usage: None,
    }
}

#[tokio::test]
async fn created_tasks_are_answered_in_the_order_of_the_call() {
    let (_database, _, engine, _, version) = ready(Graph::single()).await;
    let batch = [
        task(9, version, Some("b")),
        task(3, version, None),
        task(5, version, Some("a")),
        task(4, version, Some("b")),
    ];
    let created = engine.create_tasks(&batch).await.unwrap();
    let ids: Vec<_> = created
        .iter()
        .map(|task| (task.task_id.0.as_u128(), task.created))
        .collect();
    assert_eq!(ids[1..3], [(3, true), (5, true)]);
    assert_eq!(ids[0].0, ids[3].0);
    assert_ne!(ids[0].1, ids[3].1);
}

#[tokio::test]
async fn a_chain_runs_to_its_end() {
    let (_database, mut session, engine, worker, version) = ready(Graph::chain(3)).await;
    engine
        .create_tasks(&[task(1, version, None)])
        .await
        .unwrap();
    let mut claimed = engine.advance(worker, &[], 8).await.unwrap();
    let mut steps = Vec::new();
    while !claimed.is_empty() {
        steps.push(claimed[0].lease.step_no);
        claimed = engine
            .advance(worker, &completed(&claimed), 8)
            .await
            .unwrap();
    }
    assert_eq!(steps, [0, 1, 2]);
    assert_eq!(session.task(Uuid::from_u128(1)).await, "complete");
}

#[tokio::test]
async fn the_longest_delay_that_a_handler_can_ask_for_is_taken() {
    let (_database, mut session, engine, worker, version) = ready(Graph::single()).await;
    engine
        .create_tasks(&[task(1, version, None)])
        .await
        .unwrap();
    let claimed = engine.advance(worker, &[], 1).await.unwrap();
    let recorded = engine
        .fail_steps(
            worker,
            &[failed(&claimed[0], None, Retry::After(Duration::MAX))],
        )
        .await
        .unwrap();
    assert!(recorded.due_in.unwrap() > Duration::from_secs(364 * 24 * 60 * 60));
    assert_eq!(session.steps(Uuid::from_u128(1)).await, "waiting_for_retry");
}

#[tokio::test]
async fn details_that_sql_cannot_read_as_text_do_not_hide_a_failure() {
    for details in [
        r#"{"a": "\u0000"}"#,
        r#"{"a": "\ud800"}"#,
        "no json",
        r#"{"a": "b"}"#,
    ] {
        let (_database, mut session, engine, worker, version) = ready(Graph::single()).await;
        engine
            .create_tasks(&[task(1, version, None)])
            .await
            .unwrap();
        let claimed = engine.advance(worker, &[], 1).await.unwrap();
        engine
            .fail_steps(worker, &[failed(&claimed[0], Some(details), Retry::Never)])
            .await
            .unwrap();
        let error: String = session
            .one("select error ->> 'code' || ' ' || (error ->> 'message') from tasker.task")
            .await;
        assert_eq!(error, "bro\u{fffd}ken it broke", "{details}");
    }
}

#[tokio::test]
async fn a_checkpoint_comes_back_with_the_next_attempt() {
    let (_database, _, engine, worker, version) = ready(Graph::single()).await;
    engine
        .create_tasks(&[task(1, version, None)])
        .await
        .unwrap();
    let claimed = engine.advance(worker, &[], 1).await.unwrap();
    engine
        .checkpoint_steps(worker, &completed(&claimed))
        .await
        .unwrap();
    let again = engine.advance(worker, &[], 1).await.unwrap();
    assert_eq!(
        (again[0].lease.attempt, again[0].checkpoint.as_deref()),
        (2, Some("1"))
    );
}

#[tokio::test]
async fn an_unknown_claim_is_given_back_and_named_leases_are_kept() {
    let (_database, _, engine, worker, version) = ready(Graph::single()).await;
    engine
        .create_tasks(&[task(1, version, None), task(2, version, None)])
        .await
        .unwrap();
    let keep: Vec<_> = engine
        .advance(worker, &[], 1)
        .await
        .unwrap()
        .iter()
        .map(|claim| claim.lease)
        .collect();
    let unheard = engine.advance(worker, &[], 1).await.unwrap()[0].lease;
    assert_eq!(
        engine
            .release_steps(worker, &keep, "connection lost")
            .await
            .unwrap(),
        1
    );
    let stale = engine.stale_leases(worker, &[keep[0], unheard]).await;
    assert_eq!(stale.unwrap(), [unheard]);
}

#[tokio::test]
async fn a_stopped_worker_gives_all_back_and_is_dead() {
    let (_database, _, engine, worker, version) = ready(Graph::single()).await;
    engine
        .create_tasks(&[task(1, version, None)])
        .await
        .unwrap();
    engine.advance(worker, &[], 1).await.unwrap();
    assert_eq!(engine.stop_worker(worker, "host stopped").await.unwrap(), 1);
    let gap_max = Duration::from_secs(1);
    let answer = engine.heartbeat(worker, gap_max, Holding::default(), None);
    assert_eq!(answer.await.unwrap(), HeartbeatAnswer::Dead);
}

#[tokio::test]
async fn nothing_is_reaped_while_all_is_well() {
    let (_database, _, engine, worker, version) = ready(Graph::single()).await;
    engine
        .create_tasks(&[task(1, version, None)])
        .await
        .unwrap();
    engine.advance(worker, &[], 1).await.unwrap();
    let (hour, grace) = (Duration::from_secs(3600), Duration::from_secs(15));
    assert_eq!(engine.reap(worker, hour).await.unwrap(), 0);
    assert_eq!(engine.reap_overdue(worker, &[], grace).await.unwrap(), 0);
    assert_eq!(engine.follow_clock(10).await.unwrap(), None);
    engine.database().ensure_partitions().await.unwrap();
}

#[tokio::test]
async fn partitions_that_are_over_are_closed_and_dropped_where_nothing_is_kept() {
    let (_database, mut session, engine, _, _) = ready(Graph::single()).await;
    session.run(PARTITIONS).await;
    let counts = async || {
        let found = engine.database().partitions().await.unwrap();
        (found.open, found.closed, found.next_is_missing)
    };
    assert_eq!(counts().await, (4, 0, false));
    let over = "insert into tasker.task (task_id, namespace_id, template_id, template_version_id, lock_id, state,
                                         remaining_sinks, input, correlation_id, created_at, finished_at)
                select tasker.first_id(min(from_at)), 1, 1, 1, 1, 'complete', 0, '{}', '', min(from_at), min(from_at)
                from tasker.partition";
    session.run(over).await;
    engine.database().tidy_partitions(true).await.unwrap();
    // The second had no task; the third has been over for less than a day.
    assert_eq!(counts().await, (2, 1, false));
    let (all, newest) = (TaskFilter::default(), Seek::highest(10));
    let listed = engine.list_tasks(&all, newest).await.unwrap();
    assert_eq!(listed.len(), 1, "it is in the history, and not hidden");
}

#[tokio::test]
async fn cancelled_tasks_are_reported() {
    let (_database, _, engine, _, version) = ready(Graph::single()).await;
    engine
        .create_tasks(&[task(1, version, None)])
        .await
        .unwrap();
    let id = TaskId(Uuid::from_u128(1));
    assert_eq!(
        engine
            .cancel_tasks(&[id], "not needed", &Actor::host())
            .await
            .unwrap(),
        [id]
    );
    assert_eq!(
        engine
            .cancel_tasks(&[id], "not needed", &Actor::host())
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn a_worker_need_not_wait_for_the_reaper_to_register() {
    let (database, mut session, engine, worker, _) = ready(Graph::single()).await;
    session.begin().await;
    session
        .run("lock table tasker.step in access exclusive mode")
        .await;
    let reaping = tokio::spawn({
        let engine = engine.clone();
        async move { engine.reap_overdue(worker, &[], Duration::ZERO).await }
    });
    let is_waiting = "select count(*) > 0 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    wait_until_sql(database.pool(), is_waiting).await;
    let registering = engine.register_worker("host", 8, WorkerFacts::default());
    let registered = tokio::time::timeout(Duration::from_secs(2), registering).await;
    registered
        .expect("it has another connection")
        .expect("it is registered");
    session.commit().await;
    assert_eq!(reaping.await.unwrap().unwrap(), 0);
}
