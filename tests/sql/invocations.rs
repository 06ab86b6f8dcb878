use super::{Graph, engine, engine_with};

#[tokio::test]
async fn a_claim_brings_all_that_the_attempt_needs() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claim = session.claim_one(worker).await;
    assert_eq!(claim.task_id, task);
    assert_eq!(claim.lock_id, 1);
    assert_eq!(claim.correlation_id, "correlation");
    assert_eq!(claim.input, "{\"n\": 1}");
    assert_eq!(claim.checkpoint, None);
    assert_eq!(claim.parents(), []);
}

#[tokio::test]
async fn a_step_gets_the_results_of_the_steps_that_it_names_and_of_no_other() {
    let (_database, mut session, worker, _) =
        engine_with(Graph::new(4, &[(0, 1), (1, 2), (0, 3), (2, 3)])).await;
    let mut claimed = session.claim(worker, 1).await;
    while claimed[0].step_no != 3 {
        claimed = session.advance(worker, &claimed, 1).await;
    }
    assert_eq!(
        claimed[0].parents(),
        [(0, "{\"of\": 0}".to_owned()), (2, "{\"of\": 2}".to_owned())]
    );
}

#[tokio::test]
async fn a_step_may_have_ten_thousand_parents() {
    let (_database, mut session, worker, task) = engine_with(Graph::fan_in(9_999)).await;
    let parents = session.claim(worker, 10_000).await;
    let child = session.advance(worker, &parents, 1).await;
    assert_eq!(child[0].parents().len(), 9_999);
    session.complete(worker, &child).await;
    assert_eq!(session.task(task).await, "complete");
}

#[tokio::test]
async fn nothing_claimed_needs_nothing() {
    let (_database, mut session, _) = engine().await;
    assert_eq!(
        session
            .all::<i16>("select step_no from tasker.invocations('{}')")
            .await,
        [0; 0]
    );
}
