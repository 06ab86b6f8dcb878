//! Values by label, with a bound.

use super::metric::OTHER;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A label with its value, once there is one.
type Slot<T> = OnceLock<(Box<str>, T)>;

/// One value for each label, up to a maximum; what comes later shares one value under [`OTHER`]. Nothing is ever
/// removed, so that looking up takes no lock.
#[derive(Debug)]
pub struct BoundedLabels<T> {
    /// By hash; a taken place leads to the next one. Twice as many as there may be labels, at least.
    slots: Box<[Slot<T>]>,
    labels: AtomicUsize,
    max: usize,
    other: OnceLock<T>,
    create: fn() -> T,
}

impl<T> BoundedLabels<T> {
    /// For `max` labels, whose values `create` makes.
    pub fn new(max: usize, create: fn() -> T) -> Self {
        let slots = (2 * max).next_power_of_two();
        Self {
            slots: (0..slots).map(|_| OnceLock::new()).collect(),
            labels: AtomicUsize::new(0),
            max,
            other: OnceLock::new(),
            create,
        }
    }

    /// The value of the label, which is new if it was not asked for before.
    pub fn get(&self, label: &str) -> &T {
        if label == OTHER {
            return self.other.get_or_init(self.create);
        }
        let mask = self.slots.len() - 1;
        let first = hash(label);
        for probe in 0..self.slots.len() {
            let slot = &self.slots[first.wrapping_add(probe) & mask];
            if slot.get().is_none() && !self.fill(slot, label) {
                break;
            }
            match slot.get() {
                Some((found, value)) if **found == *label => return value,
                Some(_) | None => {}
            }
        }
        self.other.get_or_init(self.create)
    }

    /// False if there are as many labels as there may be.
    fn fill(&self, slot: &Slot<T>, label: &str) -> bool {
        let more = |labels: usize| (labels < self.max).then_some(labels + 1);
        let counted = self
            .labels
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        if counted.is_err() {
            return false;
        }
        if slot.set((label.into(), (self.create)())).is_err() {
            // Another thread was faster, perhaps with the same label.
            self.labels.fetch_sub(1, Ordering::Relaxed);
        }
        true
    }

    /// All labels with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        let named = self.slots.iter().filter_map(OnceLock::get);
        let named = named.map(|(label, value)| (&**label, value));
        named.chain(self.other.get().map(|value| (OTHER, value)))
    }
}

/// FNV-1a.
fn hash(label: &str) -> usize {
    let hash = label.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Counter;

    #[test]
    fn labels_beyond_the_bound_share_one_value() {
        let labels = BoundedLabels::new(3, Counter::default);
        for label in ["a", "b", "a", "c", "d", "e", "b"] {
            labels.get(label).add(1);
        }
        let mut counts: Vec<_> = labels.iter().map(|(at, it)| (at, it.get())).collect();
        counts.sort_unstable();
        assert_eq!(counts, [(OTHER, 2), ("a", 2), ("b", 2), ("c", 1)]);
    }

    #[test]
    fn threads_that_ask_for_new_labels_at_once_lose_no_count() {
        let labels = BoundedLabels::new(100, Counter::default);
        let work = || {
            for n in 0..20_000 {
                labels.get(&(n % 150).to_string()).add(1);
            }
        };
        std::thread::scope(|scope| {
            (0..4).for_each(|_| drop(scope.spawn(work)));
        });
        let (names, counts): (Vec<_>, Vec<_>) =
            labels.iter().map(|(at, it)| (at, it.get())).unzip();
        assert_eq!(counts.iter().sum::<u64>(), 80_000);
        assert!(names.len() <= 101, "{}", names.len());
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len());
    }
}
