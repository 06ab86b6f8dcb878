use crate::harness::{TestDatabase, tasker};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Sample handlers, called `demo/basics@0.1.0`.
pub const BASICS: &str = "../plugins/handlers/basics";

/// A folder to type commands in, and a host; both gone when dropped.
pub struct Terminal {
    folder: TempDir,
    url: String,
    _host: Option<Child>,
    _database: Option<TestDatabase>,
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Terminal {
    /// With a host that has nothing yet.
    pub async fn with_host() -> Self {
        let (folder, database) = (tempfile::tempdir().unwrap(), TestDatabase::new().await);
        let (host, url) = serve(folder.path(), &database.url()).await;
        Self {
            folder,
            url,
            _host: Some(host),
            _database: Some(database),
        }
    }

    /// With a host that has the sample handlers.
    pub async fn with_basics() -> Self {
        let terminal = Self::with_host().await;
        terminal.run(["component", "push", BASICS]).await.succeeds();
        terminal
    }

    /// Where no host listens.
    pub fn without_host() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            folder,
            url: "http://127.0.0.1:9".to_owned(),
            _host: None,
            _database: None,
        }
    }

    /// Writes a file and says where it is.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Registers the template `demo/<name>@1.0.0` with these steps.
    pub async fn template(&self, name: &str, steps: &str) {
        let yaml = format!("namespace: demo\nname: {name}\nversion: 1.0.0\nsteps:\n{steps}\n");
        let file = self.file(&format!("{name}.yaml"), yaml);
        self.run(["template", "push", &file]).await.succeeds();
    }

    /// Runs `tasker` with these arguments.
    pub async fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        let output = self.command(arguments).output().await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().expect("no signal ended it");
        Ran {
            code,
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// `tasker` with these arguments, not started.
    pub fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(tasker());
        command
            .args(arguments)
            .env("TASKER_URL", &self.url)
            .env("CARGO_TARGET_DIR", guests_target());
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }
}

impl Ran {
    /// Asserts that it ended with 0.
    #[track_caller]
    pub fn succeeds(self) -> Self {
        self.ends_with(0)
    }

    /// Asserts the exit code.
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    /// What stands on standard output, as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Not the one of the tests: cargo would wait for itself.
fn guests_target() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("TASKER_GUESTS_TARGET_DIR")
        .map_or_else(|| tests.join("../target/guests"), PathBuf::from)
}

async fn serve(folder: &Path, database_url: &str) -> (Child, String) {
    let mut host = Command::new(tasker())
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database-url",
            database_url,
            "--data-dir",
        ])
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(folder.join("host.log")).unwrap())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(host.stdout.take().unwrap()).lines();
    let ready = lines.next_line().await.unwrap().unwrap_or_else(|| {
        panic!(
            "{}",
            std::fs::read_to_string(folder.join("host.log")).unwrap_or_default()
        )
    });
    let url = ready
        .split_whitespace()
        .find(|word| word.starts_with("http://"));
    (
        host,
        url.unwrap_or_else(|| panic!("no URL in: {ready}"))
            .to_owned(),
    )
}
