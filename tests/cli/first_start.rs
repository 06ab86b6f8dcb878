//! The first start of a host, which makes the first key.

use crate::harness::{TestDatabase, tasker, wait_until};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use tokio::process::{Child, Command};

const ASKED_FOR_NOTHING: [&str; 4] = [
    "TASKER_ADMIN_KEY",
    "TASKER_TOKEN",
    "TASKER_URL",
    "DATABASE_URL",
];

pub fn program(data_dir: &Path) -> Command {
    let mut command = Command::new(tasker());
    for name in ASKED_FOR_NOTHING {
        command.env_remove(name);
    }
    command
        .env("TASKER_DATA_DIR", data_dir)
        .env("RUST_LOG", "trace");
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// A host, where it listens, and what it prints and logs.
pub struct Running {
    child: Child,
    pub url: String,
    out: std::path::PathBuf,
    log: std::path::PathBuf,
}

pub async fn serve(database: &TestDatabase, folder: &Path, more: &[&str]) -> Running {
    let (out, log) = (folder.join("out"), folder.join("log"));
    let child = program(&folder.join("of-host"))
        .args([
            "serve",
            "--no-worker",
            "--listen",
            "127.0.0.1:0",
            "--connections",
            "8",
        ])
        .args(["--database-url", &database.url()])
        .args(more)
        .stdout(std::fs::File::create(&out).unwrap())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let url = wait_until("the host is ready", async || {
        let text = std::fs::read_to_string(&out).unwrap();
        let rest = text.strip_prefix("tasker is ready at ")?;
        text.ends_with('\n')
            .then(|| rest.split(' ').next().unwrap().to_owned())
    })
    .await;
    Running {
        child,
        url,
        out,
        log,
    }
}

impl Running {
    /// Of its process.
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Asks it to read its certificate anew.
    pub fn hang_up(&self) {
        let pid = self.child.id().unwrap().to_string();
        let asked = std::process::Command::new("kill")
            .args(["-HUP", &pid])
            .status();
        assert!(asked.unwrap().success());
    }

    /// What it logged so far.
    pub fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Ends it, and tells what it printed and what it logged.
    pub async fn stop(mut self) -> (String, String) {
        let pid = self.child.id().unwrap().to_string();
        let asked = std::process::Command::new("kill")
            .args(["-TERM", &pid])
            .status();
        assert!(asked.unwrap().success());
        assert!(self.child.wait().await.unwrap().success());
        let read = |path| std::fs::read_to_string(path).unwrap();
        (read(&self.out), read(&self.log))
    }
}

#[tokio::test]
async fn the_first_start_makes_an_admin_key_and_tells_it_once() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("of-host/admin.key");
    let host = serve(&database, folder.path(), &[]).await;
    let key = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // The commands on this machine find it.
    let found = program(&folder.path().join("of-host"))
        .args(["key", "ls", "--url", &host.url])
        .output()
        .await
        .unwrap();
    let told = String::from_utf8(found.stdout).unwrap();
    assert!(told.contains("admin in *"), "{told}");
    // Those of another account or machine do not.
    let lost = program(folder.path())
        .args(["key", "ls", "--url", &host.url])
        .output()
        .await
        .unwrap();
    let told = String::from_utf8(lost.stderr).unwrap();
    assert!(
        told.contains("help: set TASKER_TOKEN to a key of that host"),
        "{told}"
    );
    let (out, log) = host.stop().await;
    assert_eq!(out.matches(&key).count(), 1, "{out}");
    assert!(out.contains(&file.display().to_string()), "{out}");
    // Not even the most talkative log has it.
    assert!(log.contains("request answered") && !log.contains(&key[12..]));

    let host = serve(&database, folder.path(), &[]).await;
    let (out, _) = host.stop().await;
    assert_eq!(out.lines().count(), 1, "{out}");
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim(), key);
}

#[tokio::test]
async fn of_hosts_that_start_together_one_makes_the_key() {
    let database = TestDatabase::new().await;
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, second) = tokio::join!(
        serve(&database, one.path(), &[]),
        serve(&database, other.path(), &[])
    );
    let kept = [&one, &other].map(|folder| folder.path().join("of-host/admin.key"));
    assert_eq!(kept.iter().filter(|file| file.exists()).count(), 1);
    first.stop().await;
    second.stop().await;
}

#[tokio::test]
async fn without_authentication_a_host_serves_everyone_on_its_own_machine_only() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let host = serve(&database, folder.path(), &["--auth", "off"]).await;
    let listed = program(folder.path())
        .args(["pin", "ls", "--url", &host.url])
        .output()
        .await
        .unwrap();
    assert!(listed.status.success(), "{listed:?}");
    let (out, _) = host.stop().await;
    assert_eq!(out.lines().count(), 1, "{out}");
    for address in ["0.0.0.0:0", "[::]:0"] {
        let refused = program(folder.path())
            .args([
                "serve",
                "--auth",
                "off",
                "--listen",
                address,
                "--database-url",
                &database.url(),
            ])
            .output()
            .await
            .unwrap();
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(
            !refused.status.success() && told.contains("can be reached from other machines"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn an_admin_key_that_is_none_is_refused_without_repeating_it() {
    let folder = tempfile::tempdir().unwrap();
    let refused = program(folder.path())
        .args(["serve", "--database-url", "postgres://localhost:1/none"])
        .env("TASKER_ADMIN_KEY", "my secret words")
        .output()
        .await
        .unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(
        told.contains("TASKER_ADMIN_KEY is not an API key") && !told.contains("secret words"),
        "{told}"
    );
    assert_eq!(refused.status.code(), Some(2));
}

#[tokio::test]
async fn a_key_file_for_secrets_that_is_none_is_refused_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    let (missing, wrong) = (folder.path().join("missing"), folder.path().join("wrong"));
    std::fs::write(&wrong, "abc\n").unwrap();
    std::fs::set_permissions(&wrong, Permissions::from_mode(0o600)).unwrap();
    for (file, why) in [(&missing, "No such file"), (&wrong, "is not a key")] {
        let mut command = program(folder.path());
        command.args(["serve", "--database-url", "postgres://localhost:1/none"]);
        let refused = command.arg("--secret-key-file").arg(file).output().await;
        let told = String::from_utf8(refused.unwrap().stderr).unwrap();
        let named = format!("the key file {} cannot be used", file.display());
        assert!(told.contains(&named) && told.contains(why), "{told}");
    }
}
