use super::{Graph, engine_with};

#[tokio::test]
async fn a_stopped_worker_gives_back_all_that_it_holds() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(2, &[])).await;
    session.claim(worker, 2).await;
    assert_eq!(session.stop(worker).await, 2);
    assert_eq!(session.steps(task).await, "ready ready");
    assert_eq!(session.step(task, 0, "worker_losses").await, "0");
    assert!(
        session
            .one::<bool>("select stopped_at = tasker.clock() from tasker.worker")
            .await
    );
}

#[tokio::test]
async fn stopping_twice_changes_nothing_more() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    session.stop(worker).await;
    session.later("1 second").await;
    assert_eq!(session.stop(worker).await, 0);
    assert_eq!(session.log(task).await.len(), 4);
    assert!(
        session
            .one::<bool>("select stopped_at < tasker.clock() from tasker.worker")
            .await
    );
}
