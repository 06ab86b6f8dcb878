use super::engine;

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
async fn the_clock_goes_on_within_a_transaction_where_nothing_is_set() {
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
