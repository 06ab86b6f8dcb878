//! Attempts that are recorded, and replays that leave their recordings.

use super::attempt::{Attempt, attempt, prepared, sandbox};
use super::guests;
use super::http::server;
use crate::harness::basics;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tasker_domain::outcome::Outcome;
use tasker_domain::recording::{MAX_RECORDING_BYTES, RecordedEnd, RecordedOutcome, Recording};
use tasker_sandbox::{Executed, HostServices, RecordingUse, Replayed};

async fn recorded(mut attempt: Attempt) -> Executed {
    attempt.services.recording = RecordingUse::Record;
    attempt.run().await
}

async fn recording(attempt: Attempt) -> Recording {
    recorded(attempt).await.recording.unwrap()
}

/// Replays the recording with the handler and input that `change` makes of its own.
async fn replayed(recording: &Recording, change: impl FnOnce(&mut Recording)) -> Replayed {
    let mut changed = recording.clone();
    change(&mut changed);
    let invocation = changed.attempt.invocation().unwrap();
    let services = HostServices {
        recording: RecordingUse::Replay(Arc::new(recording.clone())),
        ..HostServices::default()
    };
    let prepared = prepared(guests::misbehaving()).await;
    let executed = sandbox().execute(&prepared, Arc::new(invocation), services);
    executed.await.replayed.unwrap()
}

fn assert_same(recording: &Recording, replayed: &Replayed) {
    assert_eq!(replayed.divergence, None);
    let end: &RecordedEnd = replayed.end.as_ref().unwrap();
    assert!(end.is_same(&recording.end), "{end:#?} {:#?}", recording.end);
}

#[tokio::test]
async fn an_attempt_that_is_not_recorded_leaves_no_recording() {
    let executed = attempt("echo").run().await;
    assert!(executed.recording.is_none() && executed.replayed.is_none());
}

#[tokio::test]
async fn a_wait_takes_no_time_in_a_replay() {
    let sleep = |ms: u64| {
        let mut sleep = attempt("sleep").deadline_ms(60_000);
        sleep.plan.config = format!("{{\"ms\": {ms}}}");
        sleep
    };
    let mut recorded = sleep(20);
    recorded.services.recording = RecordingUse::Record;
    let recording = recorded.run_in(basics()).await.recording.unwrap();
    let began = Instant::now();
    // The config is the only thing that says how long.
    let mut longer = sleep(50_000);
    longer.services.recording = RecordingUse::Replay(Arc::new(recording.clone()));
    let replayed = longer.run_in(basics()).await.replayed.unwrap();
    assert_same(&recording, &replayed);
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn an_attempt_that_waited_in_vain_does_so_again_at_once() {
    let recording = recording(attempt("sleeps").deadline_ms(300)).await;
    assert!(
        matches!(&recording.end.outcome, RecordedOutcome::Failure(failure) if failure.code == "deadline_exceeded")
    );
    let replayed = replayed(&recording, |recording| {
        recording.attempt.limits.deadline = Duration::from_secs(600);
    });
    let replayed = tokio::time::timeout(Duration::from_secs(120), replayed).await;
    let replayed = replayed.unwrap();
    assert_eq!(replayed.divergence, None);
    let end = replayed.end.unwrap();
    assert!(
        matches!(&end.outcome, RecordedOutcome::Failure(failure) if failure.code == "deadline_exceeded"),
        "{end:?}"
    );
}

#[tokio::test]
async fn a_trap_is_the_same_with_its_backtrace() {
    let recording = recording(attempt("trap").deadline_ms(60_000)).await;
    let RecordedOutcome::Failure(failure) = &recording.end.outcome else {
        panic!("{recording:?}");
    };
    assert!(!failure.backtrace.is_empty());
    assert_same(&recording, &replayed(&recording, |_| {}).await);
}

#[tokio::test]
async fn what_sees_too_much_is_not_disturbed_and_its_recording_says_why_it_cannot_be_replayed() {
    let input = format!("\"{}\"", "x".repeat(MAX_RECORDING_BYTES - 100));
    let executed = recorded(attempt("echo").input(&input).deadline_ms(60_000)).await;
    assert!(matches!(&executed.outcome, Outcome::Completed(result) if *result == input));
    let recording = executed.recording.unwrap();
    assert!(recording.bytes() < 1_000);
    let why = recording.check().unwrap_err().to_string();
    assert!(why.contains("cannot be replayed"), "{why}");
}

#[tokio::test]
async fn a_handler_that_asks_for_something_else_ends_with_what_it_asked_for() {
    let server = server("200 OK");
    let request = |path: &str| format!("\"POST {server} {path} 10\"");
    let first = attempt("request").input(&request("/a"));
    let first = first.deadline_ms(60_000).http(&[&server.to_string()]);
    let recording = recording(first).await;
    assert_eq!(recording.seen.http.len(), 1);
    assert_same(&recording, &replayed(&recording, |_| {}).await);
    let other = |recording: &mut Recording| recording.attempt.input = request("/b");
    let divergence = replayed(&recording, other).await.divergence.unwrap();
    for part in ["/b` where the recorded attempt asked for `POST", "/a`"] {
        assert!(divergence.contains(part), "{divergence}");
    }
}

#[tokio::test]
async fn a_handler_that_makes_fewer_requests_is_told_which() {
    let server = server("200 OK");
    let fetch = attempt("fetch").input(&format!("\"{server}\""));
    let fetch = fetch.deadline_ms(60_000).http(&[&server.to_string()]);
    let recording = recording(fetch).await;
    let noop = |recording: &mut Recording| recording.attempt.handler = "noop".to_owned();
    let divergence = replayed(&recording, noop).await.divergence.unwrap();
    assert!(
        divergence.contains("without 1 of the recorded requests"),
        "{divergence}"
    );
}
