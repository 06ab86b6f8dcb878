//! Partitions whose tasks are kept no longer, and what retention deletes of those that stay.

use super::partitions::{begun, close, create, july, places, run_all};
use super::{Graph, Session, Uuid};

async fn drop_one(session: &mut Session) -> bool {
    session
        .one("select tasker.drop_partition(100, false)")
        .await
}

/// Keeps tasks of the namespace in a state for that many days.
async fn keep(session: &mut Session, state: &str, days: i32) {
    session
        .run(&format!(
            "insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
             select namespace_id, '{state}', {days} * 86400000::bigint, 'ada', tasker.clock() from tasker.task limit 1"
        ))
        .await;
}

#[tokio::test]
async fn a_partition_is_dropped_when_all_of_its_tasks_are_kept_no_longer() {
    let (_database, mut session, worker) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, 150).await;
    session.at("2030-06-20 12:00:00Z").await;
    run_all(&mut session, worker).await;
    let cancelled = create(&mut session, version, 1).await;
    session.cancel(&cancelled).await;
    keep(&mut session, "complete", 30).await;
    july(&mut session).await;
    assert!(close(&mut session).await);
    assert!(!drop_one(&mut session).await, "its content is not known");
    assert!(session.one::<bool>("select tasker.sum_partition()").await);

    session.at("2030-08-30 12:00:00Z").await;
    assert!(
        !drop_one(&mut session).await,
        "the cancelled one is kept for ever"
    );
    session.run("insert into tasker.retention select namespace_id, 'cancelled', 86400000 * 80::bigint, now(), 'ada', now() from tasker.retention").await;
    assert!(!drop_one(&mut session).await, "and now for 80 days");

    session.at("2030-09-10 12:00:00Z").await;
    let empty = "select tasker.drop_partition(100, true)";
    assert!(!session.one::<bool>(empty).await, "it has tasks");
    let identities = "select count(*) from tasker.identity";
    assert!(drop_one(&mut session).await);
    assert_eq!(session.one::<i64>(identities).await, 51);
    assert!(drop_one(&mut session).await);
    assert!(!drop_one(&mut session).await);
    let left = "select (select count(*) from tasker.every_task) + (select count(*) from tasker.every_step)
                     + (select count(*) from tasker.every_transition) + (select count(*) from tasker.identity)";
    assert_eq!(session.one::<i64>(left).await, 0);
    let gone = "select to_regclass('tasker.transition_20300601') is null";
    assert!(session.one::<bool>(gone).await);
}

#[tokio::test]
async fn tasks_of_a_partition_that_will_soon_be_dropped_are_left_to_that() {
    let (_database, mut session, worker) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let june = create(&mut session, version, 10).await;
    run_all(&mut session, worker).await;
    keep(&mut session, "complete", 30).await;
    july(&mut session).await;
    let july = create(&mut session, version, 10).await;
    run_all(&mut session, worker).await;
    assert!(close(&mut session).await);
    assert!(session.one::<bool>("select tasker.sum_partition()").await);
    session.at("2030-08-10 12:00:00Z").await;
    let mut due = async |leaves: bool| {
        session
            .run("update tasker.retention_pace set next_at = '-infinity'")
            .await;
        session.begin().await;
        let found: Vec<Vec<Uuid>> = session
            .all(&format!(
                "select locked from tasker.due_tasks(100, {leaves})"
            ))
            .await;
        session.run("rollback").await;
        found.concat()
    };
    assert_eq!(due(true).await, july);
    assert_eq!(due(false).await, [june, july].concat());
}

#[tokio::test]
async fn what_is_due_in_the_history_is_deleted_with_all_of_its_rows() {
    let (_database, mut session, worker) = begun().await;
    let version = Graph::chain(2).publish(&mut session).await;
    let tasks = create(&mut session, version, 3).await;
    run_all(&mut session, worker).await;
    july(&mut session).await;
    assert!(close(&mut session).await);
    session.begin().await;
    let ids = format!("'{{{},{}}}'::uuid[]", tasks[0], tasks[1]);
    let locked: Vec<Uuid> = session
        .one(&format!("select tasker.lock_finished_tasks({ids})"))
        .await;
    assert_eq!(locked, tasks[..2]);
    assert_eq!(
        session
            .one::<i32>(&format!("select tasker.delete_finished_tasks({ids})"))
            .await,
        2
    );
    session.commit().await;
    assert_eq!(places(&mut session, tasks[0]).await, Vec::<String>::new());
    assert_eq!(places(&mut session, tasks[2]).await.len(), 3);
    assert_eq!(
        session
            .one::<i64>("select count(*) from tasker.identity")
            .await,
        1
    );
}

#[tokio::test]
async fn a_partition_is_not_dropped_by_a_rule_for_all_that_is_gone_or_overridden() {
    let (_database, mut session, worker) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, 10).await;
    run_all(&mut session, worker).await;
    keep(&mut session, "complete", 30).await;
    session
        .run("update tasker.retention set is_inherited = true")
        .await;
    july(&mut session).await;
    assert!(close(&mut session).await);
    assert!(session.one::<bool>("select tasker.sum_partition()").await);
    session.at("2030-09-10 12:00:00Z").await;
    assert!(!drop_one(&mut session).await, "there is no rule for all");

    let all = "insert into tasker.retention_default (state, keep_ms, set_by)
               select state, keep_ms, 'ada' from tasker.retention";
    session.run(all).await;
    session
        .run(
            "insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
             select namespace_id, 'error', null, 'ada', 'infinity' from tasker.retention",
        )
        .await;
    assert!(!drop_one(&mut session).await, "the namespace has its own");

    session
        .run("delete from tasker.retention where not is_inherited")
        .await;
    assert!(drop_one(&mut session).await);
}
