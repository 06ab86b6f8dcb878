use super::engine::{ready, task};
use super::{Graph, Uuid};
use crate::harness::Advance;
use tasker_domain::ids::TaskId;
use tasker_engine::claim::Claimed;
use tasker_engine::plan::AncestorResult;
use tasker_engine::report::Completed;

const LARGE: u64 = 1 << 20;

fn completed(claimed: &[Claimed]) -> Vec<Completed> {
    let completed = |claim: &Claimed| Completed {
        lease: claim.lease,
        result: format!("{{\"of\": {}}}", claim.lease.step_no),
        usage: None,
        events: Vec::new(),
    };
    claimed.iter().map(completed).collect()
}

#[tokio::test]
async fn a_step_reads_the_results_of_the_steps_that_it_depends_on_and_of_no_other() {
    let graph = Graph::new(5, &[(0, 1), (1, 3), (2, 4), (3, 4)]);
    let (_database, _, engine, worker, version) = ready(graph).await;
    engine
        .create_tasks(&[task(1, version, None)])
        .await
        .unwrap();
    let mut claimed = engine.advance(worker, &[], 8).await.unwrap();
    while claimed.iter().all(|claim| claim.lease.step_no != 4) {
        claimed = engine
            .advance(worker, &completed(&claimed), 8)
            .await
            .unwrap();
    }
    let id = TaskId(Uuid::from_u128(1));
    for (of, step, is_told) in [
        (3, "s1", true),
        (3, "s0", true),
        (3, "s2", false),
        (3, "s3", false),
        (4, "s0", true),
        (4, "s2", true),
        (1, "s3", false),
        (4, "nothing", false),
    ] {
        let told = engine.ancestor_result(id, of, step, LARGE).await.unwrap();
        assert_eq!(told.is_some(), is_told, "{step} to {of}");
        if let Some(told) = told {
            let result = format!("{{\"of\": {}}}", &step[1..]);
            assert_eq!(told.bytes, 9);
            assert_eq!(told.result, Some(result));
        }
    }
}

#[tokio::test]
async fn the_text_of_a_result_that_is_larger_than_was_asked_for_stays_where_it_is() {
    let (_database, _, engine, worker, version) = ready(Graph::chain(2)).await;
    engine
        .create_tasks(&[task(1, version, None)])
        .await
        .unwrap();
    let claimed = engine.advance(worker, &[], 1).await.unwrap();
    engine
        .advance(worker, &completed(&claimed), 1)
        .await
        .unwrap();
    let id = TaskId(Uuid::from_u128(1));
    let told = engine.ancestor_result(id, 1, "s0", 8).await.unwrap();
    assert_eq!(
        told,
        Some(AncestorResult {
            result: None,
            bytes: 9
        })
    );
}
