//! The guests of `tests/guests`, compiled when the first test asks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// One handler for each misbehaviour, with a descriptor.
pub fn misbehaving() -> &'static [u8] {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| read("misbehaving"));
    &BYTES
}

/// A handler that returns its input, without a descriptor.
pub fn undescribed() -> &'static [u8] {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| read("undescribed"));
    &BYTES
}

fn read(name: &str) -> Vec<u8> {
    static DIR: LazyLock<PathBuf> = LazyLock::new(build);
    std::fs::read(DIR.join(name).with_extension("wasm")).expect("cargo built it")
}

/// Cargo's own lock lets one process build and the others wait for it.
fn build() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("TASKER_GUESTS_TARGET_DIR")
        .map_or_else(|| tests.join("../target/guests"), PathBuf::from);
    let status = Command::new("cargo")
        .args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--target",
            "wasm32-wasip2",
        ])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(tests.join("guests"))
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .status()
        .expect("cargo runs the tests, so it is there");
    assert!(status.success(), "the guests in tests/guests do not build");
    target.join("wasm32-wasip2/release")
}
