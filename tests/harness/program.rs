use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The program `tasker`, built from the source at hand.
pub fn tasker() -> &'static Path {
    static PROGRAM: LazyLock<PathBuf> = LazyLock::new(build);
    &PROGRAM
}

/// Cargo does nothing where the program is up to date, and lets others wait where it is not.
fn build() -> PathBuf {
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--locked",
            "--workspace",
            "--bin",
            "tasker",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo runs the tests, so it is there");
    assert!(status.success(), "the program does not build");
    Path::new(env!("CARGO_BIN_EXE_with-postgres")).with_file_name("tasker")
}
