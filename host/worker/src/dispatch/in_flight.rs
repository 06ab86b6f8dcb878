//! The calls under way, and which further report may be made at the same time.

use super::call::CallBounds;
use super::unreported::{EndedAttempt, Unreported};

#[derive(Debug)]
pub(super) enum InFlight {
    Report {
        ended: Vec<EndedAttempt>,
        claim: usize,
        /// Of one that a report with others failed for: it may take long.
        is_isolated: bool,
    },
    Claim {
        limit: usize,
    },
    Recover,
}

/// What is to be reported next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextReport {
    /// Those that may be reported together.
    Batch,
    /// One by itself.
    Isolated,
}

impl NextReport {
    /// While a batch is under way, another report waits for a full one: the busier the database, the larger
    /// the batches. One by itself may wait for a lock, so it holds up no other: others go before the next
    /// such, and the last free call is theirs.
    pub(super) fn beside<'c>(
        calls: impl Iterator<Item = &'c InFlight>,
        unreported: &Unreported,
        bounds: &CallBounds,
    ) -> Option<Self> {
        let reports = calls.filter_map(|call| match call {
            InFlight::Report { is_isolated, .. } => Some(*is_isolated),
            InFlight::Claim { .. } | InFlight::Recover => None,
        });
        let (isolated, batches): (Vec<bool>, Vec<bool>) = reports.partition(|it| *it);
        let most_isolated = bounds.in_flight.saturating_sub(1).max(1);
        if !batches.is_empty() && unreported.len_due() < bounds.batch {
            return None;
        }
        match unreported.kinds_due() {
            (true, _) if !isolated.is_empty() => Some(Self::Batch),
            (_, true) if isolated.len() < most_isolated => Some(Self::Isolated),
            (true, _) => Some(Self::Batch),
            (false, _) => None,
        }
    }
}
