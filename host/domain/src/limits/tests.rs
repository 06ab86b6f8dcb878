use super::*;

fn settings(json: &str) -> LimitSettings {
    serde_json::from_str(json).unwrap()
}

#[test]
fn values_are_read_and_written_alike() {
    for text in [
        "memory=64MiB",
        "cpu=2s",
        "timeout=1h30m",
        "log=100B",
        "http_requests=10",
        "http_in=0B",
    ] {
        let (limit, value) = Limit::parse_setting(text).unwrap();
        assert_eq!(format!("{limit}={}", limit.show(value)), text);
    }
    for limit in Limit::ALL.iter().copied() {
        assert_eq!(limit.into_str().parse(), Ok(limit));
        for value in [*limit.range().start(), *limit.range().end()] {
            assert_eq!(limit.parse(&limit.show(value)), Ok(value), "{limit}");
        }
    }
}

#[test]
fn a_wrong_limit_says_what_would_be_right() {
    for (text, right) in [
        ("memory", "`memory=64MiB`"),
        ("momory=1MiB", "there are memory, timeout, cpu"),
        ("memory=64", "such as `64MiB`"),
        ("memory=64MB", "such as `64MiB`"),
        ("memory=1KiB", "write a value from 64KiB to 64GiB"),
        ("cpu=2", "`2s`"),
        ("cpu=0s", "write a value from 1ms to 24h"),
        ("http_requests=ten", "`100`"),
        ("http_requests=-1", "`100`"),
        ("host_calls=0", "write a value from 1 to 1000000000"),
        ("log=99999999999999999999GiB", "such as `64MiB`"),
    ] {
        let error = Limit::parse_setting(text).unwrap_err().to_string();
        assert!(error.contains(right), "{text}: {error}");
    }
}

#[test]
fn settings_are_the_same_in_json_as_they_were_written() {
    let written = r#"{"memory":"64MiB","cpu":"2s","http_requests":10}"#;
    assert_eq!(serde_json::to_string(&settings(written)).unwrap(), written);
    for wrong in [r#"{"memory": 64}"#, r#"{"speed": 1}"#, r#"{"cpu": true}"#] {
        assert!(
            serde_json::from_str::<LimitSettings>(wrong).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn a_patch_sets_and_removes_limit_by_limit() {
    let patch: LimitPatch = serde_json::from_str(r#"{"memory": null, "cpu": "1s"}"#).unwrap();
    let patched = settings(r#"{"memory": "64MiB", "log": "1KiB"}"#).patched(&patch);
    assert_eq!(patched, settings(r#"{"cpu": "1s", "log": "1KiB"}"#));
}

#[test]
fn the_narrowest_holds_and_nothing_grows() {
    let mut limits = Limits::of_host();
    limits.narrow(
        &settings(r#"{"memory": "1GiB", "cpu": "5s"}"#),
        LimitSource::Namespace,
    );
    limits.narrow(
        &settings(r#"{"cpu": "10s", "http_requests": 3}"#),
        LimitSource::Component,
    );
    limits.narrow(&settings(r#"{"cpu": "1s"}"#), LimitSource::Step);
    assert_eq!(limits.memory_bytes, Limits::default().memory_bytes);
    assert_eq!(
        (limits.cpu, limits.http_requests),
        (Duration::from_secs(1), 3)
    );
    let source = |limit| limits.set_by(limit);
    assert_eq!(source(Limit::Memory), LimitSource::Host);
    assert_eq!(source(Limit::Cpu), LimitSource::Step);
    assert_eq!(source(Limit::HttpRequests), LimitSource::Component);
}
