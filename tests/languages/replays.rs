//! An attempt that was recorded ends in the same way when it is replayed, to the last byte, in every language.

use super::case::{Case, DEADLINE_MS};
use super::component;
use super::language::{Built, Language};
use super::services::{server, services};
use crate::sandbox::attempt::{attempt, prepared, sandbox};
use std::sync::Arc;
use tasker_domain::invocation::Invocation;
use tasker_domain::recording::Recording;
use tasker_sandbox::{Executed, HostServices, LogLine, RecordingUse};

/// Handlers that the table does not ask: their results are other ones in each attempt.
const OF_CHANCE: [&str; 2] = ["random", "clock"];

async fn replays(name: &str) {
    let language = Language::named(name);
    let Some(built) = language.built().await else {
        return;
    };
    let mut faults = Vec::new();
    for case in Case::all().iter().filter(|case| !case.has_event()) {
        let words = vec![
            ("{server}", server().to_string()),
            ("$place", language.place.to_owned()),
            ("$crash", language.crash.to_owned()),
        ];
        let attempt = case.attempt(&words);
        let services = attempt.services.clone();
        let fault = fault(&built, attempt.invocation(), services).await;
        faults.extend(fault.map(|fault| format!("{}: {fault}", case.name)));
    }
    for handler in OF_CHANCE {
        let attempt = attempt(handler).deadline_ms(DEADLINE_MS);
        let fault = fault(&built, attempt.invocation(), services()).await;
        faults.extend(fault.map(|fault| format!("{handler}: {fault}")));
    }
    assert!(faults.is_empty(), "{name}:\n{}", faults.join("\n"));
}

/// In what a replay of the attempt differs from it.
async fn fault(
    built: &Built,
    invocation: Arc<Invocation>,
    services: HostServices,
) -> Option<String> {
    let services = HostServices {
        recording: RecordingUse::Record,
        ..services
    };
    let executed = run(built, invocation, services).await;
    let Some(recording) = executed.recording.clone() else {
        return Some(format!("it was not recorded: {:?}", executed.outcome));
    };
    if let Some(why) = &recording.incomplete {
        let is_large = why.contains("bytes");
        return (!is_large).then(|| format!("its recording is incomplete: {why}"));
    }
    // As it is stored.
    let text = serde_json::to_string(&recording).unwrap();
    let recording: Recording = serde_json::from_str(&text).unwrap();
    let services = HostServices {
        recording: RecordingUse::Replay(Arc::new(recording.clone())),
        ..HostServices::default()
    };
    let invocation = recording.attempt.invocation().unwrap();
    let again = run(built, Arc::new(invocation), services).await;
    let replayed = again.replayed.clone().unwrap();
    if let Some(divergence) = replayed.divergence {
        return Some(divergence);
    }
    let end = replayed.end?;
    if !end.is_same(&recording.end) {
        return Some(format!("it ends as {end:?} and not {:?}", recording.end));
    }
    let requests = |all: &[tasker_domain::recording::RecordedExchange]| {
        let request = |it: &tasker_domain::recording::RecordedExchange| {
            (
                it.method.clone(),
                it.url.clone(),
                it.headers.clone(),
                it.body.clone(),
            )
        };
        all.iter().map(request).collect::<Vec<_>>()
    };
    if requests(&recording.seen.http) != requests(&replayed.requests) {
        return Some(format!("it asks for {:?}", replayed.requests));
    }
    let (first, second) = (lines(&executed.log), lines(&again.log));
    (first != second).then(|| format!("it logs {second:?} and not {first:?}"))
}

async fn run(built: &Built, invocation: Arc<Invocation>, services: HostServices) -> Executed {
    let prepared = prepared(component(built)).await;
    sandbox().execute(&prepared, invocation, services).await
}

/// What was logged, but for when.
fn lines(log: &[LogLine]) -> Vec<String> {
    let line = |line: &LogLine| {
        let LogLine {
            level,
            source,
            message,
            fields,
            ..
        } = line;
        format!("{level:?} {source:?} {message} {fields:?}")
    };
    log.iter().map(line).collect()
}

#[tokio::test]
async fn rust_replays_byte_for_byte() {
    replays("rust").await;
}

#[tokio::test]
async fn typescript_replays_byte_for_byte() {
    replays("typescript").await;
}

#[tokio::test]
async fn python_replays_byte_for_byte() {
    replays("python").await;
}

#[tokio::test]
async fn c_replays_byte_for_byte() {
    replays("c").await;
}

#[tokio::test]
async fn go_replays_byte_for_byte() {
    replays("go").await;
}
