//! Tasks, steps and log in partitions by the time of the task: made, closed, carried over, dropped.

use super::{Graph, Session, Uuid, engine};
use crate::harness::TestDatabase;

/// The partitions that may have open tasks, by their first part of the name.
async fn open(session: &mut Session, table: &str) -> Vec<String> {
    session
        .all(&format!(
            "select i.inhrelid::regclass::text from pg_inherits i
             where i.inhparent = 'tasker.{table}'::regclass order by 1"
        ))
        .await
}

/// Where the rows of a task are, in each of the three tables.
pub(super) async fn places(session: &mut Session, task: Uuid) -> Vec<String> {
    session
        .all(&format!(
            "select distinct p.place::text
             from (select tableoid::regclass as place, task_id from tasker.task
                   union all select tableoid::regclass, task_id from tasker.task_history
                   union all select tableoid::regclass, task_id from tasker.step
                   union all select tableoid::regclass, task_id from tasker.step_history
                   union all select partition::regclass, task_id from tasker.every_transition) p
             where p.task_id = '{task}' order by 1"
        ))
        .await
}

/// Everything that readers see of all tasks.
async fn all_rows(session: &mut Session) -> String {
    session
        .one(
            "select (select json_agg(t order by t.task_id) from tasker.every_task t)::text
                 || (select json_agg(s order by s.task_id, s.step_no) from tasker.every_step s)::text
                 || (select json_agg(to_jsonb(r) - '{partition,place}'::text[] order by r.seq)
                     from tasker.every_transition r)::text",
        )
        .await
}

/// A database whose partitions begin on 2030-06-01, with the present on that day.
pub(super) async fn begun() -> (TestDatabase, Session, i32) {
    let (database, mut session, worker) = engine().await;
    for table in ["task", "step", "transition", "attempt_log"] {
        for name in open(&mut session, table).await {
            session.run(&format!("drop table {name}")).await;
        }
    }
    session.run("delete from tasker.partition").await;
    session.at("2030-06-01 12:00:00Z").await;
    assert!(ensure(&mut session).await);
    (database, session, worker)
}

async fn ensure(session: &mut Session) -> bool {
    session.one("select tasker.ensure_partitions()").await
}

pub(super) async fn close(session: &mut Session) -> bool {
    session.one("select tasker.close_partition()").await
}

/// Tasks with ids of the session's present.
pub(super) async fn create(session: &mut Session, version: i32, tasks: i32) -> Vec<Uuid> {
    session
        .all(&format!(
            "select c.task_id
             from (select array_agg((left(tasker.first_id(tasker.clock())::text, 14)
                                     || substr(gen_random_uuid()::text, 15))::uuid) as id,
                          array_agg(1) as ones, array_agg({version}) as version, array_agg('{{}}'::text) as input,
                          array_agg(n::text || clock_timestamp()::text) as key, array_agg(''::text) as correlation,
                          array_agg(false) as watched
                   from generate_series(1, {tasks}) n) a
             cross join lateral tasker.create_tasks(
               a.id, a.ones, a.version, a.version, a.ones, a.input, a.key, a.correlation, a.watched) c
             order by c.task_id"
        ))
        .await
}

pub(super) async fn run_all(session: &mut Session, worker: i32) {
    let mut ready = session.claim(worker, 100).await;
    while !ready.is_empty() {
        ready = session.advance(worker, &ready, 100).await;
    }
}

/// Moves on until the partition of June is over and the next one is there.
pub(super) async fn july(session: &mut Session) {
    session.at("2030-06-25 12:00:00Z").await;
    assert!(ensure(session).await);
    session.at("2030-07-05 12:00:00Z").await;
}

#[tokio::test]
async fn the_next_partition_is_made_when_a_quarter_of_the_newest_is_left() {
    let (_database, mut session, _) = begun().await;
    let first = ["task_20300601", "task_carried"];
    session.at("2030-06-23 11:00:00Z").await;
    assert!(ensure(&mut session).await);
    assert_eq!(open(&mut session, "task").await, first);
    session.at("2030-06-23 13:00:00Z").await;
    for _ in 0..2 {
        assert!(ensure(&mut session).await);
        let now = open(&mut session, "task").await;
        let wanted = [first[0], "task_20300701", first[1]];
        assert_eq!(now, wanted);
    }
    for table in ["step", "transition"] {
        assert_eq!(open(&mut session, table).await.len(), 3);
    }
}

#[tokio::test]
async fn the_time_in_which_no_host_ran_has_a_partition_as_well() {
    let (_database, mut session, _) = begun().await;
    session.at("2030-12-24 12:00:00Z").await;
    assert!(ensure(&mut session).await);
    let ranges: Vec<String> = session
        .all("select from_at::date || ' ' || until_at::date from tasker.partition order by 1")
        .await;
    assert_eq!(ranges, ["2030-06-01 2030-07-01", "2030-07-01 2031-01-23"]);
}

#[tokio::test]
async fn a_partition_is_as_long_as_the_width_says() {
    let (_database, mut session, _) = begun().await;
    session
        .run("update tasker.partition_width set days = 1")
        .await;
    session.at("2030-06-30 20:00:00Z").await;
    assert!(ensure(&mut session).await);
    let newest =
        "select (until_at - from_at)::text from tasker.partition order by from_at desc limit 1";
    assert_eq!(session.one::<String>(newest).await, "1 day");
}

#[tokio::test]
async fn whoever_writes_does_not_wait_while_a_partition_is_made() {
    let (database, mut maker, _) = begun().await;
    let mut writer = Session::new(&database).await;
    let version = Graph::single().publish(&mut writer).await;
    maker.at("2030-06-25 12:00:00Z").await;
    maker.begin().await;
    assert!(ensure(&mut maker).await);
    writer.run("set lock_timeout = '1ms'").await;
    writer.at("2030-06-25 12:00:00Z").await;
    create(&mut writer, version, 1).await;
    let mut other = Session::new(&database).await;
    other.at("2030-06-25 12:00:00Z").await;
    assert!(!ensure(&mut other).await, "another host is at it");
    maker.commit().await;
    assert!(ensure(&mut other).await);
    assert_eq!(open(&mut other, "task").await.len(), 3);
}

#[tokio::test]
async fn a_task_of_a_time_without_a_partition_is_refused_whole() {
    let (_database, mut session, _) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    session.at("2031-01-01 00:00:00Z").await;
    let refused = session
        .refusal(&format!(
            "select * from tasker.create_tasks(array[tasker.first_id(tasker.clock())], '{{1}}', '{{{version}}}',
               '{{{version}}}', '{{1}}', array['{{}}'], '{{key}}', '{{c}}', '{{f}}')"
        ))
        .await;
    let code = refused
        .into_database_error()
        .unwrap()
        .code()
        .unwrap()
        .into_owned();
    assert_eq!(code, "23514");
    let left =
        "select (select count(*) from tasker.every_task) + (select count(*) from tasker.identity)";
    assert_eq!(session.one::<i64>(left).await, 0);
}

#[tokio::test]
async fn what_has_ended_goes_to_the_history_and_what_is_open_is_carried_over_complete() {
    let (_database, mut session, worker) = begun().await;
    let version = Graph::chain(3)
        .backoff("none", 0, 0)
        .publish(&mut session)
        .await;
    let ended = create(&mut session, version, 20).await;
    run_all(&mut session, worker).await;
    let open_tasks = create(&mut session, version, 5).await;
    let claimed = session.claim(worker, 2).await;
    assert_eq!(claimed.len(), 2);
    july(&mut session).await;
    let newer = create(&mut session, version, 1).await;
    let before = all_rows(&mut session).await;
    assert!(close(&mut session).await);
    assert_eq!(all_rows(&mut session).await, before);
    assert!(!close(&mut session).await, "the newest is not over");

    let june = ["step", "task", "transition"].map(|table| format!("{table}_20300601"));
    let july = ["step", "task", "transition"].map(|table| format!("{table}_20300701"));
    let carried = ["step", "task", "transition"].map(|table| format!("{table}_carried"));
    assert_eq!(places(&mut session, ended[0]).await, june);
    assert_eq!(places(&mut session, newer[0]).await, july);
    for task in &open_tasks {
        assert_eq!(places(&mut session, *task).await, carried);
    }

    // They go on: those that run, and those that wait.
    let next = session.report(worker, &claimed, 10).await;
    assert_eq!(next.len(), 2);
    session.complete(worker, &next).await;
    run_all(&mut session, worker).await;
    let states = "select string_agg(distinct state::text, ' ') from tasker.every_task";
    assert_eq!(session.one::<String>(states).await, "complete");

    let before = all_rows(&mut session).await;
    let returned = "select tasker.return_carried(3)";
    assert_eq!(session.one::<i32>(returned).await, 3);
    assert_eq!(session.one::<i32>(returned).await, 2);
    assert_eq!(session.one::<i32>(returned).await, 0);
    assert_eq!(all_rows(&mut session).await, before);
    assert_eq!(places(&mut session, open_tasks[0]).await, june);
}

#[tokio::test]
async fn a_partition_with_many_open_tasks_is_left() {
    let (_database, mut session, _) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let tasks = create(&mut session, version, 1001).await;
    july(&mut session).await;
    assert!(!close(&mut session).await);
    assert_eq!(open(&mut session, "task").await.len(), 3);
    session.cancel(&tasks[..1]).await;
    assert!(close(&mut session).await);
}

#[tokio::test]
async fn a_partition_that_somebody_reads_or_writes_is_closed_later() {
    let (database, mut session, _) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    july(&mut session).await;
    let before = open(&mut session, "step").await;
    let mut other = Session::new(&database).await;
    for statement in [
        "select count(*) from tasker.task".to_owned(),
        format!("select {version} from tasker.step for update"),
    ] {
        other.begin().await;
        other.run(&statement).await;
        assert!(!close(&mut session).await);
        assert_eq!(open(&mut session, "step").await, before);
        other.commit().await;
    }
    assert!(close(&mut session).await);
}

#[tokio::test]
async fn the_partition_of_older_tasks_grows_with_each_that_is_closed() {
    let (_database, mut session, worker) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let june = create(&mut session, version, 1).await;
    july(&mut session).await;
    let july = create(&mut session, version, 1).await;
    assert!(close(&mut session).await);
    session.at("2030-08-05 12:00:00Z").await;
    assert!(ensure(&mut session).await);
    assert!(close(&mut session).await);
    for task in [june[0], july[0]] {
        assert!(places(&mut session, task).await[1].ends_with("task_carried"));
    }
    assert_eq!(open(&mut session, "task").await.len(), 2);
    run_all(&mut session, worker).await;
    assert_eq!(
        session.one::<i32>("select tasker.return_carried(10)").await,
        2
    );
    assert_eq!(places(&mut session, june[0]).await[1], "task_20300601");
    assert_eq!(places(&mut session, july[0]).await[1], "task_20300701");
}

#[tokio::test]
async fn a_repeated_submit_finds_its_task_in_the_history() {
    let (_database, mut session, worker) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let submit = format!(
        "select task_id, created from tasker.create_tasks(
           array[(left(tasker.first_id(tasker.clock())::text, 14) || substr(gen_random_uuid()::text, 15))::uuid],
           '{{1}}', '{{{version}}}', '{{{version}}}', '{{1}}', array['{{}}'], '{{key}}', '{{c}}', '{{f}}')"
    );
    let first: (Uuid, bool) = session.rows(&submit).await.remove(0);
    run_all(&mut session, worker).await;
    july(&mut session).await;
    assert!(close(&mut session).await);
    let again: (Uuid, bool) = session.rows(&submit).await.remove(0);
    assert_eq!((first.1, again), (true, (first.0, false)));
}
