//! A shell in which the commands of a chapter run one after the other, as a reader types them.

use super::stage::Stage;
use crate::harness::wait_up_to;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// The first build of a project compiles all that a handler depends on.
const PATIENCE: Duration = Duration::from_secs(240);
/// What a program ends with that leaves an interrupt to the system: 128 and the number of SIGINT.
const INTERRUPTED: i32 = 130;
/// Where the shell is, and which variables it exports, from one command to the next.
const RESUME: &str = ". \"$BOOK/variables\"; cd \"$(cat \"$BOOK/folder\")\"; exec 2>&1\n";
const KEEP: &str =
    "\nended=$?; pwd >\"$BOOK/folder\"; export -p >\"$BOOK/variables\"; exit $ended\n";

pub struct Shell<'a> {
    stage: &'a Stage,
}

/// How a command ended.
pub struct Ended {
    pub code: i32,
    /// All that it printed, on standard output and standard error.
    pub said: String,
}

impl<'a> Shell<'a> {
    pub fn new(stage: &'a Stage) -> Self {
        Self { stage }
    }

    /// Runs a command of the chapter.
    pub async fn run(&self, command: &str) -> Ended {
        self.script(&format!("{RESUME}{command}{KEEP}")).await
    }

    /// Runs a part of the chapter's script, which has to succeed.
    pub async fn section(&self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let prelude = "set -eu; . \"$ROOT/tests/book/prelude.sh\"\n";
        let ran = self.script(&format!("{RESUME}{prelude}{text}{KEEP}")).await;
        assert_eq!(ran.code, 0, "{text}\n{}", ran.said);
    }

    /// Runs a command that does not end, until it has printed a text; meanwhile a section is run again and again. Then it
    /// is interrupted, as Ctrl-C does.
    pub async fn lasting(&self, command: &str, until: &str, section: &str) -> Ended {
        let out = self.stage.path("lasting");
        let file = std::fs::File::create(&out).unwrap();
        let mut shell = self.command(&format!("{RESUME}exec env {command}\n"));
        let mut child = shell.stdout(file).spawn().unwrap();
        let child = &mut child;
        let said = || String::from_utf8_lossy(&std::fs::read(&out).unwrap()).into_owned();
        let child = std::cell::RefCell::new(child);
        wait_up_to(
            PATIENCE,
            &format!("`{until}` is printed by {command}"),
            async || {
                let has_ended = child.borrow_mut().try_wait().unwrap().is_some();
                if has_ended || said().contains(until) {
                    return Some(());
                }
                self.section(section).await;
                None
            },
        )
        .await;
        let code = match interrupted(child.into_inner()).await {
            INTERRUPTED => 0,
            code => code,
        };
        Ended { code, said: said() }
    }

    /// The id of the task that was created last.
    pub async fn newest_task(&self) -> String {
        let ran = self
            .run("tasker task ls --limit 1 --quiet --hints never")
            .await;
        ran.said.lines().next().unwrap_or_default().to_owned()
    }

    /// What the chapter's script says that stands for what is shown.
    pub fn stand_ins(&self) -> String {
        std::fs::read_to_string(self.stage.path("stand-ins")).unwrap()
    }

    async fn script(&self, text: &str) -> Ended {
        let ran = self.command(text).stdout(Stdio::piped()).output();
        let ran = tokio::time::timeout(PATIENCE, ran).await;
        let ran = ran
            .unwrap_or_else(|_| panic!("it does not end: {text}"))
            .unwrap();
        Ended {
            code: code(ran.status),
            said: String::from_utf8_lossy(&ran.stdout).into_owned(),
        }
    }

    fn command(&self, text: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", text]).stdin(Stdio::null());
        shell.stderr(Stdio::piped()).kill_on_drop(true);
        self.stage.environment(&mut shell);
        shell
    }
}

/// Sends what Ctrl-C sends, unless it has ended; the code of its end.
async fn interrupted(child: &mut Child) -> i32 {
    if let Some(pid) = child.id() {
        let mut kill = Command::new("kill");
        let kill = kill.args(["-INT", &pid.to_string()]).output().await;
        kill.unwrap();
    }
    let ended = tokio::time::timeout(PATIENCE, child.wait()).await;
    code(ended.expect("it ends after an interrupt").unwrap())
}

/// As a shell has it: 128 and the number of a signal.
fn code(status: std::process::ExitStatus) -> i32 {
    let signal = status.signal().map(|signal| 128 + signal);
    status.code().or(signal).unwrap()
}
