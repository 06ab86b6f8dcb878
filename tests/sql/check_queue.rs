//! Steps that are to be claimed and are missing in the queue.

use super::{Graph, Session, engine};
use crate::harness::WRONG_IN_QUEUE;

/// Checks so many steps, whether or not the next check is due.
async fn check(session: &mut Session, limit: i32) -> i32 {
    session.later("5 seconds").await;
    session
        .one(&format!("select tasker.check_queue({limit}, '5 seconds')"))
        .await
}

#[tokio::test]
async fn a_step_that_is_missing_in_the_queue_is_put_back() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::new(3, &[(0, 2)]).publish(&mut session).await;
    let tasks = session.create_many(version, 2).await;
    assert_eq!(check(&mut session, 100).await, 0);
    session
        .run(&format!(
            "delete from tasker.queue where task_id = '{}' and step_no = 1",
            tasks[0]
        ))
        .await;
    assert_eq!(session.one::<i64>(WRONG_IN_QUEUE).await, 1);
    assert_eq!(check(&mut session, 100).await, 1);
    assert_eq!(session.one::<i64>(WRONG_IN_QUEUE).await, 0);
    assert_eq!(check(&mut session, 100).await, 0);
    assert_eq!(session.claim(worker, 10).await.len(), 4);
}

#[tokio::test]
async fn calls_walk_through_all_open_tasks_a_bounded_number_of_steps_each() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::new(5, &[]).publish(&mut session).await;
    session.create_many(version, 4).await;
    session.run("delete from tasker.queue").await;
    let mut put_back = Vec::new();
    for _ in 0..4 {
        put_back.push(check(&mut session, 7).await);
    }
    assert_eq!(put_back, [7, 7, 6, 0], "and round again");
    assert_eq!(session.one::<i64>(WRONG_IN_QUEUE).await, 0);
}

#[tokio::test]
async fn all_hosts_together_check_once_an_interval() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 1).await;
    assert_eq!(check(&mut session, 100).await, 0);
    session.run("delete from tasker.queue").await;
    let again = "select tasker.check_queue(100, '5 seconds')";
    assert_eq!(session.one::<i32>(again).await, 0, "not due");
    assert_eq!(check(&mut session, 100).await, 1);
}

#[tokio::test]
async fn a_step_that_is_locked_is_left_to_the_next_walk() {
    let (database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 2).await;
    session.run("delete from tasker.queue").await;
    let mut other = Session::new(&database).await;
    other.begin().await;
    other
        .run("select from tasker.step order by task_id limit 1 for update")
        .await;
    assert_eq!(check(&mut session, 100).await, 1);
    other.commit().await;
    assert_eq!(check(&mut session, 100).await, 1);
}
