use super::suspend_steps::{digest, make_lock, quarantine};
use super::{Graph, Session, TestDatabase, Uuid, engine};
use crate::harness::NEW_ID;

const VERSION: &str =
    "select component_version_id from tasker.component_version where version = '1.0.1'";

/// One version, `charge@1.0.1`, published years ago, and the lock of a template that runs it.
async fn one_version() -> (TestDatabase, Session, i32, i32) {
    let (database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    make_lock(&mut session, version, &[1]).await;
    (database, session, worker, version)
}

/// What may be collected when an hour old, and is not wanted.
async fn collectable(session: &mut Session) -> Vec<String> {
    session
        .all(
            "select v.version from tasker.collectable_versions(tasker.clock(), '1 hour', '{}')
             join tasker.component_version v using (component_version_id) order by 1",
        )
        .await
}

/// Collects as the host does; version and bytes of each.
async fn collect(session: &mut Session) -> Vec<String> {
    session.run("select tasker.clear_collected(100)").await;
    let every = "array(select component_version_id from tasker.component_version where collected_at is null)";
    session
        .all(&format!(
            "select version || ' ' || freed_bytes
             from tasker.collect_versions(tasker.clock(), '1 hour', '{{}}', {every}, 'ada')"
        ))
        .await
}

async fn count(session: &mut Session, from: &str) -> i64 {
    session
        .one(&format!("select count(*) from tasker.{from}"))
        .await
}

async fn publish_alias(session: &mut Session) {
    let digest = digest(1);
    session
        .run(&format!(
            "insert into tasker.component_version (component_id, version, digest, size_bytes, descriptor)
             select component_id, '2.0.0', {digest}, 5, '{{}}' from tasker.component"
        ))
        .await;
}

#[tokio::test]
async fn a_collected_version_loses_its_bytes_and_stays_on_record() {
    let (_database, mut session, _, _) = one_version().await;
    session
        .run("update tasker.component_version set size_bytes = 7")
        .await;
    assert_eq!(collect(&mut session).await, ["1.0.1 7"]);
    assert_eq!(count(&mut session, "component_blob").await, 0);
    let at = "component_version where collected_at = tasker.clock()";
    assert_eq!(count(&mut session, at).await, 1);
    let stale: bool = session.one("select is_stale from tasker.lock").await;
    assert!(stale);
    let told: String = session
        .one("select concat_ws(' ', actor, action, namespace, subject, detail ->> 'freed_bytes') from tasker.audit")
        .await;
    assert_eq!(told, "ada component.collect shop component charge@1.0.1 7");
    assert_eq!(collect(&mut session).await, [""; 0]);
}

#[tokio::test]
async fn a_task_of_a_lock_that_names_a_collected_version_is_refused() {
    let (_database, mut session, _, version) = one_version().await;
    collect(&mut session).await;
    let create = format!(
        "select * from tasker.create_tasks(array[{NEW_ID}], '{{1}}', '{{1}}', '{{{version}}}', '{{1}}',
                                           '{{1}}', array[null], '{{c}}', '{{f}}')"
    );
    let refused = session.refusal(&create).await;
    let refused = refused.into_database_error().unwrap();
    assert_eq!(refused.code().unwrap(), "TA001");
    assert!(
        refused
            .message()
            .contains("was collected since it was resolved")
    );
}

#[tokio::test]
async fn a_version_is_kept_by_what_may_give_it_to_a_task() {
    for keeps in [
        "update tasker.component_version set status = 'needs_approval'",
        "update tasker.component_version set created_at = tasker.clock() - interval '59 minutes'",
        "update tasker.component_version set restored_at = tasker.clock() - interval '59 minutes'",
        "update tasker.lock set created_at = tasker.clock() - interval '59 minutes'",
        "insert into tasker.last_use (kind, version_id, used_at)
         select 'component', component_version_id, tasker.clock() - interval '59 minutes'
         from tasker.component_version",
    ] {
        let (_database, mut session, _, _) = one_version().await;
        assert_eq!(collectable(&mut session).await, ["1.0.1"]);
        session.run(keeps).await;
        assert_eq!(collectable(&mut session).await, [""; 0], "{keeps}");
        assert_eq!(collect(&mut session).await, [""; 0], "{keeps}");
    }
}

#[tokio::test]
async fn a_quarantined_version_is_kept_and_a_yanked_one_is_not() {
    let (_database, mut session, _, _) = one_version().await;
    let yank = "update tasker.component_version set status = 'yanked'";
    session.run(yank).await;
    quarantine(&mut session, 1).await;
    assert_eq!(collectable(&mut session).await, [""; 0]);
    session.run("delete from tasker.quarantine").await;
    assert_eq!(collectable(&mut session).await, ["1.0.1"]);
}

#[tokio::test]
async fn a_wanted_version_is_kept_even_if_it_was_yanked() {
    let (_database, mut session, _, _) = one_version().await;
    for status in ["active", "yanked"] {
        let set = format!("update tasker.component_version set status = '{status}'");
        session.run(&set).await;
        let wanted = format!(
            "select count(*) from tasker.collectable_versions(tasker.clock(), '1 hour', array({VERSION}))"
        );
        assert_eq!(session.one::<i64>(&wanted).await, 0);
    }
}

#[tokio::test]
async fn a_version_is_kept_until_the_last_open_task_that_has_it_ends() {
    let (_database, mut session, worker, version) = one_version().await;
    let tasks = session.create_many(version, 2).await;
    let claimed = session.claim(worker, 1).await;
    session.complete(worker, &claimed).await;
    session.later("2 hours").await;
    assert_eq!(collect(&mut session).await, [""; 0]);
    session.cancel(&tasks).await;
    assert_eq!(collect(&mut session).await, ["1.0.1 0"]);
}

#[tokio::test]
async fn bytes_go_with_the_last_of_the_versions_that_have_them() {
    let (_database, mut session, _, _) = one_version().await;
    publish_alias(&mut session).await;
    let keep =
        "update tasker.component_version set created_at = tasker.clock() where version = '2.0.0'";
    session.run(keep).await;
    assert_eq!(collect(&mut session).await, ["1.0.1 0"]);
    assert_eq!(count(&mut session, "component_blob").await, 1);
    session.later("2 hours").await;
    assert_eq!(collect(&mut session).await, ["2.0.0 5"]);
    assert_eq!(count(&mut session, "component_blob").await, 0);
}

#[tokio::test]
async fn collection_waits_for_a_task_that_is_being_created_and_keeps_what_it_has() {
    let (database, mut creating, _, version) = one_version().await;
    creating.begin().await;
    creating.create(version).await;
    let mut collecting = Session::new(&database).await;
    collecting
        .run("alter function tasker.collect_versions set lock_timeout = '1min'")
        .await;
    let pid = collecting.pid();
    let (collected, ()) = tokio::join!(
        collect(&mut collecting),
        creating.commit_once_awaited_by(pid)
    );
    assert_eq!(collected, [""; 0]);
    assert_eq!(count(&mut creating, "component_blob").await, 1);
}

#[tokio::test]
async fn a_task_that_is_created_during_a_collection_is_refused_after_it() {
    let (database, mut collecting, _, version) = one_version().await;
    collecting.begin().await;
    assert_eq!(collect(&mut collecting).await.len(), 1);
    let mut creating = Session::new(&database).await;
    let pid = creating.pid();
    let create = format!(
        "select * from tasker.create_tasks(array['{}'::uuid], '{{1}}', '{{1}}', '{{{version}}}', '{{1}}',
                                           '{{1}}', array[null], '{{c}}', '{{f}}')",
        Uuid::nil()
    );
    let (refused, ()) = tokio::join!(
        creating.refusal(&create),
        collecting.commit_once_awaited_by(pid)
    );
    assert_eq!(
        refused.into_database_error().unwrap().code().unwrap(),
        "TA001"
    );
    assert_eq!(count(&mut creating, "task").await, 0);
}

#[tokio::test]
async fn bytes_that_are_being_published_again_are_left() {
    let (database, mut publishing, _, _) = one_version().await;
    publishing.begin().await;
    let locks = "select from tasker.component_blob for key share";
    publishing.run(locks).await;
    publish_alias(&mut publishing).await;
    let mut collecting = Session::new(&database).await;
    assert_eq!(collect(&mut collecting).await, ["1.0.1 0"]);
    publishing.commit().await;
    assert_eq!(count(&mut publishing, "component_blob").await, 1);
}

#[tokio::test]
async fn bytes_that_a_publish_kept_for_nothing_go_with_the_next_collection() {
    let (database, mut publishing, _, _) = one_version().await;
    publishing.begin().await;
    let locks = "select from tasker.component_blob for key share";
    publishing.run(locks).await;
    let mut collecting = Session::new(&database).await;
    collect(&mut collecting).await;
    publishing.run("rollback").await;
    assert_eq!(count(&mut collecting, "component_blob").await, 1);
    assert_eq!(collect(&mut collecting).await, [""; 0]);
    assert_eq!(count(&mut collecting, "component_blob").await, 0);
}

#[tokio::test]
async fn a_version_that_is_being_resolved_is_left() {
    let (database, mut resolving, _, version) = one_version().await;
    resolving.begin().await;
    resolving
        .run(&format!(
            "insert into tasker.lock (template_version_id, fingerprint) values ({version}, 'two');
             insert into tasker.lock_entry select 2, 0, component_version_id, 'noop' from tasker.component_version"
        ))
        .await;
    let mut collecting = Session::new(&database).await;
    assert_eq!(collect(&mut collecting).await, [""; 0]);
    resolving.commit().await;
}

#[tokio::test]
async fn what_was_not_a_candidate_is_not_collected() {
    let (_database, mut session, _, _) = one_version().await;
    let collect =
        "select version from tasker.collect_versions(tasker.clock(), '1 hour', '{}', '{}', 'ada')";
    assert_eq!(session.all::<String>(collect).await, [""; 0]);
    assert_eq!(count(&mut session, "component_blob").await, 1);
}

#[tokio::test]
async fn a_collection_gives_up_where_a_task_takes_long_to_be_created() {
    let (database, mut creating, _, version) = one_version().await;
    creating.begin().await;
    creating.create(version).await;
    let mut collecting = Session::new(&database).await;
    let collect = format!(
        "select * from tasker.collect_versions(tasker.clock(), '1 hour', '{{}}', array({VERSION}), 'ada')"
    );
    let refused = collecting.refusal(&collect).await;
    let refused = refused.into_database_error().unwrap();
    assert_eq!(refused.code().unwrap(), "55P03");
    creating.commit().await;
}

#[tokio::test]
async fn the_log_is_not_read_to_find_what_may_be_collected() {
    let (_database, mut session, _, _) = one_version().await;
    session
        .run(&format!(
            "insert into tasker.transition (at, task_id, to_state, component_version_id)
             select tasker.clock(), {NEW_ID}, 'complete', 1 from generate_series(1, 20000);
             analyze;
             set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0"
        ))
        .await;
    let read = "select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint
                from pg_stat_user_tables where relname like 'transition%'";
    session.run("select pg_stat_force_next_flush()").await;
    let before: i64 = session.one(read).await;
    assert_eq!(collectable(&mut session).await, ["1.0.1"]);
    assert_eq!(collect(&mut session).await, ["1.0.1 0"]);
    session.run("select pg_stat_force_next_flush()").await;
    assert_eq!(session.one::<i64>(read).await, before);
}
