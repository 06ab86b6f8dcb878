use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use super::program::all_is_built;

/// The component of the sample handlers `basics`, compiled when the first test asks.
pub fn basics() -> &'static [u8] {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let built = build_guests(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins"));
        std::fs::read(built.join("tasker_handlers_basics.wasm")).expect("cargo built it")
    });
    &BYTES
}

/// Where tests keep what they compile of guests, for those that run in other processes.
pub fn kept_code_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("code")
}

/// Compiles a workspace of guests and says where the components are. Cargo's own lock lets one
/// process build and the others wait for it.
pub fn build_guests(workspace: &Path) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("TASKER_GUESTS_TARGET_DIR")
        .map_or_else(|| tests.join("../target/guests"), PathBuf::from);
    let built = target.join("wasm32-wasip2/release");
    if all_is_built() {
        return built;
    }
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
        .current_dir(workspace)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .status()
        .expect("cargo runs the tests, so it is there");
    assert!(
        status.success(),
        "the guests in {} do not build",
        workspace.display()
    );
    built
}
