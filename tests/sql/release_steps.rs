use super::{Graph, Listener, engine, engine_with};

#[tokio::test]
async fn what_a_worker_holds_is_given_back_without_counting() {
    let (database, mut session, worker, task) = engine_with(Graph::single().max_attempts(1)).await;
    session.claim(worker, 1).await;
    let mut listener = Listener::new(&database).await;
    assert_eq!(session.release(&[worker], &[]).await, 1);
    assert_eq!(session.steps(task).await, "ready");
    let wanted = "ready_at = tasker.clock() and worker_id is null and deadline_at is null and free_attempts = 1 and worker_losses = 0";
    assert_eq!(session.step(task, 0, wanted).await, "true");
    assert_eq!(session.log(task).await[3..], ["0 ready #1"]);
    assert_eq!(listener.heard(&mut session).await, ["tasker_ready"]);
    assert_eq!(session.claim_one(worker).await.attempt, 2);
}

#[tokio::test]
async fn a_release_keeps_named_leases_and_those_of_others() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let other = session.worker().await;
    session.create_many(version, 3).await;
    let keep = session.claim(worker, 1).await;
    let unheard = session.claim_one(worker).await;
    let theirs = session.claim_one(other).await;
    assert_eq!(session.release(&[worker], &keep).await, 1);
    assert_eq!(session.steps(unheard.task_id).await, "ready");
    assert_eq!(session.steps(keep[0].task_id).await, "running");
    assert_eq!(session.steps(theirs.task_id).await, "running");
}

#[tokio::test]
async fn a_next_attempt_that_its_worker_does_not_know_is_given_back() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let known = session.claim(worker, 1).await;
    session.checkpoint(worker, &known, "1").await;
    session.claim(worker, 1).await;
    assert_eq!(session.release(&[worker], &known).await, 1);
    assert_eq!(session.steps(task).await, "ready");
}

#[tokio::test]
async fn a_release_with_nothing_held_changes_nothing_and_notifies_nobody() {
    let (database, mut session, worker, task) = engine_with(Graph::single()).await;
    let mut listener = Listener::new(&database).await;
    assert_eq!(session.release(&[worker], &[]).await, 0);
    assert_eq!(session.log(task).await.len(), 1);
    assert_eq!(listener.heard(&mut session).await, [""; 0]);
}

#[tokio::test]
async fn a_lease_that_was_given_back_is_stale() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claimed = session.claim(worker, 1).await;
    session.release(&[worker], &[]).await;
    session.complete(worker, &claimed).await;
    assert_eq!(session.steps(task).await, "ready");
}
