//! A run that is ended by a signal.

use super::projects::Project;
use crate::harness::wait_until;
use crate::sandbox::guests;
use std::path::Path;
use std::process::{Command, Stdio};

const TEMPLATE: &str = "namespace: default
name: short
version: 1.0.0
steps: [{name: it, handler: undescribed/noop}]
";

/// More than a minute takes.
fn cases() -> String {
    let case = |number| format!("  - {{name: case {number}, input: {{}}, expect: {{}}}}\n");
    let cases: String = (0..400).map(case).collect();
    format!("template: template.yaml\ncases:\n{cases}")
}

/// The files below a folder; none while it changes.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.collect()
}

#[tokio::test]
async fn nothing_is_left_of_a_run_that_is_ended_by_a_signal() {
    for signal in ["-INT", "-TERM"] {
        let project = Project::new(&[("short.yaml", &cases())]);
        std::fs::write(project.path("template.yaml"), TEMPLATE).unwrap();
        let component = project.path("undescribed.wasm");
        std::fs::write(&component, guests::undescribed()).unwrap();
        let temporary = tempfile::tempdir().unwrap();
        let mut command = project.command(&component, &[]);
        command
            .env("TMPDIR", temporary.path())
            .stdout(Stdio::piped());
        let running = command.kill_on_drop(true).spawn().unwrap();
        let of_server = async || {
            let folders = names(temporary.path()).into_iter();
            let mut files = folders.flat_map(|folder| names(&temporary.path().join(folder)));
            files.next()
        };
        wait_until("the server has its folder", of_server).await;
        let pid = running.id().unwrap().to_string();
        let told = Command::new("kill").args([signal, &pid]).status();
        assert!(told.unwrap().success());
        let ended = running.wait_with_output().await.unwrap();
        assert_eq!(ended.status.code(), Some(1), "{ended:?}");
        assert_eq!(names(temporary.path()), Vec::<String>::new());
    }
}
