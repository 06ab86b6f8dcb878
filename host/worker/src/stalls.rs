//! Notices when the whole process stood still: it was stopped, its machine was suspended, or nothing of it
//! got a processor.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A look that comes later than this was not merely queued.
const NORMAL_DELAY: Duration = Duration::from_millis(500);

/// What a thread that only looks at the clock has seen.
struct Stalls {
    before: Duration,
    /// `None` if there is no such thread.
    looked_at: Option<Instant>,
}

impl Stalls {
    fn total(&self) -> Duration {
        let since_look = self.looked_at.map_or(Duration::ZERO, |at| at.elapsed());
        let delay = since_look.saturating_sub(LOOK_EVERY);
        if delay > NORMAL_DELAY {
            self.before + delay
        } else {
            self.before
        }
    }
}

/// The watch begins with the first question.
static STALLS: LazyLock<Mutex<Stalls>> = LazyLock::new(|| {
    let watching = std::thread::Builder::new().name("stalls".to_owned());
    let watching = watching.spawn(watch);
    if let Err(error) = &watching {
        tracing::warn!(%error, "the thread that detects a frozen process did not start");
    }
    Mutex::new(Stalls {
        before: Duration::ZERO,
        looked_at: watching.is_ok().then(Instant::now),
    })
});

/// How long this process has stood still since it was first asked.
pub(super) fn total() -> Duration {
    // What lasts counts too: the thread may not have run since.
    STALLS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .total()
}

fn watch() {
    loop {
        std::thread::sleep(LOOK_EVERY);
        let mut stalls = STALLS.lock().unwrap_or_else(PoisonError::into_inner);
        stalls.before = stalls.total();
        stalls.looked_at = Some(Instant::now());
    }
}
