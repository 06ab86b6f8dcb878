//! Clocks, timers and random numbers of a case.

use super::{conformance, passes, report, wrong};
use crate::sandbox::guests::misbehaving;
use std::time::{Duration, Instant};

#[tokio::test]
async fn an_hour_of_sleep_takes_no_time_and_counts_against_the_deadline() {
    let began = Instant::now();
    let cases = r#"
handler: sleeps
cases:
  - name: within the deadline
    timeout: 2h
    expect: {result: null}
  - name: beyond it
    timeout: 59m
    expect: {failure: {code: deadline_exceeded, message: waiting for the host}}
"#;
    passes(misbehaving(), cases).await;
    assert!(began.elapsed() < Duration::from_secs(59 * 60));
}

#[tokio::test]
async fn the_delay_of_a_response_counts_against_the_timeouts_of_request_and_attempt() {
    let cases = r#"
handler: fetch
defaults:
  grants: [http api.example.com:80]
cases:
  - name: a slow response is waited for
    input: api.example.com
    timeout: 10m
    http: [{url: "*", delay: 9m, reply: {status: 204}}]
    expect: {result: 204}
  - name: an attempt does not wait beyond its deadline
    input: api.example.com
    timeout: 8m
    http: [{url: "*", delay: 9m, reply: {status: 204}}]
    expect: {failure: deadline_exceeded}
  - name: a request does not wait beyond its own timeout
    handler: fetch_connect
    input: api.example.com
    timeout: 8m
    http: [{url: "*", failure: connection_timeout}]
    expect: {failure: {code: http, message: ConnectionTimeout}}
  - name: a request without a response
    input: api.example.com
    timeout: 1h
    http: [{url: "*", failure: response_timeout}]
    expect: {failure: {code: http, message: ConnectionReadTimeout}}
"#;
    passes(misbehaving(), cases).await;
}

#[tokio::test]
async fn a_handler_that_computes_without_end_is_ended_by_the_clock_of_the_machine() {
    let cases = r#"
handler: endless_loop
cases:
  - name: it never ends
    timeout: 100ms
    expect: {failure: {code: deadline_exceeded, message: still computing}}
"#;
    passes(misbehaving(), cases).await;
}

#[tokio::test]
async fn a_case_that_takes_too_long_fails_alone() {
    let tested = super::tested("demo/tested", misbehaving()).await;
    let cases = "
cases:
  - {name: it never ends, handler: endless_loop, timeout: 1h, limits: {cpu: 1h}}
  - {name: another, handler: echo, input: 7, expect: {result: 7}}
";
    let cases = tasker_testing::case_file::parse("tests/a.yaml".as_ref(), cases).unwrap();
    let config = tasker_testing::pool::RunConfig {
        timeout: Duration::from_millis(300),
        ..super::config()
    };
    let report = tasker_testing::pool::run(&tested, None, cases, config, |_| {})
        .await
        .unwrap();
    let slow = &report.cases[0].mismatches[0];
    assert_eq!(slow.what, "the case took longer than 300ms");
    assert!(report.cases[1].is_passed());
}

#[tokio::test]
async fn time_and_random_numbers_are_the_same_in_every_run() {
    let cases = r#"
cases:
  - {name: the usual clock, handler: clock, expect: {result: 1767225600000}}
  - {name: another clock, handler: clock, clock: "2026-02-03T04:05:06.007+01:00", expect: {result: 1770087906007}}
"#;
    passes(conformance(), cases).await;
    let numbers = async |seed: u32| {
        let cases = format!(
            "cases:\n  - {{name: numbers, handler: random, random: {seed}, expect: {{result: 0}}}}\n"
        );
        let report = report(conformance(), &cases).await;
        report.cases[0].mismatches[0].actual.clone().unwrap()
    };
    let (one, again, other) = (numbers(7).await, numbers(7).await, numbers(8).await);
    assert_eq!(one, again);
    assert_ne!(one, other);
}

#[tokio::test]
async fn a_trap_is_a_failure_with_its_message() {
    let cases = "
handler: trap
cases:
  - {name: it traps, expect: {failure: {code: trapped}}}
  - {name: it is not expected}
";
    let wrong = wrong(misbehaving(), cases).await;
    assert_eq!(wrong[0], "");
    assert!(
        wrong[1].contains("the attempt did not complete"),
        "{wrong:?}"
    );
    assert!(wrong[1].contains("trapped"), "{wrong:?}");
}
