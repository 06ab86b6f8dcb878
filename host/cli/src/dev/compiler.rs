//! The build of a project, as a process of its own that ends with whoever waits for it.

use crate::component::publish::read_component;
use crate::{Exit, Problem, Result};
use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process_group};
use semver::Version;
use serde::Deserialize;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tasker_domain::digest::Digest;
use tasker_domain::requirement::QualifiedName;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::sleep;

/// What the compiler says is shown at once when it has worked for so long.
const SILENT_FOR: Duration = Duration::from_secs(2);

/// A component that was built.
pub struct Built {
    /// As the manifest has it.
    pub name: QualifiedName,
    pub version: Version,
    pub bytes: Vec<u8>,
    pub digest: Digest,
}

/// What `tasker build` answers.
#[derive(Deserialize)]
struct Answer {
    path: PathBuf,
    /// `namespace/name`.
    name: Option<String>,
    version: Version,
}

/// What `tasker build` answers where it fails, on a line of its own.
#[derive(Deserialize)]
struct Failed {
    code: String,
    detail: String,
    help: Option<String>,
}

/// Builds the project. What its tools say is shown where that takes long, where they warn, and where they fail.
pub async fn build(dir: &Path) -> Result<Built> {
    let program = std::env::current_exe().context("this program does not know its own path")?;
    let mut command = Command::new(program);
    command
        .arg("build")
        .arg(dir)
        .args(["--dev", "--output", "json"]);
    // Not those of the user's terminal: a Ctrl-C is for this process, which then ends the build.
    command.process_group(0).kill_on_drop(true);
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    if std::io::stderr().is_terminal() && std::env::var_os("CARGO_TERM_COLOR").is_none() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = command.spawn().context("the build cannot be started")?;
    let mut group = Group::of(&child);
    let (mut out, err) = (child.stdout.take(), child.stderr.take());
    let out = async {
        let mut text = Vec::new();
        match &mut out {
            Some(out) => out.read_to_end(&mut text).await.map(|_| text),
            None => Ok(text),
        }
    };
    let (answer, mut told) = tokio::join!(out, listen(err));
    let status = child
        .wait()
        .await
        .context("the build cannot be waited for")?;
    group.ended();
    if !status.success() {
        return Err(failed(told).into());
    }
    if told.has_warning() {
        told.show();
    }
    let answer = answer.context("the build cannot be read")?;
    built(&answer)
}

fn built(answer: &[u8]) -> Result<Built> {
    let Answer {
        path,
        name,
        version,
    } = serde_json::from_slice(answer).context("the answer of the build was not understood")?;
    let nameless = || {
        Problem::bad_input("the project does not say what its component is called")
            .help("its manifest names it; compare what `tasker new handler` writes")
    };
    let name = name.ok_or_else(nameless)?;
    let bytes = read_component(&path)?;
    Ok(Built {
        name: name.parse().map_err(anyhow::Error::from)?,
        version,
        digest: Digest::of(&bytes),
        bytes,
    })
}

/// The processes of a build, which end when this is dropped.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(Pid::from_raw))
    }

    /// Its number may be another's from now on.
    fn ended(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // There may be none any more.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// What the tools of a build said.
#[derive(Default)]
struct Told {
    /// What is not shown yet.
    lines: Vec<Vec<u8>>,
    /// The last word of `tasker build`, if it failed.
    failed: Option<Failed>,
    is_live: bool,
}

/// Listens to the end; from a time on everything is shown as it is said.
async fn listen(err: Option<ChildStderr>) -> Told {
    let mut told = Told::default();
    let Some(err) = err else { return told };
    let mut err = BufReader::new(err);
    let late = sleep(SILENT_FOR);
    tokio::pin!(late);
    let mut line = Vec::new();
    loop {
        tokio::select! {
            read = err.read_until(b'\n', &mut line) => match read {
                Ok(0) | Err(_) => return told,
                Ok(_) => {
                    told.take(std::mem::take(&mut line));
                    if told.is_live {
                        told.show();
                    }
                }
            },
            () = &mut late, if !told.is_live => {
                told.is_live = true;
                told.show();
            }
        }
    }
}

impl Told {
    fn take(&mut self, line: Vec<u8>) {
        match serde_json::from_slice(&line) {
            Ok(failed) => self.failed = Some(failed),
            Err(_) => self.lines.push(line),
        }
    }

    /// Shows what is not shown yet. The tools are the user's own, so that a terminal may obey them.
    fn show(&mut self) {
        let mut err = std::io::stderr().lock();
        for line in self.lines.drain(..) {
            // Where standard error is closed there is nobody to show it to.
            let _ = err.write_all(&line);
        }
    }

    fn has_warning(&self) -> bool {
        let mut lines = self.lines.iter();
        lines.any(|line| String::from_utf8_lossy(line).contains("warning"))
    }
}

/// Shows what the tools said, and tells what `tasker build` said behind it.
fn failed(mut told: Told) -> Problem {
    told.show();
    match told.failed {
        Some(Failed { code, detail, help }) => {
            let problem = Problem::new(Exit::Failed, &code, detail);
            match help {
                Some(help) => problem.help(help),
                None => problem,
            }
        }
        None => Problem::new(Exit::Failed, "failed", "the project does not build"),
    }
}
