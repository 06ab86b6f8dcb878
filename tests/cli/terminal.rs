use crate::harness::{ADMIN_KEY, TestDatabase, TestHost, basics, tasker};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use tasker_archive::Location;
use tasker_engine::secret::SecretKeys;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// What the sample handlers are called here.
const BASICS: [&str; 4] = ["--name", "demo/basics", "--version", "0.1.0"];

/// A folder for files, and a host to talk to; both gone when dropped.
pub struct Terminal {
    folder: TempDir,
    url: String,
    _host: Option<TestHost>,
    database: Option<TestDatabase>,
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
        let host = TestHost::start(&database).await;
        let url = host.host.url();
        Self {
            folder,
            url,
            _host: Some(host),
            database: Some(database),
        }
    }

    /// With a host that has the sample handlers and runs nothing.
    pub async fn with_idle_host() -> Self {
        let (folder, database) = (tempfile::tempdir().unwrap(), TestDatabase::new().await);
        let host = TestHost::start_idle(&database).await;
        let terminal = Self {
            url: host.host.url(),
            folder,
            _host: Some(host),
            database: Some(database),
        };
        terminal.publish_basics().await;
        terminal
    }

    /// With a host that has the sample handlers and an archive, at `path("archive")`.
    pub async fn with_archive() -> Self {
        let (folder, database) = (tempfile::tempdir().unwrap(), TestDatabase::new().await);
        let archive = Location::Folder(folder.path().join("archive"));
        let host = TestHost::start_with(&database, |config| config.archive = Some(archive)).await;
        let terminal = Self {
            url: host.host.url(),
            folder,
            _host: Some(host),
            database: Some(database),
        };
        terminal.publish_basics().await;
        terminal
    }

    /// With a host that records all attempts, and that has the sample handlers.
    pub async fn with_recording() -> Self {
        let (folder, database) = (tempfile::tempdir().unwrap(), TestDatabase::new().await);
        let keys = SecretKeys::made_in_file(folder.path().join("secret.key"));
        let host = TestHost::start_with(&database, |config| {
            config.secret_keys = Some(keys);
            if let Some(worker) = &mut config.worker {
                worker.record = true;
            }
        })
        .await;
        let terminal = Self {
            url: host.host.url(),
            folder,
            _host: Some(host),
            database: Some(database),
        };
        terminal.publish_basics().await;
        terminal
    }

    /// With a host that has the sample handlers.
    pub async fn with_basics() -> Self {
        let terminal = Self::with_host().await;
        terminal.publish_basics().await;
        terminal
    }

    async fn publish_basics(&self) {
        let file = self.file("basics.wasm", basics());
        let publish = ["component", "publish", &file];
        self.run(publish.iter().chain(&BASICS)).await.succeeds();
    }

    /// Where no host listens.
    pub fn without_host() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            folder,
            url: "http://127.0.0.1:9".to_owned(),
            _host: None,
            database: None,
        }
    }

    /// The database of the host that it has.
    pub fn database(&self) -> &TestDatabase {
        self.database.as_ref().expect("it was made with a host")
    }

    /// Writes a file and says where it is.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Where a file of this name would be.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Registers the template `demo/<name>@1.0.0` with these steps.
    pub async fn template(&self, name: &str, steps: &str) {
        let yaml = format!("namespace: demo\nname: {name}\nversion: 1.0.0\nsteps:\n{steps}\n");
        let file = self.file(&format!("{name}.yaml"), yaml);
        self.run(["template", "publish", &file]).await.succeeds();
    }

    /// Runs `tasker` with these arguments.
    pub async fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        self.run_program(tasker(), arguments).await
    }

    /// Runs another program of the workspace.
    pub async fn run_program(
        &self,
        program: &Path,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Ran {
        Ran::of(self.command_of(program, arguments).output().await.unwrap())
    }

    /// The same with a text on standard input.
    pub async fn run_with_input(
        &self,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        input: &str,
    ) -> Ran {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).await.unwrap();
        drop(stdin);
        Ran::of(child.wait_with_output().await.unwrap())
    }

    /// `tasker` with these arguments, not started.
    pub fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        self.command_of(tasker(), arguments)
    }

    fn command_of(
        &self,
        program: &Path,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("TASKER_URL", &self.url)
            .env("TASKER_TOKEN", ADMIN_KEY)
            // As on a terminal.
            .env("TASKER_HINTS", "always")
            .env("CARGO_TARGET_DIR", guests_target())
            // Nobody's credentials, and no proxy on the way to this machine.
            .env("DOCKER_CONFIG", self.folder.path())
            .env("NO_PROXY", "127.0.0.1,localhost");
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }
}

impl Ran {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().expect("no signal ended it");
        Self {
            code,
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

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
