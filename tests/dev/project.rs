//! A project that a test edits, as `tasker new` writes it.

use crate::harness::tasker;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A crate with one handler, `greet`, its template and an input. Names differ between tests, which share a folder for
/// what is built.
pub struct Project {
    pub name: &'static str,
    folder: TempDir,
}

impl Project {
    /// The component `demo/<name>`. Its template tries a step once.
    pub async fn new(name: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = Self { name, folder };
        let mut command = Command::new(tasker());
        command.args(["new", "handler", &project.component(), "--sdk-path"]);
        command
            .arg(Path::new(ROOT).join("plugins/sdk"))
            .arg("--dir");
        let status = command.arg(project.path("")).output().await.unwrap().status;
        assert!(status.success());
        // The same versions as those of the example, so that cargo asks no registry.
        let lock = fs::read_to_string(Path::new(ROOT).join("examples/01-hello/Cargo.lock"));
        let lock = lock
            .unwrap()
            .replace("hello-handlers", &format!("{name}-handlers"));
        fs::write(project.path("Cargo.lock"), lock).unwrap();
        project.edit("template.yaml", "max_attempts: 3", "max_attempts: 1");
        project
    }

    /// What it is called.
    pub fn component(&self) -> String {
        format!("demo/{}", self.name)
    }

    /// A path in it.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("project").join(path)
    }

    /// Saves a file with one text in the place of another, as editors do: a new file takes the place of the old one.
    pub fn edit(&self, path: &str, old: &str, new: &str) {
        let file = self.path(path);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{path} has no `{old}`:\n{text}");
        let other = file.with_extension("tmp");
        fs::write(&other, text.replacen(old, new, 1)).unwrap();
        fs::rename(other, file).unwrap();
    }

    /// The number of the line of a file that has this text.
    pub fn line_of(&self, path: &str, text: &str) -> usize {
        let source = fs::read_to_string(self.path(path)).unwrap();
        let line = source.lines().position(|line| line.contains(text));
        line.unwrap() + 1
    }
}
