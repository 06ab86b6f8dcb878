//! What an attempt sees of its host, recorded as it happens, or answered from a recording.
//!
//! A guest is one thread: with the same answers in the same order it does the same. So each kind of answer is a list, to
//! which a recorded attempt appends and from whose beginning a replayed one takes. What the guest can compute itself
//! from its call, such as the limits that apply to it, is in no list.

mod answer;
mod clock;
mod exchange;
mod fault;
mod recorder;
mod replayer;

pub(super) use clock::{RecordedClock, ReplayedClock};
pub(super) use exchange::{Exchange, Place};
pub(super) use fault::error_of;
pub(super) use recorder::{ANSWER_BYTES, Recorder};
pub(super) use replayer::{ReplayEnd, Replayer};

use super::attempt_secrets::AttemptSecrets;
use super::seed::Seed;
use exchange::redact;
use std::sync::Arc;
use tasker_domain::effects::Effects;
use tasker_domain::outcome::Outcome;
use tasker_domain::recording::{RecordedEnd, RecordedExchange, Recording, Signal};

/// What a replay came to, besides its outcome.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// Where the handler asked for something else than the recorded attempt; the replay ended there.
    pub divergence: Option<String>,
    /// Its outcome, events and entries; none where it did not come to its end.
    pub end: Option<RecordedEnd>,
    /// The requests that it made, without their answers.
    pub requests: Vec<RecordedExchange>,
}

/// The lists of one attempt.
#[derive(Clone)]
pub(super) enum Journal {
    Recorder(Arc<Recorder>),
    Replayer(Arc<Replayer>),
}

impl Journal {
    /// What random numbers and placeholders are made from.
    pub(super) fn seed(&self) -> Seed {
        match self {
            Self::Recorder(recorder) => recorder.seed(),
            Self::Replayer(replayer) => replayer.seed(),
        }
    }

    /// Fails where a replay has left its recording.
    pub(super) fn check(&self) -> Result<(), ReplayEnd> {
        match self {
            Self::Recorder(_) => Ok(()),
            Self::Replayer(replayer) => replayer.check(),
        }
    }

    /// Waits for what goes on beside the guest, which has ended.
    pub(super) async fn settle(&self) {
        match self {
            Self::Recorder(_) => {}
            Self::Replayer(replayer) => replayer.settle().await,
        }
    }

    /// What came of the attempt: a recording, or what a replay came to.
    pub(super) fn close(
        &self,
        outcome: &Outcome,
        effects: &Effects,
        secrets: &AttemptSecrets,
    ) -> (Option<Recording>, Option<Replayed>) {
        match self {
            Self::Recorder(recorder) => {
                let mut recording = recorder.finish(outcome, effects);
                let exchanges = recording.iter_mut().flat_map(|it| &mut it.seen.http);
                exchanges.for_each(|exchange| redact(exchange, secrets));
                (recording, None)
            }
            Self::Replayer(replayer) => {
                let replayed = Replayed {
                    divergence: replayer.divergence(),
                    end: RecordedEnd::of(outcome, effects),
                    requests: replayer.requests(),
                };
                (None, Some(replayed))
            }
        }
    }

    /// What is there of a recorded traceparent.
    pub(super) fn traceparent(&self) -> Option<Option<String>> {
        match self {
            Self::Recorder(_) => None,
            Self::Replayer(replayer) => Some(replayer.traceparent()),
        }
    }

    /// Whether the attempt is cancelled, which `live` says of a live one.
    pub(super) fn is_cancelled(&self, live: bool) -> bool {
        match self {
            Self::Recorder(recorder) => {
                recorder.signal(match live {
                    true => Signal::Cancelled,
                    false => Signal::NotCancelled,
                });
                live
            }
            Self::Replayer(replayer) => replayer.signal("heartbeat") == Some(Signal::Cancelled),
        }
    }
}
