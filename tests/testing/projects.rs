//! Projects with cases.

use super::{code_dir, conformance_file};
use crate::cli::terminal::{Ran, Terminal};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// A folder with cases, whose handlers are those of the conformance suite.
pub struct Project {
    terminal: Terminal,
}

impl Project {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let project = Self {
            terminal: Terminal::without_host(),
        };
        std::fs::create_dir(project.path("tests")).unwrap();
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.terminal.path(name).into()
    }

    /// Writes a file of cases.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path("tests").join(name), text).unwrap();
    }

    /// Runs `tasker test`.
    pub async fn test(&self, arguments: &[&str]) -> Ran {
        self.test_component(&conformance_file(), arguments).await
    }

    pub async fn test_component(&self, component: &Path, arguments: &[&str]) -> Ran {
        Ran::of(self.command(component, arguments).output().await.unwrap())
    }

    /// `tasker test` of a component.
    pub fn command(&self, component: &Path, arguments: &[&str]) -> Command {
        let folder = self.path("");
        let command = ["test".as_ref(), folder.as_os_str(), "--component".as_ref()];
        let command = command.into_iter().chain([component.as_os_str()]);
        with_kept_code(
            &self.terminal,
            command.chain(arguments.iter().map(OsStr::new)),
        )
    }
}

fn with_kept_code<'a>(terminal: &Terminal, arguments: impl Iterator<Item = &'a OsStr>) -> Command {
    let mut command = terminal.command(arguments);
    command.env("TASKER_DATA_DIR", code_dir());
    command
}

/// The other languages are tested where their toolchains are.
#[tokio::test]
async fn a_new_project_passes_its_cases() {
    let terminal = Terminal::without_host();
    for kind in ["handler", "subscriber"] {
        let dir = terminal.path(kind);
        let name = format!("demo/cases-{kind}");
        let new = ["new", kind, &name, "--dir", &dir];
        let made = terminal.run(new).await.succeeds();
        assert!(made.out.contains("\n    tasker test\n"), "{made:?}");
        let file = Path::new(&dir).join(format!("tests/cases-{kind}.yaml"));
        assert!(file.is_file());
        let test = ["test", &dir, "--debug"];
        let mut test = with_kept_code(&terminal, test.into_iter().map(OsStr::new));
        let ran = Ran::of(test.output().await.unwrap()).succeeds();
        assert!(
            ran.out
                .contains("2 cases run: 2 passed, 0 failed, 0 skipped"),
            "{ran:?}"
        );
    }
    a_new_template_of_own_handlers_passes_its_cases(&terminal).await;
}

/// In the project that was written and built before.
async fn a_new_template_of_own_handlers_passes_its_cases(terminal: &Terminal) {
    let dir = terminal.path("handler");
    for shape in ["linear", "parallel", "diamond"] {
        let new = [
            "new",
            "template",
            shape,
            "--shape",
            shape,
            "--handlers",
            "greet",
        ];
        let made = terminal.run(new.into_iter().chain(["--dir", &dir])).await;
        assert!(made.succeeds().out.contains("    tasker test "));
    }
    assert!(Path::new(&dir).join("templates/diamond.yaml").is_file());
    let test = ["test", &dir, "--debug"];
    let mut test = with_kept_code(terminal, test.into_iter().map(OsStr::new));
    let ran = Ran::of(test.output().await.unwrap());
    let told = ran.succeeds().out;
    assert!(told.contains("5 cases run: 5 passed"), "{told}");
}
