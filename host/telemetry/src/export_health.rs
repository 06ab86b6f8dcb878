//! Whether what a host exports is taken.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// By signal, such as `traces`; empty where nothing is exported. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct ExportHealth(Arc<Mutex<BTreeMap<&'static str, Option<Instant>>>>);

/// Of one signal.
#[derive(Debug)]
pub struct SignalHealth {
    of: ExportHealth,
    signal: &'static str,
}

impl ExportHealth {
    /// Has one more signal, which is well.
    pub fn signal(&self, signal: &'static str) -> SignalHealth {
        self.since().insert(signal, None);
        SignalHealth {
            of: self.clone(),
            signal,
        }
    }

    /// The signals, each with how long ago its collector began to fail, if it does.
    pub fn failing(&self) -> Vec<(&'static str, Option<Duration>)> {
        let since = self.since();
        let signals = since.iter();
        signals
            .map(|(signal, since)| (*signal, since.map(|since| since.elapsed())))
            .collect()
    }

    fn since(&self) -> MutexGuard<'_, BTreeMap<&'static str, Option<Instant>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SignalHealth {
    /// A call succeeded; true if the one before failed.
    pub fn succeeded(&self) -> bool {
        self.of
            .since()
            .insert(self.signal, None)
            .flatten()
            .is_some()
    }

    /// A call failed; true if the one before did not.
    pub fn failed(&self) -> bool {
        let mut since = self.of.since();
        let since = since.entry(self.signal).or_default();
        let is_first = since.is_none();
        since.get_or_insert_with(Instant::now);
        is_first
    }
}
