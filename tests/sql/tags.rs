//! Tags of tasks: written with their tasks, and gone with them.

use super::feed::engine_of;
use super::partitions::{begun, close, create, july, run_all};
use super::retention::{delete_all, ended, keep};
use super::{Graph, Session, engine};
use crate::harness::{NEW_ID, wait_until_sql};
use tasker_engine::task_list::TaskFilter;

const TAGS: &str =
    "select string_agg(g.namespace_id || ' ' || g.tag, ', ' order by g.tag) from tasker.task_tag g";

/// Marks all tasks that have no tag, as their creation would have.
async fn tag_all(session: &mut Session, tag: &str) {
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

#[tokio::test]
async fn a_list_by_tag_reads_no_more_than_it_shows_however_many_tasks_there_are() {
    let (database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    for (tag, ago, tasks) in [("rare", "3 days", 3), ("often", "2 days", 20_000)] {
        ended(&mut session, version, "complete", ago, tasks).await;
        tag_all(&mut session, tag).await;
    }
    session.run("analyze").await;
    for (tag, shown) in [("rare", 3), ("often", 10)] {
        let engine = engine_of(&database);
        let before = fetched(&mut session).await;
        let filter = TaskFilter {
            tag: Some(tag.parse().unwrap()),
            ..TaskFilter::default()
        };
        let rows = engine.list_tasks(&filter, 10).await.unwrap();
        assert_eq!(rows.len(), shown, "{tag}");
        // A session reports what it read at its end at the latest.
        engine.close().await;
        let are_gone = "select not exists (select from pg_stat_activity
                        where datname = current_database() and application_name = 'tasker')";
        wait_until_sql(database.pool(), are_gone).await;
        let read = fetched(&mut session).await - before;
        assert!(read < 100, "{tag}: {read} rows read");
    }
}

/// Rows of tasks and of their tags that were read so far, by all sessions that reported.
async fn fetched(session: &mut Session) -> i64 {
    session.run("select pg_stat_force_next_flush()").await;
    session
        .one(
            "select sum(idx_tup_fetch + seq_tup_read)::bigint from pg_stat_user_tables
             where schemaname = 'tasker' and relname ~ '^task(_2|_carried|_history|_tag|$)'",
        )
        .await
}
