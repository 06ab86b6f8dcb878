//! A project in TypeScript or JavaScript: its package.json, and the build of the SDK that npm installed.

use super::program;
use super::release::{Origin, Versioned};
use anyhow::{Context as _, bail};
use semver::Version;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest Node.js that the SDK builds with.
const NODE_MAJOR: u64 = 20;
/// The package of the SDK.
const SDK: &str = "@tasker/sdk";
/// Packages that make components, and write nothing of themselves into them.
const TOOLS: [&str; 3] = ["componentize-qjs", "esbuild", "typescript"];
/// Where npm puts what builds components.
const BUILDER: &str = "node_modules/@tasker/sdk/build/main.mjs";

/// What a package.json says.
#[derive(Debug, Deserialize)]
pub struct Package {
    pub version: Version,
    #[serde(default)]
    tasker: Tasker,
}

#[derive(Debug, Default, Deserialize)]
struct Tasker {
    component: Option<String>,
}

impl Package {
    pub fn read(manifest: &Path) -> anyhow::Result<Self> {
        let text = program::read(manifest)?;
        let package = serde_json::from_str(&text);
        package.with_context(|| format!("{} was not understood", manifest.display()))
    }

    /// What `tasker.component` says that the component is called.
    pub fn component(&self) -> Option<&str> {
        self.tasker.component.as_deref()
    }
}

/// Builds the component of the project in `dir` at `out`.
pub fn build(dir: &Path, out: &Path) -> anyhow::Result<PathBuf> {
    let node = program::asked("node", &["--version"]);
    require_node(node.as_deref())?;
    let builder = dir.join(BUILDER);
    if !builder.is_file() {
        let dir = dir.display();
        bail!("the packages of {dir} are not installed; run `npm install` in that folder");
    }
    let mut command = Command::new("node");
    command.arg(&builder).arg(dir).arg("--out").arg(out);
    match program::run(&mut command)? {
        Some(told) => Ok(program::path_of(&told)?),
        None => bail!("{} does not build; the reason is above", dir.display()),
    }
}

/// What a release says of its tools.
pub fn origin(dir: &Path) -> Origin {
    let node = program::asked("node", &["--version"]);
    let node = node.map(|version| {
        (
            "node".to_owned(),
            version.trim_start_matches('v').to_owned(),
        )
    });
    let tools = TOOLS.iter().filter_map(|tool| installed(dir, tool));
    Origin {
        is_interpreted: true,
        sdk: installed(dir, SDK),
        tools: tools.chain(node).collect(),
        varies: Some(
            "componentize-qjs runs the code once, and keeps the memory that it leaves".to_owned(),
        ),
    }
}

/// A package that npm installed: its name and version.
fn installed(dir: &Path, name: &str) -> Option<Versioned> {
    let manifest = dir.join("node_modules").join(name).join("package.json");
    let text = std::fs::read_to_string(manifest).ok()?;
    let package: Package = serde_json::from_str(&text).ok()?;
    Some((name.to_owned(), package.version.to_string()))
}

fn require_node(told: Option<&str>) -> anyhow::Result<()> {
    let Some(told) = told else {
        bail!(
            "Node.js was not found; install version {NODE_MAJOR} or later (apt-get install nodejs npm, brew install node)"
        );
    };
    let version = told
        .strip_prefix('v')
        .and_then(|it| Version::parse(it).ok());
    match version {
        Some(version) if version.major < NODE_MAJOR => {
            bail!("Node.js {version} is too old; install version {NODE_MAJOR} or later")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_says_what_its_component_is_called() {
        let text = r#"{"name": "x", "version": "1.2.0", "tasker": {"component": "orders/charge"}}"#;
        let package: Package = serde_json::from_str(text).unwrap();
        assert_eq!(package.component(), Some("orders/charge"));
        assert_eq!(package.version, Version::new(1, 2, 0));
    }

    #[test]
    fn a_node_that_is_missing_or_old_is_reported_with_what_to_do() {
        let missing = require_node(None).unwrap_err().to_string();
        assert!(missing.contains("install version 20 or later"), "{missing}");
        let old = require_node(Some("v18.1.0")).unwrap_err().to_string();
        assert!(old.starts_with("Node.js 18.1.0 is too old"), "{old}");
        require_node(Some("v20.20.2")).unwrap();
    }

    #[test]
    fn a_project_whose_packages_are_not_installed_is_told_so() {
        let dir = tempfile::tempdir().unwrap();
        let error = build(dir.path(), Path::new("out.wasm")).unwrap_err();
        let error = error.to_string();
        let is_told =
            error.contains("run `npm install`") || error.contains("Node.js was not found");
        assert!(is_told, "{error}");
    }
}
