//! Tags of tasks: written with their tasks, and gone with them.

use super::partitions::{begun, close, create, july, run_all};
use super::retention::{delete_all, ended, keep};
use super::{Graph, Session, engine};
use crate::harness::NEW_ID;

const TAGS: &str =
    "select string_agg(g.namespace_id || ' ' || g.tag, ', ' order by g.tag) from tasker.task_tag g";

/// Marks all tasks that have no tag, as their creation would have.
pub(super) async fn tag_all(session: &mut Session, tag: &str) {
    session
        .run(&format!(
            "with t as (update tasker.task set tags = '{{{tag}}}' where tags is null returning task_id, namespace_id)
             insert into tasker.task_tag select namespace_id, '{tag}', task_id from t"
        ))
        .await;
}

#[tokio::test]
async fn a_call_writes_the_tags_of_the_tasks_that_it_creates_and_of_no_other() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let call = |key: &str, tags: &str| {
        format!(
            "select created from tasker.create_tasks(
               array[{NEW_ID}, {NEW_ID}], '{{1,1}}', '{{{version},{version}}}', '{{{version},{version}}}', '{{1,1}}',
               array['{{}}', '{{}}'], array['{key}', null], '{{c,c}}', '{{false,false}}', null, null, {tags})"
        )
    };
    let created: Vec<bool> = session.all(&call("k", "array['{a,b}', null]")).await;
    assert_eq!(created, [true, true]);
    assert_eq!(session.one::<String>(TAGS).await, "1 a, 1 b");
    // The first is there already.
    session.all::<bool>(&call("k", "array['{c}', '{d}']")).await;
    assert_eq!(session.one::<String>(TAGS).await, "1 a, 1 b, 1 d");
    session.all::<bool>(&call("k", "null")).await;
    let tagged = "select count(*) from tasker.task where tags is not null";
    assert_eq!(session.one::<i64>(tagged).await, 2);
}

#[tokio::test]
async fn tags_are_deleted_with_their_tasks() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    keep(&mut session, version, "complete", "1 day").await;
    ended(&mut session, version, "complete", "2 days", 3).await;
    tag_all(&mut session, "old").await;
    ended(&mut session, version, "complete", "1 hour", 1).await;
    tag_all(&mut session, "new").await;
    assert_eq!(delete_all(&mut session).await, 3);
    assert_eq!(session.one::<String>(TAGS).await, "1 new");
}

#[tokio::test]
async fn tags_are_deleted_with_a_partition_but_not_those_of_tasks_that_were_carried_over() {
    let (_database, mut session, worker) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, 150).await;
    run_all(&mut session, worker).await;
    tag_all(&mut session, "done").await;
    create(&mut session, version, 1).await;
    tag_all(&mut session, "open").await;
    session
        .run(
            "insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
             values (1, 'complete', 86400000, 'ada', tasker.clock())",
        )
        .await;
    july(&mut session).await;
    assert!(close(&mut session).await);
    assert!(session.one::<bool>("select tasker.sum_partition()").await);
    session.at("2030-08-30 12:00:00Z").await;
    let drop = "select tasker.drop_partition(100, false)";
    while session.one::<bool>(drop).await {}
    let gone = "select to_regclass('tasker.task_20300601') is null";
    assert!(session.one::<bool>(gone).await);
    assert_eq!(session.one::<String>(TAGS).await, "1 open");
}
