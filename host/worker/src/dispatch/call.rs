//! The calls that a worker makes, and their results.

use std::time::Duration;
use tasker_domain::invocation::Lease;

/// What the calls of a worker keep to.
#[derive(Clone, Debug)]
pub(super) struct CallBounds {
    /// Attempts under way at the same time.
    pub(super) slots: usize,
    /// Calls under way at the same time.
    pub(super) in_flight: usize,
    /// Reports, and claims, of one call.
    pub(super) batch: usize,
    /// Bytes of outcomes in one report, unless one alone has more.
    pub(super) report_bytes: u64,
    /// Bytes of inputs and checkpoints that one claim brings, unless one alone has more.
    pub(super) claim_bytes: u64,
    /// Bytes of these that a worker holds; while it holds more, it claims nothing.
    pub(super) held_bytes: u64,
    pub(super) poll_interval: Duration,
    /// While so many attempts run, other hosts are told of what this one has to do.
    pub(super) busy: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CallId(pub(super) u64);

/// A call to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// Report these, and claim up to so many of the steps that this releases.
    Report { leases: Vec<Lease>, claim: usize },
    /// Claim what is due.
    Claim { limit: usize, bytes: u64 },
    /// Give back all that the database believes this worker to hold, but for these.
    Recover { keep: Vec<Lease> },
}

/// The result of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Reported {
        claimed: Vec<Lease>,
        /// Something else may have become ready.
        is_more: bool,
        /// When the first of the reported steps is due again.
        due_in: Option<Duration>,
    },
    Claimed {
        claimed: Vec<Lease>,
        /// When the next step is due; zero: now, but it was left.
        due_in: Option<Duration>,
    },
    Recovered,
    Failed(CallFailure),
}

/// Why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallFailure {
    /// It may have taken effect: no answer was received.
    Unanswered,
    /// It had no effect and may succeed later.
    Undone,
    /// It had no effect, because of the values that it carried.
    Refused,
}

/// What to do with the outcomes of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ReportEffect {
    /// They are still to be reported.
    None,
    /// They are recorded: forget them.
    Acknowledged(Vec<Lease>),
    /// The database refused this one alone: report the refusal as its outcome.
    Blamed(Lease),
    /// The database refused the refusal too: keep it. It is reported later and later, until the database or
    /// the task is mended; to forget it would have the step run again, only to be refused again.
    Withheld(Lease),
}
