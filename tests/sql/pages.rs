//! What pages of tasks read: no more than they show, however many tasks there are.

use super::feed::engine_of;
use super::retention::ended;
use super::tags::tag_all;
use super::{Graph, Session, engine};
use crate::harness::{TestDatabase, wait_until_sql};
use sqlx::types::chrono::{DateTime, Utc};
use std::time::Duration;
use tasker_domain::order::Seek;
use tasker_domain::state::TaskState;
use tasker_engine::task_list::TaskFilter;

/// More rows, and more pages of the database, than a page of ten may read.
const MANY: i64 = 200;

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
        let filter = TaskFilter {
            tag: Some(tag.parse().unwrap()),
            ..TaskFilter::default()
        };
        shows_and_reads_little(&database, &mut session, &filter, shown).await;
    }
}

#[tokio::test]
async fn a_list_of_a_time_reads_no_more_than_it_shows_however_many_tasks_there_are() {
    let (database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    for (state, ago, tasks) in [
        ("complete", "9 days", 10_000),
        ("error", "8 days", 10_000),
        ("error", "5 days", 2),
        ("complete", "5 days", 3),
        ("error", "2 days", 10_000),
        ("complete", "1 day", 10_000),
    ] {
        ended(&mut session, version, state, ago, tasks).await;
    }
    tag_all(&mut session, "all").await;
    session.run("analyze").await;
    let (namespace, template): (String, String) = sqlx::query_as(
        "select n.name, p.name from tasker.template p join tasker.namespace n using (namespace_id)",
    )
    .fetch_one(database.pool())
    .await
    .unwrap();
    let now: DateTime<Utc> = session.one("select tasker.clock()").await;
    let days_ago = |days: u64| Some(now - Duration::from_secs(days * 86_400));
    let filter = || TaskFilter {
        since: days_ago(6),
        until: days_ago(4),
        ..TaskFilter::default()
    };
    let of_template = || TaskFilter {
        namespaces: vec![namespace.parse().unwrap()],
        templates: vec![template.parse().unwrap()],
        ..filter()
    };
    let failed = vec![TaskState::Error, TaskState::Cancelled];
    let tag = Some("all".parse().unwrap());
    for (filter, shown) in [
        (filter(), 5),
        (of_template(), 5),
        (TaskFilter { tag, ..filter() }, 5),
        (
            TaskFilter {
                states: failed.clone(),
                ..filter()
            },
            2,
        ),
        (
            TaskFilter {
                states: failed,
                ..of_template()
            },
            2,
        ),
    ] {
        shows_and_reads_little(&database, &mut session, &filter, shown).await;
        let engine = engine_of(&database);
        let count = engine.count_tasks(&filter, 10).await.unwrap();
        let shown = i64::try_from(shown).unwrap();
        assert_eq!((count.count, count.is_exact), (shown, true), "{filter:?}");
    }
}

#[tokio::test]
async fn a_time_begins_with_its_first_millisecond_and_ends_before_the_last() {
    let (database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let all = ended(&mut session, version, "complete", "1 day", 3).await;
    let millis = i64::try_from(all[0].as_u128() >> 80).unwrap();
    let at = DateTime::from_timestamp_millis(millis).unwrap();
    let later = at + Duration::from_millis(1);
    let engine = engine_of(&database);
    for (since, until, shown) in [
        (None, None, 3),
        (Some(at), Some(later), 3),
        (Some(at), None, 3),
        (None, Some(later), 3),
        (Some(later), None, 0),
        (None, Some(at), 0),
        (Some(later), Some(at), 0),
        (
            Some(DateTime::UNIX_EPOCH),
            Some(DateTime::<Utc>::MAX_UTC),
            3,
        ),
        (Some(DateTime::<Utc>::MIN_UTC), None, 3),
    ] {
        let filter = TaskFilter {
            since,
            until,
            ..TaskFilter::default()
        };
        for mut seek in [Seek::highest(2), Seek::lowest(2)] {
            let mut found = 0;
            loop {
                let page = engine.list_tasks(&filter, seek).await.unwrap();
                found += page.len();
                let Some(last) = page.last() else {
                    break;
                };
                seek.after = Some(tasker_domain::ids::TaskId(last.task_id));
            }
            assert_eq!(found, shown, "{filter:?}");
        }
        let count = engine.count_tasks(&filter, 10).await.unwrap();
        assert_eq!(count.count, i64::try_from(shown).unwrap(), "{filter:?}");
    }
}

/// Reads a page of ten from either end.
async fn shows_and_reads_little(
    database: &TestDatabase,
    session: &mut Session,
    filter: &TaskFilter,
    shown: usize,
) {
    // It would be counted as a reader.
    session
        .run(
            "do $$
             declare v_table regclass;
             begin
               for v_table in select c.oid from pg_class c
                              where c.relnamespace = 'tasker'::regnamespace and c.relkind = 'r' and c.relname ~ '^task_' loop
                 execute format('alter table %s set (autovacuum_enabled = off)', v_table);
               end loop;
             end $$",
        )
        .await;
    let engine = engine_of(database);
    let before = read(session).await;
    for seek in [Seek::highest(10), Seek::lowest(10)] {
        let rows = engine.list_tasks(filter, seek).await.unwrap();
        assert_eq!(rows.len(), shown, "{filter:?}");
    }
    // A session reports what it read at its end at the latest.
    engine.close().await;
    let are_gone = "select not exists (select from pg_stat_activity
                    where datname = current_database() and application_name = 'tasker')";
    wait_until_sql(database.pool(), are_gone).await;
    let after = read(session).await;
    let (rows, pages) = (after.rows - before.rows, after.pages - before.pages);
    assert!(rows < MANY, "{filter:?}: {rows} rows read");
    assert!(pages < MANY, "{filter:?}: {pages} pages read");
}

#[derive(sqlx::FromRow)]
struct Read {
    rows: i64,
    pages: i64,
}

/// What was read of tasks and of their tags so far, by all sessions that reported.
async fn read(session: &mut Session) -> Read {
    session.run("select pg_stat_force_next_flush()").await;
    session
        .rows(
            "select sum(t.idx_tup_fetch + t.seq_tup_read)::bigint as rows,
                    sum(p.heap_blks_read + p.heap_blks_hit + p.idx_blks_read + p.idx_blks_hit)::bigint as pages
             from pg_stat_user_tables t
             join pg_statio_user_tables p using (relid)
             where t.schemaname = 'tasker' and t.relname ~ '^task(_2|_carried|_history|_tag|$)'",
        )
        .await
        .remove(0)
}
