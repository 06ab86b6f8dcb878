//! The chain of steps that determined when a task ended.

use chrono::{DateTime, Utc};
use std::cmp::Reverse;

/// When a step was released and when it ended; an open step ends when it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub released_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
}

/// The indices of the chain's steps, from the first to the last. The last is the step that ended last; before each
/// stands the parent that ended last, for which it waited the longest. Of several that ended at the same time it is
/// the one that was released first, and of these the first. `parents` has the indices of each step's parents, `spans`
/// none for a step that was never released.
pub fn critical_path(parents: &[Vec<usize>], spans: &[Option<Span>]) -> Vec<usize> {
    let last_of = |steps: &mut dyn Iterator<Item = usize>| {
        let timed = steps.filter_map(|step| Some((step, (*spans.get(step)?)?)));
        let rank = |(step, span): &(usize, Span)| {
            (span.ended_at, Reverse(span.released_at), Reverse(*step))
        };
        timed.max_by_key(rank).map(|(step, _)| step)
    };
    let mut path = Vec::new();
    let mut next = last_of(&mut (0..parents.len()));
    while let Some(step) = next {
        path.push(step);
        // A template has no cycle; a damaged archive could.
        next = match path.len() < parents.len() {
            true => last_of(&mut parents[step].iter().copied()),
            false => None,
        };
    }
    path.reverse();
    path
}
