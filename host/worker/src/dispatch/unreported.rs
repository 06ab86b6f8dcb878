//! The leases of ended attempts that are not recorded yet.

use super::call::ReportEffect;
use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};
use tasker_domain::invocation::Lease;

/// The delay before a failed single report is repeated; doubled with each failure.
const POSTPONE_FIRST: Duration = Duration::from_millis(200);
const POSTPONE_MOST: Duration = Duration::from_secs(5);
/// The same for one whose refusal was refused too.
const WITHHOLD_MOST: Duration = Duration::from_secs(5 * 60);

/// A lease whose attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EndedAttempt {
    pub(super) lease: Lease,
    /// Of its outcome.
    pub(super) bytes: u64,
    /// How often a report of it alone failed.
    failures: u32,
}

impl EndedAttempt {
    pub(super) fn new(lease: Lease, bytes: u64) -> Self {
        Self {
            lease,
            bytes,
            failures: 0,
        }
    }
}

/// What is to be reported, but for what a call under way reports.
#[derive(Debug, Default)]
pub(super) struct Unreported {
    /// The oldest first.
    ended: VecDeque<EndedAttempt>,
    /// A report of a batch failed: each is reported alone.
    isolated: VecDeque<EndedAttempt>,
    /// A report of it alone failed: not before then.
    postponed: Vec<(Instant, EndedAttempt)>,
    /// Their outcome was refused and replaced by that.
    blamed: HashSet<Lease>,
    /// That was refused too.
    withheld: HashSet<Lease>,
}

impl Unreported {
    /// Whether there is one that may be reported in a batch, and one that must be reported alone.
    pub(super) fn kinds_due(&self) -> (bool, bool) {
        (!self.ended.is_empty(), !self.isolated.is_empty())
    }

    /// Those that may be reported now.
    pub(super) fn len_due(&self) -> usize {
        self.ended.len() + self.isolated.len()
    }

    pub(super) fn len(&self) -> usize {
        self.len_due() + self.postponed.len()
    }

    /// How many take a place among the attempts: what may be withheld for ever takes none.
    pub(super) fn len_in_slots(&self) -> usize {
        self.len()
            - self
                .leases()
                .filter(|it| self.withheld.contains(it))
                .count()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn leases(&self) -> impl Iterator<Item = Lease> {
        let postponed = self.postponed.iter().map(|(_, ended)| ended);
        let all = self.ended.iter().chain(&self.isolated).chain(postponed);
        all.map(|ended| ended.lease)
    }

    pub(super) fn push(&mut self, ended: EndedAttempt) {
        self.ended.push_back(ended);
    }

    /// One that must be reported alone.
    pub(super) fn take_isolated(&mut self) -> Option<EndedAttempt> {
        self.isolated.pop_front()
    }

    /// What is reported next: up to a full batch, up to so many bytes, and one in any case.
    pub(super) fn take_batch(&mut self, count_max: usize, bytes_max: u64) -> Vec<EndedAttempt> {
        let (mut taken, mut bytes) = (0, 0_u64);
        for ended in self.ended.iter().take(count_max) {
            bytes = bytes.saturating_add(ended.bytes);
            if taken > 0 && bytes > bytes_max {
                break;
            }
            taken += 1;
        }
        self.ended.drain(..taken).collect()
    }

    pub(super) fn acknowledge(&mut self, ended: &[EndedAttempt]) -> ReportEffect {
        let leases: Vec<Lease> = ended.iter().map(|ended| ended.lease).collect();
        for lease in &leases {
            self.blamed.remove(lease);
            self.withheld.remove(lease);
        }
        ReportEffect::Acknowledged(leases)
    }

    /// Puts back what could not be reported and may be the next time.
    pub(super) fn put_back(&mut self, ended: Vec<EndedAttempt>) {
        for ended in ended.into_iter().rev() {
            self.ended.push_front(ended);
        }
    }

    /// Reports each of them alone: one of them may prevent the others from being recorded.
    pub(super) fn isolate(&mut self, ended: Vec<EndedAttempt>) {
        self.isolated.extend(ended);
    }

    /// Postpones one whose single report failed, so that the others proceed. It is not blamed.
    pub(super) fn postpone(&mut self, now: Instant, mut ended: EndedAttempt) {
        let most = match self.withheld.contains(&ended.lease) {
            true => WITHHOLD_MOST,
            false => POSTPONE_MOST,
        };
        let factor = 2_u32.saturating_pow(ended.failures.min(16));
        let delay = POSTPONE_FIRST.saturating_mul(factor).min(most);
        ended.failures = ended.failures.saturating_add(1);
        self.postponed.push((now + delay, ended));
    }

    /// When the first of the postponed ones may be reported again.
    pub(super) fn postponed_until(&self) -> Option<Instant> {
        self.postponed.iter().map(|(until, _)| *until).min()
    }

    /// Schedules the postponed ones that are due.
    pub(super) fn take_up(&mut self, now: Instant) {
        let due = self.postponed.extract_if(.., |(until, _)| now >= *until);
        self.isolated.extend(due.map(|(_, ended)| ended));
    }

    /// Finds the outcome that caused a refusal: one that was refused alone, in a call that did nothing else.
    pub(super) fn refuse(
        &mut self,
        now: Instant,
        ended: Vec<EndedAttempt>,
        was_alone: bool,
    ) -> ReportEffect {
        let Some(only) = ended.first().filter(|_| was_alone) else {
            self.isolate(ended);
            return ReportEffect::None;
        };
        if !self.blamed.insert(only.lease) {
            self.withheld.insert(only.lease);
            self.postpone(now, *only);
            return ReportEffect::Withheld(only.lease);
        }
        self.isolated.push_front(*only);
        ReportEffect::Blamed(only.lease)
    }
}
