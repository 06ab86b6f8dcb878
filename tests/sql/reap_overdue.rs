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
async fn a_step_that_ended_too_many_hosts_fails_for_good() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    let fail = "select tasker.fail_lost_steps()";
    session
        .run("update tasker.step set worker_losses = 100")
        .await;
    assert_eq!(session.one::<i32>(fail).await, 0);
    session
        .run("update tasker.step set worker_losses = 101")
        .await;
    assert_eq!(session.one::<i32>(fail).await, 1);
    assert_eq!(session.task(task).await, "error");
    assert_eq!(
        session
            .one::<String>("select error ->> 'code' from tasker.task")
            .await,
        "lost_too_often"
    );
}

#[tokio::test]
async fn nothing_overdue_is_nothing_to_do() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    assert_eq!(session.reap_overdue(worker, &[], GRACE).await, 0);
    assert_eq!(session.steps(task).await, "running");
}
