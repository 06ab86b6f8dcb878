//! Runs of components that are not stored yet, of all subscriptions of a host: stored together, a few times a second.

use std::sync::{Mutex, MutexGuard, PoisonError};
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::Engine;
use tasker_engine::subscription::NewRun;

/// What runs that wait may take in memory, about; further ones are dropped. What a run logs has a limit of its own.
const MAX_WAITING_BYTES: usize = 8 << 20;
/// Runs that one statement stores at most, ...
const MAX_STORED: usize = 200;
/// ... and their bytes, if there are several.
const MAX_STORED_BYTES: usize = 1 << 20;
/// What a run takes in addition to its texts, about.
const RUN_BYTES: usize = 512;

/// Those of all subscriptions, in their order.
#[derive(Default)]
pub(crate) struct Runs(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    runs: Vec<NewRun>,
    bytes: usize,
    dropped: usize,
}

impl Runs {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has it stored soon, if there is room.
    pub(crate) fn note(&self, run: NewRun) {
        let bytes = bytes_of(&run);
        let mut waiting = self.waiting();
        if waiting.bytes + bytes > MAX_WAITING_BYTES {
            waiting.dropped += 1;
            return;
        }
        waiting.bytes += bytes;
        waiting.runs.push(run);
    }

    /// Stores all that were noted, but those whose subscription somebody else has locked, which wait. What the database
    /// refuses is tried alone, and lost where it is refused again.
    pub(crate) async fn store(&self, engine: &Engine) -> Result<(), DatabaseError> {
        let mut waiting = Vec::new();
        let mut calls = vec![self.next()];
        while let Some(call) = calls.pop().filter(|call| !call.is_empty()) {
            match engine.store_runs(&call).await {
                Ok(locked) => {
                    let is_left = |run: &NewRun| locked.contains(&run.subscription_id);
                    waiting.extend(call.into_iter().filter(is_left));
                }
                Err(error) if error.is_transient() => {
                    waiting.extend(call);
                    waiting.extend(calls.into_iter().rev().flatten());
                    self.put_back(waiting);
                    return Err(error);
                }
                Err(_) if call.len() > 1 => {
                    calls.extend(call.into_iter().rev().map(|run| vec![run]));
                }
                Err(error) => {
                    tracing::warn!(error = %ErrorChain(&error), "a run of a subscriber is not in the ledger: the database refused it");
                }
            }
            if calls.is_empty() {
                calls.push(self.next());
            }
        }
        self.put_back(waiting);
        Ok(())
    }

    fn next(&self) -> Vec<NewRun> {
        let mut waiting = self.waiting();
        if waiting.dropped > 0 {
            tracing::warn!(
                runs = waiting.dropped,
                "runs of subscribers are not in the ledger: too many waited for the database"
            );
            waiting.dropped = 0;
        }
        let mut bytes = 0;
        let fits = |run: &&NewRun| {
            bytes += bytes_of(run);
            bytes <= MAX_STORED_BYTES
        };
        let count = waiting
            .runs
            .iter()
            .take(MAX_STORED)
            .take_while(fits)
            .count();
        let count = count.max(1).min(waiting.runs.len());
        let next: Vec<NewRun> = waiting.runs.drain(..count).collect();
        waiting.bytes -= next.iter().map(bytes_of).sum::<usize>();
        next
    }

    fn put_back(&self, mut runs: Vec<NewRun>) {
        let mut waiting = self.waiting();
        waiting.bytes += runs.iter().map(bytes_of).sum::<usize>();
        runs.append(&mut waiting.runs);
        waiting.runs = runs;
    }
}

fn bytes_of(run: &NewRun) -> usize {
    let of_failure = run.failure.as_ref();
    let failure = of_failure.map_or(0, |it| it.code.len() + it.message.len());
    let rollouts: usize = run.rollouts.iter().map(String::len).sum();
    RUN_BYTES + failure + rollouts + run.lines.as_ref().map_or(0, String::len)
}
