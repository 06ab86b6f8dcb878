//! What attempts saw: kept once, read by attempt, bounded all together, and gone with their tasks or after some days.

use super::partitions::{begun, close, create, july, run_all};
use super::{Graph, Session, Uuid};

/// Keeps a recording of so many bytes, if all together have at most `max`.
async fn keep_of(session: &mut Session, task: Uuid, attempt: i32, bytes: i32, max: i64) -> String {
    session
        .one(&format!(
            "select tasker.keep_recording('{task}', 0::int2, {attempt}, true, null, null,
                                          decode(repeat('01', {bytes}), 'hex'), {max})"
        ))
        .await
}

async fn keep(session: &mut Session, task: Uuid, attempt: i32) -> String {
    keep_of(session, task, attempt, 10, i64::MAX).await
}

async fn read(session: &mut Session, task: Uuid, attempt: &str) -> Vec<i32> {
    session
        .all(&format!(
            "select attempt from tasker.read_recording('{task}', 0::int2, {attempt})"
        ))
        .await
}

async fn expire(session: &mut Session, kept: &str, limit: i32) -> i32 {
    session
        .one(&format!(
            "select tasker.expire_recordings('{kept}', {limit})"
        ))
        .await
}

/// How many were deleted, and their bytes.
async fn trim(session: &mut Session, kept_bytes: i64, limit: i32) -> String {
    session
        .one(&format!(
            "select removed || ' of ' || removed_bytes from tasker.trim_recordings({kept_bytes}, {limit})"
        ))
        .await
}

/// What is counted, after it was compared with what there is.
async fn counted(session: &mut Session) -> i64 {
    let counted: i64 = session
        .one("select coalesce(sum(bytes), 0)::bigint from tasker.recording_size")
        .await;
    let there: i64 = session
        .one("select coalesce(sum(octet_length(content)), 0) from tasker.recording")
        .await;
    assert_eq!(counted, there);
    counted
}

async fn recorded(session: &mut Session) -> Vec<Uuid> {
    session
        .all("select task_id from tasker.recording order by task_id, attempt")
        .await
}

#[tokio::test]
async fn a_recording_is_kept_once_and_the_last_is_read_unless_an_attempt_is_named() {
    let (_database, mut session, _) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let task = create(&mut session, version, 1).await[0];
    for attempt in [1, 2] {
        assert_eq!(keep(&mut session, task, attempt).await, "kept");
        assert_eq!(keep(&mut session, task, attempt).await, "left_out");
    }
    assert_eq!(read(&mut session, task, "null").await, [2]);
    assert_eq!(read(&mut session, task, "1").await, [1]);
    assert!(read(&mut session, task, "3").await.is_empty());
    let unknown = Uuid::from_u128(7);
    assert_eq!(keep(&mut session, unknown, 1).await, "left_out");
    assert_eq!(counted(&mut session).await, 20);
}

#[tokio::test]
async fn recordings_of_old_tasks_expire_in_batches() {
    let (_database, mut session, _) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let tasks = create(&mut session, version, 3).await;
    for task in &tasks {
        keep(&mut session, *task, 1).await;
    }
    assert_eq!(expire(&mut session, "7 days", 10).await, 0);
    // Older than any task.
    assert_eq!(expire(&mut session, "-1 days", 2).await, 2);
    assert_eq!(counted(&mut session).await, 10);
    assert_eq!(expire(&mut session, "-1 days", 2).await, 1);
    assert_eq!(expire(&mut session, "-1 days", 2).await, 0);
    assert_eq!(counted(&mut session).await, 0);
}

#[tokio::test]
async fn all_recordings_have_a_bound_and_the_oldest_make_room() {
    let (database, mut session, _) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let mut tasks = create(&mut session, version, 5).await;
    tasks.sort();
    for task in tasks.iter().rev() {
        assert_eq!(keep_of(&mut session, *task, 1, 10, 50).await, "kept");
    }
    assert_eq!(keep_of(&mut session, tasks[0], 2, 1, 50).await, "full");
    assert_eq!(trim(&mut session, 50, 100).await, "0 of 0");
    // As many as needed, whole ones.
    assert_eq!(trim(&mut session, 35, 100).await, "2 of 20");
    assert_eq!(recorded(&mut session).await, tasks[2..]);
    assert_eq!(keep_of(&mut session, tasks[4], 2, 20, 50).await, "kept");
    // What another transaction has locked is left, and no more than a batch is deleted.
    let mut other = Session::new(&database).await;
    let lock = format!(
        "begin; select from tasker.recording where task_id = '{}' for update",
        tasks[2]
    );
    other.run(&lock).await;
    assert_eq!(trim(&mut session, 0, 1).await, "1 of 10");
    assert_eq!(recorded(&mut session).await, [tasks[2], tasks[4], tasks[4]]);
    other.run("rollback").await;
    assert_eq!(trim(&mut session, 0, 100).await, "3 of 40");
    assert_eq!(counted(&mut session).await, 0);
}

#[tokio::test]
async fn recordings_that_go_with_their_tasks_are_counted_no_more() {
    let (_database, mut session, _) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let tasks = create(&mut session, version, 2).await;
    for task in &tasks {
        keep(&mut session, *task, 1).await;
    }
    session.cancel(&tasks[..1]).await;
    session
        .run(&format!(
            "select tasker.delete_finished_tasks('{{{}, {}}}')",
            tasks[0], tasks[1]
        ))
        .await;
    assert_eq!(recorded(&mut session).await, tasks[1..]);
    assert_eq!(counted(&mut session).await, 10);
}

#[tokio::test]
async fn what_was_deleted_by_hand_is_forgotten_once_nothing_is_left() {
    let (_database, mut session, _) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let task = create(&mut session, version, 1).await[0];
    keep(&mut session, task, 1).await;
    session.run("truncate tasker.recording").await;
    assert_eq!(keep_of(&mut session, task, 1, 10, 15).await, "full");
    assert_eq!(trim(&mut session, 5, 100).await, "0 of 0");
    assert_eq!(counted(&mut session).await, 0);
    assert_eq!(keep_of(&mut session, task, 1, 10, 15).await, "kept");
}

#[tokio::test]
async fn recordings_go_before_the_partition_of_their_tasks_and_are_counted_no_more() {
    let (_database, mut session, worker) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let tasks = create(&mut session, version, 3).await;
    for task in &tasks {
        keep(&mut session, *task, 1).await;
    }
    run_all(&mut session, worker).await;
    session
        .run(
            "insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
             select namespace_id, 'complete', 86400000, 'ada', tasker.clock() from tasker.task limit 1",
        )
        .await;
    july(&mut session).await;
    assert!(close(&mut session).await);
    assert!(session.one::<bool>("select tasker.sum_partition()").await);
    session.at("2030-08-30 12:00:00Z").await;
    let drop_one = "select tasker.drop_partition(100, false)";
    let is_there = "select to_regclass('tasker.task_20300601') is not null";
    for is_left in [true, false] {
        assert!(session.one::<bool>(drop_one).await);
        assert!(recorded(&mut session).await.is_empty());
        assert_eq!(counted(&mut session).await, 0);
        assert_eq!(session.one::<bool>(is_there).await, is_left);
    }
    assert!(!session.one::<bool>(drop_one).await);
}
