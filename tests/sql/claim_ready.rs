use super::{Fail, Graph, Session, engine, engine_with};

#[tokio::test]
async fn the_oldest_due_steps_are_claimed_first() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let first = session.create(version).await;
    session.later("1 second").await;
    let second = session.create(version).await;
    session.later("1 second").await;
    assert_eq!(session.claim_one(worker).await.task_id, first);
    assert_eq!(session.claim_one(worker).await.task_id, second);
}

#[tokio::test]
async fn a_step_is_not_claimed_before_it_is_due() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session
        .rewrite("update tasker.step set ready_at = tasker.clock() + interval '1 ms'")
        .await;
    assert_eq!(session.claim(worker, 10).await, []);
    session.later("1 ms").await;
    assert_eq!(session.claim_one(worker).await.task_id, task);
}

#[tokio::test]
async fn a_claim_takes_no_more_than_its_limit() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 5).await;
    assert_eq!(session.claim(worker, 0).await.len(), 0);
    assert_eq!(session.claim(worker, 3).await.len(), 3);
    assert_eq!(session.claim(worker, 3).await.len(), 2);
}

#[tokio::test]
async fn a_claim_grants_a_lease_until_the_steps_timeout() {
    let (_database, mut session, worker, task) =
        engine_with(Graph::single().timeout_ms(1_500)).await;
    let claim = session.claim_one(worker).await;
    assert_eq!((claim.task_id, claim.step_no, claim.attempt), (task, 0, 1));
    assert_eq!(session.steps(task).await, "running");
    assert_eq!(session.step(task, 0, "worker_id").await, worker.to_string());
    assert_eq!(
        session.step(task, 0, "started_at = tasker.clock()").await,
        "true"
    );
    assert_eq!(
        session.step(task, 0, "deadline_at - tasker.clock()").await,
        "00:00:01.5"
    );
    assert_eq!(session.step(task, 0, "ready_at").await, "-");
}

#[tokio::test]
async fn the_first_claim_begins_the_task_and_a_later_one_does_not() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(2, &[])).await;
    session.claim_one(worker).await;
    assert_eq!(session.task(task).await, "in_progress");
    session.claim_one(worker).await;
    let mut log = session.log(task).await;
    log.sort();
    assert_eq!(
        log,
        [
            "0 running #1",
            "1 running #1",
            "task in_progress",
            "task pending"
        ]
    );
}

#[tokio::test]
async fn a_step_that_another_worker_is_about_to_claim_is_skipped() {
    let (database, mut first, worker) = engine().await;
    let version = Graph::single().publish(&mut first).await;
    first.create_many(version, 2).await;
    let mut second = Session::new(&database).await;
    let other = second.worker().await;
    first.begin().await;
    let held = first.claim_one(worker).await;
    let rest = second.claim(other, 10).await;
    first.commit().await;
    assert_eq!(rest.len(), 1);
    assert_ne!(rest[0].task_id, held.task_id);
}

#[tokio::test]
async fn two_workers_that_begin_one_task_log_its_beginning_once() {
    let (database, mut first, worker, task) = engine_with(Graph::new(2, &[])).await;
    let mut second = Session::new(&database).await;
    let other = second.worker().await;
    // However slowly the first commits, the second shall not give up.
    first
        .run("alter function tasker.claim_ready set lock_timeout = '1min'")
        .await;
    first.begin().await;
    first.claim_one(worker).await;
    let pid = second.pid();
    let (claim, ()) = tokio::join!(second.claim_one(other), first.commit_once_awaited_by(pid));
    assert_eq!(claim.task_id, task);
    let begun = first
        .log(task)
        .await
        .iter()
        .filter(|line| *line == "task in_progress")
        .count();
    assert_eq!(begun, 1);
}

#[tokio::test]
async fn a_claim_brings_all_that_the_attempt_needs() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claim = session.claim_one(worker).await;
    assert_eq!(claim.task_id, task);
    assert_eq!(claim.lock_id, 1);
    assert_eq!(claim.correlation_id, "correlation");
    assert_eq!(claim.input, "{\"n\": 1}");
    assert_eq!(claim.checkpoint, None);
}

#[tokio::test]
async fn a_claim_brings_so_many_bytes_and_one_step_in_any_case() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 6).await;
    session
        .run("update tasker.task set input = to_json(repeat('x', 998))")
        .await;
    assert_eq!(session.claim_bytes(worker, 9, 2_500).await.len(), 3);
    assert_eq!(session.claim_bytes(worker, 9, 1).await.len(), 1);
    session
        .run("update tasker.step set checkpoint = to_json(repeat('x', 1998)) where state = 'ready'")
        .await;
    assert_eq!(session.claim_bytes(worker, 9, 3_000).await.len(), 1);
}

#[tokio::test]
async fn a_claim_that_leaves_something_for_the_limit_on_bytes_reports_that_more_is_due() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 3).await;
    let left: Vec<Option<i64>> = session
        .all(&format!(
            "select due_ms from tasker.claim_ready({worker}, 2, 1) order by task_id"
        ))
        .await;
    assert_eq!(left, [None, Some(0)]);
}

#[tokio::test]
async fn a_claim_shows_when_the_next_step_is_due() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claim = session.claim_one(worker).await;
    assert_eq!(session.due_ms(worker).await, [None]);
    session
        .fail(
            worker,
            &[claim],
            Fail {
                is_permanent: false,
                retry_after_ms: Some(1_500),
            },
        )
        .await;
    assert_eq!(session.due_ms(worker).await, [Some(1_500)]);
    session
        .rewrite(&format!(
            "update tasker.step set state = 'ready', ready_at = null where task_id = '{task}'"
        ))
        .await;
    assert_eq!(session.due_ms(worker).await, [None]);
}

#[tokio::test]
async fn a_claim_that_gave_up_for_a_lock_is_distinguished_from_one_that_found_nothing() {
    let (database, mut session, worker, task) = engine_with(Graph::single()).await;
    let mut other = Session::new(&database).await;
    other.begin().await;
    other
        .run(&format!(
            "select from tasker.task where task_id = '{task}' for update"
        ))
        .await;
    assert_eq!(session.due_ms(worker).await, [Some(0)]);
    other.commit().await;
    assert_eq!(session.claim_one(worker).await.task_id, task);
    assert_eq!(session.due_ms(worker).await, [None]);
}
