//! Finished tasks that their namespaces keep no longer are found and deleted in batches.

use super::{Graph, Session, Uuid, engine};
use crate::harness::NEW_ID;

const BATCH: i32 = 500;

/// The tasks that a call found, and whether to call again.
type Found = (Vec<Uuid>, bool);

/// Rows of tasker.task that one call may read beside those that it deletes.
const READS_MAX: i64 = 6_000;

/// Keeps tasks in a state of the namespace of a template for that long.
pub(super) async fn keep(session: &mut Session, template: i32, state: &str, time: &str) {
    session
        .run(&format!(
            "insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
             select namespace_id, '{state}', extract(epoch from interval '{time}') * 1000, 'ada', tasker.clock()
             from tasker.template where template_id = {template}"
        ))
        .await;
}

/// Tasks of one step that were created and ended that long ago, with their log; their ids have that time.
pub(super) async fn ended(
    session: &mut Session,
    template: i32,
    state: &str,
    ago: &str,
    tasks: i32,
) -> Vec<Uuid> {
    session.run("select tasker.ensure_partitions()").await;
    session
        .all(&format!(
            "with t as (
               insert into tasker.task (task_id, namespace_id, template_id, template_version_id, lock_id, state,
                                        remaining_sinks, input, correlation_id, created_at, finished_at, error)
               select (left(tasker.first_id(a.at)::text, 14) || substr(gen_random_uuid()::text, 15))::uuid,
                      1, {template}, {template}, 1, '{state}', 0, '{{}}', '', a.at,
                      case when '{state}' not in ('pending', 'in_progress') then a.at end,
                      case '{state}' when 'error' then '{{\"step\": \"s0\"}}'
                                     when 'cancelled' then '{{\"reason\": \"enough\"}}' end::json
               from (select tasker.clock() - interval '{ago}' as at) a, generate_series(1, {tasks})
               returning task_id, created_at
             ), s as (
               insert into tasker.step (task_id, step_no, namespace_id, template_version_id, state, remaining_deps, is_sink, timeout_ms, finished_at)
               select task_id, 0, 1, {template}, 'cancelled', 0, true, 1000, created_at from t
             ), l as (
               insert into tasker.transition (at, task_id, to_state)
               select created_at, task_id, state from t, unnest(array['pending', '{state}']) state
             ), a as (
               insert into tasker.superseded_attempt select task_id, 0, 1, 1 from t
             )
             select task_id from t order by task_id"
        ))
        .await
}

/// What one call finds, and whether to call again. It is always the turn of this session.
async fn due(session: &mut Session, limit: i32) -> Found {
    session
        .run("update tasker.retention_pace set next_at = '-infinity'")
        .await;
    session
        .rows(&format!(
            "select locked, is_more_due from tasker.due_tasks({limit})"
        ))
        .await
        .remove(0)
}

/// One batch; how many it deleted, and whether to call again.
pub(super) async fn batch(session: &mut Session, limit: i32) -> (usize, bool) {
    session.begin().await;
    let (found, is_more_due) = due(session, limit).await;
    let ids: Vec<String> = found.iter().map(|id| format!("'{id}'")).collect();
    let delete = format!(
        "select tasker.delete_finished_tasks(array[{}]::uuid[])",
        ids.join(", ")
    );
    let deleted: i32 = session.one(&delete).await;
    session.commit().await;
    assert_eq!(usize::try_from(deleted).unwrap(), found.len());
    (found.len(), is_more_due)
}

/// All that is due now.
pub(super) async fn delete_all(session: &mut Session) -> usize {
    let mut deleted = 0;
    loop {
        match batch(session, BATCH).await {
            (found, true) => deleted += found,
            (_, false) => return deleted,
        }
    }
}

/// Rows of each table that belong to these tasks: tasks, steps, log, superseded attempts.
pub(super) async fn rows_of(session: &mut Session, tasks: &[Uuid]) -> (i64, i64, i64, i64) {
    let ids: Vec<String> = tasks.iter().map(|id| format!("'{id}'")).collect();
    let ids = ids.join(", ");
    let count =
        |table: &str| format!("(select count(*) from tasker.{table} where task_id in ({ids}))");
    let tables = ["task", "step", "transition", "superseded_attempt"].map(count);
    session
        .rows(&format!("select {}", tables.join(", ")))
        .await
        .remove(0)
}

#[tokio::test]
async fn what_is_due_is_deleted_with_all_of_its_rows_and_nothing_else() {
    let (_database, mut session, _) = engine().await;
    let one = Graph::single().publish(&mut session).await;
    let other = Graph::single().publish(&mut session).await;
    keep(&mut session, one, "complete", "30 days").await;
    keep(&mut session, one, "error", "90 days").await;
    keep(&mut session, other, "cancelled", "1 minute").await;
    let mut due = Vec::new();
    for (template, state, ago) in [
        (one, "complete", "30 days 1 s"),
        (one, "resolved_manually", "31 days"),
        (one, "error", "91 days"),
        (other, "cancelled", "1 hour"),
    ] {
        due.extend(ended(&mut session, template, state, ago, 3).await);
    }
    let mut kept = Vec::new();
    for (template, state, ago) in [
        (one, "complete", "29 days"),
        (one, "error", "89 days"),
        (one, "cancelled", "10 years"),
        (other, "complete", "10 years"),
        (other, "cancelled", "30 s"),
    ] {
        kept.extend(ended(&mut session, template, state, ago, 3).await);
    }
    assert_eq!(delete_all(&mut session).await, 12);
    assert_eq!(rows_of(&mut session, &due).await, (0, 0, 0, 0));
    assert_eq!(rows_of(&mut session, &kept).await, (15, 15, 30, 15));
}

#[tokio::test]
async fn an_open_task_is_not_deleted_however_old_it_is() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    for state in ["complete", "error", "cancelled"] {
        keep(&mut session, version, state, "1 minute").await;
    }
    let mut open = ended(&mut session, version, "pending", "10 years", 2).await;
    open.extend(ended(&mut session, version, "in_progress", "10 years", 2).await);
    assert_eq!(delete_all(&mut session).await, 0);
    let named = format!(
        "select tasker.delete_finished_tasks(array['{}']::uuid[])",
        open[0]
    );
    assert_eq!(session.one::<i32>(&named).await, 0);
    assert_eq!(rows_of(&mut session, &open).await, (4, 4, 8, 4));
}

#[tokio::test]
async fn a_task_that_ends_late_is_deleted_by_a_later_walk() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    keep(&mut session, version, "complete", "30 days").await;
    let late = ended(&mut session, version, "complete", "40 days", 1).await;
    session
        .run("update tasker.task set finished_at = tasker.clock() - interval '29 days'")
        .await;
    assert_eq!(delete_all(&mut session).await, 0);
    session.later("1 day").await;
    assert_eq!(delete_all(&mut session).await, 1);
    assert_eq!(rows_of(&mut session, &late).await, (0, 0, 0, 0));
}

#[tokio::test]
async fn what_another_transaction_has_locked_is_deleted_later() {
    let (database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    keep(&mut session, version, "complete", "1 day").await;
    let tasks = ended(&mut session, version, "complete", "2 days", 4).await;
    let mut other = Session::new(&database).await;
    other.begin().await;
    for (table, task) in [("task", tasks[0]), ("step", tasks[2])] {
        other
            .run(&format!(
                "select from tasker.{table} where task_id = '{task}' for update"
            ))
            .await;
    }
    assert_eq!(delete_all(&mut session).await, 2);
    other.commit().await;
    session.later("1 hour").await;
    assert_eq!(delete_all(&mut session).await, 2);
}

#[tokio::test]
async fn a_batch_has_a_limit_of_tasks_and_of_steps() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    keep(&mut session, version, "complete", "1 day").await;
    ended(&mut session, version, "complete", "2 days", 25).await;
    let mut sizes = Vec::new();
    while let (found, true) = batch(&mut session, 10).await {
        sizes.push(found);
    }
    assert_eq!(sizes, [10, 10, 5]);

    let wide = Graph::new(3_000, &[]).publish(&mut session).await;
    keep(&mut session, wide, "error", "1 day").await;
    ended(&mut session, wide, "error", "2 days", 2).await;
    assert_eq!(batch(&mut session, 10).await, (1, true));
    assert_eq!(delete_all(&mut session).await, 1);
}

#[tokio::test]
async fn one_session_deletes_at_a_time_and_rests_afterwards() {
    let (database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    keep(&mut session, version, "complete", "1 day").await;
    ended(&mut session, version, "complete", "2 days", 2).await;
    let mut other = Session::new(&database).await;
    let look = "select locked, is_more_due from tasker.due_tasks(1)";
    session.begin().await;
    let (found, _) = due(&mut session, 1).await;
    assert_eq!(found.len(), 1);
    assert_eq!(other.rows::<Found>(look).await, [(Vec::new(), false)]);
    session
        .run("select tasker.delete_finished_tasks('{}')")
        .await;
    session.commit().await;
    assert_eq!(other.rows::<Found>(look).await, [(Vec::new(), false)]);
    other.later("1 minute").await;
    let found = other.rows::<Found>(look).await;
    assert_eq!((found[0].0.len(), found[0].1), (1, true));
}

#[tokio::test]
async fn a_batch_that_is_rolled_back_is_found_again() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    keep(&mut session, version, "complete", "1 day").await;
    ended(&mut session, version, "complete", "2 days", 3).await;
    session.begin().await;
    let (first, _) = due(&mut session, 2).await;
    session.run("rollback").await;
    session.begin().await;
    assert_eq!(due(&mut session, 2).await.0, first);
}

#[tokio::test]
async fn a_deleted_task_frees_its_idempotency_key() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    keep(&mut session, version, "complete", "1 day").await;
    ended(&mut session, version, "complete", "2 days", 1).await;
    session
        .run(
            "update tasker.task set identity_key = 'key';
             insert into tasker.identity select template_id, identity_key, task_id from tasker.task",
        )
        .await;
    let again = format!(
        "select created from tasker.create_tasks(array[{NEW_ID}], '{{1}}', '{{{version}}}', '{{{version}}}',
                                                  '{{1}}', array['{{}}'], '{{key}}', '{{c}}', '{{false}}')"
    );
    assert!(!session.one::<bool>(&again).await);
    assert_eq!(delete_all(&mut session).await, 1);
    assert!(session.one::<bool>(&again).await);
}

/// Rows of tasker.task that were fetched, and sequential scans of tables that grow.
async fn reads(session: &mut Session) -> (i64, i64) {
    session.run("select pg_stat_force_next_flush()").await;
    session
        .rows(
            "select (sum(idx_tup_fetch) filter (where relname ~ '^task_'))::bigint, sum(seq_scan)::bigint
             from pg_stat_user_tables
             where schemaname = 'tasker' and relname ~ '^(task|step|transition)_'",
        )
        .await
        .remove(0)
}

#[tokio::test]
async fn a_call_reads_little_of_what_is_not_due() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    keep(&mut session, version, "complete", "30 days").await;
    // Old and kept for ever, then too young.
    ended(&mut session, version, "error", "40 days", 20_000).await;
    ended(&mut session, version, "complete", "1 hour", 80_000).await;
    let due = ended(&mut session, version, "complete", "35 days", 100).await;
    session.run("analyze").await;
    let (mut deleted, mut most, mut in_all) = (0, 0, 0);
    let (mut fetched, scans) = reads(&mut session).await;
    while let (found, true) = batch(&mut session, BATCH).await {
        deleted += found;
        let (after, _) = reads(&mut session).await;
        most = most.max(after - fetched);
        in_all += after - fetched;
        fetched = after;
    }
    assert!(most <= READS_MAX, "{most} rows read by one call");
    assert!(in_all <= 25_000, "{in_all} rows read by one walk");
    let (_, after) = reads(&mut session).await;
    assert_eq!(after - scans, 0, "no sequential scan");
    assert_eq!((deleted, rows_of(&mut session, &due).await.0), (100, 0));
}
