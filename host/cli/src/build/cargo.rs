//! What is asked of Cargo and the compiler.

mod remap;

use super::Profile;
use super::release::Origin;
use anyhow::{Context as _, bail};
use semver::Version;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The crate of the SDK.
const SDK: &str = "tasker-sdk";
/// A trap shows files and lines, and the compiler spends no time on what only debuggers need. Without any optimisation the
/// code is larger, and a host takes longer to compile it than the compiler saves.
const DEV: [(&str, &str); 2] = [
    ("CARGO_PROFILE_DEV_DEBUG", "line-tables-only"),
    ("CARGO_PROFILE_DEV_OPT_LEVEL", "1"),
];

/// One package, as `cargo metadata` tells of it.
#[derive(Debug, Deserialize)]
pub struct Package {
    pub id: String,
    pub name: String,
    pub version: Version,
    pub manifest_path: PathBuf,
    /// Where it is from; none of a folder.
    #[serde(default)]
    source: Option<String>,
    /// Whatever stands under `package.metadata`.
    pub metadata: serde_json::Value,
    /// The folders of the workspace that it is in.
    #[serde(skip)]
    folders: Folders,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Clone, Debug, Default)]
struct Folders {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

/// One line of Cargo's messages; of most kinds only the kind matters.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    package_id: String,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

impl Package {
    fn root(&self) -> &Path {
        &self.folders.workspace_root
    }

    fn target(&self) -> &Path {
        &self.folders.target_directory
    }

    /// What `package.metadata.tasker` says that the component is called.
    pub fn component(&self) -> Option<&str> {
        self.metadata.get("tasker")?.get("component")?.as_str()
    }
}

/// Fails, saying how to mend it, unless the compiler that `dir` uses can build for `target`.
pub fn require_target(dir: &Path, target: &str) -> anyhow::Result<()> {
    let asked = run(
        "rustc",
        dir,
        &["--print", "target-libdir", "--target", target],
    )?;
    let libraries = PathBuf::from(String::from_utf8_lossy(&asked.stdout).trim());
    if !asked.status.success() || !libraries.is_dir() {
        bail!("the target {target} is not installed; run `rustup target add {target}`");
    }
    Ok(())
}

/// The package in `dir`.
pub fn package(dir: &Path) -> anyhow::Result<Package> {
    let told = run(
        "cargo",
        dir,
        &["metadata", "--no-deps", "--format-version", "1"],
    )?;
    let manifest = dir.join("Cargo.toml");
    if !told.status.success() {
        bail!("cargo cannot read {}", manifest.display());
    }
    let metadata = serde_json::from_slice(&told.stdout);
    let metadata: Metadata = metadata.context("cargo metadata was not understood")?;
    let manifest = manifest.canonicalize()?;
    let is_here = |package: &Package| {
        let path = package.manifest_path.canonicalize();
        path.is_ok_and(|path| path == manifest)
    };
    let found = metadata.packages.into_iter().find(is_here);
    let package = found.with_context(|| no_package(dir))?;
    let folders = Folders {
        workspace_root: metadata.workspace_root,
        target_directory: metadata.target_directory,
    };
    Ok(Package { folders, ..package })
}

fn no_package(dir: &Path) -> String {
    format!(
        "{} is a workspace without a package of its own; name the folder of one of its crates",
        dir.display()
    )
}

/// Builds the package and returns the path of its component.
pub fn build(
    dir: &Path,
    package: &Package,
    target: &str,
    profile: Profile,
) -> anyhow::Result<PathBuf> {
    let messages = "--message-format=json-render-diagnostics";
    let mut arguments = vec!["build", "--lib", "--target", target, messages];
    arguments.extend(["--package", &package.id]);
    let variables: &[_] = match profile {
        Profile::Optimized | Profile::Release => {
            arguments.push("--release");
            &[]
        }
        Profile::Debug => &[],
        Profile::Dev => &DEV,
    };
    let flags = match profile {
        Profile::Release => Some(remap::flags(dir, package.root(), package.target(), target)?),
        Profile::Optimized | Profile::Debug | Profile::Dev => None,
    };
    arguments.extend(flags.iter().flat_map(|flags| ["--config", flags.as_str()]));
    let told = run_with("cargo", dir, &arguments, variables)?;
    if !told.status.success() {
        bail!("{} does not build; cargo says why above", package.name);
    }
    component(&told.stdout, package).with_context(|| no_component(package))
}

/// What a release says of its tools; the compiler writes its version itself.
pub fn origin(dir: &Path, package: &Package, target: &str) -> anyhow::Result<Origin> {
    let all = [
        "metadata",
        "--format-version",
        "1",
        "--offline",
        "--filter-platform",
        target,
    ];
    let told = run("cargo", dir, &all)?;
    let metadata = serde_json::from_slice(&told.stdout);
    let metadata: Metadata = metadata.context("cargo metadata was not understood")?;
    let packages = metadata.packages;
    let sdk = packages.iter().find(|it| it.name == SDK);
    let is_outside =
        |it: &&Package| it.source.is_none() && !it.manifest_path.starts_with(package.root());
    let outside = packages.iter().find(is_outside);
    let outside =
        outside.map(|it| format!("the crate {} is outside of the project's folder", it.name));
    let flags = remap::set_by_user();
    let flags = flags.map(|name| {
        format!("{name} is set, in place of flags that leave out the paths of this machine")
    });
    Ok(Origin {
        sdk: sdk.map(|sdk| (SDK.to_owned(), sdk.version.to_string())),
        varies: flags.or(outside),
        ..Origin::default()
    })
}

fn component(messages: &[u8], package: &Package) -> Option<PathBuf> {
    let messages = serde_json::Deserializer::from_slice(messages).into_iter::<Message>();
    let is_artifact =
        |it: &Message| it.reason == "compiler-artifact" && it.package_id == package.id;
    let artifacts = messages.filter_map(Result::ok).filter(is_artifact);
    let mut files = artifacts.flat_map(|message| message.filenames);
    files.find(|path| path.extension().is_some_and(|ending| ending == "wasm"))
}

fn no_component(package: &Package) -> String {
    format!(
        "{} makes no component; its [lib] needs crate-type = [\"cdylib\"]",
        package.manifest_path.display()
    )
}

fn run(program: &str, dir: &Path, arguments: &[&str]) -> anyhow::Result<Output> {
    run_with(program, dir, arguments, &[])
}

/// The same with variables, as far as the user has not set them.
fn run_with(
    program: &str,
    dir: &Path,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> anyhow::Result<Output> {
    let mut command = Command::new(program);
    command.current_dir(dir).args(arguments);
    let unset = variables.iter().copied();
    command.envs(unset.filter(|(name, _)| std::env::var_os(name).is_none()));
    let ran = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    ran.with_context(|| {
        format!("cannot run {program}; is Rust installed (by rustup) and on the PATH?")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_component_is_the_wasm_file_of_the_package_itself() {
        let package = Package {
            id: "path+file:///hello#0.1.0".to_owned(),
            name: "hello".to_owned(),
            version: Version::new(0, 1, 0),
            manifest_path: "hello/Cargo.toml".into(),
            source: None,
            metadata: serde_json::Value::Null,
            folders: Folders::default(),
        };
        let messages = br#"{"reason":"compiler-artifact","package_id":"other","filenames":["/t/other.wasm"]}
            {"reason":"build-script-executed","package_id":"path+file:///hello#0.1.0"}
            {"reason":"compiler-artifact","package_id":"path+file:///hello#0.1.0","filenames":["/t/hello.rlib","/t/hello.wasm"]}
            {"reason":"build-finished","success":true}"#;
        assert_eq!(component(messages, &package), Some("/t/hello.wasm".into()));
    }

    #[test]
    fn a_target_that_is_not_there_is_told_with_the_command_that_adds_it() {
        let error = require_target(Path::new("."), "no-such-target").unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("run `rustup target add no-such-target`"),
            "{error}"
        );
    }
}
