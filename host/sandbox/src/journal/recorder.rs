//! Keeps what an attempt sees, within a bound.

use crate::seed::Seed;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tasker_domain::effects::Effects;
use tasker_domain::invocation::Invocation;
use tasker_domain::outcome::Outcome;
use tasker_domain::recording::{
    MAX_RECORDING_BYTES, RECORDING_FORMAT, RecordedAttempt, RecordedEnd, Recording, Seen, Signal,
};

/// What a reading of a clock takes in a recording, about, in bytes.
const READING_BYTES: usize = 8;
/// What any other answer takes besides its texts, about, in bytes.
pub(crate) const ANSWER_BYTES: usize = 64;

/// The lists of one attempt under way. What is beyond the bound ends the recording, never the attempt.
pub(crate) struct Recorder {
    seed: Seed,
    started: Instant,
    state: Mutex<State>,
}

struct State {
    attempt: RecordedAttempt,
    seen: Seen,
    bytes: usize,
    incomplete: Option<String>,
    last_wall: i64,
    last_elapsed: u64,
}

impl Recorder {
    pub(crate) fn new(
        seed: Seed,
        invocation: &Invocation,
        traceparent: Option<String>,
        started: Instant,
    ) -> Self {
        let attempt = RecordedAttempt::of(invocation);
        let seen = Seen {
            seed: seed.to_hex(),
            traceparent,
            ..Seen::default()
        };
        let bytes = attempt.bytes();
        let recorder = Self {
            seed,
            started,
            state: Mutex::new(State {
                attempt,
                seen,
                bytes: 0,
                incomplete: None,
                last_wall: 0,
                last_elapsed: 0,
            }),
        };
        recorder.add(bytes, |_| {});
        recorder
    }

    pub(crate) fn seed(&self) -> Seed {
        self.seed
    }

    /// How long ago the attempt began.
    pub(crate) fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// Adds something of this many bytes, if there is room for it.
    pub(crate) fn add(&self, bytes: usize, add: impl FnOnce(&mut Seen)) {
        let mut state = self.lock();
        if state.incomplete.is_some() {
            return;
        }
        state.bytes = state.bytes.saturating_add(bytes);
        match state.bytes > MAX_RECORDING_BYTES {
            true => {
                let why = format!("the attempt saw more than {MAX_RECORDING_BYTES} bytes");
                state.give_up(why);
            }
            false => add(&mut state.seen),
        }
    }

    /// Ends the recording for this reason.
    pub(crate) fn give_up(&self, why: &str) {
        let mut state = self.lock();
        if state.incomplete.is_none() {
            state.give_up(why.to_owned());
        }
    }

    pub(crate) fn wall(&self, now: Duration) {
        let nanos = i64::try_from(now.as_nanos()).unwrap_or(i64::MAX);
        let since = {
            let mut state = self.lock();
            let since = nanos.wrapping_sub(state.last_wall);
            state.last_wall = nanos;
            since
        };
        self.add(READING_BYTES, |seen| seen.wall.push(since));
    }

    pub(crate) fn elapsed(&self, elapsed: Duration) {
        let nanos = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        let since = {
            let mut state = self.lock();
            let since = nanos.saturating_sub(state.last_elapsed);
            state.last_elapsed = nanos.max(state.last_elapsed);
            since
        };
        self.add(READING_BYTES, |seen| seen.elapsed.push(since));
    }

    pub(crate) fn signal(&self, signal: Signal) {
        self.add(1, |seen| seen.signals.push(signal.letter()));
    }

    pub(crate) fn poll(&self, ready: &[u32]) {
        let bytes = READING_BYTES + size_of_val(ready);
        self.add(bytes, |seen| seen.polls.push(ready.to_vec()));
    }

    /// The recording, in which secrets are still to be redacted; `None` if the host ended the attempt.
    pub(crate) fn finish(&self, outcome: &Outcome, effects: &Effects) -> Option<Recording> {
        let end = RecordedEnd::of(outcome, effects)?;
        self.add(end.bytes(), |_| {});
        let mut state = self.lock();
        let seen = std::mem::take(&mut state.seen);
        let recording = Recording {
            format: RECORDING_FORMAT,
            incomplete: None,
            attempt: state.attempt.clone(),
            seen,
            end,
        };
        Some(match state.incomplete.take() {
            Some(why) => recording.emptied(why),
            None => recording,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while recording")
    }
}

impl State {
    fn give_up(&mut self, why: String) {
        self.seen = Seen::default();
        self.incomplete = Some(why);
    }
}
