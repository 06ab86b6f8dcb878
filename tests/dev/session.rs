//! A running `tasker dev`.

use super::project::Project;
use crate::harness::tasker;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// In the last line of a turn.
const TURN_ENDS: &str = "Ctrl-C ends";
/// The first build compiles all that a handler depends on.
const PATIENCE: Duration = Duration::from_secs(240);

/// The process, and what it prints on both of its streams.
pub struct Session {
    child: Child,
    lines: UnboundedReceiver<String>,
    seen: Vec<String>,
    /// What it keeps for the time that it runs is here.
    temporary: TempDir,
}

/// How it ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    /// All that it printed.
    pub lines: Vec<String>,
    /// What is left of its folder, and of its processes.
    pub left: Vec<String>,
}

impl Session {
    /// On a host of its own, on a free port.
    pub fn own(project: &Project, arguments: &[&str]) -> Self {
        let listen = ["--listen", "127.0.0.1:0"];
        Self::start(project, &[&listen, arguments].concat(), &[])
    }

    pub fn start(project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        // PostgreSQL runs under another account where the tests are root's.
        let mode = fs::Permissions::from_mode(0o711);
        fs::set_permissions(temporary.path(), mode).unwrap();
        let mut command = Command::new(tasker());
        command.arg("dev").arg(project.path("")).args(arguments);
        for name in ["TASKER_URL", "TASKER_TOKEN", "DATABASE_URL", "RUSTFLAGS"] {
            command.env_remove(name);
        }
        command
            .env("TMPDIR", temporary.path())
            .env("CARGO_TARGET_DIR", guests_target())
            .env("CARGO_NET_OFFLINE", "true")
            .env("NO_PROXY", "127.0.0.1,localhost")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let (send, lines) = unbounded_channel();
        tokio::spawn(pass_on(child.stdout.take().unwrap(), send.clone()));
        tokio::spawn(pass_on(child.stderr.take().unwrap(), send));
        Self {
            child,
            lines,
            seen: Vec::new(),
            temporary,
        }
    }

    /// The next line that contains the text.
    pub async fn line(&mut self, text: &str) -> String {
        self.line_with(&[text]).await
    }

    /// The next line that contains one of the texts.
    async fn line_with(&mut self, texts: &[&str]) -> String {
        let found = timeout(PATIENCE, async {
            while let Some(line) = self.lines.recv().await {
                self.seen.push(line.clone());
                if texts.iter().any(|text| line.contains(text)) {
                    return line;
                }
            }
            panic!("it ended without {texts:?}:\n{}", self.seen.join("\n"));
        });
        match found.await {
            Ok(line) => line,
            Err(_) => panic!("no {texts:?} in:\n{}", self.seen.join("\n")),
        }
    }

    /// Waits for the end of a turn, and for lines with these texts in any order: lines of one stream may be read before those
    /// of the other that were printed earlier.
    pub async fn fails_with(&mut self, texts: &[&str]) {
        let mut left = [texts, &[TURN_ENDS]].concat();
        while !left.is_empty() {
            let line = self.line_with(&left).await;
            left.retain(|text| !line.contains(text));
        }
    }

    /// Waits for the end of a turn.
    pub async fn waits(&mut self) {
        self.line(TURN_ENDS).await;
    }

    /// What was printed so far.
    pub fn seen(&self) -> String {
        self.seen.join("\n")
    }

    /// Ends it as Ctrl-C does.
    pub async fn interrupt(self) -> Ended {
        let pid = self.child.id().unwrap().to_string();
        let asked = std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status();
        assert!(asked.unwrap().success());
        self.end().await
    }

    /// Waits until it ends by itself.
    pub async fn end(mut self) -> Ended {
        let status = timeout(PATIENCE, self.child.wait()).await;
        let status = status.expect("it ends").unwrap();
        while let Some(line) = self.lines.recv().await {
            self.seen.push(line);
        }
        Ended {
            code: status.code(),
            lines: self.seen,
            left: left(self.temporary.path()),
        }
    }
}

impl Ended {
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }
}

async fn pass_on(stream: impl AsyncRead + Unpin, send: UnboundedSender<String>) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let _ = send.send(line);
    }
}

/// Files in the folder, and processes that know of it.
fn left(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let files = files.map(|file| file.unwrap().path().display().to_string());
    // What a compiler that was killed kept there is not ours.
    let files = files.filter(|file| !file.contains("/rustc"));
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let path = entry.ok()?.path();
        path.file_name()?.to_str()?.parse::<u32>().ok()?;
        let said = |file: &str| fs::read(path.join(file)).unwrap_or_default();
        let said = [said("cmdline"), said("environ")].concat();
        let said = String::from_utf8_lossy(&said).replace('\0', " ");
        said.contains(folder.to_str()?).then_some(said)
    });
    files.chain(processes).collect()
}

/// Not the one of the tests: cargo would wait for itself.
fn guests_target() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("TASKER_GUESTS_TARGET_DIR")
        .map_or_else(|| tests.join("../target/guests"), PathBuf::from)
}
