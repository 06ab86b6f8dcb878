//! A database, a network and guests, all of them made up.

use super::{
    Answer, Call, CallBounds, CallFailure, CallId, DispatchState, MS, ReportEffect, lease,
};
use crate::dispatch::backoff::Jitter;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};
use tasker_domain::invocation::Lease;

/// From then on the world is kind.
const FAULTS_END: Duration = Duration::from_secs(20);
/// For how long a report waits for a lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// By then all must be over.
const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes of every outcome, and of every input.
const BYTES: u64 = 30;

/// How likely it is that a call goes wrong, in parts of a hundred.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    lost: u8,
    undone: u8,
    doubled: u8,
    poisoned: u8,
    locked: u8,
}

impl Arbitrary for Faults {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        let parts = (0_u8..40, 0_u8..40, 0_u8..40, 0_u8..30, 0_u8..20);
        let faults = parts.prop_map(|(lost, undone, doubled, poisoned, locked)| Self {
            lost,
            undone,
            doubled,
            poisoned,
            locked,
        });
        faults.boxed()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Waiting,
    Ready,
    Running,
    Over,
}

enum Event {
    AttemptEnds(Lease),
    Answered(CallId, Answer),
}

pub struct World {
    bounds: CallBounds,
    faults: Faults,
    chance: Jitter,
    state: DispatchState,
    began: Instant,
    now: Instant,
    /// By task and step: where it stands, and its newest attempt.
    steps: BTreeMap<(u128, i16), (Step, i32)>,
    chain: i16,
    /// Outcomes that the database refuses; true: their refusals too, until it is mended.
    poison: HashMap<(u128, i16), bool>,
    /// Steps whose reports wait for a lock, in vain, until it is let go.
    locked: HashSet<(u128, i16)>,
    /// Outcomes that were replaced by their refusal.
    replaced: HashSet<Lease>,
    /// Attempts under way, as the worker knows them.
    attempts: HashSet<Lease>,
    /// Outcomes that are not on record, as the worker knows it.
    unrecorded: HashSet<Lease>,
    /// What calls under way report.
    reporting: HashMap<CallId, Vec<Lease>>,
    in_flight: HashSet<CallId>,
    events: Vec<(Instant, Event)>,
}

impl World {
    pub fn new(seed: u64, bounds: CallBounds, tasks: usize, chain: i16, faults: Faults) -> Self {
        let began = Instant::now();
        let mut chance = Jitter::new(seed);
        let all = (0..tasks as u128).flat_map(|task| (0..chain).map(move |no| (task, no)));
        let state_of = |no| if no == 0 { Step::Ready } else { Step::Waiting };
        let steps: BTreeMap<_, _> = all.map(|key| (key, (state_of(key.1), 0))).collect();
        let poison = steps
            .keys()
            .filter(|_| chance.next() * 100.0 < f64::from(faults.poisoned));
        let poison: Vec<_> = poison.copied().collect();
        let locked = steps
            .keys()
            .filter(|_| chance.next() * 100.0 < f64::from(faults.locked));
        let locked = locked.copied().collect();
        let poison = poison.into_iter().map(|key| (key, chance.next() < 0.3));
        Self {
            poison: poison.collect(),
            locked,
            state: DispatchState::new(bounds.clone(), began, seed),
            bounds,
            faults,
            chance,
            began,
            now: began,
            steps,
            chain,
            replaced: HashSet::new(),
            attempts: HashSet::new(),
            unrecorded: HashSet::new(),
            reporting: HashMap::new(),
            in_flight: HashSet::new(),
            events: Vec::new(),
        }
    }

    pub fn run(&mut self) {
        while self.steps.values().any(|(step, _)| *step != Step::Over) {
            self.make_calls();
            self.check();
            self.go_on();
            assert!(self.now < self.began + PATIENCE, "no end: {:?}", self.steps);
        }
    }

    /// To the next thing that happens.
    fn go_on(&mut self) {
        let wake_at = self.state.wake_at();
        assert!(wake_at > self.now, "it would wake at once, again and again");
        let first = self.events.iter().map(|(at, _)| *at).min();
        self.now = first
            .map_or(wake_at, |first| first.min(wake_at))
            .max(self.now);
        while let Some(at) = self.events.iter().position(|(at, _)| *at <= self.now) {
            match self.events.swap_remove(at).1 {
                Event::AttemptEnds(lease) => self.end(lease),
                Event::Answered(call, answer) => self.answer(call, answer),
            }
        }
    }

    fn end(&mut self, lease: Lease) {
        if self.attempts.remove(&lease) {
            assert!(self.state.end(lease, BYTES));
            self.unrecorded.insert(lease);
        }
    }

    fn answer(&mut self, call: CallId, answer: Answer) {
        let is_first = self.in_flight.remove(&call);
        self.reporting.remove(&call);
        let claimed = match &answer {
            Answer::Reported { claimed, .. } | Answer::Claimed { claimed, .. } => claimed.clone(),
            Answer::Recovered | Answer::Failed(_) => Vec::new(),
        };
        let effect = self.state.take_answer(self.now, call, answer);
        assert!(
            is_first || effect == ReportEffect::None,
            "a doubled answer counts"
        );
        match effect {
            ReportEffect::None => {}
            ReportEffect::Acknowledged(leases) => leases.iter().for_each(|lease| {
                assert!(self.unrecorded.remove(lease), "{lease:?} was not ended");
            }),
            ReportEffect::Blamed(lease) => {
                assert!(
                    self.poison.contains_key(&key(lease)),
                    "{lease:?} is innocent"
                );
                self.replaced.insert(lease);
            }
            ReportEffect::Withheld(lease) => {
                assert!(self.poison[&key(lease)], "{lease:?} could be recorded");
            }
        }
        if is_first {
            claimed.into_iter().for_each(|lease| self.begin(lease));
        }
    }

    fn begin(&mut self, lease: Lease) {
        assert!(self.attempts.insert(lease), "{lease:?} runs already");
        let at = self.now + self.ms(1..200);
        self.events.push((at, Event::AttemptEnds(lease)));
    }

    fn make_calls(&mut self) {
        let held = self.attempts.len() as u64 * BYTES;
        for (id, call) in self.state.next_calls(self.now, held) {
            assert!(self.in_flight.insert(id));
            if let Call::Report { leases, .. } = &call {
                self.check_report(leases);
                self.reporting.insert(id, leases.clone());
            }
            let is_locked = self.is_locked(&call);
            let (answer, at) = match is_locked {
                true => (Answer::Failed(CallFailure::Undone), self.now + LOCK_TIMEOUT),
                false => (self.carry_out(call), self.now + self.ms(1..60)),
            };
            if self.is_chance(self.faults.doubled) {
                let again = at + self.ms(1..100);
                self.events
                    .push((again, Event::Answered(id, answer.clone())));
            }
            self.events.push((at, Event::Answered(id, answer)));
        }
    }

    fn is_locked(&self, call: &Call) -> bool {
        let leases = match call {
            Call::Report { leases, .. } => leases.as_slice(),
            Call::Claim { .. } | Call::Recover { .. } => &[],
        };
        let is_held = self.now < self.began + FAULTS_END;
        is_held && leases.iter().any(|it| self.locked.contains(&key(*it)))
    }

    /// No outcome is in two calls at once, and each is one that ended.
    fn check_report(&self, leases: &[Lease]) {
        let mut reporting = self.reporting.values().flatten();
        assert!(
            !reporting.any(|lease| leases.contains(lease)),
            "reported twice at once"
        );
        assert!(leases.iter().all(|lease| self.unrecorded.contains(lease)));
        assert!(!leases.is_empty() && leases.len() <= self.bounds.batch);
    }

    fn check(&self) {
        assert!(
            self.attempts.len() <= self.bounds.slots,
            "more attempts than slots"
        );
        assert!(
            self.in_flight.len() <= self.bounds.in_flight,
            "more calls than allowed"
        );
    }

    /// What the network and the database make of a call.
    fn carry_out(&mut self, call: Call) -> Answer {
        if self.is_chance(self.faults.undone) {
            return Answer::Failed(CallFailure::Undone);
        }
        let is_lost = self.is_chance(self.faults.lost);
        if is_lost && self.chance.next() < 0.5 {
            return Answer::Failed(CallFailure::Unanswered);
        }
        let answer = match call {
            Call::Report { leases, claim } => self.report(&leases, claim),
            Call::Claim { limit, bytes } => self.claim(limit, bytes),
            Call::Recover { keep } => self.recover(&keep),
        };
        match is_lost {
            true => Answer::Failed(CallFailure::Unanswered),
            false => answer,
        }
    }

    fn report(&mut self, leases: &[Lease], claim: usize) -> Answer {
        if leases.iter().any(|lease| self.is_refused(*lease)) {
            return Answer::Failed(CallFailure::Refused);
        }
        let mut claimed = Vec::new();
        for lease in leases {
            let (task, no) = key(*lease);
            if self.steps[&(task, no)] != (Step::Running, lease.attempt) {
                continue;
            }
            self.steps.insert((task, no), (Step::Over, lease.attempt));
            let next = (task, no + 1);
            if next.1 < self.chain && claimed.len() < claim {
                claimed.push(self.hand_out(next));
            } else if next.1 < self.chain {
                self.steps.insert(next, (Step::Ready, 0));
            }
        }
        Answer::Reported {
            claimed,
            is_more: false,
            due_in: None,
        }
    }

    fn is_refused(&self, lease: Lease) -> bool {
        let poison = self.poison.get(&key(lease));
        let is_mended = self.now >= self.began + FAULTS_END;
        poison.is_some_and(|is_twice| *is_twice && !is_mended || !self.replaced.contains(&lease))
    }

    fn claim(&mut self, limit: usize, bytes: u64) -> Answer {
        assert!(limit > 0 && bytes > 0);
        let ready = self
            .steps
            .iter()
            .filter(|(_, (step, _))| *step == Step::Ready);
        let most = limit.min(usize::try_from(bytes.div_ceil(BYTES)).unwrap());
        let ready: Vec<_> = ready.map(|(key, _)| *key).collect();
        let is_left = ready.len() > most && most < limit;
        let chosen = ready.into_iter().take(most);
        let claimed = chosen.map(|key| self.hand_out(key)).collect();
        Answer::Claimed {
            claimed,
            due_in: is_left.then_some(Duration::ZERO),
        }
    }

    fn hand_out(&mut self, (task, no): (u128, i16)) -> Lease {
        let (_, attempt) = self.steps[&(task, no)];
        self.steps.insert((task, no), (Step::Running, attempt + 1));
        Lease {
            attempt: attempt + 1,
            ..lease(task, no)
        }
    }

    /// Gives back what is not kept; a lease that the worker knows of and does not keep is lost work.
    fn recover(&mut self, keep: &[Lease]) -> Answer {
        let known = self.attempts.iter().chain(&self.unrecorded);
        for lease in known {
            assert!(
                keep.contains(lease),
                "{lease:?} is given up though it is held"
            );
        }
        for ((task, no), (step, attempt)) in &mut self.steps {
            let held = Lease {
                attempt: *attempt,
                ..lease(*task, *no)
            };
            if *step == Step::Running && !keep.contains(&held) {
                *step = Step::Ready;
            }
        }
        Answer::Recovered
    }

    fn is_chance(&mut self, percent: u8) -> bool {
        self.now < self.began + FAULTS_END && self.chance.next() * 100.0 < f64::from(percent)
    }

    fn ms(&mut self, range: std::ops::Range<u32>) -> Duration {
        let width = f64::from(range.end - range.start);
        MS * (range.start + (self.chance.next() * width) as u32)
    }
}

fn key(lease: Lease) -> (u128, i16) {
    (lease.task_id.0.as_u128(), lease.step_no)
}
