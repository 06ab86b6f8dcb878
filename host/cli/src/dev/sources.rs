//! The sources of a project, and when they change.

use crate::Result;
use anyhow::Context as _;
use notify::event::{EventKind, MetadataKind, ModifyKind};
use notify::{Config, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// An editor writes several files, or one in several steps: they are one change if no more than this lies between them.
const QUIET: Duration = Duration::from_millis(40);
/// Changes without an end are taken after this time.
const QUIET_MAX: Duration = Duration::from_millis(500);
/// How often files are looked at where the system reports no changes.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// Folders of what is built or installed.
const BUILT: [&str; 6] = [
    "target",
    "node_modules",
    "build",
    "dist",
    "__pycache__",
    "venv",
];
/// Files that the tools of a language write while they build.
const LOCKS: [&str; 3] = ["Cargo.lock", "package-lock.json", "go.sum"];
/// How names of files end that editors keep for themselves, and of what is built.
const TEMPORARY: [&str; 8] = ["~", ".swp", ".swx", ".swo", ".tmp", ".bak", ".pyc", ".orig"];
/// The file by which vim tries whether it may write in a folder.
const VIM_PROBE: &str = "4913";

/// What is watched.
#[derive(Debug, Default)]
pub struct Watched {
    /// With the sources below them.
    pub folders: Vec<PathBuf>,
    /// Wherever they are.
    pub files: Vec<PathBuf>,
}

/// Sources that are watched.
pub struct Sources {
    folders: Folders,
    heard: UnboundedReceiver<Heard>,
    pending: Changed,
}

/// A watcher, and the folders that it watches. Dropped, nothing is heard any more.
struct Folders {
    watcher: Box<dyn Watcher + Send>,
    watched: HashSet<PathBuf>,
    files: Vec<PathBuf>,
}

/// A path that changed, and when this was heard.
struct Heard {
    path: PathBuf,
    at: Instant,
}

/// What changed at once.
#[derive(Debug, Default)]
pub struct Changed {
    pub paths: BTreeSet<PathBuf>,
    /// When the first change was heard.
    pub at: Option<Instant>,
}

impl Sources {
    /// Begins to watch. Also returns why changes are polled, where that was not asked for.
    pub fn watch(watched: &Watched, is_polling: bool) -> Result<(Self, Option<String>)> {
        let (hear, heard) = unbounded_channel();
        let (folders, fallback) = match is_polling {
            true => (polling(watched, hear)?, None),
            false => match reported(watched, hear.clone()) {
                Ok(folders) => (folders, None),
                Err(error) => {
                    let why = format!("the system does not report changes of files ({error})");
                    (polling(watched, hear)?, Some(why))
                }
            },
        };
        let sources = Self {
            folders,
            heard,
            pending: Changed::default(),
        };
        Ok((sources, fallback))
    }

    /// Waits for a change, and for its end. What was heard is kept if this is dropped before.
    pub async fn changed(&mut self) -> Changed {
        while self.pending.paths.is_empty() {
            match self.heard.recv().await {
                Some(heard) => self.take(heard),
                None => std::future::pending().await,
            }
        }
        let until = Instant::now() + QUIET_MAX;
        while Instant::now() < until {
            match timeout(QUIET, self.heard.recv()).await {
                Ok(Some(heard)) => self.take(heard),
                Ok(None) | Err(_) => break,
            }
        }
        std::mem::take(&mut self.pending)
    }

    fn take(&mut self, heard: Heard) {
        if !self.folders.has(&heard.path) {
            return;
        }
        if heard.path.is_dir() {
            // It may be gone again, and then there is nothing to watch.
            let files = self.folders.add(&heard.path).unwrap_or_default();
            self.pending.paths.extend(files);
        } else {
            self.folders.forget(&heard.path);
            self.pending.paths.insert(heard.path);
        }
        if !self.pending.paths.is_empty() {
            self.pending.at.get_or_insert(heard.at);
        }
    }
}

impl Folders {
    fn new(watcher: impl Watcher + Send + 'static, watched: &Watched) -> notify::Result<Self> {
        let mut all = Self {
            watcher: Box::new(watcher),
            watched: HashSet::new(),
            files: watched.files.clone(),
        };
        for folder in &watched.folders {
            all.add(folder)?;
        }
        // An editor may put another file in the place of one, which is heard of its folder only.
        let parents = all.files.iter().filter_map(|file| file.parent());
        let others: HashSet<_> = parents
            .filter(|folder| !all.watched.contains(*folder))
            .collect();
        for folder in others {
            all.watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        Ok(all)
    }

    /// True for a file or folder that is watched, or was.
    fn has(&self, path: &Path) -> bool {
        let is_below = path.parent().is_some_and(|it| self.watched.contains(it));
        is_below || self.watched.contains(path) || self.files.iter().any(|file| file == path)
    }

    /// Watches a folder and those below it, and returns the files that are there in those that were not watched. Each folder
    /// is watched by itself: what is built, and what packages have, would be too much.
    fn add(&mut self, folder: &Path) -> notify::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            if !self.watched.insert(folder.clone()) {
                continue;
            }
            self.watcher.watch(&folder, RecursiveMode::NonRecursive)?;
            let entries = std::fs::read_dir(&folder)?;
            for entry in entries.filter_map(std::result::Result::ok) {
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                match (is_source(&entry.file_name()), is_folder) {
                    (true, true) => folders.push(entry.path()),
                    (true, false) => files.push(entry.path()),
                    (false, _) => {}
                }
            }
        }
        Ok(files)
    }

    /// A folder that went away is watched anew when it comes again.
    fn forget(&mut self, path: &Path) {
        self.watched.retain(|watched| !watched.starts_with(path));
    }
}

/// Folders of which the system reports what changes.
fn reported(watched: &Watched, hear: UnboundedSender<Heard>) -> notify::Result<Folders> {
    let watcher = RecommendedWatcher::new(handler(hear), Config::default())?;
    Folders::new(watcher, watched)
}

/// Folders whose files are looked at from time to time.
fn polling(watched: &Watched, hear: UnboundedSender<Heard>) -> anyhow::Result<Folders> {
    let config = Config::default().with_poll_interval(POLL_INTERVAL);
    // Times of files may be those of whole seconds.
    let watcher = PollWatcher::new(handler(hear), config.with_compare_contents(true));
    let folders = watcher.and_then(|watcher| Folders::new(watcher, watched));
    folders.context("the folder of the project cannot be watched")
}

fn handler(hear: UnboundedSender<Heard>) -> impl Fn(notify::Result<notify::Event>) {
    move |event| {
        let Ok(event) = event else { return };
        if !is_change(event.kind) {
            return;
        }
        let at = Instant::now();
        let sources = event
            .paths
            .into_iter()
            .filter(|path| path.file_name().is_some_and(is_source));
        for path in sources {
            // Nobody listens any more while the command ends.
            let _ = hear.send(Heard { path, at });
        }
    }
}

fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(_) => false,
        EventKind::Modify(ModifyKind::Metadata(what)) => what == MetadataKind::WriteTime,
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

/// False for the names of what is built, hidden, or kept by editors.
fn is_source(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let is_hidden = name.starts_with('.') || name.starts_with('#');
    let is_listed = BUILT.contains(&&*name) || LOCKS.contains(&&*name) || name == VIM_PROBE;
    let is_temporary = TEMPORARY.iter().any(|end| name.ends_with(end));
    !(is_hidden || is_listed || is_temporary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_hidden_or_an_editors_is_no_source() {
        for name in [
            "target",
            "node_modules",
            ".git",
            ".#lib.rs",
            "lib.rs~",
            ".lib.rs.swp",
            "#lib.rs#",
            "4913",
            "Cargo.lock",
        ] {
            assert!(!is_source(OsStr::new(name)), "{name}");
        }
        for name in ["src", "lib.rs", "Cargo.toml", "template.yaml", "input.json"] {
            assert!(is_source(OsStr::new(name)), "{name}");
        }
    }

    async fn sees_changes(is_polling: bool) {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = |name: &str| dir.path().join(name);
        std::fs::create_dir_all(path("target/debug")).unwrap();
        std::fs::create_dir(path("src")).unwrap();
        let input = other.path().join("input.json");
        std::fs::write(&input, "{}").unwrap();
        let watched = Watched {
            folders: vec![dir.path().to_owned()],
            files: vec![input.clone()],
        };
        let (mut sources, _) = Sources::watch(&watched, is_polling).unwrap();
        std::fs::write(path("target/debug/built"), "").unwrap();
        std::fs::write(other.path().join("others"), "").unwrap();
        std::fs::write(path("src/lib.rs"), "fn main() {}").unwrap();
        let changed = async |sources: &mut Sources| sources.changed().await.paths;
        let only = |path: PathBuf| BTreeSet::from([path]);
        assert_eq!(changed(&mut sources).await, only(path("src/lib.rs")));
        std::fs::write(&input, r#"{"name": "Ada"}"#).unwrap();
        assert_eq!(changed(&mut sources).await, only(input));
        // A folder that is new is watched too.
        std::fs::create_dir_all(path("src/till")).unwrap();
        std::fs::write(path("src/till/coins.rs"), "").unwrap();
        assert_eq!(changed(&mut sources).await, only(path("src/till/coins.rs")));
        std::fs::write(path("src/till/coins.rs"), "fn more() {}").unwrap();
        assert_eq!(changed(&mut sources).await, only(path("src/till/coins.rs")));
    }

    #[tokio::test]
    async fn changes_of_sources_are_heard() {
        sees_changes(false).await;
    }

    #[tokio::test]
    async fn changes_of_sources_are_found_where_the_system_reports_none() {
        sees_changes(true).await;
    }
}
