use super::{Graph, Listener, Session, engine};
use crate::harness::TestDatabase;
use sqlx::types::Uuid;

/// The code of the steps of these tests, as SQL writes it: the n-th digest.
pub fn digest(n: u8) -> String {
    format!("decode(repeat('{n:02x}', 32), 'hex')")
}

/// Makes the lock that tasks here have (number 1), whose steps run this code each.
pub async fn make_lock(session: &mut Session, version: i32, code: &[u8]) {
    session
        .run("insert into tasker.namespace (name) values ('shop'); insert into tasker.component (namespace_id, name) select namespace_id, 'charge' from tasker.namespace where name = 'shop'")
        .await;
    let lock: i32 = session
        .one(&format!(
            "insert into tasker.lock (template_version_id, fingerprint) values ({version}, '') returning lock_id"
        ))
        .await;
    assert_eq!(lock, 1);
    for (step, n) in code.iter().enumerate() {
        add_entry(session, step, *n).await;
    }
}

async fn add_entry(session: &mut Session, step: usize, n: u8) {
    let digest = digest(n);
    session
        .run(&format!(
            "insert into tasker.component_blob (digest, bytes) values ({digest}, '') on conflict do nothing;
             insert into tasker.component_version (component_id, version, digest, size_bytes, descriptor)
               select component_id, '1.0.{n}', {digest}, 0, '{{}}' from tasker.component on conflict do nothing;
             insert into tasker.lock_entry
               select 1, {step}, component_version_id, 'noop' from tasker.component_version where version = '1.0.{n}'"
        ))
        .await;
}

pub async fn quarantine(session: &mut Session, n: u8) {
    session
        .run(&format!(
            "insert into tasker.quarantine (digest, actor, reason) values ({}, 'ada', '')",
            digest(n)
        ))
        .await;
}

/// Lifts the quarantine as the host does; how many steps are ready again.
pub async fn release(session: &mut Session, n: u8) -> i32 {
    let digest = digest(n);
    session
        .run(&format!(
            "delete from tasker.quarantine where digest = {digest}"
        ))
        .await;
    session
        .one(&format!("select tasker.resume_steps({digest})"))
        .await
}

/// One task whose steps run the code 1, 2, …
async fn engine_of(graph: Graph, code: &[u8]) -> (TestDatabase, Session, i32, Uuid) {
    let (database, mut session, worker) = engine().await;
    let version = graph.publish(&mut session).await;
    make_lock(&mut session, version, code).await;
    let task = session.create(version).await;
    (database, session, worker, task)
}

#[tokio::test]
async fn a_quarantined_step_is_suspended_and_no_attempt_was_used() {
    let (database, mut session, worker, task) =
        engine_of(Graph::single().max_attempts(1), &[1]).await;
    let claimed = session.claim(worker, 1).await;
    quarantine(&mut session, 1).await;
    let mut listener = Listener::new(&database).await;
    assert_eq!(session.suspend(worker, &claimed).await, 1);
    assert_eq!(session.steps(task).await, "ready");
    let wanted = "state = 'ready' and ready_at is null and worker_id is null and deadline_at is null and free_attempts = 1 and worker_losses = 0";
    assert_eq!(session.step(task, 0, wanted).await, "true");
    assert_eq!(session.log(task).await[3..], ["0 ready #1"]);
    assert_eq!(listener.heard(&mut session).await, [""; 0]);
    let queued: i64 = session.one("select count(*) from tasker.queue").await;
    assert_eq!(queued, 0);
    session.later("1000 years").await;
    assert_eq!(session.claim(worker, 1).await, []);
}

#[tokio::test]
async fn a_released_step_is_claimed_again_and_may_still_fail_as_often_as_before() {
    let (database, mut session, worker, task) =
        engine_of(Graph::single().max_attempts(1), &[1]).await;
    let claimed = session.claim(worker, 1).await;
    quarantine(&mut session, 1).await;
    session.suspend(worker, &claimed).await;
    let mut listener = Listener::new(&database).await;
    assert_eq!(release(&mut session, 1).await, 1);
    assert_eq!(listener.heard(&mut session).await, ["tasker_ready"]);
    assert_eq!(release(&mut session, 1).await, 0);
    let claimed = session.claim(worker, 1).await;
    assert_eq!(claimed[0].attempt, 2);
    session.complete(worker, &claimed).await;
    assert_eq!(session.task(task).await, "complete");
}

#[tokio::test]
async fn a_step_whose_code_is_not_quarantined_is_ready_at_once() {
    let (database, mut session, worker, task) = engine_of(Graph::new(2, &[]), &[1, 2]).await;
    let claimed = session.claim(worker, 2).await;
    quarantine(&mut session, 1).await;
    let mut listener = Listener::new(&database).await;
    assert_eq!(session.suspend(worker, &claimed).await, 1);
    assert_eq!(
        session
            .step(task, 0, "state = 'ready' and ready_at is null")
            .await,
        "true"
    );
    assert_eq!(
        session.step(task, 1, "ready_at = tasker.clock()").await,
        "true"
    );
    assert_eq!(listener.heard(&mut session).await, ["tasker_ready"]);
    assert_eq!(session.claim_one(worker).await.step_no, 1);
}

#[tokio::test]
async fn a_stale_lease_suspends_nothing() {
    let (_database, mut session, worker, task) = engine_of(Graph::single(), &[1]).await;
    let claimed = session.claim(worker, 1).await;
    quarantine(&mut session, 1).await;
    let other = session.worker().await;
    assert_eq!(session.suspend(other, &claimed).await, 0);
    assert_eq!(session.steps(task).await, "running");
    assert_eq!(session.suspend(worker, &claimed).await, 1);
    assert_eq!(session.suspend(worker, &claimed).await, 0);
    assert_eq!(session.log(task).await.len(), 4);
}

#[tokio::test]
async fn a_release_frees_what_it_was_about_and_nothing_else() {
    let (_database, mut session, worker, task) = engine_of(Graph::new(2, &[]), &[1, 2]).await;
    let claimed = session.claim(worker, 2).await;
    quarantine(&mut session, 1).await;
    quarantine(&mut session, 2).await;
    assert_eq!(session.suspend(worker, &claimed).await, 2);
    assert_eq!(release(&mut session, 2).await, 1);
    assert_eq!(
        session
            .step(task, 0, "state = 'ready' and ready_at is null")
            .await,
        "true"
    );
    assert_eq!(session.claim_one(worker).await.step_no, 1);
}

#[tokio::test]
async fn a_release_waits_for_a_step_that_is_being_suspended() {
    let (database, mut session, worker, task) = engine_of(Graph::single(), &[1]).await;
    let claimed = session.claim(worker, 1).await;
    quarantine(&mut session, 1).await;
    session.begin().await;
    session.suspend(worker, &claimed).await;
    let mut releasing = Session::new(&database).await;
    let pid = releasing.pid();
    let (freed, ()) = tokio::join!(
        release(&mut releasing, 1),
        session.commit_once_awaited_by(pid)
    );
    assert_eq!(freed, 1);
    assert_eq!(
        session
            .step(task, 0, "state = 'ready' and ready_at is null")
            .await,
        "false"
    );
}

#[tokio::test]
async fn a_step_that_is_suspended_while_it_is_released_is_ready_at_once() {
    let (database, mut session, worker, task) = engine_of(Graph::single(), &[1]).await;
    let claimed = session.claim(worker, 1).await;
    quarantine(&mut session, 1).await;
    let mut releasing = Session::new(&database).await;
    releasing.begin().await;
    assert_eq!(release(&mut releasing, 1).await, 0);
    let pid = session.pid();
    let (suspended, ()) = tokio::join!(
        session.suspend(worker, &claimed),
        releasing.commit_once_awaited_by(pid)
    );
    assert_eq!(suspended, 0);
    assert_eq!(session.steps(task).await, "ready");
    assert_eq!(session.claim_one(worker).await.attempt, 2);
}

#[tokio::test]
async fn a_cancelled_task_has_no_suspended_step() {
    let (_database, mut session, worker, task) = engine_of(Graph::single(), &[1]).await;
    let claimed = session.claim(worker, 1).await;
    quarantine(&mut session, 1).await;
    session.suspend(worker, &claimed).await;
    session.cancel(&[task]).await;
    assert_eq!(session.steps(task).await, "cancelled");
    assert_eq!(release(&mut session, 1).await, 0);
}

#[tokio::test]
async fn a_suspended_step_is_explained() {
    let (_database, mut session, worker, task) = engine_of(Graph::single(), &[1]).await;
    let claimed = session.claim(worker, 1).await;
    quarantine(&mut session, 1).await;
    session.suspend(worker, &claimed).await;
    let why: String = session
        .one(&format!("select why from tasker.explain_steps('{task}')"))
        .await;
    assert_eq!(
        why,
        "shop/charge@1.0.1 is quarantined; release it, or migrate or cancel the task"
    );
}
