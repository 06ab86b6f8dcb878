//! Answers from a recording, in its order.

use crate::seed::Seed;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tasker_domain::outcome::FailureKind;
use tasker_domain::recording::{
    RecordedExchange, RecordedOutcome, Recording, SeenEntry, SeenKeys, SeenResult, SeenSecret,
    Signal, stand_in,
};
use tasker_domain::secret::redacted;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// The lists of a recording, from which a replayed attempt takes.
pub(crate) struct Replayer {
    recording: Arc<Recording>,
    seed: Seed,
    state: Mutex<State>,
    /// The recorded attempt ran out of time where this one is now.
    out_of_time: Notify,
}

/// Why a replay ends before its handler does.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum ReplayEnd {
    #[error("{0}")]
    Diverged(String),
    #[error("the recorded attempt ran out of time here")]
    OutOfTime,
}

struct State {
    wall: VecDeque<i64>,
    elapsed: VecDeque<u64>,
    polls: VecDeque<Vec<u32>>,
    signals: VecDeque<char>,
    results: VecDeque<SeenResult>,
    secrets: VecDeque<SeenSecret>,
    entries: VecDeque<SeenEntry>,
    keys: VecDeque<SeenKeys>,
    http: VecDeque<RecordedExchange>,
    last_wall: i64,
    last_elapsed: u64,
    divergence: Option<String>,
    is_out_of_time: bool,
    requests: Vec<RecordedExchange>,
    /// Read the bodies of requests to their ends.
    readers: Vec<JoinHandle<()>>,
}

impl Replayer {
    pub(crate) fn new(recording: Arc<Recording>) -> Self {
        let seen = recording.seen.clone();
        let seed = Seed::parse(&seen.seed);
        let damaged = seed
            .is_none()
            .then(|| "the recording has no seed".to_owned());
        Self {
            seed: seed.unwrap_or(Seed::NONE),
            recording,
            state: Mutex::new(State {
                wall: seen.wall.into(),
                elapsed: seen.elapsed.into(),
                polls: seen.polls.into(),
                signals: seen.signals.chars().collect(),
                results: seen.results.into(),
                secrets: seen.secrets.into(),
                entries: seen.entries.into(),
                keys: seen.keys.into(),
                http: seen.http.into(),
                last_wall: 0,
                last_elapsed: 0,
                divergence: damaged,
                is_out_of_time: false,
                requests: Vec::new(),
                readers: Vec::new(),
            }),
            out_of_time: Notify::new(),
        }
    }

    pub(crate) fn seed(&self) -> Seed {
        self.seed
    }

    /// How each secret that was read is redacted, and what stands in for it.
    pub(crate) fn stand_ins(&self) -> Vec<(String, String)> {
        let secrets = self
            .recording
            .seen
            .secrets
            .iter()
            .filter(|seen| seen.is_set);
        let names = secrets.filter_map(|seen| seen.name.parse().ok());
        names
            .map(|name| (redacted(&name), stand_in(name.as_str())))
            .collect()
    }

    pub(crate) fn traceparent(&self) -> Option<String> {
        self.recording.seen.traceparent.clone()
    }

    pub(crate) fn check(&self) -> Result<(), ReplayEnd> {
        let state = self.lock();
        match (&state.divergence, state.is_out_of_time) {
            (Some(divergence), _) => Err(ReplayEnd::Diverged(divergence.clone())),
            (None, true) => Err(ReplayEnd::OutOfTime),
            (None, false) => Ok(()),
        }
    }

    /// Where the handler left the recording, if it did.
    pub(crate) fn divergence(&self) -> Option<String> {
        let mut state = self.lock();
        let not_made = state.http.len();
        if state.divergence.is_none() && not_made > 0 {
            let next = state.http.front().map(shown).unwrap_or_default();
            state.divergence = Some(format!(
                "the handler ended without {not_made} of the recorded requests; the next one is {next}"
            ));
        }
        state.divergence.clone()
    }

    /// The requests that the handler made.
    pub(crate) fn requests(&self) -> Vec<RecordedExchange> {
        self.lock().requests.clone()
    }

    /// The handler asks for something else than the recorded attempt.
    pub(crate) fn diverge(&self, what: String) -> ReplayEnd {
        let mut state = self.lock();
        let first = state.divergence.get_or_insert(what);
        ReplayEnd::Diverged(first.clone())
    }

    /// The handler asks for more than the recorded attempt got, which had run out of time if a deadline ended it.
    fn exhausted(&self, what: &str) -> ReplayEnd {
        let is_out_of_time = matches!(
            &self.recording.end.outcome,
            RecordedOutcome::Failure(failure) if failure.kind == FailureKind::TimedOut
        );
        if is_out_of_time {
            self.lock().is_out_of_time = true;
            return ReplayEnd::OutOfTime;
        }
        self.diverge(format!(
            "the handler asks for {what} once more than the recorded attempt did"
        ))
    }

    /// The same where the guest waits: then it goes on waiting.
    pub(crate) async fn exhausted_waiting(&self, what: &str) -> ReplayEnd {
        match self.exhausted(what) {
            ReplayEnd::OutOfTime => {
                self.lock().is_out_of_time = false;
                self.run_out_of_time();
                std::future::pending().await
            }
            diverged @ ReplayEnd::Diverged(_) => diverged,
        }
    }

    /// Ends the attempt as one that waits when its deadline passes.
    pub(crate) fn run_out_of_time(&self) {
        self.out_of_time.notify_one();
    }

    pub(crate) async fn out_of_time(&self) {
        self.out_of_time.notified().await;
    }

    pub(crate) fn wall(&self) -> Duration {
        let mut state = self.lock();
        let Some(since) = state.wall.pop_front() else {
            let last = state.last_wall;
            drop(state);
            self.exhausted("the wall clock");
            return nanos(last);
        };
        state.last_wall = state.last_wall.wrapping_add(since);
        nanos(state.last_wall)
    }

    pub(crate) fn elapsed(&self) -> Duration {
        let mut state = self.lock();
        let Some(since) = state.elapsed.pop_front() else {
            let last = state.last_elapsed;
            drop(state);
            self.exhausted("the monotonic clock");
            return Duration::from_nanos(last);
        };
        state.last_elapsed = state.last_elapsed.saturating_add(since);
        Duration::from_nanos(state.last_elapsed)
    }

    /// What the next `poll` answered; none where there was no other.
    pub(crate) fn poll(&self) -> Option<Vec<u32>> {
        self.lock().polls.pop_front()
    }

    /// The next signal, which answered a question of this kind; none where there was no other.
    pub(crate) fn signal(&self, what: &str) -> Option<Signal> {
        let letter = self.lock().signals.pop_front();
        let signal = letter.and_then(Signal::of);
        if signal.is_none() {
            self.exhausted(what);
        }
        signal
    }

    /// The next signal; none where the recorded attempt waited to its end.
    pub(crate) fn next_signal(&self) -> Option<Signal> {
        let letter = self.lock().signals.pop_front();
        letter.and_then(Signal::of)
    }

    pub(crate) fn result(&self, step: &str) -> Result<SeenResult, ReplayEnd> {
        let next = self.lock().results.pop_front();
        self.same(next, "the result of step", step, |seen| seen.step.clone())
    }

    pub(crate) fn secret(&self, name: &str) -> Result<SeenSecret, ReplayEnd> {
        let next = self.lock().secrets.pop_front();
        self.same(next, "secret", name, |seen| seen.name.clone())
    }

    pub(crate) fn entry(&self, bucket: &str, key: &str) -> Result<SeenEntry, ReplayEnd> {
        let next = self.lock().entries.pop_front();
        let place = |seen: &SeenEntry| format!("{}/{}", seen.bucket, seen.key);
        self.same(next, "kv entry", &format!("{bucket}/{key}"), place)
    }

    pub(crate) fn keys(
        &self,
        bucket: &str,
        prefix: &str,
        limit: u32,
    ) -> Result<SeenKeys, ReplayEnd> {
        let next = self.lock().keys.pop_front();
        let place = |seen: &SeenKeys| format!("{}/{}* ({})", seen.bucket, seen.prefix, seen.limit);
        self.same(
            next,
            "kv keys",
            &format!("{bucket}/{prefix}* ({limit})"),
            place,
        )
    }

    /// The recorded exchange of the next request, which is to be the same; the place of the request.
    pub(crate) fn exchange(
        &self,
        request: RecordedExchange,
    ) -> (usize, Result<RecordedExchange, ReplayEnd>) {
        let asked = shown(&request);
        let (place, next) = {
            let mut state = self.lock();
            state.requests.push(request);
            (state.requests.len() - 1, state.http.pop_front())
        };
        (place, self.same(next, "request", &asked, shown))
    }

    /// Adds a piece to the body of the request at this place.
    pub(crate) fn change_request(&self, place: usize, change: impl FnOnce(&mut RecordedExchange)) {
        if let Some(request) = self.lock().requests.get_mut(place) {
            change(request);
        }
    }

    /// Reads the body of a request, beside the guest.
    pub(crate) fn read(&self, reading: impl Future<Output = ()> + Send + 'static) {
        let reader = tokio::spawn(reading);
        self.lock().readers.push(reader);
    }

    /// Waits until the bodies of all requests are read; the guest has ended.
    pub(crate) async fn settle(&self) {
        let readers = std::mem::take(&mut self.lock().readers);
        for reader in readers {
            reader.await.ok();
        }
    }

    fn same<T>(
        &self,
        next: Option<T>,
        what: &str,
        asked: &str,
        name: impl FnOnce(&T) -> String,
    ) -> Result<T, ReplayEnd> {
        let Some(next) = next else {
            let why =
                format!("the handler asks for {what} `{asked}`, and the recorded attempt did not");
            return Err(self.diverge(why));
        };
        let recorded = name(&next);
        if recorded != asked {
            let why = format!(
                "the handler asks for {what} `{asked}` where the recorded attempt asked for `{recorded}`"
            );
            return Err(self.diverge(why));
        }
        Ok(next)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while replaying")
    }
}

fn nanos(since_1970: i64) -> Duration {
    Duration::from_nanos(u64::try_from(since_1970).unwrap_or_default())
}

fn shown(request: &RecordedExchange) -> String {
    format!("{} {}", request.method, request.url)
}
