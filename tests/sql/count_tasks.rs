//! How many tasks there are: counted where that costs little, estimated otherwise.

use super::partitions::{begun, close, create, july, run_all};
use super::retention::ended;
use super::{Graph, Session, engine};

/// What the function says of tasks with this state and this tag, where it looks at so many at most.
async fn counted(session: &mut Session, restricted: &str, most: i32) -> (i64, bool) {
    let call = format!("from tasker.count_tasks({restricted}, {most}) c");
    let count = session.one(&format!("select c.count {call}")).await;
    let is_exact = session.one(&format!("select c.is_exact {call}")).await;
    (count, is_exact)
}

#[tokio::test]
async fn tasks_are_counted_up_to_a_bound_and_estimated_beyond_it() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 50).await;
    ended(&mut session, version, "complete", "1 hour", 10).await;
    session
        .run("analyze tasker.task; analyze tasker.template")
        .await;
    let of: String = session
        .one("select quote_literal(n.name) || ', ' || quote_literal(p.name) from tasker.template p join tasker.namespace n using (namespace_id)")
        .await;
    for (restricted, exact, looked_at) in [
        ("null, null, null, null", 60, 60),
        (&format!("{of}, null, null"), 60, 60),
        ("null, null, '{pending}', null", 50, 50),
        (&format!("{of}, '{{pending}}', null"), 50, 50),
        ("null, null, '{complete}', null", 10, 60),
        ("null, null, '{error}', null", 0, 0),
        ("null, null, '{pending,in_progress}', null", 50, 50),
        ("null, null, '{pending,complete}', null", 60, 60),
        ("null, null, '{error,cancelled}', null", 0, 0),
        ("'nowhere', null, null, null", 0, 0),
        ("null, null, null, 'red'", 0, 0),
    ] {
        let found = counted(&mut session, restricted, looked_at).await;
        assert_eq!(found, (exact, true), "{restricted}");
        if looked_at > 0 {
            let (estimate, is_exact) = counted(&mut session, restricted, looked_at - 1).await;
            assert!(!is_exact, "{restricted}");
            assert!((1..=120).contains(&estimate), "{restricted}: {estimate}");
        }
    }
    let (all, _) = counted(&mut session, "null, null, null, null", 0).await;
    assert!((55..=65).contains(&all), "the statistics are of now: {all}");
}

#[tokio::test]
async fn what_has_a_quotation_mark_in_it_is_only_a_name() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 1).await;
    for restricted in [
        "'x'' or true --', null, null, null",
        "null, 'x'' or true --', null, null",
        "null, null, null, 'x'' or true --'",
    ] {
        let found = counted(&mut session, restricted, 100).await;
        assert_eq!(found, (0, true), "{restricted}");
    }
}

#[tokio::test]
async fn tasks_of_closed_partitions_are_counted_too() {
    let (_database, mut session, worker) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, 7).await;
    run_all(&mut session, worker).await;
    july(&mut session).await;
    assert!(close(&mut session).await);
    create(&mut session, version, 2).await;
    let all = counted(&mut session, "null, null, null, null", 100).await;
    assert_eq!(all, (9, true));
    let complete = counted(&mut session, "null, null, '{complete}', null", 100).await;
    assert_eq!(complete, (7, true));
}
