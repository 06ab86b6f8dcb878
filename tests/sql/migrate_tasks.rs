use super::suspend_steps::{digest, make_lock, quarantine};
use super::{Graph, Listener, Session, TestDatabase, Uuid, engine};

/// One task of two steps in a chain, whose lock (1) has code 1 and 2, and a lock (2) with code 3 and 4.
async fn two_locks() -> (TestDatabase, Session, i32, i32, Uuid) {
    let (database, mut session, worker) = engine().await;
    let version = Graph::chain(2).publish(&mut session).await;
    make_lock(&mut session, version, &[1, 2]).await;
    add_lock(&mut session, version, &[3, 4]).await;
    let task = session.create(version).await;
    (database, session, worker, version, task)
}

async fn add_lock(session: &mut Session, version: i32, code: &[u8]) {
    let lock: i32 = session
        .one(&format!(
            "insert into tasker.lock (template_version_id, fingerprint)
             values ({version}, 'lock {code:?}') returning lock_id"
        ))
        .await;
    for (step, n) in code.iter().enumerate() {
        let digest = digest(*n);
        session
            .run(&format!(
                "insert into tasker.component_blob (digest, bytes) values ({digest}, '') on conflict do nothing;
                 insert into tasker.component_version (component_id, version, digest, size_bytes, descriptor)
                   select component_id, '1.0.{n}', {digest}, 0, '{{}}' from tasker.component on conflict do nothing;
                 insert into tasker.lock_entry
                   select {lock}, {step}, component_version_id, 'noop' from tasker.component_version where version = '1.0.{n}'"
            ))
            .await;
    }
}

fn migrate_sql(task: Uuid, from: i32, to: i32) -> String {
    let detail = r#"{"reason": "migrated"}"#;
    format!(
        "select task_id from tasker.migrate_tasks(array['{task}'::uuid], '{{{from}}}', '{{{to}}}', array['{detail}'])"
    )
}

async fn migrate(session: &mut Session, task: Uuid, from: i32, to: i32) -> usize {
    let moved: Vec<Uuid> = session.all(&migrate_sql(task, from, to)).await;
    moved.len()
}

async fn lock_of(session: &mut Session, task: Uuid) -> i32 {
    let sql = format!("select lock_id from tasker.task where task_id = '{task}'");
    session.one(&sql).await
}

/// Versions that running attempts still have, though their task's lock does not name them.
async fn superseded(session: &mut Session) -> Vec<String> {
    session
        .all(
            "select a.step_no || ' #' || a.attempt || ' ' || v.version
             from tasker.superseded_attempt a join tasker.component_version v using (component_version_id)",
        )
        .await
}

#[tokio::test]
async fn what_begins_after_an_migration_is_claimed_with_the_new_lock() {
    let (_database, mut session, worker, _, task) = two_locks().await;
    assert_eq!(migrate(&mut session, task, 1, 2).await, 1);
    assert_eq!(session.claim_one(worker).await.lock_id, 2);
    assert_eq!(
        session.log(task).await[..2],
        ["task pending", "task pending"]
    );
    let told: String = session
        .one("select string_agg(detail ->> 'reason', ' ') from tasker.transition")
        .await;
    assert_eq!(told, "migrated");
    assert_eq!(migrate(&mut session, task, 1, 2).await, 0);
}

#[tokio::test]
async fn what_runs_continues_and_the_next_step_takes_the_new_lock() {
    let (_database, mut session, worker, _, task) = two_locks().await;
    let claimed = session.claim(worker, 1).await;
    assert_eq!(migrate(&mut session, task, 1, 2).await, 1);
    assert_eq!(session.steps(task).await, "running waiting");
    assert_eq!(superseded(&mut session).await, ["0 #1 1.0.1"]);
    session.complete(worker, &claimed).await;
    assert_eq!(session.steps(task).await, "complete ready");
    assert_eq!(session.claim_one(worker).await.lock_id, 2);
}

#[tokio::test]
async fn an_attempt_that_outlives_two_migrations_runs_what_it_began_with() {
    let (_database, mut session, worker, version, task) = two_locks().await;
    add_lock(&mut session, version, &[5, 6]).await;
    session.claim(worker, 1).await;
    migrate(&mut session, task, 1, 2).await;
    migrate(&mut session, task, 2, 3).await;
    assert_eq!(superseded(&mut session).await, ["0 #1 1.0.1"]);
    session.stop(worker).await;
    let other = session.worker().await;
    session.claim(other, 1).await;
    migrate(&mut session, task, 3, 1).await;
    assert_eq!(superseded(&mut session).await, ["0 #2 1.0.5"]);
}

#[tokio::test]
async fn a_running_attempt_keeps_what_it_runs_from_being_collected() {
    let (_database, mut session, worker, _, task) = two_locks().await;
    let claimed = session.claim(worker, 1).await;
    migrate(&mut session, task, 1, 2).await;
    session.later("2 hours").await;
    let collectable =
        "select v.version from tasker.collectable_versions(tasker.clock(), '1 hour', '{}')
                       join tasker.component_version v using (component_version_id)";
    assert_eq!(session.all::<String>(collectable).await, ["1.0.2"]);
    session.complete(worker, &claimed).await;
    session.later("2 hours").await;
    let mut found = session.all::<String>(collectable).await;
    found.sort();
    assert_eq!(found, ["1.0.1", "1.0.2"]);
    session.run("select tasker.clear_collected(100)").await;
    assert_eq!(superseded(&mut session).await, [""; 0]);
}

#[tokio::test]
async fn a_task_that_is_over_or_elsewhere_or_of_another_template_stays() {
    let (_database, mut session, _, _, task) = two_locks().await;
    assert_eq!(migrate(&mut session, task, 2, 1).await, 0);
    let other = Graph::chain(2).publish(&mut session).await;
    add_lock(&mut session, other, &[3, 3]).await;
    assert_eq!(migrate(&mut session, task, 1, 3).await, 0);
    session.cancel(&[task]).await;
    assert_eq!(migrate(&mut session, task, 1, 2).await, 0);
    assert_eq!(lock_of(&mut session, task).await, 1);
}

#[tokio::test]
async fn a_suspended_step_continues_with_new_code() {
    let (database, mut session, worker, version, task) = two_locks().await;
    let claimed = session.claim(worker, 1).await;
    quarantine(&mut session, 1).await;
    session.suspend(worker, &claimed).await;
    add_lock(&mut session, version, &[1, 4]).await;
    assert_eq!(migrate(&mut session, task, 1, 3).await, 1);
    assert_eq!(
        session
            .step(task, 0, "state = 'ready' and ready_at is null")
            .await,
        "true"
    );
    let mut listener = Listener::new(&database).await;
    assert_eq!(migrate(&mut session, task, 3, 2).await, 1);
    assert_eq!(listener.heard(&mut session).await, ["tasker_ready"]);
    assert_eq!(session.claim_one(worker).await.lock_id, 2);
}

#[tokio::test]
async fn a_lock_that_names_a_collected_version_is_refused() {
    let (_database, mut session, _, _, task) = two_locks().await;
    session
        .run("update tasker.lock set is_stale = true where lock_id = 2")
        .await;
    let refused = session.refusal(&migrate_sql(task, 1, 2)).await;
    assert_eq!(
        refused.into_database_error().unwrap().code().unwrap(),
        "TA001"
    );
    assert_eq!(lock_of(&mut session, task).await, 1);
}
