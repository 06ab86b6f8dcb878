//! What an attempt saw of its host, as one value: enough to run the attempt again without the host.

mod attempt;
mod exchange;

pub use attempt::{RecordedAttempt, RecordedSchemas, UnusableRecording};
pub use exchange::{
    BodyEnd, RecordedAnswer, RecordedBody, RecordedExchange, RecordedFault, RecordedResponse,
};

use super::effects::Effects;
use super::kv::Expected;
use super::outcome::{Failure, FailureKind, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The number of the format of recordings; a host or program refuses others.
pub const RECORDING_FORMAT: u32 = 1;
/// The most that one recording keeps, in bytes, before it is compressed.
pub const MAX_RECORDING_BYTES: usize = 1 << 20;

/// What one attempt saw of its host, and how it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// See [`RECORDING_FORMAT`].
    pub format: u32,
    /// Why it cannot be replayed, such as its size; then it has only what the attempt was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
    pub attempt: RecordedAttempt,
    pub seen: Seen,
    pub end: RecordedEnd,
}

/// The answers of the host, each kind in the order in which the handler asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// What random numbers and placeholders of secrets are made from: 32 bytes in hex.
    pub seed: String,
    /// Readings of the wall clock, in nanoseconds: the first since the beginning of 1970, each other since the one
    /// before.
    pub wall: Vec<i64>,
    /// Readings of the time since the attempt began, in nanoseconds: each since the one before.
    pub elapsed: Vec<u64>,
    /// What `poll` answered: the places of those that were ready.
    pub polls: Vec<Vec<u32>>,
    /// What was ready when it was asked for, one letter for each question: see [`Signal`].
    pub signals: String,
    pub traceparent: Option<String>,
    /// Results of earlier steps that were not at hand.
    pub results: Vec<SeenResult>,
    pub secrets: Vec<SeenSecret>,
    pub entries: Vec<SeenEntry>,
    pub keys: Vec<SeenKeys>,
    pub http: Vec<RecordedExchange>,
}

/// Whether something was ready when the handler asked for it, as a letter of [`Seen::signals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::EnumIter)]
pub enum Signal {
    #[strum(serialize = "R")]
    Ready,
    #[strum(serialize = "r")]
    NotReady,
    /// A wait for one thing ended.
    #[strum(serialize = "B")]
    Waited,
    /// A stream had something to read, or an end.
    #[strum(serialize = "I")]
    Readable,
    #[strum(serialize = "i")]
    NotReadable,
    /// A stream took something.
    #[strum(serialize = "O")]
    Writable,
    #[strum(serialize = "o")]
    NotWritable,
    #[strum(serialize = "H")]
    Cancelled,
    #[strum(serialize = "h")]
    NotCancelled,
}

impl Signal {
    /// Its letter.
    pub fn letter(self) -> char {
        let text: &str = self.into();
        text.chars().next().unwrap_or_default()
    }

    /// The signal of a letter.
    pub fn of(letter: char) -> Option<Self> {
        use strum::IntoEnumIterator as _;
        Self::iter().find(|signal| signal.letter() == letter)
    }
}

/// The result of an earlier step, as the handler got it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeenResult {
    pub step: String,
    /// JSON text; none where there is no such step, or where it was too large.
    pub text: Option<String>,
    /// Of the whole result; none where there is no such step.
    pub bytes: Option<u64>,
}

/// A secret that the handler asked for: its name, and never its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeenSecret {
    pub name: String,
    pub is_set: bool,
}

/// An entry of the key-value store that the handler read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeenEntry {
    pub bucket: String,
    pub key: String,
    /// JSON text; none where there was no entry.
    pub value: Option<String>,
    pub version: i64,
}

/// A list of keys that the handler read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeenKeys {
    pub bucket: String,
    pub prefix: String,
    pub limit: u32,
    pub keys: Vec<String>,
}

/// How the attempt ended, and what it left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedEnd {
    pub outcome: RecordedOutcome,
    pub events: Vec<RecordedEvent>,
    pub writes: Vec<RecordedWrite>,
}

/// The outcome of an attempt that its handler came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordedOutcome {
    /// JSON text.
    Result(String),
    /// JSON text.
    Checkpoint(String),
    Failure(Failure),
}

/// An event that the attempt sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedEvent {
    pub name: String,
    /// JSON text.
    pub payload: String,
}

/// An entry that the attempt wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedWrite {
    pub bucket: String,
    pub key: String,
    /// JSON text; none: removed.
    pub value: Option<String>,
    /// The version that the entry had to have; 0: there was to be none.
    pub expected: Option<i64>,
}

impl Recording {
    /// The same without what the attempt saw and left, for this reason.
    pub fn emptied(mut self, why: impl Into<String>) -> Self {
        self.incomplete = Some(why.into());
        self.seen = Seen::default();
        self.attempt = self.attempt.emptied();
        self.end.events.clear();
        self.end.writes.clear();
        match &mut self.end.outcome {
            RecordedOutcome::Result(text) | RecordedOutcome::Checkpoint(text) => {
                "null".clone_into(text);
            }
            RecordedOutcome::Failure(failure) => failure.details = None,
        }
        self
    }

    /// About how many bytes it has.
    pub fn bytes(&self) -> usize {
        let seen = &self.seen;
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let results = seen.results.iter().map(|it| text(&it.text));
        let entries = seen.entries.iter().map(|it| text(&it.value));
        let exchanges = seen.http.iter().map(RecordedExchange::bytes);
        let numbers = seen.wall.len() + seen.elapsed.len() + seen.polls.len();
        self.attempt.bytes()
            + results.chain(entries).chain(exchanges).sum::<usize>()
            + seen.signals.len()
            + numbers * size_of::<u64>()
            + self.end.bytes()
    }

    /// Ok where it can be replayed.
    pub fn check(&self) -> Result<(), UnusableRecording> {
        if self.format != RECORDING_FORMAT {
            return Err(UnusableRecording::Format(self.format));
        }
        match &self.incomplete {
            Some(why) => Err(UnusableRecording::Incomplete(why.clone())),
            None => Ok(()),
        }
    }
}

impl RecordedEnd {
    /// How an attempt ended; `None` if its handler did not bring it to an end.
    pub fn of(outcome: &Outcome, effects: &Effects) -> Option<Self> {
        let outcome = match outcome {
            Outcome::Completed(text) => RecordedOutcome::Result(text.clone()),
            Outcome::Checkpointed(text) => RecordedOutcome::Checkpoint(text.clone()),
            Outcome::Failed(failure) if failure.kind != FailureKind::Host => {
                RecordedOutcome::Failure(failure.clone())
            }
            Outcome::Failed(_) | Outcome::Quarantined | Outcome::GivenBack { .. } => return None,
        };
        let events = effects.events.iter().map(|event| RecordedEvent {
            name: event.name.to_string(),
            payload: event.payload.clone(),
        });
        let writes = effects.writes.iter().map(|write| RecordedWrite {
            bucket: write.bucket.to_string(),
            key: write.key.clone(),
            value: write.value.clone(),
            expected: match write.expected {
                Expected::Anything => None,
                Expected::Nothing => Some(0),
                Expected::Version(version) => Some(version),
            },
        });
        Some(Self {
            outcome,
            events: events.collect(),
            writes: writes.collect(),
        })
    }

    /// True if the attempt failed.
    pub fn is_failure(&self) -> bool {
        matches!(self.outcome, RecordedOutcome::Failure(_))
    }

    /// About how many bytes it has.
    pub fn bytes(&self) -> usize {
        let outcome = match &self.outcome {
            RecordedOutcome::Result(text) | RecordedOutcome::Checkpoint(text) => text.len(),
            RecordedOutcome::Failure(failure) => {
                failure.message.len() + failure.details.as_ref().map_or(0, String::len)
            }
        };
        let events = self.events.iter().map(|event| event.payload.len());
        let writes = self.writes.iter();
        let writes = writes.map(|write| write.value.as_ref().map_or(0, String::len));
        outcome + events.sum::<usize>() + writes.sum::<usize>()
    }

    /// True if both ended alike, to the last byte. Where a limit of time ended them, the place at which it did may
    /// differ.
    pub fn is_same(&self, other: &Self) -> bool {
        let without_place = |end: &Self| {
            let mut end = end.clone();
            if let RecordedOutcome::Failure(failure) = &mut end.outcome
                && (failure.kind == FailureKind::TimedOut || failure.code == "cpu_limit")
            {
                failure.backtrace.clear();
            }
            end
        };
        without_place(self) == without_place(other)
    }

    /// For people: result, checkpoint or failure, and what it left.
    pub fn to_json(&self) -> Value {
        let json = |text: &String| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
        let mut shown = Map::new();
        let (key, value) = match &self.outcome {
            RecordedOutcome::Result(text) => ("result", json(text)),
            RecordedOutcome::Checkpoint(text) => ("checkpoint", json(text)),
            RecordedOutcome::Failure(failure) => ("failure", json!(failure)),
        };
        shown.insert(key.to_owned(), value);
        if !self.events.is_empty() {
            let events = self.events.iter();
            let events = events.map(|it| json!({"name": it.name, "payload": json(&it.payload)}));
            shown.insert("events".to_owned(), events.collect());
        }
        if !self.writes.is_empty() {
            let writes = self.writes.iter().map(|it| {
                let value = it.value.as_ref().map(json);
                json!({"bucket": it.bucket, "key": it.key, "value": value})
            });
            shown.insert("writes".to_owned(), writes.collect());
        }
        Value::Object(shown)
    }
}

/// The value that stands in for the secret of this name where a recording is replayed.
pub fn stand_in(name: &str) -> String {
    format!("stand-in-for-{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_has_a_letter_of_its_own() {
        use strum::IntoEnumIterator as _;
        for signal in Signal::iter() {
            assert_eq!(Signal::of(signal.letter()), Some(signal));
        }
        assert_eq!(Signal::of('?'), None);
    }

    #[test]
    fn only_a_limit_of_time_may_end_an_attempt_at_another_place() {
        let end = |kind, line: &str| RecordedEnd {
            outcome: RecordedOutcome::Failure(Failure {
                kind,
                code: "c".to_owned(),
                message: "m".to_owned(),
                details: None,
                retry: super::super::outcome::Retry::Policy,
                backtrace: vec![line.to_owned()],
            }),
            events: Vec::new(),
            writes: Vec::new(),
        };
        let same = |kind| end(kind, "a").is_same(&end(kind, "b"));
        assert!(same(FailureKind::TimedOut) && !same(FailureKind::Trapped));
    }
}
