use super::*;
use serde_json::{Value, json};

fn observation(change: Value) -> Observation {
    let mut found = json!({
        "at": chrono::Utc::now(), "open_tasks": {}, "hosts": {"alive": 1}, "suspended": 0,
        "rollouts": {}, "log_position": 10, "log_uncounted": 0, "log_lag_seconds": 0.0,
    });
    let members = found.as_object_mut().unwrap();
    members.extend(change.as_object().unwrap().clone());
    serde_json::from_value(found).unwrap()
}

fn state(finding: &Finding) -> HealthState {
    finding.0
}

#[test]
fn a_ready_step_may_wait_for_a_minute_and_one_of_a_paused_namespace_for_ever() {
    let waits = |seconds: f64, is_paused: bool| {
        let of = json!({"namespace": "shop", "due": 1, "delayed": 0, "oldest_seconds": seconds, "is_paused": is_paused});
        queue(&observation(json!({"queue": [of]})))
    };
    assert_eq!(state(&waits(59.0, false)), Well);
    assert_eq!(state(&waits(61.0, false)), Degraded);
    assert_eq!(state(&waits(9_000.0, true)), Well);
}

#[test]
fn without_a_host_that_claims_steps_it_matters_whether_any_are_due() {
    let due = json!([{"namespace": "shop", "due": 1, "delayed": 0, "oldest_seconds": 1.0}]);
    let none = |change: Value| hosts(&observation(change));
    let hosts_are =
        |hosts: Value, queue: Value| state(&none(json!({"hosts": hosts, "queue": queue})));
    assert_eq!(hosts_are(json!({"alive": 1}), due.clone()), Well);
    assert_eq!(
        hosts_are(json!({"alive": 1, "silent": 1}), Value::Null),
        Degraded
    );
    assert_eq!(hosts_are(json!({"draining": 1}), Value::Null), Degraded);
    assert_eq!(hosts_are(json!({"draining": 1}), due), Down);
}

#[test]
fn the_feed_says_for_how_long_a_transaction_holds_it_back() {
    let (_, _, why) = feed(&observation(json!({"log_writer_seconds": 95.0})), None);
    assert!(why.contains("open for 95 s"), "{why}");
    let held = feed(&observation(json!({"log_lag_seconds": 42.0})), None);
    assert_eq!((state(&held), held.1), (Degraded, Some(42.0)));
    assert!(held.2.contains("for 42 s"), "{}", held.2);
    assert_eq!(state(&feed(&observation(json!({})), None)), Well);
}

#[test]
fn a_subscription_that_fails_again_and_again_degrades_the_host() {
    let of = |failing: u64, lag: f64| {
        let all = json!({"active": 2, "failing": failing, "lag_seconds": lag});
        state(&subscriptions(&observation(json!({"subscriptions": all}))))
    };
    assert_eq!(
        (of(0, 5.0), of(1, 5.0), of(0, 61.0)),
        (Well, Degraded, Degraded)
    );
}

#[test]
fn statistics_are_late_only_where_there_is_something_to_count() {
    let of = |uncounted: i64| {
        let lag = json!({"uncounted": uncounted, "behind_seconds": 900.0});
        state(&statistics(&observation(json!({"statistics": lag}))))
    };
    assert_eq!((of(0), of(1)), (Well, Degraded));
}

#[test]
fn what_hosts_found_long_ago_is_not_taken_for_the_present() {
    let at = chrono::Utc::now() - chrono::TimeDelta::minutes(5);
    let seen = observation(json!({"at": at}));
    let found = found(Ok(Some(seen)));
    let (state, _, why) = super::seen(&found, hosts);
    assert_eq!(state, Degraded);
    assert!(why.contains("nobody could look for 300 s"), "{why}");
}

#[test]
fn while_the_database_is_silent_all_that_it_knows_is_down_and_the_rest_is_not() {
    let why = "not known".to_owned();
    let mut found = found(Err(why.clone()));
    found.database = Err(&why);
    let parts = of(&found);
    let down: Vec<&str> = parts
        .iter()
        .filter(|part| part.status == Down)
        .map(|part| part.part.as_str())
        .collect();
    let expected = [
        "database",
        "hosts",
        "queue",
        "feed",
        "subscriptions",
        "statistics",
    ];
    assert_eq!(down, expected);
}

#[test]
fn a_disk_without_room_is_down() {
    let states = [0, 100 << 20, 2 << 30].map(|free| state(&disk(Some(free))));
    assert_eq!(states, [Down, Degraded, Well]);
}

fn found<'a>(observation: Known<Option<Observation>>) -> Found<'a> {
    Found {
        database: Ok(Duration::from_millis(1)),
        schema: Ok(Schema::Own),
        partitions: Ok(PartitionsRow {
            open: 2,
            closed: 0,
            next_is_missing: false,
        }),
        observation,
        runs_worker: true,
        is_draining: false,
        claims_fail: None,
        feed: None,
        code: CodeHealth {
            waiting: 0,
            waiting_for: None,
            kept: Some(0),
            kept_bytes: 0,
            is_written: true,
            free_bytes: Some(10 << 30),
        },
        connections: Connections {
            max: 8,
            open: 3,
            idle: 2,
            refused: None,
            has_timeouts: false,
        },
        replica: None,
        exports: Vec::new(),
    }
}

#[test]
fn a_collector_that_fails_degrades_the_host_and_is_named() {
    let failing = Some(Duration::from_secs(12));
    let found = exports(&[("logs", None), ("traces", failing)]);
    assert_eq!((state(&found), found.1), (Degraded, Some(12.0)));
    assert!(
        found.2.contains("for 12 s") && found.2.contains("take: traces;"),
        "{}",
        found.2
    );
    assert_eq!(state(&exports(&[("logs", None)])), Well);
}
