//! A task with a step that failed for good ends when nothing of it can run any more, whoever ends
//! the last of its steps.

use super::{BY_POLICY, Graph, PERMANENT, Session, engine, engine_with};

/// 0 before 1, 2 before 3: two branches.
fn branches() -> Graph {
    Graph::new(4, &[(0, 1), (2, 3)]).backoff("none", 0, 0)
}

#[tokio::test]
async fn independent_branches_end_before_the_task_is_in_error() {
    let (_database, mut session, worker, task) = engine_with(branches()).await;
    let claimed = session.claim(worker, 2).await;
    session.fail(worker, &claimed[..1], PERMANENT).await;
    assert_eq!(session.task(task).await, "in_progress");
    let next = session.advance(worker, &claimed[1..], 1).await;
    assert_eq!(session.task(task).await, "in_progress");
    session.complete(worker, &next).await;
    assert_eq!(session.steps(task).await, "error waiting complete complete");
    assert_eq!(session.task(task).await, "error");
    assert_eq!(session.log(task).await.last().unwrap(), "task error");
}

#[tokio::test]
async fn a_branch_that_waits_for_its_retry_holds_the_end_up() {
    let (_database, mut session, worker, task) = engine_with(branches()).await;
    let claimed = session.claim(worker, 2).await;
    session.fail(worker, &claimed[1..], BY_POLICY).await;
    session.fail(worker, &claimed[..1], PERMANENT).await;
    assert_eq!(session.task(task).await, "in_progress");
    let retry = session.claim(worker, 1).await;
    session.fail(worker, &retry, PERMANENT).await;
    assert_eq!(session.task(task).await, "error");
}

#[tokio::test]
async fn a_branch_that_nobody_has_claimed_holds_the_end_up() {
    let (_database, mut session, worker, task) = engine_with(branches()).await;
    let claimed = session.claim(worker, 1).await;
    session.fail(worker, &claimed, PERMANENT).await;
    assert_eq!(session.task(task).await, "in_progress");
}

#[tokio::test]
async fn a_branch_given_back_or_checkpointed_still_ends_the_task() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(2, &[])).await;
    let claimed = session.claim(worker, 2).await;
    session.fail(worker, &claimed[..1], PERMANENT).await;
    session.release(&[worker], &[]).await;
    let again = session.claim(worker, 1).await;
    session.checkpoint(worker, &again, "1").await;
    let again = session.claim(worker, 1).await;
    session.complete(worker, &again).await;
    assert_eq!(session.task(task).await, "error");
}

#[tokio::test]
async fn the_step_that_failed_first_is_the_tasks_error() {
    let (_database, mut session, worker, task) = engine_with(branches()).await;
    let claimed = session.claim(worker, 2).await;
    session.fail(worker, &claimed[1..], PERMANENT).await;
    session.later("1 second").await;
    session.fail(worker, &claimed[..1], PERMANENT).await;
    assert_eq!(session.task(task).await, "error");
    assert_eq!(
        session
            .one::<String>("select error ->> 'step' from tasker.task")
            .await,
        "s2"
    );
}

#[tokio::test]
async fn two_failures_in_one_batch_end_the_task_once() {
    let (_database, mut session, worker, task) = engine_with(branches()).await;
    let claimed = session.claim(worker, 2).await;
    session.fail(worker, &claimed, PERMANENT).await;
    assert_eq!(session.steps(task).await, "error waiting error waiting");
    let ends = session
        .log(task)
        .await
        .iter()
        .filter(|line| *line == "task error")
        .count();
    assert_eq!(ends, 1);
}

#[tokio::test]
async fn a_completed_sink_of_a_failing_task_still_counts() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(3, &[])).await;
    let claimed = session.claim(worker, 3).await;
    session.fail(worker, &claimed[..1], PERMANENT).await;
    session.complete(worker, &claimed[1..]).await;
    assert_eq!(session.task(task).await, "error");
    assert_eq!(
        session
            .one::<i32>("select remaining_sinks from tasker.task")
            .await,
        1
    );
}

#[tokio::test]
async fn two_branches_that_fail_at_the_same_time_end_the_task() {
    let (database, mut first, worker, task) = engine_with(branches()).await;
    let mut second = Session::new(&database).await;
    let other = second.worker().await;
    let left = first.claim(worker, 1).await;
    let right = second.claim(other, 1).await;
    first.begin().await;
    first.fail(worker, &left, PERMANENT).await;
    let pid = second.pid();
    tokio::join!(
        second.fail(other, &right, PERMANENT),
        first.commit_once_awaited_by(pid)
    );
    assert_eq!(first.steps(task).await, "error waiting error waiting");
    assert_eq!(first.task(task).await, "error");
}

#[tokio::test]
async fn a_failure_while_a_sibling_completes_ends_the_task() {
    let (database, mut first, worker, task) = engine_with(Graph::new(2, &[])).await;
    let mut second = Session::new(&database).await;
    let other = second.worker().await;
    let left = first.claim(worker, 1).await;
    let right = second.claim(other, 1).await;
    first.begin().await;
    first.complete(worker, &left).await;
    let pid = second.pid();
    tokio::join!(
        second.fail(other, &right, PERMANENT),
        first.commit_once_awaited_by(pid)
    );
    assert_eq!(first.task(task).await, "error");
}

#[tokio::test]
async fn a_completion_while_a_sibling_fails_ends_the_task() {
    let (database, mut first, worker, task) = engine_with(Graph::new(2, &[])).await;
    let mut second = Session::new(&database).await;
    let other = second.worker().await;
    let left = first.claim(worker, 1).await;
    let right = second.claim(other, 1).await;
    first.begin().await;
    first.fail(worker, &left, PERMANENT).await;
    let pid = second.pid();
    tokio::join!(
        second.complete(other, &right),
        first.commit_once_awaited_by(pid)
    );
    assert_eq!(first.task(task).await, "error");
}

#[tokio::test]
async fn a_step_released_while_a_sibling_fails_still_ends_the_task() {
    let (database, mut first, worker, task) = engine_with(branches()).await;
    let mut second = Session::new(&database).await;
    let other = second.worker().await;
    let releasing = first.claim(worker, 1).await;
    let failing = second.claim(other, 1).await;
    first.begin().await;
    let next = first.advance(worker, &releasing, 1).await;
    let pid = second.pid();
    tokio::join!(
        second.fail(other, &failing, PERMANENT),
        first.commit_once_awaited_by(pid)
    );
    assert_eq!(first.task(task).await, "in_progress");
    first.complete(worker, &next).await;
    assert_eq!(first.task(task).await, "error");
}

#[tokio::test]
async fn two_branches_of_a_failing_task_completed_at_the_same_time_end_it() {
    let (database, mut first, worker, task) = engine_with(Graph::new(3, &[])).await;
    let mut second = Session::new(&database).await;
    let other = second.worker().await;
    let mine = first.claim(worker, 2).await;
    let theirs = second.claim(other, 1).await;
    first.fail(worker, &mine[..1], PERMANENT).await;
    first.begin().await;
    first.complete(worker, &mine[1..]).await;
    let pid = second.pid();
    tokio::join!(
        second.complete(other, &theirs),
        first.commit_once_awaited_by(pid)
    );
    assert_eq!(first.task(task).await, "error");
}

#[tokio::test]
async fn the_error_of_one_task_is_not_shown_for_another() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let tasks = session.create_many(version, 2).await;
    let claimed = session.claim(worker, 2).await;
    session.fail(worker, &claimed[..1], PERMANENT).await;
    session.complete(worker, &claimed[1..]).await;
    assert_eq!(session.task(tasks[0]).await, "error");
    assert_eq!(session.task(tasks[1]).await, "complete");
}
