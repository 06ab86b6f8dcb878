//! A step that cannot be claimed harms no other, whatever is wrong with it.

use super::{Graph, Session, Uuid, engine};

/// Parents whose results together are more than PostgreSQL can put into one value.
const LARGE_PARENTS: i16 = 1_100;
const LARGE_RESULT_BYTES: i32 = 1_000_000;

/// Has every update of a step of the task fail in which this holds.
async fn poison(session: &mut Session, task: Uuid, condition: &str, sqlstate: &str) {
    session
        .run(&format!(
            "create function tasker.poison() returns trigger language plpgsql as $$
               begin
                 raise exception 'it is poisoned' using errcode = '{sqlstate}';
               end $$;
             create trigger poison before update on tasker.step for each row
               when (new.task_id = '{task}' and {condition}) execute function tasker.poison()"
        ))
        .await;
}

/// Claims all that can be, and tells the tasks.
async fn claim_all(session: &mut Session, worker: i32) -> Vec<Uuid> {
    let claimed = session.claim(worker, 10).await;
    claimed.iter().map(|claim| claim.task_id).collect()
}

#[tokio::test]
async fn a_step_whose_claim_fails_is_postponed_with_the_reason_and_the_others_are_claimed() {
    for sqlstate in ["22023", "23514", "54000", "XX001"] {
        let (_database, mut session, worker) = engine().await;
        let version = Graph::single().publish(&mut session).await;
        let tasks = session.create_many(version, 4).await;
        poison(&mut session, tasks[1], "new.state = 'running'", sqlstate).await;
        let claimed = claim_all(&mut session, worker).await;
        assert_eq!(claimed, [tasks[0], tasks[2], tasks[3]], "{sqlstate}");
        assert_eq!(session.log(tasks[1]).await, ["task pending", "0 ready #0"]);
        let why: String = session
            .one(&format!(
                "select why from tasker.explain_steps('{}')",
                tasks[1]
            ))
            .await;
        let told = format!("it is poisoned (SQLSTATE {sqlstate}); it is retried every 5 minutes");
        assert!(why.contains(&told), "{why}");
        assert_eq!(claim_all(&mut session, worker).await, Vec::<Uuid>::new());
        // Once it is mended, it comes back by itself.
        session.run("drop trigger poison on tasker.step").await;
        session.later("5 minutes").await;
        assert_eq!(claim_all(&mut session, worker).await, [tasks[1]]);
    }
}

#[tokio::test]
async fn a_step_that_cannot_even_be_postponed_harms_no_other() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let tasks = session.create_many(version, 3).await;
    poison(&mut session, tasks[0], "true", "22023").await;
    assert_eq!(claim_all(&mut session, worker).await, tasks[1..]);
    let later = session.create_many(version, 2).await;
    assert_eq!(claim_all(&mut session, worker).await, later);
}

#[tokio::test]
async fn a_fault_of_the_database_is_reported_and_postpones_no_step() {
    for sqlstate in ["25006", "42883", "53100"] {
        let (_database, mut session, worker) = engine().await;
        let version = Graph::single().publish(&mut session).await;
        let task = session.create(version).await;
        poison(&mut session, task, "new.state = 'running'", sqlstate).await;
        let error = session
            .refusal(&format!("select tasker.claim_ready({worker}, 10, 1000)"))
            .await;
        let code = error.as_database_error().and_then(|error| error.code());
        assert_eq!(code.as_deref(), Some(sqlstate));
        assert_eq!(
            session.step(task, 0, "ready_at <= tasker.clock()").await,
            "true"
        );
    }
}

#[tokio::test]
async fn a_step_that_was_begun_as_often_as_can_be_counted_fails_and_the_others_are_claimed() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let tasks = session.create_many(version, 3).await;
    session
        .run(&format!(
            "update tasker.step set attempt = 2147483647, free_attempts = 2147483647 where task_id = '{}'",
            tasks[0]
        ))
        .await;
    assert_eq!(claim_all(&mut session, worker).await, tasks[1..]);
    assert_eq!(session.steps(tasks[0]).await, "error");
    let error: String = session
        .one(&format!(
            "select error ->> 'code' from tasker.task where task_id = '{}'",
            tasks[0]
        ))
        .await;
    assert_eq!(error, "too_many_attempts");
}

#[tokio::test]
async fn a_step_whose_task_is_gone_is_handed_out_once_and_harms_no_other() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let tasks = session.create_many(version, 3).await;
    session
        .run(&format!(
            "delete from tasker.task where task_id = '{}'",
            tasks[0]
        ))
        .await;
    let claimed = session.claim(worker, 10).await;
    let locks: Vec<_> = claimed.iter().map(|claim| claim.lock_id).collect();
    assert_eq!(locks, [0, 1, 1]);
    assert_eq!(claim_all(&mut session, worker).await, Vec::<Uuid>::new());
}

#[tokio::test]
async fn results_that_together_exceed_any_value_neither_stop_the_last_report_nor_any_claim() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::fan_in(LARGE_PARENTS).publish(&mut session).await;
    let task = session.create(version).await;
    let parents = session.claim(worker, LARGE_PARENTS.into()).await;
    let (last, others) = parents.split_last().unwrap();
    session.complete(worker, others).await;
    session
        .run(&format!(
            "update tasker.step set result = to_json(repeat('x', {LARGE_RESULT_BYTES})) where state = 'complete'"
        ))
        .await;
    // Released and claimed with the last report, or by a claim of its own.
    let child = session.report(worker, std::slice::from_ref(last), 1).await;
    assert_eq!(child[0].step_no, LARGE_PARENTS);
    session.release(&[worker], &[]).await;
    assert_eq!(session.claim_one(worker).await.step_no, LARGE_PARENTS);
    let told: i64 = session
        .one(&format!(
            "select sum(octet_length(result::text))::bigint from tasker.step where task_id = '{task}'"
        ))
        .await;
    assert!(told > 1 << 30, "{told}");
}
