//! Low marks of the queue: the time below which a lane has nothing in it, by what was read before. Each priority
//! of a namespace is a lane, and each hash of a queue key within it.
//!
//! While an old snapshot is open (a `pg_dump`), what was claimed since stays in the index of the queue. A claim
//! that begins at the marks does not read it again. What came to be below a mark afterwards is found by
//! looks without marks, in the background.
//!
//! The keys of a priority are a range, with one mark for all of them; only the lanes of it with the oldest steps have marks
//! of their own. A claim looks at these and at a few of the others; looks find the rest.

use super::Engine;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use tasker_database::DatabaseError;
use tasker_domain::queue_key::LANE_WIDTH;

/// The steps of one namespace, priority and hash of a queue key in the queue: the namespace and the lane's number.
/// A number below 0 is the range of all keys of a priority: -1 of the lowest.
pub type Lane = (i32, i16);

/// The range of keys that the lane is of, or that it is.
fn range_of((namespace, lane): Lane) -> Option<Lane> {
    match lane {
        ..0 => Some((namespace, lane)),
        _ if lane % LANE_WIDTH == 0 => None,
        _ => Some((namespace, -(lane / LANE_WIDTH) - 1)),
    }
}

/// The low marks that a worker knows. Lanes without one are read from their first entry on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LowMarks(BTreeMap<Lane, DateTime<Utc>>);

/// What a look found of one lane.
#[derive(Clone, Debug, FromRow)]
pub struct LookedAt {
    pub namespace_id: i32,
    pub lane: i16,
    /// The first step that it has, or the time of the look, less how far claims look back.
    pub low: DateTime<Utc>,
    /// It has a step where it was looked for one.
    pub is_found: bool,
    /// A claim without a mark reads much that is not there any more.
    pub is_slow: bool,
}

impl LookedAt {
    fn lane(&self) -> Lane {
        (self.namespace_id, self.lane)
    }
}

impl LowMarks {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In ascending order, as the database wants them.
    pub(crate) fn namespaces(&self) -> Vec<i32> {
        self.0.keys().map(|lane| lane.0).collect()
    }

    pub(crate) fn lanes(&self) -> Vec<i16> {
        self.0.keys().map(|lane| lane.1).collect()
    }

    pub(crate) fn times(&self) -> Vec<DateTime<Utc>> {
        self.0.values().copied().collect()
    }

    /// Takes the next marks of a claim that began at `passed`. A mark that a look changed meanwhile stays.
    pub fn advance(&mut self, passed: &Self, next: &[(Lane, DateTime<Utc>)]) {
        for (lane, next) in next {
            if let Entry::Occupied(mut mark) = self.0.entry(*lane)
                && passed.0.get(lane) == Some(mark.get())
            {
                mark.insert(*next);
            }
        }
    }

    /// Lowers the marks of lanes that have a step below, and takes those of ranges as they were found. Returns whether
    /// claims find a step that they did not look for before.
    pub fn lower(&mut self, looked_at: &[LookedAt]) -> bool {
        let before = self.clone();
        let ranges = looked_at.iter().map(LookedAt::lane);
        let ranges: BTreeSet<Lane> = ranges.filter(|lane| lane.1 < 0).collect();
        self.0
            .retain(|lane, _| range_of(*lane).is_none_or(|range| !ranges.contains(&range)));
        let mut is_lowered = false;
        for found in looked_at {
            let lane = found.lane();
            if let Some(range) = range_of(lane) {
                is_lowered |= lane != range && before.hides(lane, range, found.low);
                self.0.insert(lane, found.low);
            } else if found.is_found
                && let Some(mark) = self.0.get_mut(&lane)
                && found.low < *mark
            {
                *mark = found.low;
                is_lowered = true;
            }
        }
        is_lowered
    }

    /// Whether a claim may not look at a step of this key and time.
    fn hides(&self, lane: Lane, range: Lane, step: DateTime<Utc>) -> bool {
        match self.0.get(&lane) {
            Some(mark) => step < *mark,
            None => self.0.contains_key(&range),
        }
    }

    /// Keeps marks of those lanes only that are slow to read without, and makes missing ones. Returns
    /// whether any has a step below its mark.
    pub fn replace(&mut self, looked_at: &[LookedAt]) -> bool {
        let is_lowered = self.lower(looked_at);
        let slow = looked_at.iter().filter(|it| it.is_slow);
        let kept = slow.map(|it| {
            let mark = self.0.get(&it.lane());
            (it.lane(), mark.copied().unwrap_or(it.low))
        });
        self.0 = kept.collect();
        is_lowered
    }
}

impl Engine {
    /// Reads the queue of all namespaces from its beginning, and returns the lanes that take long. Takes as long
    /// as there is much that an old snapshot keeps.
    pub async fn look_at_queue(&self) -> Result<Vec<LookedAt>, DatabaseError> {
        let looked_at = sqlx::query_as("select * from tasker.queue_look_whole()")
            .fetch_all(&self.database.scans())
            .await?;
        Ok(looked_at)
    }

    /// Reads the last minute of the lanes that have a mark, longer than a transaction takes that writes to it; and ranges
    /// from their marks on, if that is more.
    pub async fn look_at_queue_of(&self, marks: &LowMarks) -> Result<Vec<LookedAt>, DatabaseError> {
        let looked_at = sqlx::query_as(
            "select * from tasker.queue_look(tasker.clock() - interval '1 minute', $1, $2, $3)",
        )
        .bind(marks.namespaces())
        .bind(marks.lanes())
        .bind(marks.times())
        .fetch_all(&self.database.scans())
        .await?;
        Ok(looked_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn looked_at(namespace_id: i32, second: i64, is_found: bool, is_slow: bool) -> LookedAt {
        LookedAt {
            namespace_id,
            lane: 4 * LANE_WIDTH,
            low: at(second),
            is_found,
            is_slow,
        }
    }

    fn times(of: &[(i32, i64)]) -> Vec<(Lane, DateTime<Utc>)> {
        of.iter()
            .map(|(of, second)| ((*of, 4 * LANE_WIDTH), at(*second)))
            .collect()
    }

    fn marks(of: &[(i32, i64)]) -> LowMarks {
        LowMarks(times(of).into_iter().collect())
    }

    #[test]
    fn a_claim_advances_the_marks_that_it_was_given() {
        let mut known = marks(&[(1, 10), (2, 10)]);
        let passed = known.clone();
        known.advance(&passed, &times(&[(1, 20), (2, 15)]));
        assert_eq!(known, marks(&[(1, 20), (2, 15)]));
    }

    #[test]
    fn a_mark_that_was_lowered_during_a_claim_stays_low() {
        let mut known = marks(&[(1, 10), (2, 10)]);
        let passed = known.clone();
        assert!(known.lower(&[looked_at(1, 5, true, true)]));
        known.advance(&passed, &times(&[(1, 20), (2, 20)]));
        assert_eq!(known, marks(&[(1, 5), (2, 20)]));
    }

    #[test]
    fn a_look_that_finds_nothing_below_moves_no_mark() {
        let mut known = marks(&[(1, 10)]);
        assert!(!known.lower(&[looked_at(1, 12, true, true)]));
        assert!(!known.lower(&[looked_at(1, 5, false, true)]));
        assert_eq!(known, marks(&[(1, 10)]));
    }

    #[test]
    fn namespaces_have_a_mark_while_they_are_slow_to_read() {
        let mut known = marks(&[(1, 10), (2, 10)]);
        let is_lowered =
            known.replace(&[looked_at(2, 7, true, true), looked_at(3, 7, false, true)]);
        assert!(is_lowered);
        assert_eq!(known, marks(&[(2, 7), (3, 7)]));
    }

    fn of_key(lane: i16, second: i64) -> LookedAt {
        LookedAt {
            lane,
            ..looked_at(1, second, true, true)
        }
    }

    #[test]
    fn keys_take_the_marks_that_a_look_finds_for_their_range() {
        let key = 4 * LANE_WIDTH + 7;
        let mut known = marks(&[(1, 10), (2, 10)]);
        let first = [of_key(-5, 20), of_key(key, 15)];
        let slow = [looked_at(1, 10, false, true), looked_at(2, 10, false, true)];
        assert!(!known.replace(&[&first[..], &slow].concat()));
        let of = |lane, known: &LowMarks| known.0.get(&(1, lane)).copied();
        assert_eq!(
            (of(-5, &known), of(key, &known)),
            (Some(at(20)), Some(at(15)))
        );

        assert!(
            known.lower(&[of_key(-5, 30), of_key(key + 1, 25)]),
            "a new step"
        );
        assert_eq!((of(-5, &known), of(key, &known)), (Some(at(30)), None));
        assert!(
            !known.lower(&[of_key(-5, 40), of_key(key + 1, 25)]),
            "a known one"
        );
        assert!(
            known.lower(&[of_key(-5, 40), of_key(key + 1, 24)]),
            "one below"
        );
        assert_eq!(of(4 * LANE_WIDTH, &known), Some(at(10)), "as it was");

        assert!(!known.replace(&[looked_at(2, 10, false, true)]));
        assert_eq!(known, marks(&[(2, 10)]));
    }
}
