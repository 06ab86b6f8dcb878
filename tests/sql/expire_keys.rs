//! Idempotency keys that are freed before their tasks.

use super::partitions::{begun, create};
use super::{Graph, Session, Uuid};
use crate::harness::TestDatabase;

const LIMIT: i32 = 4;

/// Keeps keys so many days: of a namespace, or of all without a rule (0).
async fn keep(session: &mut Session, namespace: i32, days: i32) {
    session
        .run(&format!(
            "insert into tasker.key_retention (namespace_id, keep_ms, set_by)
             values ({namespace}, {days} * 86400000::bigint, 'ada')"
        ))
        .await;
}

/// Calls until no walk is due; how many keys each call freed.
async fn expire(session: &mut Session) -> Vec<i32> {
    let call = format!("select expired, is_more_due from tasker.expire_keys({LIMIT})");
    let mut freed = Vec::new();
    loop {
        let (expired, is_more_due): (i32, bool) = session.rows(&call).await.remove(0);
        freed.push(expired);
        if !is_more_due {
            return freed;
        }
    }
}

async fn left(session: &mut Session) -> i64 {
    session.one("select count(*) from tasker.identity").await
}

/// Ten tasks with keys, of the first of June.
async fn with_keys() -> (TestDatabase, Session, i32) {
    let (database, mut session, _) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, 10).await;
    (database, session, version)
}

async fn namespace_of(session: &mut Session, version: i32) -> i32 {
    session
        .one(&format!(
            "select t.namespace_id from tasker.template t where t.template_id = {version}"
        ))
        .await
}

#[tokio::test]
async fn a_key_is_free_once_it_is_as_old_as_the_rule_says_and_its_task_stays() {
    let (_database, mut session, version) = with_keys().await;
    session.at("2030-06-05 12:00:00Z").await;
    assert_eq!(expire(&mut session).await, [0], "there is no rule");
    keep(&mut session, 0, 7).await;
    session.at("2030-06-08 11:00:00Z").await;
    create(&mut session, version, 1).await;
    assert_eq!(expire(&mut session).await, [0]);
    session.at("2030-06-08 20:00:00Z").await;
    assert_eq!(expire(&mut session).await, [4, 4, 2]);
    assert_eq!(left(&mut session).await, 1);
    let tasks = "select count(*) from tasker.task where identity_key is not null";
    assert_eq!(session.one::<i64>(tasks).await, 11);
    assert_eq!(expire(&mut session).await, [0], "the walk rests");
}

#[tokio::test]
async fn the_same_submit_makes_a_new_task_once_the_key_is_free() {
    let (_database, mut session, _) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    keep(&mut session, 0, 1).await;
    let submit = format!(
        "select task_id, created from tasker.create_tasks(
           array[(left(tasker.first_id(tasker.clock())::text, 14) || substr(gen_random_uuid()::text, 15))::uuid],
           '{{1}}', '{{{version}}}', '{{{version}}}', '{{1}}', array['{{}}'], '{{key}}', '{{c}}', '{{f}}')"
    );
    let first: (Uuid, bool) = session.rows(&submit).await.remove(0);
    let again: (Uuid, bool) = session.rows(&submit).await.remove(0);
    assert_eq!((first.1, again), (true, (first.0, false)));
    session.at("2030-06-03 12:00:00Z").await;
    expire(&mut session).await;
    let second: (Uuid, bool) = session.rows(&submit).await.remove(0);
    assert!(second.1 && second.0 != first.0);
    // What goes with the first task is not the key of the second.
    session.cancel(&[first.0]).await;
    let delete = format!(
        "select tasker.delete_finished_tasks(array['{}'::uuid])",
        first.0
    );
    assert_eq!(session.one::<i32>(&delete).await, 1);
    let again: (Uuid, bool) = session.rows(&submit).await.remove(0);
    assert_eq!(again, (second.0, false));
}

#[tokio::test]
async fn a_namespace_with_a_rule_of_its_own_does_not_follow_that_for_all() {
    let (_database, mut session, version) = with_keys().await;
    let namespace = namespace_of(&mut session, version).await;
    session
        .run(&format!(
            "insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
             values ({namespace}, 'complete', null, 'ada', 'infinity')"
        ))
        .await;
    keep(&mut session, 0, 1).await;
    session.at("2030-06-08 12:00:00Z").await;
    assert_eq!(expire(&mut session).await, [0, 0, 0]);
    keep(&mut session, namespace, 3).await;
    session.later("1 day").await;
    assert_eq!(expire(&mut session).await, [4, 4, 2]);
}

#[tokio::test]
async fn a_key_that_another_transaction_has_locked_is_freed_later() {
    let (database, mut session, _) = with_keys().await;
    keep(&mut session, 0, 1).await;
    session.at("2030-06-08 12:00:00Z").await;
    let mut other = Session::new(&database).await;
    other.begin().await;
    other
        .run("select from tasker.identity order by task_id limit 1 for update")
        .await;
    assert_eq!(expire(&mut session).await.iter().sum::<i32>(), 9);
    other.commit().await;
    session.later("1 day").await;
    assert_eq!(expire(&mut session).await, [1]);
}
