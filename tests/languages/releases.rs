//! Releases: the same source makes the same component in every folder, where that is said.

use super::language::{Language, ROOT, go_environment};
use super::projects::{passed, run, sdk_of};
use crate::harness::{left_out, tasker};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// Folders whose paths differ in length.
const FOLDERS: [&str; 2] = ["a", "another/folder"];

/// What makes releases, besides what is built.
fn builder() -> PathBuf {
    Path::new(ROOT).join("host/cli/src/build")
}

/// A project with an SDK of its own, in a repository of one commit.
async fn written(folder: &Path, language: &str) {
    let mut new = Command::new(tasker());
    new.args(["new", "handler", "demo/hello", "--lang", language, "--dir"]);
    run(new.arg(folder)).await;
    if language == "rust" {
        let lock = Path::new(ROOT).join("examples/01-hello/Cargo.lock");
        std::fs::copy(lock, folder.join("Cargo.lock")).unwrap();
        // Cargo adds what only other features of the SDK use: a lock that a build changes is not that of the commit.
        let mut lock = Command::new("cargo");
        lock.args(["metadata", "--offline", "--format-version", "1"]);
        run(lock.current_dir(folder)).await;
    }
    // The same commit in every folder: of the same files by the same person at the same time.
    let git = async |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=x", "-c", "user.email=x@example.com"]);
        git.env("GIT_AUTHOR_DATE", "@0 +0000")
            .env("GIT_COMMITTER_DATE", "@0 +0000");
        run(git.args(arguments).current_dir(folder)).await
    };
    git(&["init", "--quiet"]).await;
    git(&["add", "--all"]).await;
    git(&["commit", "--quiet", "--message", "first"]).await;
}

/// The folder that has wasm-opt; none, and a word about it, where it is not installed.
fn wasm_opt() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wasm-opt/modules/node_modules/.bin");
    if folder.join("wasm-opt").is_file() {
        return Some(folder);
    }
    left_out("no release is optimised, because wasm-opt is not there: make setup-languages");
    None
}

/// What `tasker build --release` says of the project in a folder, with a further folder of programs.
async fn released(folder: &Path, tools: Option<&Path>, programs: Option<&Path>) -> Value {
    let mut build = Command::new(tasker());
    build
        .args(["build", "--release", "--output", "json"])
        .arg(folder);
    for name in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "WASI_SDK_PATH"] {
        build.env_remove(name);
    }
    build.env("CARGO_NET_OFFLINE", "true");
    // What runs on this machine, such as macros, is built once; what is for components is built for each folder.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shapes/target");
    build.env("CARGO_TARGET_DIR", target);
    if let Some(tools) = tools {
        go_environment(tools, &mut build);
    }
    if let Some(programs) = programs {
        let path = std::env::var("PATH").unwrap();
        build.env("PATH", format!("{}:{path}", programs.display()));
    }
    let told = run(&mut build).await;
    serde_json::from_str(&told).unwrap()
}

/// The release is smaller than what it was made of, says who optimised it, and passes its cases.
async fn is_optimised(project: &Path, release: &Value) {
    let version = release["release"]["wasm_opt"].as_str();
    let version = version.unwrap_or_else(|| panic!("wasm-opt is not used: {release}"));
    let path = release["path"].as_str().unwrap();
    let built = path.replace(".release.wasm", ".wasm");
    let [before, after] = [built.as_str(), path].map(|it| std::fs::metadata(it).unwrap().len());
    assert!(after < before * 95 / 100, "{before} bytes became {after}");
    let text = std::fs::read(path).unwrap();
    let text = String::from_utf8_lossy(&text);
    assert!(text.contains("wasm-opt") && text.contains(version));
    let mut test = Command::new(tasker());
    test.arg("test").arg(project).args(["--component", path]);
    let code = Path::new(env!("CARGO_TARGET_TMPDIR")).join("testing");
    let told = run(test.env("TASKER_DATA_DIR", code)).await;
    assert!(told.contains("2 cases run: 2 passed"), "{told}");
}

/// What is built is optimised too, where a language's components are small enough for the wasm-opt that runs in Node.js.
async fn is_reproducible(language: &str, optimises: bool) {
    let tools = match language {
        "rust" => None,
        _ => match Language::named(language).tools() {
            Some(tools) => Some(tools),
            None => return,
        },
    };
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("releases");
    std::fs::create_dir_all(&kept).unwrap();
    let programs = if optimises { wasm_opt() } else { None };
    let optimised = if programs.is_some() { "-optimised" } else { "" };
    let name = format!("{language}-reproducible{optimised}");
    let passed = passed(&kept, &name, &[&sdk_of(language), &builder()]);
    if passed.is_file() {
        return;
    }
    let work = tempfile::tempdir().unwrap();
    let folders = FOLDERS.map(|folder| work.path().join(folder));
    for folder in &folders {
        written(folder, language).await;
    }
    let [tools, programs] = [tools.as_deref(), programs.as_deref()];
    let first = released(&folders[0], tools, programs).await;
    let second = released(&folders[1], tools, programs).await;
    assert_eq!(first["release"]["reproducible"], true, "{first}");
    assert_eq!(first["digest"], second["digest"], "{first} {second}");
    let bytes = std::fs::read(first["path"].as_str().unwrap()).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let place = work.path().to_str().unwrap();
    assert!(!text.contains(place) && !text.contains(".debug_"));
    let commit = first["release"]["commit"].as_str().unwrap();
    assert!(
        text.contains(commit) && !commit.ends_with("-dirty"),
        "{first}"
    );
    if programs.is_some() {
        is_optimised(&folders[1], &second).await;
    }
    std::fs::write(passed, "").unwrap();
}

#[tokio::test]
async fn a_release_in_rust_is_optimised_and_the_same_in_every_folder() {
    is_reproducible("rust", true).await;
}

#[tokio::test]
async fn a_release_in_c_is_optimised_and_the_same_in_every_folder() {
    is_reproducible("c", true).await;
}

#[tokio::test]
async fn a_release_in_go_is_the_same_in_every_folder() {
    is_reproducible("go", false).await;
}
