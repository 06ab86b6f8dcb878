//! Every function locks steps by (task_id, step_no), then tasks by id: while one waits for the lower
//! of two rows it does not hold the higher one.

use std::future::Future;

use super::retention::ended;
use super::suspend_steps::{make_lock, quarantine, release};
use super::{BY_POLICY, Claim, Graph, PERMANENT, Session, TestDatabase, Uuid, engine};

/// Two tasks of one running step, the higher one's claim first; each held by a worker of its own.
async fn two_running(graph: Graph) -> (TestDatabase, Session, [i32; 2], [Claim; 2]) {
    let (database, mut session, first) = engine().await;
    let second = session.worker().await;
    let version = graph.publish(&mut session).await;
    let tasks = session.create_many(version, 2).await;
    let older = "update tasker.step set ready_at = ready_at - interval '1 second' where ready_at is not null and task_id = ";
    session.rewrite(&format!("{older}'{}'", tasks[1])).await;
    let claims = [
        session.claim_one(first).await,
        session.claim_one(second).await,
    ];
    assert!(claims[0].task_id > claims[1].task_id);
    (database, session, [first, second], claims)
}

/// The same, both held by one worker.
async fn two_held_by_one(graph: Graph) -> (TestDatabase, Session, i32, [Claim; 2]) {
    let (database, mut session, [worker, _], claims) = two_running(graph).await;
    session
        .run(&format!(
            "update tasker.step set worker_id = {worker} where worker_id is not null;
             update tasker.transition set worker_id = {worker} where worker_id is not null"
        ))
        .await;
    (database, session, worker, claims)
}

/// While `call` waits for the row of `table` of the lower task, that of the higher one is free.
async fn waits_for_the_lower_first<T>(
    database: &TestDatabase,
    table: &str,
    [higher, lower]: [Uuid; 2],
    pid: i32,
    call: impl Future<Output = T>,
) -> T {
    let mut blocker = Session::new(database).await;
    let row =
        |task: Uuid| format!("select from tasker.{table} where task_id = '{task}' for update");
    blocker.begin().await;
    blocker.run(&row(lower)).await;
    let check = async {
        blocker.wait_until_awaited_by(pid).await;
        blocker.run(&format!("{} nowait", row(higher))).await;
        blocker.commit().await;
    };
    tokio::join!(call, check).0
}

fn tasks(claims: &[Claim; 2]) -> [Uuid; 2] {
    [claims[0].task_id, claims[1].task_id]
}

#[tokio::test]
async fn completing_takes_the_lower_step_first() {
    let (database, mut session, worker, claims) = two_held_by_one(Graph::single()).await;
    let pid = session.pid();
    waits_for_the_lower_first(
        &database,
        "step",
        tasks(&claims),
        pid,
        session.complete(worker, &claims),
    )
    .await;
}

#[tokio::test]
async fn completing_with_events_takes_the_lower_step_first() {
    let (database, mut session, worker, claims) = two_held_by_one(Graph::single()).await;
    let (pid, events) = (session.pid(), [(1, "higher", "1")]);
    waits_for_the_lower_first(
        &database,
        "step",
        tasks(&claims),
        pid,
        session.complete_with_events(worker, &claims, 0, &events),
    )
    .await;
}

#[tokio::test]
async fn releasing_takes_the_lower_child_first() {
    let (database, mut session, worker, claims) = two_held_by_one(Graph::chain(2)).await;
    let mut blocker = Session::new(&database).await;
    let child = |task: Uuid| {
        format!("select from tasker.step where task_id = '{task}' and step_no = 1 for update")
    };
    blocker.begin().await;
    blocker.run(&child(claims[1].task_id)).await;
    let pid = session.pid();
    let check = async {
        blocker.wait_until_awaited_by(pid).await;
        blocker
            .run(&format!("{} nowait", child(claims[0].task_id)))
            .await;
        blocker.commit().await;
    };
    tokio::join!(session.complete(worker, &claims), check);
}

#[tokio::test]
async fn suspending_takes_the_lower_step_first() {
    let (database, mut session, worker, claims) = two_held_by_one(Graph::single()).await;
    let pid = session.pid();
    waits_for_the_lower_first(
        &database,
        "step",
        tasks(&claims),
        pid,
        session.suspend(worker, &claims),
    )
    .await;
}

#[tokio::test]
async fn resuming_takes_the_lower_step_first() {
    let graph = Graph::single();
    let (database, mut session, first) = engine().await;
    let version = graph.publish(&mut session).await;
    make_lock(&mut session, version, &[1]).await;
    let ids = session.create_many(version, 2).await;
    let claimed = session.claim(first, 2).await;
    quarantine(&mut session, 1).await;
    session.suspend(first, &claimed).await;
    let pid = session.pid();
    let both = [ids[1], ids[0]];
    waits_for_the_lower_first(&database, "step", both, pid, release(&mut session, 1)).await;
}

#[tokio::test]
async fn failing_takes_the_lower_step_first() {
    for how in [BY_POLICY, PERMANENT] {
        let (database, mut session, worker, claims) = two_held_by_one(Graph::single()).await;
        let pid = session.pid();
        let call = session.fail(worker, &claims, how);
        waits_for_the_lower_first(&database, "step", tasks(&claims), pid, call).await;
    }
}

#[tokio::test]
async fn failing_for_good_takes_a_siblings_row_before_its_own_higher_one() {
    let (database, mut session, worker) = engine().await;
    let version = Graph::new(2, &[]).publish(&mut session).await;
    let task = session.create(version).await;
    session
        .rewrite(
            "update tasker.step set ready_at = ready_at - interval '1 second' where step_no = 1",
        )
        .await;
    let claimed = session.claim(worker, 1).await;
    let row = |step: i16| {
        format!("select from tasker.step where task_id = '{task}' and step_no = {step} for update")
    };
    let mut blocker = Session::new(&database).await;
    blocker.begin().await;
    blocker.run(&row(0)).await;
    let pid = session.pid();
    let check = async {
        blocker.wait_until_awaited_by(pid).await;
        blocker.run(&format!("{} nowait", row(1))).await;
        blocker.commit().await;
    };
    tokio::join!(session.fail(worker, &claimed, PERMANENT), check);
}

#[tokio::test]
async fn leaving_checkpoints_takes_the_lower_step_first() {
    for attempt in ["1", "tasker.attempts_max()"] {
        let (database, mut session, worker, mut claims) = two_held_by_one(Graph::single()).await;
        session
            .run(&format!(
                "update tasker.step set attempt = {attempt} where task_id = '{}'",
                claims[0].task_id
            ))
            .await;
        claims[0].attempt = session.one(&format!("select ({attempt})::int")).await;
        let pid = session.pid();
        let call = session.checkpoint(worker, &claims, "1");
        waits_for_the_lower_first(&database, "step", tasks(&claims), pid, call).await;
    }
}

#[tokio::test]
async fn taking_steps_back_takes_the_lower_one_first() {
    for (losses, table) in [(0, "step"), (100, "step"), (100, "task")] {
        let (database, mut session, worker, claims) = two_held_by_one(Graph::single()).await;
        session
            .run(&format!("update tasker.step set worker_losses = {losses}"))
            .await;
        let pid = session.pid();
        let released = format!(
            "select tasker.release_steps(array[{worker}], '{{}}', '{{}}', '{{}}', 'worker lost', true)"
        );
        let released = session.one::<i32>(&released);
        let released =
            waits_for_the_lower_first(&database, table, tasks(&claims), pid, released).await;
        assert_eq!(released, 2);
    }
}

#[tokio::test]
async fn moving_steps_for_a_clock_that_was_set_back_takes_the_lower_step_first() {
    let (database, mut session, worker, claims) = two_held_by_one(Graph::single()).await;
    session.release(&[worker], &[]).await;
    session.follow_clock(10).await;
    session.later("-1 hour").await;
    let pid = session.pid();
    let moved = waits_for_the_lower_first(
        &database,
        "step",
        tasks(&claims),
        pid,
        session.follow_clock(10),
    )
    .await;
    assert_eq!(moved, Some(2));
}

#[tokio::test]
async fn giving_back_overdue_attempts_takes_the_lower_step_first() {
    let (database, mut session, worker, claims) = two_held_by_one(Graph::single()).await;
    session.later("1 hour").await;
    let pid = session.pid();
    let reaped = waits_for_the_lower_first(
        &database,
        "step",
        tasks(&claims),
        pid,
        session.reap_overdue(worker, &[], "1 s"),
    )
    .await;
    assert_eq!(reaped, 2);
}

#[tokio::test]
async fn cancelling_takes_the_lower_step_and_the_lower_task_first() {
    for table in ["step", "task"] {
        let (database, mut session, _, claims) = two_running(Graph::single()).await;
        let pid = session.pid();
        let tasks = tasks(&claims);
        waits_for_the_lower_first(&database, table, tasks, pid, session.cancel(&tasks)).await;
    }
}

#[tokio::test]
async fn migrating_takes_the_lower_step_and_the_lower_task_first() {
    for table in ["step", "task"] {
        let (database, mut session, _, claims) = two_running(Graph::single()).await;
        let locks = "insert into tasker.lock (template_version_id, fingerprint)
             select template_version_id, f from tasker.template_version, (values ('1'::bytea), ('2')) v (f)";
        session.run(locks).await;
        let tasks = tasks(&claims);
        let migration = format!(
            "select task_id from tasker.migrate_tasks(array['{}', '{}']::uuid[], '{{1, 1}}', '{{2, 2}}', '{{1, 1}}')",
            tasks[0], tasks[1]
        );
        let pid = session.pid();
        let moved = session.all::<Uuid>(&migration);
        let moved = waits_for_the_lower_first(&database, table, tasks, pid, moved).await;
        assert_eq!(moved.len(), 2);
    }
}

#[tokio::test]
async fn completing_takes_the_lower_task_first() {
    let (database, mut session, worker, claims) = two_held_by_one(Graph::single()).await;
    let pid = session.pid();
    waits_for_the_lower_first(
        &database,
        "task",
        tasks(&claims),
        pid,
        session.complete(worker, &claims),
    )
    .await;
}

#[tokio::test]
async fn failing_takes_the_lower_task_first() {
    let (database, mut session, worker, claims) = two_held_by_one(Graph::single()).await;
    let pid = session.pid();
    waits_for_the_lower_first(
        &database,
        "task",
        tasks(&claims),
        pid,
        session.fail(worker, &claims, PERMANENT),
    )
    .await;
}

/// A sink of the higher task, an inner step of the lower one: the two ask about their tasks by
/// different ways.
#[tokio::test]
async fn completing_in_failing_tasks_takes_the_lower_task_first() {
    let (database, mut session, worker) = engine().await;
    let version = Graph::new(4, &[(1, 3)]).publish(&mut session).await;
    session.create_many(version, 2).await;
    let claims = session.claim(worker, 6).await;
    let (lower, higher) = (&claims[0..3], &claims[3..6]);
    session
        .fail(worker, &[lower[0].clone(), higher[0].clone()], PERMANENT)
        .await;
    let ended = [higher[2].clone(), lower[1].clone()];
    let pid = session.pid();
    let call = session.complete(worker, &ended);
    waits_for_the_lower_first(
        &database,
        "task",
        [ended[0].task_id, ended[1].task_id],
        pid,
        call,
    )
    .await;
}

/// It waits for neither, so that it needs no order among them.
#[tokio::test]
async fn locking_finished_tasks_waits_for_no_step_and_no_task() {
    for table in ["step", "task"] {
        let (database, mut session, _) = engine().await;
        let version = Graph::single().publish(&mut session).await;
        let tasks = ended(&mut session, version, "complete", "1 hour", 2).await;
        let mut blocker = Session::new(&database).await;
        blocker.begin().await;
        let row = format!(
            "select from tasker.{table} where task_id = '{}' for update",
            tasks[0]
        );
        blocker.run(&row).await;
        let lock = format!(
            "select tasker.lock_finished_tasks(array['{}', '{}']::uuid[])",
            tasks[1], tasks[0]
        );
        session.run("set lock_timeout = '1ms'").await;
        assert_eq!(session.one::<Vec<Uuid>>(&lock).await, [tasks[1]]);
    }
}
