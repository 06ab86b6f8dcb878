use super::{Graph, engine_with};

const GRACE: &str = "15 seconds";

#[tokio::test]
async fn an_overdue_attempt_that_its_worker_does_not_know_is_given_back() {
    let (_database, mut session, worker, task) =
        engine_with(Graph::single().timeout_ms(1_000).max_attempts(1)).await;
    let claimed = session.claim(worker, 1).await;
    session.later("16 seconds").await;
    assert_eq!(session.reap_overdue(worker, &[], GRACE).await, 0);
    session.later("1 ms").await;
    assert_eq!(session.reap_overdue(worker, &[], GRACE).await, 1);
    assert_eq!(
        session
            .step(
                task,
                0,
                "state || ' ' || free_attempts || ' ' || worker_losses"
            )
            .await,
        "ready 1 0"
    );
    let detail = "select detail ->> 'code' from tasker.transition where to_state = 'ready'";
    assert_eq!(session.one::<String>(detail).await, "forgotten");
    session.complete(worker, &claimed).await;
    assert_eq!(session.steps(task).await, "ready");
}

#[tokio::test]
async fn an_attempt_that_its_worker_knows_continues_however_late_it_is() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(2, &[])).await;
    let claimed = session.claim(worker, 2).await;
    session.later("1 year").await;
    assert_eq!(session.reap_overdue(worker, &claimed[..1], GRACE).await, 1);
    assert_eq!(session.steps(task).await, "running ready");
    session.complete(worker, &claimed[..1]).await;
    assert_eq!(session.steps(task).await, "complete ready");
}

#[tokio::test]
async fn no_worker_ends_what_another_holds() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    let other = session.worker().await;
    session.later("1 year").await;
    assert_eq!(session.reap_overdue(other, &[], GRACE).await, 0);
    assert_eq!(session.steps(task).await, "running");
}

#[tokio::test]
async fn an_attempt_that_its_worker_does_not_know_is_given_back_when_no_call_can_be_under_way() {
    let (_database, mut session, worker, task) =
        engine_with(Graph::single().timeout_ms(3_600_000)).await;
    session.claim(worker, 1).await;
    session.later("30 seconds").await;
    assert_eq!(session.reap_overdue(worker, &[], GRACE).await, 0);
    session.later("1 ms").await;
    assert_eq!(session.reap_overdue(worker, &[], GRACE).await, 1);
    assert_eq!(session.steps(task).await, "ready");
}

#[tokio::test]
async fn what_heartbeats_named_and_the_worker_does_not_know_any_more_is_given_back() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claimed = session.claim(worker, 1).await;
    session.go_on(worker, &claimed, 40).await;
    session.go_on(worker, &[], 100).await;
    let leases_at = "select leases_at > tasker.clock() - interval '1 s' from tasker.worker";
    assert!(session.one::<bool>(leases_at).await, "the log is not read");
    assert_eq!(session.reap_overdue(worker, &[], GRACE).await, 1);
    assert_eq!(session.steps(task).await, "ready");
}

#[tokio::test]
async fn what_is_over_is_removed_from_the_leases_and_what_is_held_stays() {
    let (_database, mut session, worker, _) = engine_with(Graph::new(3, &[])).await;
    let claimed = session.claim(worker, 3).await;
    session.go_on(worker, &claimed, 1).await;
    session.complete(worker, &claimed[..1]).await;
    session.go_on(worker, &claimed[1..], 1).await;
    let leases = "select cardinality(leases) from tasker.worker";
    assert_eq!(session.one::<i32>(leases).await, 3);
    // Of the others the worker knows one here, and the other cannot be overdue.
    assert_eq!(session.reap_overdue(worker, &claimed[1..2], GRACE).await, 0);
    assert_eq!(session.one::<i32>(leases).await, 2);
}

#[tokio::test]
async fn nothing_overdue_is_nothing_to_do() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    assert_eq!(session.reap_overdue(worker, &[], GRACE).await, 0);
    assert_eq!(session.steps(task).await, "running");
}
