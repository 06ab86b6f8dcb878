use super::{Session, engine};

impl Session {
    async fn drain(&mut self, worker: i32, is_draining: bool) -> String {
        self.one(&format!(
            "select tasker.drain_worker({worker}, {is_draining})"
        ))
        .await
    }

    /// A heartbeat with so many leases, and its answer: whether the worker is to drain.
    async fn told(&mut self, worker: i32, running: i32, is_drained: bool) -> bool {
        self.one(&format!(
            "select is_draining
             from tasker.heartbeat({worker}, '1 second', {running}, {is_drained}, '{{}}', '{{}}', '{{}}')"
        ))
        .await
    }
}

const DRAINED: &str = "select drained_at is not null from tasker.worker";

#[tokio::test]
async fn a_worker_learns_with_its_heartbeat_that_it_is_to_drain_and_that_it_may_claim_again() {
    let (_database, mut session, worker) = engine().await;
    assert!(!session.told(worker, 0, false).await);
    assert_eq!(session.drain(worker, true).await, "changed");
    assert!(session.told(worker, 3, false).await);
    let noted = "select running = 3 and draining_since = tasker.clock() from tasker.worker";
    assert!(session.one::<bool>(noted).await);
    assert_eq!(session.drain(worker, false).await, "changed");
    assert!(!session.told(worker, 3, false).await);
}

#[tokio::test]
async fn a_drain_has_ended_once_the_worker_says_so() {
    let (_database, mut session, worker) = engine().await;
    session.drain(worker, true).await;
    assert!(!session.one::<bool>(DRAINED).await);
    session.told(worker, 0, false).await;
    assert!(!session.one::<bool>(DRAINED).await, "it may not know yet");
    session.told(worker, 0, true).await;
    let since = "select drained_at = heartbeat_at from tasker.worker";
    assert!(session.one::<bool>(since).await);
    session.later("1 second").await;
    session.told(worker, 0, true).await;
    let since = "select drained_at = heartbeat_at - interval '1 second' from tasker.worker";
    assert!(session.one::<bool>(since).await);
}

#[tokio::test]
async fn a_heartbeat_that_was_under_way_at_a_resume_does_not_end_the_drain() {
    let (_database, mut session, worker) = engine().await;
    session.drain(worker, true).await;
    session.told(worker, 0, true).await;
    session.drain(worker, false).await;
    assert!(!session.told(worker, 0, true).await);
    assert!(!session.one::<bool>(DRAINED).await);
}

#[tokio::test]
async fn a_drain_that_was_asked_for_before_keeps_its_time() {
    let (_database, mut session, worker) = engine().await;
    assert_eq!(session.drain(worker, false).await, "unchanged");
    session.drain(worker, true).await;
    session.later("1 second").await;
    assert_eq!(session.drain(worker, true).await, "unchanged");
    let since = "select draining_since = tasker.clock() - interval '1 second' from tasker.worker";
    assert!(session.one::<bool>(since).await);
}

#[tokio::test]
async fn a_worker_that_stopped_or_never_was_is_not_drained() {
    let (_database, mut session, worker) = engine().await;
    assert_eq!(session.drain(worker + 1, true).await, "unknown");
    session.stop(worker).await;
    assert_eq!(session.drain(worker, true).await, "stopped");
    assert_eq!(session.drain(worker, false).await, "stopped");
}

#[tokio::test]
async fn a_host_that_drains_registers_again_as_draining() {
    let (_database, mut session, _) = engine().await;
    let worker: i32 = session
        .one("select tasker.register_worker('host', 1, '0.1.0', 8, true)")
        .await;
    let row = "select draining_since = started_at and version = '0.1.0' and slots = 8
               from tasker.worker where worker_id = ";
    assert!(session.one::<bool>(&format!("{row}{worker}")).await);
    assert!(session.told(worker, 0, true).await);
}

#[tokio::test]
async fn a_lock_on_the_steps_keeps_no_drain_waiting() {
    let (database, mut session, worker) = engine().await;
    let mut other = Session::new(&database).await;
    other
        .run("begin; lock table tasker.step, tasker.task, tasker.transition in access exclusive mode")
        .await;
    session.run("set lock_timeout = '1s'").await;
    assert_eq!(session.drain(worker, true).await, "changed");
}
