use std::cell::RefCell;

use proptest::prelude::*;

use super::{Session, engine};

async fn delay(session: &mut Session, policy: &str, failures: i32, random: f64) -> i64 {
    session
        .one(&format!(
            "select tasker.backoff_ms({policy}, {failures}, {random})"
        ))
        .await
}

async fn delays(session: &mut Session, policy: &str, failures: &[i32]) -> Vec<i64> {
    let mut delays = Vec::new();
    for failures in failures {
        delays.push(delay(session, policy, *failures, 0.5).await);
    }
    delays
}

#[tokio::test]
async fn no_backoff_waits_for_nothing() {
    let (_database, mut session, _) = engine().await;
    assert_eq!(
        delays(&mut session, "'none', 1000, 60000, 0.5", &[1, 2, 9]).await,
        [0, 0, 0]
    );
}

#[tokio::test]
async fn linear_backoff_grows_by_the_base_up_to_the_cap() {
    let (_database, mut session, _) = engine().await;
    assert_eq!(
        delays(&mut session, "'linear', 1000, 2500, 0", &[1, 2, 3, 32000]).await,
        [1000, 2000, 2500, 2500]
    );
}

#[tokio::test]
async fn exponential_backoff_doubles_up_to_the_cap() {
    let (_database, mut session, _) = engine().await;
    let found = delays(
        &mut session,
        "'exponential', 1000, 60000, 0",
        &[1, 2, 3, 6, 7, 32000],
    )
    .await;
    assert_eq!(found, [1000, 2000, 4000, 32000, 60000, 60000]);
}

#[tokio::test]
async fn the_largest_policy_does_not_overflow() {
    let (_database, mut session, _) = engine().await;
    let policy = "'exponential', 2147483647, 2147483647, 1";
    assert_eq!(delay(&mut session, policy, 32767, 0.5).await, 2_147_483_647);
    assert_eq!(
        delay(&mut session, policy, 32767, 0.999_999_999).await,
        4_294_967_290
    );
}

#[test]
fn jitter_stays_within_its_share_of_the_delay() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (_database, session, _) = runtime.block_on(engine());
    let session = RefCell::new(session);
    let cases = (
        0.0..1.0f64,
        0.0..1.0f64,
        1..20i32,
        prop_oneof![Just("linear"), Just("exponential")],
    );
    proptest!(ProptestConfig { cases: 100, ..Default::default() }, |((jitter, random, failures, backoff) in cases)| {
        let plain = runtime.block_on(delay(&mut session.borrow_mut(), &format!("'{backoff}', 1000, 60000, 0"), failures, random));
        let found = runtime.block_on(delay(&mut session.borrow_mut(), &format!("'{backoff}', 1000, 60000, {jitter}"), failures, random));
        let (plain, found) = (plain as f64, found as f64);
        prop_assert!((found - plain).abs() <= plain * jitter + 1.0, "{found} is more than {jitter} off {plain}");
        prop_assert!((found - plain) * (random - 0.5) >= -1.0, "{found} is on the wrong side of {plain}");
    });
}
