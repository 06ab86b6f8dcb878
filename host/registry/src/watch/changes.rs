//! Word of the kernel that something changed in a folder.

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// A file without a write for this long is taken as complete although it was not closed.
const WRITER_GONE: Duration = Duration::from_secs(30);

/// What changed, as far as the kernel reports it. Otherwise files are checked from time to
/// time all the same.
pub struct Changes {
    heard: Arc<Heard>,
    /// `None` if the kernel does not report changes.
    _watcher: Option<RecommendedWatcher>,
}

#[derive(Default)]
struct Heard {
    changed: Notify,
    /// Files that were written to and not closed since, and when that was last.
    open: Mutex<HashMap<PathBuf, Instant>>,
}

impl Changes {
    /// Begins to listen.
    pub fn of(dir: &Path) -> Self {
        let heard = Arc::<Heard>::default();
        let hearing = heard.clone();
        let watcher = notify::recommended_watcher(move |event| hearing.hear(event));
        let watcher = watcher.and_then(|mut watcher| {
            watcher.watch(dir, RecursiveMode::Recursive)?;
            Ok(watcher)
        });
        if let Err(error) = &watcher {
            let dir = dir.display();
            tracing::warn!("{dir} is only scanned every few seconds: {error}");
        }
        Self {
            heard,
            _watcher: watcher.ok(),
        }
    }

    /// Returns when something changed since the last call.
    pub async fn wait(&self) {
        self.heard.changed.notified().await;
    }

    /// True while somebody is writing this file.
    pub fn is_open(&self, path: &Path) -> bool {
        let mut open = self.heard.open();
        open.retain(|_, at| at.elapsed() < WRITER_GONE);
        open.contains_key(path)
    }
}

impl Heard {
    fn hear(&self, event: notify::Result<Event>) {
        let Ok(event) = event else {
            self.changed.notify_one();
            return;
        };
        match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => {
                self.open().retain(|path, _| !event.paths.contains(path));
            }
            EventKind::Modify(notify::event::ModifyKind::Data(_)) => {
                let now = Instant::now();
                self.open()
                    .extend(event.paths.into_iter().map(|path| (path, now)));
            }
            EventKind::Remove(_) | EventKind::Modify(_) | EventKind::Create(_) => {}
            // Reading, to which looking through the folder belongs, changes nothing.
            EventKind::Access(_) => return,
            EventKind::Any | EventKind::Other => {}
        }
        self.changed.notify_one();
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, Instant>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
