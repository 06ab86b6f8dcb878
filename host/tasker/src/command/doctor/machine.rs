//! What is installed on this machine.

use super::check::Check;
use crate::host::PG_BINDIR_VARIABLE;
use semver::Version;
use std::path::{Path, PathBuf};
use std::process::Command;
use tasker_domain::data_dir::default_data_dir;
use tasker_embedded_postgres::{Programs, install_command};

/// What handlers are compiled to.
const TARGET: &str = "wasm32-wasip2";

/// The oldest Rust that the SDK builds with.
const OLDEST_RUST: &str = env!("CARGO_PKG_RUST_VERSION");

const MIB: u64 = 1024 * 1024;

/// With less free than this a database soon stands still.
const LEAST_FREE_MIB: u64 = 1024;

/// The compiler for handlers in Rust.
pub fn rust() -> Check {
    let help = format!("install Rust {OLDEST_RUST} or later: https://rustup.rs");
    match answer_of("rustc", &["--version"]) {
        None => Check::bad("rust", "rustc was not found", help),
        Some(answer) if is_old(&answer) => Check::bad(
            "rust",
            format!("{answer}, which is older than {OLDEST_RUST}"),
            "rustup update",
        ),
        Some(answer) => Check::good("rust", answer),
    }
}

/// The standard library of the target that handlers are compiled to.
pub fn wasm_target() -> Check {
    let asked = ["--print", "target-libdir", "--target", TARGET];
    let installed = answer_of("rustc", &asked).is_some_and(|dir| Path::new(&dir).is_dir());
    match installed {
        true => Check::good("wasm target", TARGET),
        false => Check::bad(
            "wasm target",
            format!("{TARGET} is not installed"),
            format!("rustup target add {TARGET}"),
        ),
    }
}

/// PostgreSQL's programs, which a host that is given a database can do without.
pub fn postgres(has_database: bool) -> Check {
    let check = match Programs::find(PG_BINDIR_VARIABLE, None) {
        Ok(programs) => {
            let place = programs.bindir().display();
            Check::good("postgresql", format!("{} in {place}", programs.version()))
        }
        Err(error) => Check::bad("postgresql", error.to_string(), install_command()),
    };
    match has_database {
        true => check.optional(),
        false => check,
    }
}

/// Room for the database and the compiled components.
pub fn disk(data_dir: Option<PathBuf>) -> Check {
    let data_dir = match data_dir.map_or_else(default_data_dir, Ok) {
        Ok(data_dir) => data_dir,
        Err(error) => return Check::bad("disk", error.to_string(), "set TASKER_DATA_DIR"),
    };
    let existing = data_dir.ancestors().find(|dir| dir.exists());
    match existing.map(|dir| (dir, rustix::fs::statvfs(dir))) {
        Some((dir, Ok(found))) => free_space(dir, found.f_bavail * found.f_frsize / MIB),
        Some((_, Err(_))) | None => Check::bad(
            "disk",
            format!("cannot look at {}", data_dir.display()),
            "choose another data directory with --data-dir or TASKER_DATA_DIR",
        ),
    }
}

fn free_space(dir: &Path, free_mib: u64) -> Check {
    let found = format!("{free_mib} MiB free in {}", dir.display());
    match free_mib >= LEAST_FREE_MIB {
        true => Check::good("disk", found),
        false => Check::bad(
            "disk",
            found,
            format!("make room: {LEAST_FREE_MIB} MiB at least; or set TASKER_DATA_DIR"),
        ),
    }
}

fn answer_of(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| answer.trim().to_owned())
}

/// Whether `rustc 1.95.0 (…)` is too old; what cannot be read is not taken for old.
fn is_old(answer: &str) -> bool {
    let version = answer.split_whitespace().nth(1);
    let version = version.and_then(|version| Version::parse(version).ok());
    let mut parts = OLDEST_RUST.split('.').filter_map(|part| part.parse().ok());
    let oldest: (u64, u64) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    version.is_some_and(|version| (version.major, version.minor) < oldest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_compiler_is_told_by_its_version() {
        assert!(is_old("rustc 1.70.0 (90c541806 2023-05-31)"));
        assert!(!is_old("rustc 1.95.0 (59807616e 2026-04-14)"));
        assert!(!is_old("rustc of my own"));
    }

    #[test]
    fn a_full_disk_is_grave() {
        assert!(free_space(Path::new("/"), 12).is_grave());
        assert!(!free_space(Path::new("/"), LEAST_FREE_MIB).is_grave());
    }
}
