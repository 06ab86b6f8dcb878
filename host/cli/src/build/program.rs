//! Programs that build something: what they say goes to standard error as they say it.

use anyhow::Context as _;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a program printed, if it ended well.
pub fn run(command: &mut Command) -> anyhow::Result<Option<String>> {
    let program = command.get_program().to_owned();
    let command = command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let ran = command.output();
    let ran = ran.with_context(|| format!("cannot run {}", program.display()))?;
    let told = String::from_utf8(ran.stdout).context("what it printed was not text")?;
    Ok(ran.status.success().then_some(told))
}

/// What a program prints, where it is there and ends well; what it complains of is nobody's concern.
pub fn asked(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    let ran = command.output().ok()?;
    let told = String::from_utf8(ran.stdout).ok()?;
    ran.status.success().then(|| told.trim().to_owned())
}

/// Reads a manifest.
pub fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The last line that a program printed, which is the path of what it built.
pub fn path_of(told: &str) -> io::Result<PathBuf> {
    let line = told.lines().next_back().map(str::trim);
    match line.filter(|line| !line.is_empty()) {
        Some(line) => Ok(line.into()),
        None => Err(io::Error::other("it did not say what it built")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_path() {
        let path = path_of("building\n/tmp/a b.wasm\n").unwrap();
        assert_eq!(path, Path::new("/tmp/a b.wasm"));
        assert!(path_of("\n").is_err());
    }

    #[test]
    fn a_program_that_is_not_there_says_nothing() {
        assert_eq!(asked("no-such-program", &[]), None);
        assert_eq!(asked("true", &[]), Some(String::new()));
        assert_eq!(asked("false", &[]), None);
    }
}
