use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Set where whoever runs the tests has built the programs and both workspaces of guests before: Cargo takes half a second
/// to find that it has nothing to do.
const BUILT_VARIABLE: &str = "TASKER_TESTS_BUILT";

/// True where the tests have nothing to build.
pub(super) fn all_is_built() -> bool {
    std::env::var_os(BUILT_VARIABLE).is_some()
}

/// The program `tasker`, built from the source at hand.
pub fn tasker() -> &'static Path {
    static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| build("tasker"));
    &PROGRAM
}

/// The program `tasker-bench`.
pub fn tasker_bench() -> &'static Path {
    static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| build("tasker-bench"));
    &PROGRAM
}

/// Cargo does nothing where the program is up to date, and lets others wait where it is not.
fn build(program: &str) -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_with-postgres")).with_file_name(program);
    if all_is_built() {
        return built;
    }
    let mut command = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| describes_a_package(name)) {
        command.env_remove(name);
    }
    let status = command
        .args([
            "build",
            "--quiet",
            "--locked",
            "--workspace",
            "--bin",
            program,
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo runs the tests, so it is there");
    assert!(status.success(), "the program does not build");
    built
}

/// Cargo tells a test about the test's own package. Build scripts that read such variables would
/// run again, and with them half of the dependencies.
fn describes_a_package(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    [
        b"CARGO_PKG_".as_slice(),
        b"CARGO_MANIFEST_",
        b"CARGO_CRATE_",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix))
}
