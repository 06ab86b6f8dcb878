//! Runs an attempt again from its recording.

use crate::compare::Mismatch;
use crate::tested::{Tested, line};
use serde_json::{Value, json};
use std::sync::Arc;
use tasker_domain::recording::{
    RecordedAnswer, RecordedEnd, RecordedExchange, RecordedFault, Recording, UnusableRecording,
};
use tasker_sandbox::{HostServices, RecordingUse};

/// The header that a host adds where a trace is recorded; no handler made it.
const TRACEPARENT: &str = "traceparent";

/// What a replay came to.
#[derive(Clone, Debug)]
pub struct ReplayReport {
    /// How the recorded attempt ended: its outcome, events and entries.
    pub recorded: Value,
    /// How the replay ended; none where it left the recording.
    pub replayed: Option<Value>,
    /// Everything in which they differ; none where the replay is the same, to the last byte.
    pub mismatches: Vec<Mismatch>,
    /// What the replay logged.
    pub log: Vec<String>,
}

impl ReplayReport {
    pub fn is_same(&self) -> bool {
        self.mismatches.is_empty()
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        json!({
            "same": self.is_same(),
            "recorded": self.recorded,
            "replayed": self.replayed,
            "mismatches": self.mismatches,
            "log": self.log,
        })
    }
}

impl Tested {
    /// Runs the attempt of a recording again, with the bytes that ran: offline, and every answer is the recorded one.
    ///
    /// # Errors
    /// Where the recording cannot be replayed.
    pub async fn replay(&self, recording: &Recording) -> Result<ReplayReport, UnusableRecording> {
        recording.check()?;
        let invocation = Arc::new(recording.attempt.invocation()?);
        let services = HostServices {
            recording: RecordingUse::Replay(Arc::new(recording.clone())),
            ..HostServices::default()
        };
        let executed = self.sandbox.execute(&self.prepared, invocation, services);
        let executed = executed.await;
        let log = executed.log.iter().map(line).collect();
        let Some(replayed) = executed.replayed else {
            let why = "the sandbox did not replay it".to_owned();
            return Err(UnusableRecording::Damaged(why));
        };
        let end = replayed.end.filter(|_| replayed.divergence.is_none());
        let mut mismatches: Vec<Mismatch> = Vec::new();
        if let Some(divergence) = &replayed.divergence {
            let help = "the same bytes ask for the same; another version may not: replay it with --component";
            mismatches.push(Mismatch::new(divergence.clone()).help(help));
        } else {
            mismatches.extend(ends(&recording.end, end.as_ref()));
            mismatches.extend(requests(&recording.seen.http, &replayed.requests));
        }
        Ok(ReplayReport {
            recorded: recording.end.to_json(),
            replayed: end.map(|end| end.to_json()),
            mismatches,
            log,
        })
    }
}

fn ends(recorded: &RecordedEnd, replayed: Option<&RecordedEnd>) -> Option<Mismatch> {
    let Some(replayed) = replayed else {
        return Some(Mismatch::new("the replay did not come to an end"));
    };
    let is_same = recorded.is_same(replayed);
    let what = "the attempt ended otherwise";
    (!is_same).then(|| Mismatch::of(what, &recorded.to_json(), &replayed.to_json()))
}

fn requests(recorded: &[RecordedExchange], made: &[RecordedExchange]) -> Option<Mismatch> {
    // The body of a request that got no response may have been read in part, or not at all.
    let has_body = |place: usize| {
        let exchange = recorded.get(place);
        exchange.is_none_or(|it| matches!(it.answer, RecordedAnswer::Response(_)))
    };
    let shown = |all: &[RecordedExchange]| {
        let all = all.iter().enumerate();
        all.map(|(place, exchange)| request(exchange, has_body(place)))
            .collect::<Vec<_>>()
    };
    let (recorded, made) = (shown(recorded), shown(made));
    (recorded != made).then(|| Mismatch::of("the requests differ", &json!(recorded), &json!(made)))
}

/// A request for people, and to compare.
fn request(exchange: &RecordedExchange, has_body: bool) -> Value {
    let headers = exchange.headers.iter();
    let headers = headers.filter(|(name, _)| name != TRACEPARENT);
    let headers: Vec<String> = headers
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let mut shown = json!({
        "method": exchange.method,
        "url": exchange.url,
        "headers": headers,
    });
    if has_body {
        shown["body"] = json!(exchange.body);
    }
    shown
}

/// The failure of a fake that comes nearest to a fault, as cases name it.
pub(crate) fn nearest_failure(fault: &RecordedFault) -> &'static str {
    match fault {
        RecordedFault::ConnectionTimeout => "connection_timeout",
        RecordedFault::ResponseTimeout => "response_timeout",
        RecordedFault::ResponseIncomplete | RecordedFault::ResponseTooLarge => "incomplete",
        RecordedFault::ConnectionRefused
        | RecordedFault::RequestTooLarge
        | RecordedFault::Denied
        | RecordedFault::InvalidUrl
        | RecordedFault::Configuration
        | RecordedFault::Internal(_) => "connection_refused",
    }
}
