//! A browser without a screen, driven by a script of `scripts`.

use crate::harness::left_out;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Names the browser where packages do not put it.
const PROGRAM_VARIABLE: &str = "TASKER_CHROMIUM";
const USUAL_PROGRAM: &str = "/usr/bin/chromium";

/// Runs a script against a host with what it is to know. It fails where the script does, and where the browser reports
/// an error of the page. Where there is no browser or no Node.js, nothing runs, standard error says so, and it returns false.
pub async fn drive(script: &str, url: &str, given: &Value) -> bool {
    let Some(browser) = program() else {
        left_out(&format!(
            "no browser to test with; install chromium and npm (apt-get), or set {PROGRAM_VARIABLE}"
        ));
        return false;
    };
    let output = Command::new("node")
        .arg(scripts().join(script))
        .env("TASKER_BROWSER", browser)
        .env("TASKER_BROWSER_MODULES", modules().await)
        .env("TASKER_URL", url)
        .env("TASKER_GIVEN", given.to_string())
        .env("TASKER_SCREENSHOTS", screenshots())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{script}: {told}{said}");
    true
}

/// An identity provider on this machine, until it is dropped.
pub struct Provider {
    pub issuer: String,
    /// Of its process.
    pub id: u32,
    _process: Child,
    /// Kept open, since the provider writes notes too.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Provider {
    /// One for the host at this address; none where nothing is tested with a browser.
    pub async fn start(url_of_host: &str) -> Option<Self> {
        program()?;
        let mut process = Command::new("node")
            .arg(scripts().join("provider.mjs"))
            .arg(format!("{url_of_host}/v1/session/oidc/callback"))
            .env("TASKER_BROWSER_MODULES", modules().await)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let issuer = lines.next_line().await.unwrap();
        Some(Self {
            issuer: issuer.expect("the provider says where it is"),
            id: process.id().unwrap(),
            _process: process,
            _output: lines,
        })
    }
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/scripts")
}

/// None if it, or Node.js, is not installed.
fn program() -> Option<PathBuf> {
    let given = std::env::var_os(PROGRAM_VARIABLE).map(PathBuf::from);
    let browser = given.unwrap_or_else(|| USUAL_PROGRAM.into());
    let finds_npm = |folder: PathBuf| folder.join("npm").exists();
    let path = std::env::var_os("PATH")?;
    let has_npm = std::env::split_paths(&path).any(finds_npm);
    (browser.exists() && has_npm).then_some(browser)
}

/// Where the pictures of all pages are put.
fn screenshots() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("../screenshots")
}

/// The libraries of the scripts, installed at the first use.
async fn modules() -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser.sh");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    let output = Command::new(script).arg(directory).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "tests/browser.sh: {said}");
    String::from_utf8(output.stdout).unwrap().trim().into()
}
