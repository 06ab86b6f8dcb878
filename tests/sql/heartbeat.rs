use super::{Graph, engine, engine_with};

#[tokio::test]
async fn a_new_worker_has_just_been_alive() {
    let (_database, mut session, worker) = engine().await;
    let row =
        "select started_at = tasker.clock() and heartbeat_at = started_at and stopped_at is null
               and host_name = 'host' and pid = 1 from tasker.worker where worker_id = ";
    assert!(session.one::<bool>(&format!("{row}{worker}")).await);
}

#[tokio::test]
async fn a_heartbeat_moves_the_workers_time_on() {
    let (_database, mut session, worker) = engine().await;
    session.later("3 seconds").await;
    assert_eq!(session.heartbeat(worker, &[]).await, []);
    assert!(
        session
            .one::<bool>("select heartbeat_at = tasker.clock() from tasker.worker")
            .await
    );
}

#[tokio::test]
async fn a_heartbeat_tells_which_leases_are_void() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(3, &[])).await;
    let mut leases = session.claim(worker, 3).await;
    session.complete(worker, &leases[1..2]).await;
    leases[2].attempt = 7;
    assert_eq!(session.heartbeat(worker, &leases).await, [Some(2), Some(3)]);
    session.cancel(&[task]).await;
    assert_eq!(
        session.heartbeat(worker, &leases).await,
        [Some(1), Some(2), Some(3)]
    );
}

#[tokio::test]
async fn another_workers_lease_is_void() {
    let (_database, mut session, worker, _) = engine_with(Graph::single()).await;
    let leases = session.claim(worker, 1).await;
    let other = session.worker().await;
    assert_eq!(session.heartbeat(other, &leases).await, [Some(1)]);
}

#[tokio::test]
async fn a_stopped_worker_is_told_that_it_is_dead() {
    let (_database, mut session, worker, _) = engine_with(Graph::single()).await;
    let leases = session.claim(worker, 1).await;
    session.stop(worker).await;
    session.later("1 second").await;
    assert_eq!(session.heartbeat(worker, &leases).await, [None]);
    assert!(
        session
            .one::<bool>("select heartbeat_at < tasker.clock() from tasker.worker")
            .await
    );
}

#[tokio::test]
async fn a_worker_that_is_not_registered_is_told_that_it_is_dead() {
    let (_database, mut session, worker) = engine().await;
    assert_eq!(session.heartbeat(worker + 1, &[]).await, [None]);
}
