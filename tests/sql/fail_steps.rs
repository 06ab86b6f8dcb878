use super::{BY_POLICY, Fail, Graph, Listener, PERMANENT, engine, engine_with};

#[tokio::test]
async fn a_failed_attempt_is_tried_again_when_its_backoff_is_over() {
    let (_database, mut session, worker, task) =
        engine_with(Graph::single().backoff("exponential", 1_000, 60_000)).await;
    let mut waits = Vec::new();
    for _ in 0..2 {
        let claimed = session.claim(worker, 1).await;
        waits.push(session.fail(worker, &claimed, BY_POLICY).await);
        assert_eq!(session.steps(task).await, "waiting_for_retry");
        session
            .later(if waits.len() == 1 {
                "999 ms"
            } else {
                "1999 ms"
            })
            .await;
        assert_eq!(session.claim(worker, 1).await, []);
        session.later("1 ms").await;
    }
    assert_eq!(waits, [Some(1_000), Some(2_000)]);
    assert_eq!(session.claim_one(worker).await.attempt, 3);
}

#[tokio::test]
async fn every_backoff_of_a_policy_is_kept_to() {
    for (backoff, wanted) in [
        ("none", [0, 0, 0]),
        ("linear", [400, 800, 1_000]),
        ("exponential", [400, 800, 1_000]),
    ] {
        let graph = Graph::single().max_attempts(9).backoff(backoff, 400, 1_000);
        let (_database, mut session, worker, _) = engine_with(graph).await;
        for wanted in wanted {
            let claimed = session.claim(worker, 1).await;
            assert_eq!(
                session.fail(worker, &claimed, BY_POLICY).await,
                Some(wanted),
                "{backoff}"
            );
            session.later("1 second").await;
        }
    }
}

#[tokio::test]
async fn jitter_moves_a_retry_within_its_share() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single()
        .backoff("linear", 1_000, 1_000)
        .jitter(0.5)
        .publish(&mut session)
        .await;
    session.create_many(version, 200).await;
    let claimed = session.claim(worker, 200).await;
    session.fail(worker, &claimed, BY_POLICY).await;
    let bounds = "select bool_and(ready_at - tasker.clock() between '500 ms' and '1500 ms') and count(distinct ready_at) > 100
                  from tasker.step";
    assert!(session.one::<bool>(bounds).await);
}

#[tokio::test]
async fn a_handlers_word_for_the_earliest_time_goes_before_the_policy() {
    let (_database, mut session, worker, _) = engine_with(Graph::single()).await;
    let claimed = session.claim(worker, 1).await;
    let after = Fail {
        retry_after_ms: Some(7_000),
        ..BY_POLICY
    };
    assert_eq!(session.fail(worker, &claimed, after).await, Some(7_000));
}

#[tokio::test]
async fn a_handlers_word_is_kept_between_now_and_a_year() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    for (asked, got) in [(i64::MAX, 365 * 24 * 60 * 60 * 1_000), (-5, 0)] {
        session.create(version).await;
        let claimed = session.claim(worker, 1).await;
        let after = Fail {
            retry_after_ms: Some(asked),
            ..BY_POLICY
        };
        assert_eq!(session.fail(worker, &claimed, after).await, Some(got));
    }
}

#[tokio::test]
async fn the_first_of_several_retries_is_reported() {
    let (_database, mut session, worker) = engine().await;
    for base_ms in [5_000, 3_000, 9_000] {
        let version = Graph::single()
            .backoff("linear", base_ms, 60_000)
            .publish(&mut session)
            .await;
        session.create(version).await;
    }
    let claimed = session.claim(worker, 3).await;
    assert_eq!(session.fail(worker, &claimed, BY_POLICY).await, Some(3_000));
}

#[tokio::test]
async fn the_last_attempt_that_the_policy_allows_is_final() {
    let (_database, mut session, worker, task) =
        engine_with(Graph::single().max_attempts(2).backoff("none", 0, 0)).await;
    let first = session.claim(worker, 1).await;
    assert_eq!(session.fail(worker, &first, BY_POLICY).await, Some(0));
    let second = session.claim(worker, 1).await;
    assert_eq!(session.fail(worker, &second, BY_POLICY).await, None);
    assert_eq!(session.steps(task).await, "error");
    assert_eq!(session.task(task).await, "error");
}

#[tokio::test]
async fn a_policy_of_one_attempt_allows_no_retry() {
    let (_database, mut session, worker, task) = engine_with(Graph::single().max_attempts(1)).await;
    let claimed = session.claim(worker, 1).await;
    session.fail(worker, &claimed, BY_POLICY).await;
    assert_eq!(session.task(task).await, "error");
}

#[tokio::test]
async fn a_free_attempt_does_not_advance_the_retry_policy() {
    let (_database, mut session, worker, task) = engine_with(Graph::single().max_attempts(1)).await;
    session.claim(worker, 1).await;
    session.release(&[worker], &[]).await;
    let second = session.claim(worker, 1).await;
    assert_eq!(second[0].attempt, 2);
    session.checkpoint(worker, &second, "1").await;
    let third = session.claim(worker, 1).await;
    session.fail(worker, &third, BY_POLICY).await;
    assert_eq!(session.steps(task).await, "error");
}

#[tokio::test]
async fn a_permanent_failure_allows_no_retry_and_names_step_code_and_message() {
    let (database, mut session, worker, task) = engine_with(Graph::chain(2)).await;
    session.watch(task).await;
    let claimed = session.claim(worker, 1).await;
    let mut listener = Listener::new(&database).await;
    let failed = session.try_fail(worker, &claimed, PERMANENT).await;
    assert_eq!(failed.unwrap(), (None, Some(vec![task])));
    assert_eq!(session.steps(task).await, "error waiting");
    assert_eq!(session.task(task).await, "error");
    let error: String = session
        .one("select error::jsonb::text from tasker.task")
        .await;
    assert_eq!(
        error,
        r#"{"code": "broken", "step": "s0", "message": "step 0 broke"}"#
    );
    assert!(
        session
            .one::<bool>("select finished_at = tasker.clock() from tasker.task")
            .await
    );
    assert_eq!(session.log(task).await[3..], ["0 error #1", "task error"]);
    assert_eq!(listener.heard(&mut session).await, [""; 0]);
}

#[tokio::test]
async fn a_retry_is_logged_with_its_error_and_keeps_it() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claimed = session.claim(worker, 1).await;
    session.fail(worker, &claimed, BY_POLICY).await;
    assert_eq!(session.step(task, 0, "error ->> 'code'").await, "broken");
    let detail =
        "select detail ->> 'message' from tasker.transition where to_state = 'waiting_for_retry'";
    assert_eq!(session.one::<String>(detail).await, "step 0 broke");
}

#[tokio::test]
async fn a_step_that_completes_after_a_retry_has_no_error() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let first = session.claim(worker, 1).await;
    session.fail(worker, &first, BY_POLICY).await;
    session.later("1 minute").await;
    let second = session.claim(worker, 1).await;
    session.complete(worker, &second).await;
    assert_eq!(session.step(task, 0, "error").await, "-");
    assert_eq!(session.task(task).await, "complete");
}

#[tokio::test]
async fn a_void_lease_changes_nothing_and_is_not_logged() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claimed = session.claim(worker, 1).await;
    let other = session.worker().await;
    assert_eq!(session.fail(other, &claimed, PERMANENT).await, None);
    let mut older = claimed.clone();
    older[0].attempt = 0;
    assert_eq!(session.fail(worker, &older, PERMANENT).await, None);
    session.fail(worker, &claimed, BY_POLICY).await;
    assert_eq!(session.fail(worker, &claimed, PERMANENT).await, None);
    assert_eq!(session.steps(task).await, "waiting_for_retry");
    assert_eq!(session.log(task).await.len(), 4);
}

#[tokio::test]
async fn an_empty_batch_changes_nothing() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    assert_eq!(session.fail(worker, &[], PERMANENT).await, None);
    assert_eq!(session.log(task).await.len(), 1);
}

#[tokio::test]
async fn a_batch_may_hold_retries_and_final_failures_of_several_tasks() {
    let (_database, mut session, worker) = engine().await;
    let last = Graph::single().max_attempts(1).publish(&mut session).await;
    let more = Graph::single().max_attempts(2).publish(&mut session).await;
    let (last, more) = (session.create(last).await, session.create(more).await);
    let claimed = session.claim(worker, 2).await;
    assert_eq!(session.fail(worker, &claimed, BY_POLICY).await, Some(1_000));
    assert_eq!(
        (session.task(last).await, session.task(more).await),
        ("error".to_owned(), "in_progress".to_owned())
    );
}

#[tokio::test]
async fn the_highest_number_that_an_attempt_may_have_is_final() {
    let (_database, mut session, worker, task) =
        engine_with(Graph::single().max_attempts(i32::MAX)).await;
    session
        .run("update tasker.step set attempt = tasker.attempts_max() - 1, free_attempts = 2")
        .await;
    let claimed = session.claim(worker, 1).await;
    assert_eq!(session.fail(worker, &claimed, BY_POLICY).await, None);
    assert_eq!(session.task(task).await, "error");
}
