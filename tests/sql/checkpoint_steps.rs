use super::{Graph, engine_with};

#[tokio::test]
async fn a_checkpoint_makes_its_step_ready_and_comes_with_the_next_attempt() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let first = session.claim(worker, 1).await;
    session.later("1 second").await;
    session.checkpoint(worker, &first, "{\"page\": 2}").await;
    assert_eq!(session.steps(task).await, "ready");
    assert_eq!(
        session.step(task, 0, "ready_at = tasker.clock()").await,
        "true"
    );
    let second = session.claim_one(worker).await;
    assert_eq!(
        (second.attempt, second.checkpoint.as_deref()),
        (2, Some("{\"page\": 2}"))
    );
}

#[tokio::test]
async fn a_checkpoint_is_logged_with_its_reason_and_does_not_count_as_an_attempt() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let first = session.claim(worker, 1).await;
    session.checkpoint(worker, &first, "1").await;
    assert_eq!(session.step(task, 0, "attempt - free_attempts").await, "0");
    assert_eq!(session.log(task).await[3..], ["0 ready #1"]);
    let reason = "select detail ->> 'reason' from tasker.transition where to_state = 'ready'";
    assert_eq!(session.one::<String>(reason).await, "checkpoint");
}

#[tokio::test]
async fn a_checkpoint_with_a_void_lease_changes_nothing() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claimed = session.claim(worker, 1).await;
    let other = session.worker().await;
    session.checkpoint(other, &claimed, "1").await;
    assert_eq!(session.steps(task).await, "running");
    session.checkpoint(worker, &claimed, "1").await;
    session.checkpoint(worker, &claimed, "2").await;
    assert_eq!(session.step(task, 0, "checkpoint").await, "1");
    assert_eq!(session.log(task).await.len(), 4);
}

#[tokio::test]
async fn a_handler_that_leaves_checkpoints_without_end_fails() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(2, &[])).await;
    session.run("update tasker.step set attempt = tasker.attempts_max() - 1, free_attempts = attempt where step_no = 0").await;
    let claimed = session.claim(worker, 2).await;
    session.checkpoint(worker, &claimed, "1").await;
    assert_eq!(session.steps(task).await, "error ready");
    assert_eq!(
        session.step(task, 0, "error ->> 'code'").await,
        "too_many_attempts"
    );
    let rest = session.claim(worker, 2).await;
    session.complete(worker, &rest).await;
    assert_eq!(session.task(task).await, "error");
}
