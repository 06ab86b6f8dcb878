use super::{Claim, Graph, Listener, Session, engine, engine_with};

const NOTHING: [&str; 0] = [];

#[tokio::test]
async fn a_chain_goes_from_step_to_step_without_being_ready_in_between() {
    let (_database, mut session, worker, task) = engine_with(Graph::chain(3)).await;
    let mut claimed = session.claim(worker, 1).await;
    while !claimed.is_empty() {
        claimed = session.advance(worker, &claimed, 1).await;
    }
    assert_eq!(session.task(task).await, "complete");
    let wanted = [
        "task pending",
        "task in_progress",
        "0 running #1",
        "0 complete #1",
        "1 running #1",
        "1 complete #1",
        "2 running #1",
        "2 complete #1",
        "task complete",
    ];
    assert_eq!(session.log(task).await, wanted);
}

#[tokio::test]
async fn a_completed_step_keeps_its_result_and_is_over() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claimed = session.claim(worker, 1).await;
    session.later("2 seconds").await;
    session.complete(worker, &claimed).await;
    assert_eq!(session.step(task, 0, "result").await, "{\"of\": 0}");
    assert_eq!(
        session.step(task, 0, "finished_at - started_at").await,
        "00:00:02"
    );
    assert!(
        session
            .one::<bool>("select finished_at = tasker.clock() from tasker.task")
            .await
    );
}

#[tokio::test]
async fn a_diamonds_last_step_waits_for_both_sides() {
    let (_database, mut session, worker, task) = engine_with(Graph::diamond()).await;
    let top = session.claim(worker, 1).await;
    let sides = session.advance(worker, &top, 2).await;
    assert_eq!(
        session.steps(task).await,
        "complete running running waiting"
    );
    assert_eq!(session.advance(worker, &sides[..1], 2).await, []);
    assert_eq!(session.step(task, 3, "remaining_deps").await, "1");
    let last = session.advance(worker, &sides[1..], 2).await;
    assert_eq!(last[0].step_no, 3);
    session.complete(worker, &last).await;
    assert_eq!(session.task(task).await, "complete");
}

#[tokio::test]
async fn both_sides_of_a_diamond_in_one_batch_release_its_last_step_once() {
    let (_database, mut session, worker, task) = engine_with(Graph::diamond()).await;
    let top = session.claim(worker, 1).await;
    let sides = session.advance(worker, &top, 2).await;
    let last = session.advance(worker, &sides, 2).await;
    assert_eq!(last.len(), 1);
    let released = session
        .log(task)
        .await
        .iter()
        .filter(|line| line.starts_with("3 "))
        .count();
    assert_eq!(released, 1);
}

#[tokio::test]
async fn a_tree_is_complete_when_its_last_leaf_is() {
    let (_database, mut session, worker, task) =
        engine_with(Graph::new(5, &[(0, 1), (0, 2), (1, 3), (1, 4)])).await;
    let root = session.claim(worker, 1).await;
    let inner = session.advance(worker, &root, 9).await;
    let leaves = session.advance(worker, &inner, 9).await;
    session.complete(worker, &leaves[..1]).await;
    assert_eq!(session.task(task).await, "in_progress");
    session.complete(worker, &leaves[1..]).await;
    assert_eq!(session.task(task).await, "complete");
}

#[tokio::test]
async fn children_beyond_the_claim_are_ready_for_anybody() {
    let (_database, mut session, worker, task) = engine_with(Graph::fan_out(5)).await;
    let root = session.claim(worker, 1).await;
    let claimed = session.advance(worker, &root, 2).await;
    assert_eq!(claimed.len(), 2);
    assert_eq!(
        session.steps(task).await,
        "complete running running ready ready ready"
    );
    assert_eq!(
        session
            .step(
                task,
                3,
                "ready_at = tasker.clock() and attempt = 0 and worker_id is null"
            )
            .await,
        "true"
    );
    assert_eq!(session.claim(worker, 9).await.len(), 3);
}

#[tokio::test]
async fn a_report_says_whether_it_left_steps_ready_and_notifies_nobody() {
    for (claim, left) in [(2, vec![(true, None)]), (5, vec![])] {
        let (database, mut session, worker, _) = engine_with(Graph::fan_out(5)).await;
        let root = session.claim(worker, 1).await;
        let mut listener = Listener::new(&database).await;
        assert_eq!(session.report_alone(worker, &root, claim).await, left);
        assert_eq!(listener.heard(&mut session).await, NOTHING);
    }
}

#[tokio::test]
async fn parents_completed_by_two_workers_at_once_release_their_child_once() {
    let (database, mut first, worker, task) = engine_with(Graph::fan_in(2)).await;
    let mut second = Session::new(&database).await;
    let other = second.worker().await;
    let left = first.claim(worker, 1).await;
    let right = second.claim(other, 1).await;
    first.begin().await;
    assert_eq!(first.advance(worker, &left, 1).await, []);
    let pid = second.pid();
    let (child, ()) = tokio::join!(
        second.advance(other, &right, 1),
        first.commit_once_awaited_by(pid)
    );
    assert_eq!(child[0].step_no, 2);
    let released = first
        .log(task)
        .await
        .iter()
        .filter(|line| line.starts_with("2 "))
        .count();
    assert_eq!(released, 1);
}

#[tokio::test]
async fn two_last_sinks_completed_by_two_workers_at_once_complete_the_task_once() {
    let (database, mut first, worker, task) = engine_with(Graph::new(2, &[])).await;
    let mut second = Session::new(&database).await;
    let other = second.worker().await;
    let left = first.claim(worker, 1).await;
    let right = second.claim(other, 1).await;
    first.begin().await;
    first.complete(worker, &left).await;
    let pid = second.pid();
    tokio::join!(
        second.complete(other, &right),
        first.commit_once_awaited_by(pid)
    );
    let log = first.log(task).await;
    assert_eq!(
        log.iter().filter(|line| *line == "task complete").count(),
        1
    );
    assert_eq!(first.task(task).await, "complete");
}

/// Nothing of the task and its log changes by the call.
async fn changes_nothing(session: &mut Session, worker: i32, leases: &[Claim]) {
    let all = "select string_agg(t::text, e'\\n' order by t.seq) from tasker.transition t";
    let steps =
        "select string_agg(s::text, e'\\n' order by s.task_id, s.step_no) from tasker.step s";
    let before: (String, String) = (session.one(all).await, session.one(steps).await);
    session.advance(worker, leases, 0).await;
    assert_eq!(
        (
            session.one::<String>(all).await,
            session.one::<String>(steps).await
        ),
        before
    );
}

#[tokio::test]
async fn another_workers_lease_is_stale() {
    let (_database, mut session, worker, _) = engine_with(Graph::chain(2)).await;
    let claimed = session.claim(worker, 1).await;
    let other = session.worker().await;
    changes_nothing(&mut session, other, &claimed).await;
}

#[tokio::test]
async fn another_attempts_lease_is_stale() {
    let (_database, mut session, worker, _) = engine_with(Graph::chain(2)).await;
    let mut claimed = session.claim(worker, 1).await;
    claimed[0].attempt = 2;
    changes_nothing(&mut session, worker, &claimed).await;
}

#[tokio::test]
async fn a_repeated_call_changes_nothing() {
    let (_database, mut session, worker, _) = engine_with(Graph::chain(2)).await;
    let claimed = session.claim(worker, 1).await;
    session.complete(worker, &claimed).await;
    changes_nothing(&mut session, worker, &claimed).await;
}

#[tokio::test]
async fn a_lease_given_twice_in_one_call_counts_once() {
    let (_database, mut session, worker, task) = engine_with(Graph::fan_in(2)).await;
    let claimed = session.claim(worker, 1).await;
    let twice = [claimed[0].clone(), claimed[0].clone()];
    session.complete(worker, &twice).await;
    assert_eq!(session.step(task, 2, "remaining_deps").await, "1");
}

#[tokio::test]
async fn a_void_lease_takes_nothing_from_the_rest_of_its_batch() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(2, &[])).await;
    let mut claimed = session.claim(worker, 2).await;
    claimed[0].attempt = 9;
    session.complete(worker, &claimed).await;
    assert_eq!(session.steps(task).await, "running complete");
}

#[tokio::test]
async fn the_order_within_a_batch_does_not_matter() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::diamond().publish(&mut session).await;
    let mut logs = Vec::new();
    for is_reversed in [false, true] {
        let tasks = session.create_many(version, 3).await;
        let mut claimed = session.claim(worker, 9).await;
        while !claimed.is_empty() {
            if is_reversed {
                claimed.reverse();
            }
            claimed = session.advance(worker, &claimed, 9).await;
        }
        let mut of_tasks = Vec::new();
        for task in tasks {
            let mut log = session.log(task).await;
            log.sort();
            of_tasks.push(log);
        }
        logs.push(of_tasks);
    }
    assert_eq!(logs[0], logs[1]);
}

#[tokio::test]
async fn an_empty_batch_changes_nothing() {
    let (_database, mut session, worker, _) = engine_with(Graph::single()).await;
    changes_nothing(&mut session, worker, &[]).await;
}

#[tokio::test]
async fn the_end_of_a_watched_task_is_returned_with_its_id() {
    let (database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.watch(task).await;
    let claimed = session.claim(worker, 1).await;
    let mut listener = Listener::new(&database).await;
    let ended = [(false, Some(vec![task]))];
    assert_eq!(session.report_alone(worker, &claimed, 0).await, ended);
    assert_eq!(listener.heard(&mut session).await, NOTHING);
}

#[tokio::test]
async fn the_end_of_a_task_that_nobody_watches_is_not_returned() {
    let (_database, mut session, worker, _) = engine_with(Graph::single()).await;
    let claimed = session.claim(worker, 1).await;
    assert_eq!(session.report_alone(worker, &claimed, 0).await, []);
}

#[tokio::test]
async fn a_result_that_is_no_json_is_refused() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    session
        .refusal(&format!(
            "select tasker.complete_steps({worker}, '{{{task}}}', '{{0}}', '{{1}}', array['{{'], 0)"
        ))
        .await;
    assert_eq!(session.steps(task).await, "running");
}
