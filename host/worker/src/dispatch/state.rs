//! Which calls a worker makes, and when: a pure state machine. Events go in (an attempt ended, a call was
//! answered, a hint came), calls come out; time is passed in, and nothing here waits or asks.
//!
//! It knows leases, not outcomes: its driver keeps outcomes until they are acknowledged.

mod answers;

use super::backoff::{Backoff, Jitter};
use super::call::{Call, CallBounds, CallId};
use super::in_flight::{InFlight, NextReport};
use super::own_hint::OwnHint;
use super::unreported::{EndedAttempt, Unreported};
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use tasker_domain::invocation::Lease;

/// Before a call that failed is made again.
const RETRY_FIRST: Duration = Duration::from_millis(200);
const RETRY_MOST: Duration = Duration::from_secs(5);
/// Before looking again for steps that a claim had to leave.
const LOOK_FIRST: Duration = Duration::from_millis(5);
const LOOK_MOST: Duration = Duration::from_millis(100);
/// How long a claim of a few steps waits, while other calls are under way, for more free slots.
const CLAIM_PATIENCE: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub(super) struct DispatchState {
    bounds: CallBounds,
    running: HashSet<Lease>,
    unreported: Unreported,
    calls: HashMap<CallId, InFlight>,
    next_call: u64,
    /// Since when there may be something to claim.
    wanted_since: Option<Instant>,
    own_hint: OwnHint,
    /// When to look even if nothing happens.
    poll_at: Instant,
    /// When some step is due that could not be claimed before.
    due_at: Option<Instant>,
    /// A call was not answered: what the database thinks we hold may differ from what we know.
    in_doubt: bool,
    is_stopping: bool,
    /// Claims nothing until this ends.
    is_draining: bool,
    /// The worker holds as many bytes as it may.
    is_full: bool,
    /// The newest call was a report: where both are wanted, a claim comes next.
    is_claim_next: bool,
    reporting: Backoff,
    claiming: Backoff,
    /// Between claims that left what is due.
    looking: Backoff,
    recovering: Backoff,
    jitter: Jitter,
}

impl DispatchState {
    pub(super) fn new(bounds: CallBounds, now: Instant, seed: u64) -> Self {
        let retry = Backoff::new(RETRY_FIRST, RETRY_MOST);
        Self {
            poll_at: now + bounds.poll_interval,
            running: HashSet::with_capacity(bounds.slots),
            bounds,
            unreported: Unreported::default(),
            calls: HashMap::new(),
            next_call: 0,
            wanted_since: Some(now),
            own_hint: OwnHint::default(),
            due_at: None,
            in_doubt: false,
            is_stopping: false,
            is_draining: false,
            is_full: false,
            is_claim_next: false,
            reporting: retry.clone(),
            claiming: retry.clone(),
            looking: Backoff::new(LOOK_FIRST, LOOK_MOST),
            recovering: retry,
            jitter: Jitter::new(seed),
        }
    }

    /// Claims nothing more.
    pub(super) fn stop(&mut self) {
        self.is_stopping = true;
    }

    /// Claims nothing more, or claims again.
    pub(super) fn set_draining(&mut self, now: Instant, is_draining: bool) {
        self.is_draining = is_draining;
        self.hint(now);
    }

    /// True if the worker claims nothing, and the database knows of nothing that it holds.
    pub(super) fn has_nothing_left(&self) -> bool {
        self.is_draining && !self.in_doubt && self.is_drained()
    }

    /// True if nothing runs and everything is recorded.
    pub(super) fn is_drained(&self) -> bool {
        self.running.is_empty() && self.unreported.is_empty() && self.calls.is_empty()
    }

    /// There may be something to claim.
    pub(super) fn hint(&mut self, now: Instant) {
        self.wanted_since.get_or_insert(now);
    }

    /// The same, and only this host knows; see [`Self::takes_own_hints`].
    pub(super) fn hint_own(&mut self, now: Instant) {
        self.own_hint.come();
        self.hint(now);
    }

    /// Whether this host would claim what is due, and has little else to do.
    pub(super) fn takes_own_hints(&self) -> bool {
        !self.may_not_claim()
            && self.claiming.until().is_none()
            && self.running.len() < self.bounds.busy
    }

    /// True once if a hint that only this host had is one for the others too.
    pub(super) fn take_hint_for_others(&mut self) -> bool {
        self.own_hint.take_for_others()
    }

    /// The attempt ended with an outcome of this size. False if the lease is none of ours any more.
    pub(super) fn end(&mut self, lease: Lease, bytes: u64) -> bool {
        let is_ours = self.running.remove(&lease);
        if is_ours {
            self.unreported.push(EndedAttempt::new(lease, bytes));
        }
        is_ours
    }

    /// The lease is stale: the outcome of its attempt would not be recorded.
    pub(super) fn drop_lease(&mut self, lease: &Lease) {
        self.running.remove(lease);
    }

    /// The calls that are to be made now, where the worker holds so many bytes.
    pub(super) fn next_calls(&mut self, now: Instant, held_bytes: u64) -> Vec<(CallId, Call)> {
        self.look_where_due(now);
        self.unreported.take_up(now);
        // What nothing runs of is about to be let go.
        self.is_full = held_bytes >= self.bounds.held_bytes && !self.running.is_empty();
        let mut calls = Vec::new();
        while let Some(call) = self.next_call(now, held_bytes) {
            calls.push(call);
        }
        let is_kept_busy =
            self.may_not_claim() || self.claiming.until().is_some() || self.free_slots() == 0;
        if is_kept_busy && !self.is_claiming() {
            self.own_hint.give_up();
        }
        calls
    }

    /// When to call [`next_calls`](Self::next_calls) even if nothing happens.
    pub(super) fn wake_at(&self) -> Instant {
        let look_at = match self.wanted_since {
            None => self.due_at,
            Some(since) => self.claim_at(since),
        };
        let recover_at = (self.in_doubt && self.calls.is_empty())
            .then(|| self.recovering.until())
            .flatten();
        let may_report = !self.in_doubt && self.calls.len() < self.bounds.in_flight;
        let report_at = (may_report && self.next_report().is_some())
            .then(|| self.reporting.until())
            .flatten();
        let again_at = self.unreported.postponed_until();
        [
            look_at,
            recover_at,
            report_at,
            again_at.filter(|_| may_report),
        ]
        .into_iter()
        .flatten()
        .fold(self.poll_at, Instant::min)
    }

    fn look_where_due(&mut self, now: Instant) {
        let is_due = self.due_at.is_some_and(|due| now >= due);
        if is_due || now >= self.poll_at {
            self.due_at = self.due_at.filter(|due| now < *due);
            self.poll_at = now + self.bounds.poll_interval;
            self.hint(now);
        }
    }

    fn next_call(&mut self, now: Instant, held_bytes: u64) -> Option<(CallId, Call)> {
        if self.in_doubt {
            return self.recovery(now);
        }
        if self.calls.len() >= self.bounds.in_flight {
            return None;
        }
        match self.is_claim_next {
            true => {
                let claim = self.claim(now, held_bytes);
                claim.or_else(|| self.report(now))
            }
            false => {
                let report = self.report(now);
                report.or_else(|| self.claim(now, held_bytes))
            }
        }
    }

    fn make(&mut self, in_flight: InFlight, call: Call) -> Option<(CallId, Call)> {
        let id = CallId(self.next_call);
        self.next_call += 1;
        self.is_claim_next = matches!(in_flight, InFlight::Report { .. });
        self.calls.insert(id, in_flight);
        Some((id, call))
    }

    /// Once no call is under way, since its claims would be taken for unknown ones.
    fn recovery(&mut self, now: Instant) -> Option<(CallId, Call)> {
        if !self.calls.is_empty() || !self.recovering.is_over(now) {
            return None;
        }
        let running = self.running.iter().copied();
        let keep = running.chain(self.unreported.leases()).collect();
        self.make(InFlight::Recover, Call::Recover { keep })
    }

    fn next_report(&self) -> Option<NextReport> {
        NextReport::beside(self.calls.values(), &self.unreported, &self.bounds)
    }

    fn report(&mut self, now: Instant) -> Option<(CallId, Call)> {
        let next = self.next_report().filter(|_| self.reporting.is_over(now))?;
        let is_isolated = next == NextReport::Isolated;
        let may_claim = !is_isolated && !self.is_stopping && !self.is_draining;
        let CallBounds {
            batch,
            report_bytes,
            ..
        } = self.bounds;
        let ended: Vec<EndedAttempt> = match next {
            NextReport::Isolated => self.unreported.take_isolated().into_iter().collect(),
            NextReport::Batch => self.unreported.take_batch(batch, report_bytes),
        };
        let claim = match may_claim {
            true => self.claim_of(ended.len()),
            false => 0,
        };
        let leases = ended.iter().map(|ended| ended.lease).collect();
        self.make(
            InFlight::Report {
                ended,
                claim,
                is_isolated,
            },
            Call::Report { leases, claim },
        )
    }

    /// How many of the steps that a report releases it claims: what it frees, and half of what is free
    /// besides, so that claims of other steps need not wait for its answer.
    fn claim_of(&self, reported: usize) -> usize {
        let free = self.free_slots();
        let half = free.div_ceil(2).max(reported);
        half.min(free).min(self.bounds.batch)
    }

    fn claim(&mut self, now: Instant, held_bytes: u64) -> Option<(CallId, Call)> {
        let since = self.wanted_since?;
        if self.claim_at(since).is_none_or(|at| now < at) {
            return None;
        }
        let left = self.bounds.held_bytes.saturating_sub(held_bytes);
        let limit = self.free_slots().min(self.bounds.batch);
        let bytes = left.min(self.bounds.claim_bytes).max(1);
        self.wanted_since = None;
        self.own_hint.begin_claim();
        self.due_at = None;
        self.poll_at = now + self.bounds.poll_interval;
        self.make(InFlight::Claim { limit }, Call::Claim { limit, bytes })
    }

    /// When the claim that is wanted since then may be made, by what is known now.
    fn claim_at(&self, since: Instant) -> Option<Instant> {
        let free = self.free_slots();
        let is_busy = self.calls.len() >= self.bounds.in_flight;
        if self.may_not_claim() || self.is_claiming() || is_busy || free == 0 {
            return None;
        }
        let is_worth_it = self.calls.is_empty() && self.unreported.is_empty()
            || free >= self.bounds.batch.min(self.bounds.slots.div_ceil(2));
        let at = if is_worth_it {
            since
        } else {
            since + CLAIM_PATIENCE
        };
        let untils = [self.claiming.until(), self.looking.until()];
        Some(untils.into_iter().flatten().fold(at, Instant::max))
    }

    fn may_not_claim(&self) -> bool {
        self.is_stopping || self.is_draining || self.in_doubt || self.is_full
    }

    fn is_claiming(&self) -> bool {
        let mut calls = self.calls.values();
        calls.any(|call| matches!(call, InFlight::Claim { .. }))
    }

    fn free_slots(&self) -> usize {
        let reserved = self.calls.values().map(|call| match call {
            InFlight::Report { claim, .. } => *claim,
            InFlight::Claim { limit } => *limit,
            InFlight::Recover => 0,
        });
        let taken = self.running.len() + self.unreported.len_in_slots() + reserved.sum::<usize>();
        self.bounds.slots.saturating_sub(taken)
    }
}
