//! What attempts logged: stored in chunks, read in pages, and kept as long as the task.

use super::partitions::{begun, close, create, july, run_all};
use super::{Graph, Session, Uuid};

/// Stores a chunk of two lines.
async fn append(session: &mut Session, task: Uuid, attempt: i32, last_line: i32) -> i32 {
    session
        .one(&format!(
            "select tasker.append_attempt_logs('{{{task}}}', '{{0}}', '{{{attempt}}}', '{{{last_line}}}',
                                               array['[{{\"message\": \"a\"}}, {{\"message\": \"b\"}}]'])"
        ))
        .await
}

async fn read(session: &mut Session, task: Uuid, attempt: &str, after: &str) -> Vec<String> {
    session
        .all(&format!(
            "select attempt || '.' || last_line from tasker.read_attempt_log('{task}', 0::int2, {attempt}, {after}, 2)"
        ))
        .await
}

/// The partition that has the lines of the task.
async fn place(session: &mut Session, task: Uuid) -> Vec<String> {
    session
        .all(&format!(
            "select distinct tableoid::regclass::text from tasker.attempt_log where task_id = '{task}'"
        ))
        .await
}

#[tokio::test]
async fn chunks_are_stored_once_and_read_in_order_behind_a_place() {
    let (_database, mut session, _) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let task = create(&mut session, version, 1).await[0];
    for (attempt, line) in [(1, 2), (2, 2), (1, 4)] {
        assert_eq!(append(&mut session, task, attempt, line).await, 1);
        assert_eq!(append(&mut session, task, attempt, line).await, 0);
    }
    assert_eq!(
        read(&mut session, task, "null", "0, 0").await,
        ["1.2", "1.4"]
    );
    assert_eq!(
        read(&mut session, task, "null", "1, 3").await,
        ["1.4", "2.2"]
    );
    assert_eq!(read(&mut session, task, "1", "1, 2").await, ["1.4"]);
    assert_eq!(read(&mut session, task, "2", "2, 2").await.len(), 0);
}

#[tokio::test]
async fn lines_of_a_task_that_is_gone_are_left_out_and_those_of_others_stored() {
    let (_database, mut session, _) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let task = create(&mut session, version, 1).await[0];
    let both = format!(
        "select tasker.append_attempt_logs(array['{}', '{task}']::uuid[], '{{0,0}}', '{{1,1}}', '{{1,1}}', '{{[],[]}}')",
        Uuid::from_u128(7)
    );
    assert_eq!(session.one::<i32>(&both).await, 1);
    assert_eq!(place(&mut session, task).await, ["attempt_log_20300601"]);
}

#[tokio::test]
async fn the_log_goes_with_a_task_that_is_deleted_and_with_a_partition_that_is_dropped() {
    let (_database, mut session, worker) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    let tasks = create(&mut session, version, 2).await;
    let open = create(&mut session, version, 1).await[0];
    for task in [tasks[0], tasks[1], open] {
        append(&mut session, task, 1, 2).await;
    }
    session
        .run(&format!(
            "update tasker.step set state = 'ready', ready_at = null where task_id = '{open}';
             delete from tasker.queue where task_id = '{open}';
             insert into tasker.suspended_step select task_id, step_no from tasker.step where task_id = '{open}'"
        ))
        .await;
    run_all(&mut session, worker).await;
    july(&mut session).await;
    assert!(close(&mut session).await);
    assert_eq!(
        place(&mut session, tasks[0]).await,
        ["attempt_log_20300601"]
    );

    let one = format!("select tasker.delete_finished_tasks('{{{}}}')", tasks[0]);
    assert_eq!(session.one::<i32>(&one).await, 1);
    assert_eq!(place(&mut session, tasks[0]).await.len(), 0);
    assert_eq!(place(&mut session, tasks[1]).await.len(), 1);

    session
        .run(
            "insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
             select namespace_id, 'complete', 86400000, 'ada', tasker.clock() from tasker.task limit 1",
        )
        .await;
    assert!(session.one::<bool>("select tasker.sum_partition()").await);
    session.at("2030-07-20 12:00:00Z").await;
    assert!(
        session
            .one::<bool>("select tasker.drop_partition(100, false)")
            .await
    );
    assert_eq!(place(&mut session, tasks[1]).await.len(), 0);
    assert_eq!(place(&mut session, open).await, ["attempt_log_carried"]);
    assert_eq!(append(&mut session, open, 1, 4).await, 1);
    assert_eq!(read(&mut session, open, "1", "0, 0").await, ["1.2", "1.4"]);
    july_again(&mut session).await;
}

/// The next partition is made although there are lines of older tasks.
async fn july_again(session: &mut Session) {
    session.at("2030-07-25 12:00:00Z").await;
    assert!(
        session
            .one::<bool>("select tasker.ensure_partitions()")
            .await
    );
}
