use super::engine;
use crate::harness::NEW_ID;

#[tokio::test]
async fn the_clock_shows_what_the_setting_says() {
    let (_database, mut session, _) = engine().await;
    session.at("2031-02-03 04:05:06Z").await;
    assert!(
        session
            .one::<bool>("select tasker.clock() = '2031-02-03 04:05:06Z'")
            .await
    );
}

#[tokio::test]
async fn the_clock_continues_within_a_transaction_where_nothing_is_set() {
    let (_database, mut session, _) = engine().await;
    session.run("reset tasker.now; begin").await;
    assert!(
        session
            .one::<bool>(
                "select tasker.clock() > now() and tasker.clock() < now() + interval '1 hour'"
            )
            .await
    );
    session.at("").await;
    assert!(
        session
            .one::<bool>(
                "select tasker.clock() > now() and tasker.clock() < now() + interval '1 hour'"
            )
            .await
    );
}

#[tokio::test]
async fn a_large_table_may_be_compared_with_the_clock() {
    let (_database, mut session, _) = engine().await;
    session
        .run(&format!(
            "insert into tasker.transition (at, task_id, to_state)
               select tasker.clock(), {NEW_ID}, 'complete' from generate_series(1, 2000);
             analyze tasker.transition;
             set max_parallel_workers_per_gather = 4; set parallel_setup_cost = 0; set parallel_tuple_cost = 0;
             set min_parallel_table_scan_size = 0; set min_parallel_index_scan_size = 0"
        ))
        .await;
    let before = "select count(*) from tasker.transition where at <= tasker.clock()";
    assert_eq!(session.one::<i64>(before).await, 2_000);
}
