//! The worker loop: drives what is running and which calls are under way. What to call, and when, is
//! decided by [`DispatchState`]; here it is done.

mod backoff;
mod call;
mod failed_call;
mod in_flight;
mod own_hint;
mod replies;
mod state;
mod unreported;

use super::Worker;
use super::finished::{Finished, Unrecorded};
use super::given_back::GivenBackSteps;
use super::heartbeat::Beat;
use super::held::{HeldBytes, TaskText};
use super::leases::HeldLeases;
use super::plan::{Assigned, PlanCache};
use super::queue_position::QueuePosition;
use super::round::{self, Claims, ReportAnswer};
use super::running::Running;
use call::{Call, CallBounds, CallId};
use failed_call::doubted;
use state::DispatchState;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;
use tasker_database::DatabaseError;
use tasker_domain::digest::Digest;
use tasker_domain::ids::WorkerId;
use tasker_domain::invocation::Lease;
use tasker_domain::outcome::Outcome;
use tokio::sync::mpsc::{self, Receiver, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Bytes of outcomes in one report, unless one alone has more.
const REPORT_BYTES_MAX: u64 = 16 << 20;
/// Bytes of inputs and checkpoints that one claim brings, unless one alone has more.
const CLAIM_BYTES_MAX: u64 = 16 << 20;
/// Bytes of inputs and checkpoints that a worker holds; while it holds more, it claims nothing.
const HELD_BYTES_MAX: u64 = 64 << 20;

/// Why the loop ended.
pub(super) enum LoopEnd {
    /// Asked to; everything that ended in time is reported, the rest is to be given back.
    Shutdown,
    /// Another host declared it dead; it has no leases any more.
    Dead,
}

/// What a call under way comes back with.
enum CallResult {
    Reported(CallId, Result<ReportAnswer, DatabaseError>),
    Claimed(CallId, Result<Claims, DatabaseError>),
    Recovered(CallId, Result<i32, DatabaseError>),
}

/// An attempt under way.
struct Attempt {
    running: Running,
    task: Arc<TaskText>,
}

pub(super) struct Dispatch<'a> {
    worker: &'a Worker,
    id: WorkerId,
    plans: Arc<PlanCache>,
    /// What is not started, and ended where it runs.
    quarantined: watch::Receiver<HashSet<Digest>>,
    /// Whether the host is to claim nothing.
    draining: watch::Receiver<bool>,
    state: DispatchState,
    attempts: HashMap<Lease, Attempt>,
    /// Outcomes of attempts until they are recorded.
    unrecorded: HashMap<Lease, Arc<Unrecorded>>,
    given_back: GivenBackSteps,
    held: HeldBytes,
    reports: (UnboundedSender<Finished>, UnboundedReceiver<Finished>),
    calls: JoinSet<CallResult>,
    /// Where claims begin.
    queue: QueuePosition,
    /// What runs and what has yet to be reported, for the heartbeat and the reaper.
    leases: HeldLeases,
    beats: Receiver<Beat>,
}

impl<'a> Dispatch<'a> {
    pub(super) fn new(
        worker: &'a Worker,
        id: WorkerId,
        plans: Arc<PlanCache>,
        quarantined: watch::Receiver<HashSet<Digest>>,
        (leases, queue): (HeldLeases, QueuePosition),
        beats: Receiver<Beat>,
    ) -> Self {
        let config = &worker.config;
        let bounds = CallBounds {
            slots: config.slots,
            in_flight: config.max_in_flight,
            batch: config.batch,
            report_bytes: REPORT_BYTES_MAX,
            claim_bytes: CLAIM_BYTES_MAX,
            held_bytes: HELD_BYTES_MAX,
            poll_interval: config.poll_interval,
            busy: std::thread::available_parallelism().map_or(1, usize::from),
        };
        // Hosts that lose the database together shall not come back together.
        let seed = u64::from(id.0.unsigned_abs()) << 32 | u64::from(std::process::id());
        Self {
            worker,
            id,
            plans,
            quarantined,
            draining: worker.stats.claiming().drain().subscribe(),
            state: DispatchState::new(bounds, Instant::now(), seed),
            attempts: HashMap::new(),
            unrecorded: HashMap::new(),
            given_back: GivenBackSteps::default(),
            held: HeldBytes::default(),
            reports: mpsc::unbounded_channel(),
            calls: JoinSet::new(),
            queue,
            leases,
            beats,
        }
    }

    /// Works until shutdown or until the worker is declared dead.
    pub(super) async fn run(mut self, shutdown: &CancellationToken) -> LoopEnd {
        let notifications = self.worker.notifications.clone();
        let end = self.work(shutdown).await;
        notifications.leave_hints_to_others();
        end
    }

    async fn work(&mut self, shutdown: &CancellationToken) -> LoopEnd {
        let mut give_up_at = None;
        let mut ended = Vec::with_capacity(self.worker.config.slots);
        self.follow_drain();
        loop {
            self.report_drained();
            let is_stopping = shutdown.is_cancelled();
            if is_stopping {
                self.state.stop();
                let give_up_at = *give_up_at
                    .get_or_insert_with(|| Instant::now() + self.worker.config.drain_timeout);
                if self.state.is_drained() || Instant::now() >= give_up_at {
                    self.abandon();
                    return LoopEnd::Shutdown;
                }
            }
            self.start_calls();
            let wake_at = self.state.wake_at();
            let wake_at = give_up_at.map_or(wake_at, |give_up_at| wake_at.min(give_up_at));
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
                Ok(()) = self.quarantined.changed() => self.stop_quarantined(),
                Ok(()) = self.draining.changed() => self.follow_drain(),
                is_own = self.worker.notifications.ready() => match is_own {
                    true => self.state.hint_own(Instant::now()),
                    false => self.state.hint(Instant::now()),
                },
                () = tokio::time::sleep_until(wake_at.into()) => {}
                () = shutdown.cancelled(), if !is_stopping => {}
            }
        }
    }

    fn start_calls(&mut self) {
        for (id, call) in self.state.next_calls(Instant::now(), self.held.get()) {
            match call {
                Call::Report { leases, claim } => self.start_report(id, &leases, claim),
                Call::Claim { limit, bytes } => self.start_claim(id, limit, bytes),
                Call::Recover { keep } => self.start_recovery(id, keep),
            }
        }
        let notifications = &self.worker.notifications;
        notifications.take_own_hints(self.state.takes_own_hints());
        if self.state.take_hint_for_others() {
            notifications.hint_others();
        }
    }

    fn start_report(&mut self, call: CallId, leases: &[Lease], claim: usize) {
        let batch = leases.iter().filter_map(|it| self.unrecorded.get(it));
        let batch: Vec<Arc<Unrecorded>> = batch.cloned().collect();
        let (worker, id, plans) = (self.worker.clone(), self.id, self.plans.clone());
        let leases = self.leases.clone();
        self.calls.spawn(async move {
            let result = round::report(&worker, id, &plans, &leases, (&batch, claim)).await;
            CallResult::Reported(call, doubted(&leases, result))
        });
    }

    fn start_claim(&mut self, call: CallId, limit: usize, bytes: u64) {
        let (worker, id, plans) = (self.worker.clone(), self.id, self.plans.clone());
        let (leases, held) = (self.leases.clone(), self.held.clone());
        let queue = self.queue.clone();
        self.calls.spawn(async move {
            let held = (&leases, &held);
            let result = round::claim(&worker, id, &plans, held, (limit, bytes, &queue)).await;
            CallResult::Claimed(call, doubted(&leases, result))
        });
    }

    /// Gives back claims that this worker never heard of.
    fn start_recovery(&mut self, call: CallId, keep: Vec<Lease>) {
        let (engine, id) = (self.worker.engine.clone(), self.id);
        self.calls.spawn(async move {
            let result = engine.release_steps(id, &keep, "connection lost").await;
            CallResult::Recovered(call, result)
        });
    }

    fn take_beat(&mut self, beat: Beat) -> Option<LoopEnd> {
        match beat {
            Beat::Ask => None,
            Beat::Stale(leases) => {
                leases.iter().for_each(|lease| self.drop_attempt(lease));
                None
            }
            Beat::Dead => {
                self.abandon();
                Some(LoopEnd::Dead)
            }
        }
    }

    fn start_attempts(&mut self, assigned: Vec<Assigned>) {
        for Assigned {
            lease,
            task,
            invocation,
        } in assigned
        {
            self.leases.insert([lease]);
            let invocation = match invocation {
                Err(unrun) => Err(unrun),
                Ok(invocation) if self.quarantined.borrow().contains(&invocation.step.digest) => {
                    Err(Finished::unrun(lease, Outcome::Quarantined))
                }
                Ok(invocation) => Ok(invocation),
            };
            match invocation {
                Ok(invocation) => {
                    let running = Running::start(self.worker, invocation, self.reports.0.clone());
                    self.attempts.insert(lease, Attempt { running, task });
                }
                Err(unrun) => self.keep(unrun, task),
            }
        }
    }

    /// Ends the attempts that run what was quarantined; they report it themselves.
    fn stop_quarantined(&mut self) {
        let quarantined = self.quarantined.borrow_and_update();
        let running = self.attempts.values().map(|attempt| &attempt.running);
        running
            .filter(|running| quarantined.contains(running.digest()))
            .for_each(Running::quarantine);
    }

    /// Claims nothing more, or again, as the operators want it.
    fn follow_drain(&mut self) {
        let is_draining = *self.draining.borrow_and_update();
        self.state.set_draining(Instant::now(), is_draining);
    }

    /// Reports to the heartbeat whether nothing is left.
    fn report_drained(&self) {
        let drain = self.worker.stats.claiming().drain();
        drain.set_drained(self.state.has_nothing_left());
    }

    /// Keeps what is still ours to report.
    fn take_finished(&mut self, ended: &mut Vec<Finished>) {
        for finished in ended.drain(..) {
            if let Some(Attempt { task, .. }) = self.attempts.remove(&finished.lease) {
                self.keep(finished, task);
            }
        }
    }

    /// Keeps an outcome until it is recorded.
    fn keep(&mut self, finished: Finished, task: Arc<TaskText>) {
        let lease = finished.lease;
        let finished = self.given_back.settle(Instant::now(), finished);
        if self.state.end(lease, finished.bytes()) {
            let unrecorded = Unrecorded { finished, task };
            self.unrecorded.insert(lease, Arc::new(unrecorded));
        }
    }

    /// Ends an attempt whose lease is stale: its result would be refused.
    fn drop_attempt(&mut self, lease: &Lease) {
        self.state.drop_lease(lease);
        self.leases.remove(lease);
        if let Some(attempt) = self.attempts.remove(lease) {
            tracing::info!(task_id = %lease.task_id, step_no = lease.step_no, "attempt ended: its lease is stale");
            attempt.running.end();
        }
    }

    fn abandon(&mut self) {
        for (_, attempt) in self.attempts.drain() {
            attempt.running.end();
        }
        self.calls.abort_all();
    }
}

fn leases(assigned: &[Assigned]) -> Vec<Lease> {
    assigned.iter().map(|assigned| assigned.lease).collect()
}

#[cfg(test)]
mod tests;
