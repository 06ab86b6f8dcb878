//! The worker loop: one owner of what is running, what has ended and which calls are under way.

use super::Worker;
use super::heartbeat::Beat;
use super::leases::HeldLeases;
use super::plan::PlanCache;
use super::round::{self, Finished, Round};
use super::running::Running;
use crate::domain::chain::Chain;
use crate::domain::digest::Digest;
use crate::domain::ids::WorkerId;
use crate::domain::invocation::{Invocation, Lease};
use crate::store::StoreError;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{self, Receiver, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long to wait before a call that failed is made again.
const RETRY_DELAY: Duration = Duration::from_millis(200);

/// Why the loop ended.
pub(super) enum Ended {
    /// Asked to; everything that ended in time is reported, the rest is to be given back.
    Shutdown,
    /// Another host declared it dead; nothing that it holds is its own any more.
    Dead,
}

/// What a call under way comes back with.
enum Reply {
    Round {
        asked: usize,
        batch: Vec<Finished>,
        result: Result<Round, StoreError>,
    },
    Recovered(Result<i32, StoreError>),
}

pub(super) struct Dispatch<'a> {
    worker: &'a Worker,
    id: WorkerId,
    plans: Arc<PlanCache>,
    /// What is not started, and ended where it runs.
    barred: watch::Receiver<HashSet<Digest>>,
    running: HashMap<Lease, Running>,
    /// What runs and what has yet to be reported, for the heartbeat and the reaper.
    held: HeldLeases,
    beats: Receiver<Beat>,
    finished: Vec<Finished>,
    reports: (UnboundedSender<Finished>, UnboundedReceiver<Finished>),
    calls: JoinSet<Reply>,
    /// Rounds among the calls under way.
    rounds: usize,
    /// Claims that they may come back with.
    promised: usize,
    /// There may be something to claim.
    look: bool,
    /// A call failed: what the database thinks we hold may differ from what we know.
    is_lost: bool,
    /// Report one at a time: the database refused a batch for one of its outcomes.
    is_cautious: bool,
    no_call_before: Instant,
    look_at: Instant,
}

impl<'a> Dispatch<'a> {
    pub(super) fn new(
        worker: &'a Worker,
        id: WorkerId,
        plans: Arc<PlanCache>,
        barred: watch::Receiver<HashSet<Digest>>,
        held: HeldLeases,
        beats: Receiver<Beat>,
    ) -> Self {
        let now = Instant::now();
        Self {
            worker,
            id,
            plans,
            barred,
            running: HashMap::new(),
            held,
            beats,
            finished: Vec::new(),
            reports: mpsc::unbounded_channel(),
            calls: JoinSet::new(),
            rounds: 0,
            promised: 0,
            look: true,
            is_lost: false,
            is_cautious: false,
            no_call_before: now,
            look_at: now + worker.config.poll_interval,
        }
    }

    /// Works until shutdown or until the worker is declared dead.
    pub(super) async fn run(mut self, shutdown: &CancellationToken) -> Ended {
        let mut give_up_at = None;
        let mut ended = Vec::with_capacity(self.worker.config.slots);
        loop {
            let is_stopping = shutdown.is_cancelled();
            if is_stopping {
                let give_up_at = *give_up_at
                    .get_or_insert_with(|| Instant::now() + self.worker.config.drain_timeout);
                if self.is_drained() || Instant::now() >= give_up_at {
                    self.abandon();
                    return Ended::Shutdown;
                }
            }
            self.start_calls(is_stopping);
            let next = self.next_deadline(give_up_at);
            tokio::select! {
                biased;
                Some(beat) = self.beats.recv() => {
                    if let Some(ended) = self.take_beat(beat) {
                        return ended;
                    }
                }
                Some(reply) = self.calls.join_next() => {
                    self.take_reply(reply.expect("calls neither panic nor are cancelled"));
                }
                _ = self.reports.1.recv_many(&mut ended, self.worker.config.slots) => self.take_finished(&mut ended),
                Ok(()) = self.barred.changed() => self.stop_barred(),
                () = self.worker.wake.ready() => self.look = true,
                () = tokio::time::sleep_until(next.into()) => self.look_again(),
                () = shutdown.cancelled(), if !is_stopping => {}
            }
        }
    }

    fn is_drained(&self) -> bool {
        self.running.is_empty() && self.finished.is_empty() && self.rounds == 0
    }

    /// When to look up even if nothing happens.
    fn next_deadline(&self, give_up_at: Option<Instant>) -> Instant {
        // Any other call is due when the one under way is answered.
        let is_waiting = self.rounds == 0 && (self.is_lost || !self.finished.is_empty());
        let call_at = is_waiting.then_some(self.no_call_before);
        let candidates = [Some(self.look_at), give_up_at, call_at];
        candidates
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(self.look_at)
    }

    /// Looks where no hint came for long. Where it can't look now, for want of slots or of an answer,
    /// it must not be woken again at once.
    fn look_again(&mut self) {
        let now = Instant::now();
        if now >= self.look_at {
            self.look = true;
            self.look_at = now + self.worker.config.poll_interval;
        }
    }

    fn free_slots(&self) -> usize {
        self.worker
            .config
            .slots
            .saturating_sub(self.running.len() + self.finished.len() + self.promised)
    }

    /// Starts the calls that are worth it. While one is under way, another waits for a full batch:
    /// the busier the database, the larger the batches.
    fn start_calls(&mut self, is_stopping: bool) {
        if Instant::now() < self.no_call_before {
            return;
        }
        if self.is_lost {
            self.start_recovery();
            return;
        }
        while self.is_round_due(is_stopping) {
            self.start_round(is_stopping);
        }
    }

    fn is_round_due(&self, is_stopping: bool) -> bool {
        if self.rounds >= self.worker.config.lanes {
            return false;
        }
        let is_first = self.rounds == 0;
        match self.finished.len() {
            0 => is_first && self.look && !is_stopping && self.free_slots() > 0,
            ended => is_first || ended >= self.worker.config.batch,
        }
    }

    fn start_round(&mut self, is_stopping: bool) {
        let size = if self.is_cautious {
            1
        } else {
            self.worker.config.batch
        };
        let batch: Vec<Finished> = self
            .finished
            .drain(..size.min(self.finished.len()))
            .collect();
        let asked = if is_stopping {
            0
        } else {
            self.free_slots().min(self.worker.config.batch)
        };
        self.is_cautious &= !self.finished.is_empty();
        self.look = false;
        self.look_at = Instant::now() + self.worker.config.poll_interval;
        self.rounds += 1;
        self.promised += asked;
        let (worker, id, plans) = (self.worker.clone(), self.id, self.plans.clone());
        self.calls.spawn(async move {
            let result = round::round(&worker, id, &plans, &batch, asked).await;
            Reply::Round {
                asked,
                batch,
                result,
            }
        });
    }

    /// Once no round is under way, gives back claims that this worker never heard of.
    fn start_recovery(&mut self) {
        if self.rounds > 0 {
            return;
        }
        let running = self.running.keys().copied();
        let keep: Vec<Lease> = running
            .chain(self.finished.iter().map(|finished| finished.lease))
            .collect();
        self.rounds += 1;
        let (store, id) = (self.worker.store.clone(), self.id);
        self.calls.spawn(async move {
            Reply::Recovered(store.release_steps(id, &keep, "connection lost").await)
        });
    }

    fn take_reply(&mut self, reply: Reply) {
        match reply {
            Reply::Round {
                asked,
                batch,
                result,
            } => self.take_round(asked, batch, result),
            Reply::Recovered(result) => self.take_recovery(result),
        }
    }

    fn take_beat(&mut self, beat: Beat) -> Option<Ended> {
        match beat {
            Beat::Ask => None,
            Beat::Void(leases) => {
                leases.iter().for_each(|lease| self.drop_attempt(lease));
                None
            }
            Beat::Dead => {
                self.abandon();
                Some(Ended::Dead)
            }
        }
    }

    fn take_round(
        &mut self,
        asked: usize,
        batch: Vec<Finished>,
        result: Result<Round, StoreError>,
    ) {
        self.rounds -= 1;
        self.promised -= asked;
        match result {
            Ok(round) => {
                batch
                    .iter()
                    .for_each(|reported| self.held.remove(&reported.lease));
                self.look |= asked > 0 && round.claimed.len() == asked;
                if let Some(retry_in) = round.retry_in {
                    self.look_at = self.look_at.min(Instant::now() + retry_in);
                }
                round
                    .claimed
                    .into_iter()
                    .for_each(|invocation| self.start_attempt(invocation));
            }
            Err(error) if error.is_transient() => self.take_lost(batch, &error),
            Err(error) => self.take_refusal(batch, &error),
        }
    }

    fn take_lost(&mut self, batch: Vec<Finished>, error: &StoreError) {
        tracing::warn!(error = %Chain(error), reports = batch.len(), "the database did not answer; trying again");
        self.finished.splice(0..0, batch);
        self.is_lost = true;
        self.no_call_before = Instant::now() + RETRY_DELAY;
    }

    /// The database will not take the batch, now or later: find the outcome that it is about.
    fn take_refusal(&mut self, batch: Vec<Finished>, error: &StoreError) {
        self.is_lost = true;
        self.no_call_before = Instant::now() + RETRY_DELAY;
        match batch.as_slice() {
            [] => tracing::error!(error = %Chain(error), "the database refused a claim"),
            // Not even the refusal could be recorded: the step is given back once its deadline has passed.
            [only] if round::is_refusal(only) => {
                tracing::error!(error = %Chain(error), task_id = %only.lease.task_id, "the database refused a failure");
                self.held.remove(&only.lease);
            }
            [only] => {
                tracing::error!(error = %Chain(error), task_id = %only.lease.task_id, "the database refused an outcome");
                self.finished.insert(0, round::refused(only.lease, error));
            }
            _ => {
                self.is_cautious = true;
                self.finished.splice(0..0, batch);
            }
        }
    }

    fn take_recovery(&mut self, result: Result<i32, StoreError>) {
        self.rounds -= 1;
        match result {
            Ok(released) => {
                self.is_lost = false;
                self.look = true;
                tracing::info!(released, "the database is back");
            }
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "the database did not answer; trying again");
                self.no_call_before = Instant::now() + RETRY_DELAY;
            }
        }
    }

    fn start_attempt(&mut self, invocation: Invocation) {
        let lease = invocation.lease;
        self.held.insert(lease);
        if self.barred.borrow().contains(&invocation.step.digest) {
            self.finished.push(round::quarantined(lease));
            return;
        }
        let running = Running::start(self.worker, invocation, self.reports.0.clone());
        self.running.insert(lease, running);
    }

    /// Ends the attempts that run what was quarantined; they report it themselves.
    fn stop_barred(&mut self) {
        let barred = self.barred.borrow_and_update();
        let running = self.running.values();
        running
            .filter(|running| barred.contains(running.digest()))
            .for_each(Running::quarantine);
    }

    /// Keeps what is still ours to report.
    fn take_finished(&mut self, ended: &mut Vec<Finished>) {
        for finished in ended.drain(..) {
            if self.running.remove(&finished.lease).is_some() {
                self.finished.push(finished);
            }
        }
    }

    /// Ends an attempt whose lease is void: its result would be refused.
    fn drop_attempt(&mut self, lease: &Lease) {
        self.held.remove(lease);
        if let Some(running) = self.running.remove(lease) {
            tracing::info!(task_id = %lease.task_id, step_no = lease.step_no, "attempt ended: its lease is void");
            running.end();
        }
    }

    fn abandon(&mut self) {
        for (_, running) in self.running.drain() {
            running.end();
        }
        self.calls.abort_all();
    }
}
