use super::{Graph, engine, engine_with};

#[tokio::test]
async fn a_new_worker_has_just_been_alive() {
    let (_database, mut session, worker) = engine().await;
    let row = "select started_at = tasker.clock() and heartbeat_at = started_at and alive_since = started_at
               and stopped_at is null and host_name = 'host' and pid = 1 from tasker.worker where worker_id = ";
    assert!(session.one::<bool>(&format!("{row}{worker}")).await);
}

#[tokio::test]
async fn a_heartbeat_moves_the_workers_time_on() {
    let (_database, mut session, worker) = engine().await;
    session.later("3 seconds").await;
    assert!(session.heartbeat(worker).await);
    assert!(
        session
            .one::<bool>("select heartbeat_at = tasker.clock() from tasker.worker")
            .await
    );
}

#[tokio::test]
async fn heartbeats_without_a_gap_are_one_series_and_a_gap_begins_another() {
    let (_database, mut session, worker) = engine().await;
    session.be_heard(worker, 3).await;
    let since =
        "select (extract(epoch from tasker.clock() - alive_since) * 1000)::int from tasker.worker";
    assert_eq!(session.one::<i32>(since).await, 3_000);
    session.later("1001 ms").await;
    session.heartbeat(worker).await;
    assert_eq!(session.one::<i32>(since).await, 0);
}

#[tokio::test]
async fn a_clock_that_was_set_back_begins_another_series() {
    let (_database, mut session, worker) = engine().await;
    session.be_heard(worker, 3).await;
    session.later("-1 ms").await;
    session.heartbeat(worker).await;
    let is_new =
        "select alive_since = tasker.clock() and heartbeat_at = alive_since from tasker.worker";
    assert!(session.one::<bool>(is_new).await);
}

#[tokio::test]
async fn stale_leases_are_reported_by_position() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(3, &[])).await;
    let mut leases = session.claim(worker, 3).await;
    session.complete(worker, &leases[1..2]).await;
    leases[2].attempt = 7;
    assert_eq!(session.stale_leases(worker, &leases).await, [2, 3]);
    session.cancel(&[task]).await;
    assert_eq!(session.stale_leases(worker, &leases).await, [1, 2, 3]);
}

#[tokio::test]
async fn another_workers_lease_is_stale() {
    let (_database, mut session, worker, _) = engine_with(Graph::single()).await;
    let leases = session.claim(worker, 1).await;
    let other = session.worker().await;
    assert_eq!(session.stale_leases(other, &leases).await, [1]);
}

#[tokio::test]
async fn a_stopped_worker_learns_that_it_is_dead() {
    let (_database, mut session, worker, _) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    session.stop(worker).await;
    session.later("1 second").await;
    assert!(!session.heartbeat(worker).await);
    assert!(
        session
            .one::<bool>("select heartbeat_at < tasker.clock() from tasker.worker")
            .await
    );
}

#[tokio::test]
async fn an_unregistered_worker_learns_that_it_is_dead() {
    let (_database, mut session, worker) = engine().await;
    assert!(!session.heartbeat(worker + 1).await);
}

#[tokio::test]
async fn a_lock_on_the_steps_keeps_no_heartbeat_waiting() {
    let (database, mut session, worker) = engine().await;
    let mut other = super::Session::new(&database).await;
    other
        .run("begin; lock table tasker.step, tasker.task, tasker.transition in access exclusive mode")
        .await;
    session.run("set lock_timeout = '1s'").await;
    assert!(session.heartbeat(worker).await);
}
