//! A folder whose components and templates are published as they appear and change.
//!
//! Files are one folder deep, in one named after their namespace: `<name>@<version>.wasm` with its
//! signatures in `….wasm.sig`, and templates as `*.yaml`. Pins, grants and limits are left to
//! `tasker sync`, and this is logged. Links are followed as long as they lead nowhere outside the folder,
//! so that it may be a mounted volume. Nothing that lies in the folder ends the host: what is refused or
//! passed over is logged, once for each content. A template whose components are not there waits for
//! them. Files that go away change nothing, since versions stay.

mod changes;
mod folder;
mod publish;

use super::Registry;

use changes::Changes;
use folder::{Skipped, Stamp, WatchedFile};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long a file has to stay as it is before it is taken for whole.
const SETTLE: Duration = Duration::from_millis(250);
/// How often the folder is scanned if the kernel reports no changes.
const RESCAN: Duration = Duration::from_secs(2);
/// How often a template is tried again that waits for what it runs; whatever is published meanwhile has it
/// tried at once.
const RETRY_WAITING: Duration = Duration::from_secs(20);
/// Changes within this are looked at together.
const DEBOUNCE: Duration = Duration::from_millis(50);

/// The files of a folder as they were seen last.
struct Watch {
    registry: Registry,
    dir: PathBuf,
    changes: Changes,
    seen: HashMap<PathBuf, Seen>,
    /// What was passed over at the last look, and why.
    skipped: Vec<Skipped>,
}

struct Seen {
    stamp: Stamp,
    /// When to publish it; none once that was done or refused.
    due: Option<Instant>,
    /// A template that is refused until what it runs is there, and what was logged of that.
    waits: Option<String>,
}

/// What came of a file.
enum Came {
    Published,
    /// It was there already, or is refused.
    Nothing,
    /// Nothing is wrong with it; to be tried again.
    Failed,
    /// It is refused for as long as this is missing.
    Waits(String),
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
            skipped: Vec::new(),
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
        let scan = tokio::task::spawn_blocking(move || folder::scan(&dir)).await;
        let folder::Scan { found, skipped } =
            scan.expect("looking through a folder does not panic");
        self.log_skipped(skipped);
        self.seen
            .retain(|path, _| found.iter().any(|file| file.path == *path));
        for file in found {
            if self.is_due(&file) {
                let came = self.publish(&file).await;
                self.note(file, came);
            }
        }
    }

    fn log_skipped(&mut self, skipped: Vec<Skipped>) {
        for new in skipped.iter().filter(|it| !self.skipped.contains(it)) {
            tracing::warn!(file = %shown(&new.path), "passed over: {}", new.why);
        }
        self.skipped = skipped;
    }

    /// Says when to look at the file again. Whatever was published may be what others wait for.
    fn note(&mut self, file: WatchedFile, came: Came) {
        let now = Instant::now();
        if matches!(came, Came::Published) {
            let waiting = self.seen.values_mut().filter(|seen| seen.waits.is_some());
            waiting.for_each(|seen| seen.due = Some(now));
        }
        let (due, waits) = match came {
            Came::Published | Came::Nothing => (None, None),
            Came::Failed => (Some(now + RESCAN), None),
            Came::Waits(why) => (Some(now + RETRY_WAITING), Some(why)),
        };
        let stamp = file.stamp;
        self.seen.insert(file.path, Seen { stamp, due, waits });
    }

    /// Notes a new or changed file, which is due when it has settled.
    fn is_due(&mut self, file: &WatchedFile) -> bool {
        let now = Instant::now();
        match self.seen.get(&file.path) {
            Some(seen) if seen.stamp == file.stamp => {
                let is_open = self.changes.is_open(&file.path) || self.changes.is_open(&file.real);
                seen.due.is_some_and(|due| due <= now) && !is_open
            }
            Some(_) | None => {
                let (stamp, due) = (file.stamp.clone(), Some(now + SETTLE));
                let waits = None;
                self.seen
                    .insert(file.path.clone(), Seen { stamp, due, waits });
                false
            }
        }
    }

    async fn publish(&self, file: &WatchedFile) -> Came {
        let path = shown(&file.path);
        let error = match self.registry.publish_file(file).await {
            Ok(Some(what)) => {
                tracing::info!(file = %path, "published {what}");
                return Came::Published;
            }
            Ok(None) => return Came::Nothing,
            Err(error) => error,
        };
        let (why, is_waiting) = (error.to_string(), error.is_waiting());
        let told = self
            .seen
            .get(&file.path)
            .and_then(|seen| seen.waits.as_ref());
        if told != Some(&why) {
            let until = if is_waiting { " yet" } else { "" };
            tracing::warn!(file = %path, "not published{until}: {why}");
        }
        match (is_waiting, error.is_internal()) {
            (true, _) => Came::Waits(why),
            (false, true) => Came::Failed,
            (false, false) => Came::Nothing,
        }
    }
}

fn shown(path: &Path) -> std::path::Display<'_> {
    path.display()
}
