use proptest::prelude::*;
use tokio::sync::Mutex;

use super::{BY_POLICY, Graph, PERMANENT, Session, Uuid, engine, engine_with};

async fn why(session: &mut Session, task: Uuid) -> Vec<String> {
    session
        .all(&format!(
            "select name || ': ' || why from tasker.explain_steps('{task}')"
        ))
        .await
}

#[tokio::test]
async fn each_step_is_explained_to_people() {
    let (_database, mut session, worker, task) =
        engine_with(Graph::new(5, &[(0, 3), (1, 3), (2, 4)])).await;
    session.run("set timezone = 'UTC'").await;
    let claimed = session.claim(worker, 2).await;
    session.fail(worker, &claimed[..1], BY_POLICY).await;
    let wanted = [
        "s0: attempt 1 failed; the next is due at 2030-05-15 12:00:01+00".to_owned(),
        format!("s1: worker {worker} runs attempt 1"),
        "s2: no worker has claimed it yet".to_owned(),
        "s3: waits for s0, s1".to_owned(),
        "s4: waits for s2".to_owned(),
    ];
    assert_eq!(why(&mut session, task).await, wanted);
}

#[tokio::test]
async fn a_step_of_a_paused_namespace_shows_that() {
    let (_database, mut session, _, task) = engine_with(Graph::single()).await;
    session
        .run("insert into tasker.queue_rule (namespace_id, is_paused, set_by) values (1, true, 'ada')")
        .await;
    let wanted = "s0: its namespace is paused in the queue";
    assert_eq!(why(&mut session, task).await, [wanted]);
}

#[tokio::test]
async fn a_step_after_a_failed_one_shows_that() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(3, &[(0, 2)])).await;
    let claimed = session.claim(worker, 2).await;
    session.fail(worker, &claimed[..1], PERMANENT).await;
    assert_eq!(
        why(&mut session, task).await[2],
        "s2: blocked by the failure of s0"
    );
    session.complete(worker, &claimed[1..]).await;
    assert_eq!(
        why(&mut session, task).await,
        [
            "s0: error",
            "s1: complete",
            "s2: the task is error; this step was not reached"
        ]
    );
}

#[tokio::test]
async fn of_many_steps_that_one_waits_for_the_first_are_named() {
    let edges: Vec<(i16, i16)> = (0..8).map(|parent| (parent, 8)).collect();
    let (_database, mut session, _, task) = engine_with(Graph::new(9, &edges)).await;
    let only: Vec<String> = session
        .all(&format!(
            "select why from tasker.explain_steps('{task}', array[8]::smallint[])"
        ))
        .await;
    assert_eq!(only, ["waits for s0, s1, s2, s3, s4 and 3 others"]);
}

#[tokio::test]
async fn a_large_error_is_cut_to_what_a_list_has_room_for() {
    let (_database, mut session, _, _) = engine_with(Graph::single()).await;
    let small = r#"{"code": "declined", "details": [1.50]}"#;
    let brief: String = session
        .one(&format!("select tasker.brief_error('{small}')::text"))
        .await;
    assert_eq!(brief, small);
    let none: Option<String> = session.one("select tasker.brief_error(null)::text").await;
    assert_eq!(none, None);
    let large = "json_build_object('code', 'declined', 'message', repeat('m', 5000), 'details', repeat('d', 5000))";
    let brief: String = session
        .one(&format!("select tasker.brief_error({large})::text"))
        .await;
    let message = "m".repeat(1_000);
    let wanted = serde_json::json!({"code": "declined", "message": message, "is_cut": true});
    let brief: serde_json::Value = serde_json::from_str(&brief).unwrap();
    assert_eq!(brief, wanted);
}

/// The slow definition and the countdown say the same of every step.
async fn assert_agreement(session: &mut Session) {
    let differing: Vec<String> = session
        .all(
            "select e.name || ' ' || e.state || ' ' || s.remaining_deps || ' ' || e.incomplete_parents
             from tasker.task t cross join lateral tasker.explain_steps(t.task_id) e
             join tasker.step s on s.task_id = t.task_id and s.step_no = e.step_no
             where s.remaining_deps <> e.incomplete_parents
                or e.parents_are_complete <> (s.remaining_deps = 0)
                or (s.state = 'waiting') <> (e.incomplete_parents > 0) and t.state <> 'cancelled'",
        )
        .await;
    assert_eq!(differing, [""; 0]);
}

fn graphs() -> impl Strategy<Value = Graph> {
    (2..9i16).prop_flat_map(|steps| {
        let edges: Vec<_> = (0..steps)
            .flat_map(|to| (0..to).map(move |from| (from, to)))
            .collect();
        let count = edges.len();
        proptest::sample::subsequence(edges, 0..=count).prop_map(move |edges| {
            Graph::new(steps, &edges)
                .max_attempts(2)
                .backoff("none", 0, 0)
        })
    })
}

/// Claims, then completes or fails a part of what is held, as `choices` say, until nothing is left.
async fn drive(session: &mut Session, worker: i32, choices: &[u8]) {
    let mut held = session.claim(worker, 2).await;
    // With one that completes: checkpoints alone would go on for ever.
    let mut choices = choices.iter().chain(&[2]).cycle();
    while !held.is_empty() {
        let choice = choices.next().unwrap();
        let rest = held.split_off(1 + usize::from(choice % 3).min(held.len() - 1));
        let claimed = match choice % 5 {
            0 => {
                session.fail(worker, &held, BY_POLICY).await;
                session.claim(worker, 2).await
            }
            1 => {
                session.checkpoint(worker, &held, "1").await;
                session.claim(worker, 2).await
            }
            _ => session.advance(worker, &held, 2).await,
        };
        held = rest.into_iter().chain(claimed).collect();
        assert_agreement(session).await;
    }
}

#[test]
fn the_plain_definition_agrees_with_the_countdown_in_random_graphs() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (_database, session, worker) = runtime.block_on(engine());
    let session = Mutex::new(session);
    let choices = proptest::collection::vec(any::<u8>(), 4..16);
    proptest!(ProptestConfig { cases: 40, ..Default::default() }, |(graph in graphs(), choices in choices)| {
        runtime.block_on(async {
            let mut session = session.lock().await;
            session.run("truncate tasker.task, tasker.step, tasker.transition").await;
            let version = graph.publish(&mut session).await;
            session.create_many(version, 3).await;
            drive(&mut session, worker, &choices).await;
            let open: i64 = session.one("select count(*) from tasker.task where finished_at is null").await;
            assert_eq!(open, 0, "every task ends");
        });
    });
}
