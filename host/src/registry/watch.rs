//! A folder whose components and templates are published as they appear and change.
//!
//! Files stand one folder deep, in one named after their namespace: `<name>@<version>.wasm` with its
//! signatures in `….wasm.sig`, and templates as `*.yaml`. Pins, grants and limits are left to
//! `tasker sync`, and this is logged. Nothing that lies in the folder ends the host: what is refused is
//! logged, once for each content. Files that go away change nothing, since versions stay.

mod changes;
mod folder;
mod publish;

use super::Registry;
use changes::Changes;
use folder::{Found, Stamp};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long a file has to stay as it is before it is taken for whole.
const SETTLE: Duration = Duration::from_millis(250);
/// How often the folder is looked through where nothing tells of changes.
const RESCAN: Duration = Duration::from_secs(2);
/// Changes within this are looked at together.
const DEBOUNCE: Duration = Duration::from_millis(50);

/// The files of a folder as they were seen last.
struct Watch {
    registry: Registry,
    dir: PathBuf,
    changes: Changes,
    seen: HashMap<PathBuf, Seen>,
}

struct Seen {
    stamp: Stamp,
    /// When to publish it; none once that was done or refused.
    due: Option<Instant>,
}

impl Registry {
    /// Publishes what lies in the folder, and what changes there, until `stop`. Listens for changes
    /// from the call on: what is being written then is known to be unfinished.
    pub fn watch(
        self,
        dir: PathBuf,
        stop: CancellationToken,
    ) -> impl Future<Output = ()> + Send + 'static {
        let changes = Changes::of(&dir);
        let mut watch = Watch {
            registry: self,
            dir,
            changes,
            seen: HashMap::new(),
        };
        async move {
            stop.run_until_cancelled(watch.run()).await;
        }
    }
}

impl Watch {
    async fn run(&mut self) {
        loop {
            self.look().await;
            let pause = self.pause();
            if timeout(pause, self.changes.wait()).await.is_ok() {
                sleep(DEBOUNCE).await;
            }
        }
    }

    /// Until the first file is due, or the next look.
    fn pause(&self) -> Duration {
        let due = self.seen.values().filter_map(|seen| seen.due);
        let due = due
            .min()
            .map(|due| due.saturating_duration_since(Instant::now()));
        due.map_or(RESCAN, |due| due.clamp(DEBOUNCE, RESCAN))
    }

    async fn look(&mut self) {
        let dir = self.dir.clone();
        let found = tokio::task::spawn_blocking(move || folder::scan(&dir)).await;
        let found = found.expect("looking through a folder does not panic");
        self.seen
            .retain(|path, _| found.iter().any(|file| file.path == *path));
        for file in found {
            if self.is_due(&file) {
                let retry = self.publish(&file).await;
                let due = retry.then(|| Instant::now() + RESCAN);
                let stamp = file.stamp;
                self.seen.insert(file.path, Seen { stamp, due });
            }
        }
    }

    /// Notes a new or changed file, which is due when it has settled.
    fn is_due(&mut self, file: &Found) -> bool {
        let now = Instant::now();
        match self.seen.get(&file.path) {
            Some(seen) if seen.stamp == file.stamp => {
                seen.due.is_some_and(|due| due <= now) && !self.changes.is_open(&file.path)
            }
            Some(_) | None => {
                let (stamp, due) = (file.stamp.clone(), Some(now + SETTLE));
                self.seen.insert(file.path.clone(), Seen { stamp, due });
                false
            }
        }
    }

    /// True where it should be tried again: nothing is wrong with the file.
    async fn publish(&self, file: &Found) -> bool {
        match self.registry.publish_file(file).await {
            Ok(Some(what)) => {
                tracing::info!(file = %shown(&file.path), "published {what}");
                false
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(file = %shown(&file.path), "not published: {error}");
                error.is_of_the_host()
            }
        }
    }
}

fn shown(path: &Path) -> std::path::Display<'_> {
    path.display()
}
