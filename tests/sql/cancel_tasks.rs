use super::{BY_POLICY, Graph, Listener, PERMANENT, Uuid, engine, engine_with};

const NO_TASK: [Uuid; 0] = [];

#[tokio::test]
async fn a_task_that_nobody_began_is_cancelled_with_all_its_steps() {
    let (database, mut session, worker, task) = engine_with(Graph::chain(2)).await;
    session.watch(task).await;
    let mut listener = Listener::new(&database).await;
    assert_eq!(session.cancel(&[task]).await, [task]);
    assert_eq!(session.task(task).await, "cancelled");
    assert_eq!(session.steps(task).await, "cancelled cancelled");
    assert_eq!(
        session
            .one::<String>("select error ->> 'reason' from tasker.task")
            .await,
        "not needed"
    );
    let mut log = session.log(task).await;
    log.sort();
    assert_eq!(
        log,
        [
            "0 cancelled #0",
            "1 cancelled #0",
            "task cancelled",
            "task pending"
        ]
    );
    assert_eq!(
        listener.heard(&mut session).await,
        [format!("tasker_ended {task}")]
    );
    assert_eq!(session.claim(worker, 9).await, []);
}

#[tokio::test]
async fn steps_in_every_state_that_is_not_final_are_cancelled_and_the_others_stay() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(5, &[(2, 4)])).await;
    let claimed = session.claim(worker, 3).await;
    session.complete(worker, &claimed[..1]).await;
    session.fail(worker, &claimed[1..2], BY_POLICY).await;
    assert_eq!(
        session.steps(task).await,
        "complete waiting_for_retry running ready waiting"
    );
    session.cancel(&[task]).await;
    assert_eq!(
        session.steps(task).await,
        "complete cancelled cancelled cancelled cancelled"
    );
    session.later("1 hour").await;
    assert_eq!(session.claim(worker, 9).await, []);
}

#[tokio::test]
async fn an_attempt_of_a_cancelled_task_may_end_but_is_not_heard() {
    let (_database, mut session, worker, task) = engine_with(Graph::chain(2)).await;
    let claimed = session.claim(worker, 1).await;
    session.cancel(&[task]).await;
    let log = session.log(task).await;
    assert_eq!(session.advance(worker, &claimed, 9).await, []);
    session.fail(worker, &claimed, PERMANENT).await;
    session.checkpoint(worker, &claimed, "1").await;
    assert_eq!(session.release(&[worker], &[]).await, 0);
    assert_eq!(session.steps(task).await, "cancelled cancelled");
    assert_eq!(session.log(task).await, log);
}

#[tokio::test]
async fn cancelling_twice_changes_nothing_more() {
    let (database, mut session, _, task) = engine_with(Graph::single()).await;
    session.watch(task).await;
    session.cancel(&[task]).await;
    let log = session.log(task).await;
    let mut listener = Listener::new(&database).await;
    assert_eq!(session.cancel(&[task]).await, NO_TASK);
    assert_eq!(session.log(task).await, log);
    assert_eq!(listener.heard(&mut session).await, [""; 0]);
}

#[tokio::test]
async fn a_task_that_is_over_is_not_cancelled() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let tasks = session.create_many(version, 3).await;
    let claimed = session.claim(worker, 3).await;
    session.complete(worker, &claimed[..1]).await;
    session.fail(worker, &claimed[1..2], PERMANENT).await;
    assert_eq!(session.cancel(&tasks).await, tasks[2..]);
    assert_eq!(session.task(tasks[0]).await, "complete");
    assert_eq!(session.task(tasks[1]).await, "error");
}

#[tokio::test]
async fn a_task_in_error_keeps_its_waiting_steps_when_it_is_cancelled_too_late() {
    let (_database, mut session, worker, task) = engine_with(Graph::chain(2)).await;
    let claimed = session.claim(worker, 1).await;
    session.fail(worker, &claimed, PERMANENT).await;
    assert_eq!(session.cancel(&[task]).await, NO_TASK);
    assert_eq!(session.steps(task).await, "error waiting");
}

#[tokio::test]
async fn no_task_and_unknown_tasks_are_nothing_to_cancel() {
    let (_database, mut session, _, _) = engine_with(Graph::single()).await;
    assert_eq!(session.cancel(&[]).await, NO_TASK);
    assert_eq!(session.cancel(&[Uuid::from_u128(1)]).await, NO_TASK);
}
