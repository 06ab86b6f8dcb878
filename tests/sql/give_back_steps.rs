use super::{Claim, Graph, Session, engine_with};

/// Gives back for a second.
async fn give_back(session: &mut Session, worker: i32, claim: &Claim) {
    session
        .run(&format!(
            "select tasker.give_back_steps({worker}, array['{}'::uuid], array[{}::smallint],
               array[{}::int], array[1000::bigint],
               array['{{\"kind\": \"host\", \"code\": \"plan_unreadable\", \"message\": \"another host is left to run it\"}}'])",
            claim.task_id, claim.step_no, claim.attempt
        ))
        .await;
}

#[tokio::test]
async fn a_step_that_is_given_back_is_ready_later_says_why_and_no_attempt_was_used() {
    let (_database, mut session, worker, task) = engine_with(Graph::single().max_attempts(1)).await;
    let claim = session.claim_one(worker).await;
    give_back(&mut session, worker, &claim).await;
    assert_eq!(session.steps(task).await, "ready");
    assert_eq!(session.step(task, 0, "free_attempts").await, "1");
    assert_eq!(session.claim(worker, 1).await, []);
    let why: String = session
        .one(&format!("select why from tasker.explain_steps('{task}')"))
        .await;
    assert_eq!(why, "another host is left to run it");
    session.later("1 second").await;
    let claim = session.claim_one(worker).await;
    assert_eq!(claim.attempt, 2);
    session.complete(worker, &[claim]).await;
    assert_eq!(session.task(task).await, "complete");
}

#[tokio::test]
async fn a_void_lease_gives_nothing_back() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claim = session.claim_one(worker).await;
    let other = session.worker().await;
    give_back(&mut session, other, &claim).await;
    assert_eq!(session.steps(task).await, "running");
}
