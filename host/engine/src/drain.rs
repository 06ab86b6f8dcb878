//! Whether the worker of this host drains: its heartbeat learns of it, its loop claims nothing more, and the health
//! endpoints report it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::watch;

/// Where it is kept, for as long as the process runs; clones see the same.
#[derive(Clone, Debug, Default)]
pub struct Drain(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    is_asked: watch::Sender<bool>,
    is_drained: AtomicBool,
}

impl Drain {
    /// Notes what the database wants; true if that is a change.
    pub fn ask(&self, is_draining: bool) -> bool {
        self.0
            .is_asked
            .send_if_modified(|asked| std::mem::replace(asked, is_draining) != is_draining)
    }

    /// True from when the host was asked to drain until it may claim again.
    pub fn is_asked(&self) -> bool {
        *self.0.is_asked.borrow()
    }

    /// For the loop, which is woken by each change.
    pub fn subscribe(&self) -> watch::Receiver<bool> {
        self.0.is_asked.subscribe()
    }

    /// Notes whether the loop claims nothing and holds nothing.
    pub fn set_drained(&self, is_drained: bool) {
        let was_drained = self.0.is_drained.swap(is_drained, Ordering::AcqRel);
        if is_drained && !was_drained {
            tracing::info!("drained: every attempt has ended and is recorded");
        }
    }

    /// True if the host drains, and nothing is left that it runs or has yet to report.
    pub fn is_drained(&self) -> bool {
        self.is_asked() && self.0.is_drained.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drain_has_ended_once_the_loop_holds_nothing() {
        let drain = Drain::default();
        assert!(drain.ask(true) && !drain.ask(true));
        assert!(drain.is_asked() && !drain.is_drained());
        drain.set_drained(true);
        assert!(drain.clone().is_drained());
        assert!(drain.ask(false));
        assert!(!drain.is_asked() && !drain.is_drained());
    }
}
