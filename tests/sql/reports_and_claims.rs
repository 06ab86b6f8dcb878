use super::{Graph, engine, engine_with};

#[tokio::test]
async fn what_was_released_is_claimed_before_what_has_been_ready_for_long() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::chain(2).publish(&mut session).await;
    session.create_many(version, 2).await;
    let first = session.claim(worker, 1).await;
    session.later("1 second").await;
    let next = session.advance(worker, &first, 1).await;
    assert_eq!((next[0].task_id, next[0].step_no), (first[0].task_id, 1));
}

#[tokio::test]
async fn free_slots_are_filled_with_what_is_due() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::chain(2).publish(&mut session).await;
    session.create_many(version, 4).await;
    let first = session.claim(worker, 1).await;
    let next = session.advance(worker, &first, 3).await;
    let mut steps: Vec<_> = next.iter().map(|claim| claim.step_no).collect();
    steps.sort();
    assert_eq!(steps, [0, 0, 1]);
}

#[tokio::test]
async fn a_worker_that_was_stopped_is_heard_but_gets_nothing() {
    let (_database, mut session, worker, task) = engine_with(Graph::chain(2)).await;
    let claimed = session.claim(worker, 1).await;
    session
        .run("update tasker.worker set stopped_at = tasker.clock()")
        .await;
    assert_eq!(session.advance(worker, &claimed, 5).await, []);
    assert_eq!(session.steps(task).await, "complete ready");
}

#[tokio::test]
async fn a_worker_that_is_not_registered_gets_nothing() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    assert_eq!(session.claim(worker + 1, 5).await, []);
    assert_eq!(session.steps(task).await, "ready");
}
