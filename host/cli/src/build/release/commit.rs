//! The commit of a project's source, as Git knows it.

use std::path::Path;
use std::process::{Command, Stdio};

/// The commit that changed the folder of a component last, with `-dirty` behind it where something in the folder is not
/// committed; or why it is not known. A commit that changes other folders makes the same component.
pub fn commit_of(dir: &Path) -> Result<String, &'static str> {
    let asked = |arguments: &[&str]| git(dir, arguments);
    let is_shallow = asked(&["rev-parse", "--is-shallow-repository"]);
    match is_shallow
        .ok_or("the source is not in a Git repository")?
        .as_str()
    {
        "false" => {}
        _ => return Err("the repository is shallow; fetch its history (git fetch --unshallow)"),
    }
    let commit = asked(&["log", "-1", "--format=%H", "--", "."]);
    let commit = commit.filter(|commit| !commit.is_empty());
    let commit = commit.ok_or("nothing of the source is committed")?;
    let changed = asked(&["status", "--porcelain", "--", "."]);
    let changed = changed.ok_or("git status failed")?;
    match changed.is_empty() {
        true => Ok(commit),
        false => Ok(format!("{commit}-dirty")),
    }
}

/// What Git prints, where it is there and ends well.
fn git(dir: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    // It may be run by a hook, which has set the repository that it is about.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    // The status of a repository that others use at the same time is read without its lock.
    command.arg("--no-optional-locks").arg("-C").arg(dir);
    command.args(arguments).stdin(Stdio::null());
    let ran = command.output().ok()?;
    let told = String::from_utf8(ran.stdout).ok()?;
    ran.status.success().then(|| told.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository with a commit of two folders, made by nobody.
    fn repository() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["handlers", "docs"] {
            std::fs::create_dir(dir.path().join(folder)).unwrap();
            std::fs::write(dir.path().join(folder).join("file"), "1").unwrap();
        }
        git(dir.path(), &["init", "--quiet"]).expect("git is installed");
        commit(dir.path());
        dir
    }

    fn commit(dir: &Path) {
        git(dir, &["add", "--all"]).unwrap();
        let nobody = ["-c", "user.name=x", "-c", "user.email=x@example.com"];
        let commit = ["commit", "--quiet", "--message", "change"];
        git(dir, &[&nobody[..], &commit].concat()).unwrap();
    }

    fn known(dir: &Path) -> String {
        commit_of(dir).unwrap()
    }

    #[test]
    fn a_commit_of_another_folder_changes_nothing() {
        let dir = repository();
        let handlers = dir.path().join("handlers");
        let first = known(&handlers);
        std::fs::write(dir.path().join("docs/file"), "2").unwrap();
        assert_eq!(known(&handlers), first);
        commit(dir.path());
        assert_eq!(known(&handlers), first);
        std::fs::write(handlers.join("file"), "2").unwrap();
        assert_eq!(known(&handlers), format!("{first}-dirty"));
        commit(dir.path());
        assert_ne!(known(&handlers), first);
        std::fs::write(handlers.join("new"), "").unwrap();
        assert!(known(&handlers).ends_with("-dirty"));
    }

    #[test]
    fn a_source_without_a_commit_is_told_with_the_reason() {
        let dir = tempfile::tempdir().unwrap();
        let why = "the source is not in a Git repository";
        assert_eq!(commit_of(dir.path()), Err(why));
        git(dir.path(), &["init", "--quiet"]).unwrap();
        let why = "nothing of the source is committed";
        assert_eq!(commit_of(dir.path()), Err(why));
    }

    #[test]
    fn the_commit_of_a_part_of_the_history_is_not_known() {
        let dir = repository();
        let clone = tempfile::tempdir().unwrap();
        let from = format!("file://{}", dir.path().display());
        git(clone.path(), &["clone", "--quiet", "--depth=1", &from, "."]).unwrap();
        let why = commit_of(clone.path()).unwrap_err();
        assert!(why.contains("--unshallow"), "{why}");
    }
}
