//! A project in Python: its pyproject.toml, and the build of the SDK in an environment that has componentize-py.

use super::program;
use super::release::Origin;
use anyhow::{Context as _, bail};
use semver::Version;
use serde::Deserialize;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where `tasker new` puts the SDK.
const SDK: &str = "sdk";
/// What makes components of Python.
const BUILDER: &str = "componentize-py==0.25.1";

/// What a pyproject.toml says.
#[derive(Debug, Deserialize)]
struct Manifest {
    project: Named,
    #[serde(default)]
    tool: Tools,
}

#[derive(Debug, Deserialize)]
struct Named {
    version: Version,
}

#[derive(Debug, Default, Deserialize)]
struct Tools {
    #[serde(default)]
    tasker: Tasker,
}

#[derive(Debug, Default, Deserialize)]
struct Tasker {
    component: Option<String>,
    sdk: Option<PathBuf>,
}

/// A project of handlers in Python.
#[derive(Debug)]
pub struct Project {
    pub version: Version,
    component: Option<String>,
    sdk: PathBuf,
}

impl Project {
    pub fn read(manifest: &Path) -> anyhow::Result<Self> {
        Self::parse(&program::read(manifest)?)
            .with_context(|| format!("{} was not understood", manifest.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let Manifest { project, tool } = toml::from_str(text)?;
        Ok(Self {
            version: project.version,
            component: tool.tasker.component,
            sdk: tool.tasker.sdk.unwrap_or_else(|| SDK.into()),
        })
    }

    /// What `component` below `[tool.tasker]` says that the component is called.
    pub fn component(&self) -> Option<&str> {
        self.component.as_deref()
    }

    /// Builds the component of the project in `dir` at `out`.
    pub fn build(&self, dir: &Path, out: &Path) -> anyhow::Result<PathBuf> {
        let python = self.python(dir)?;
        let mut command = Command::new(&python);
        command.args(["-m", "tasker_sdk.build"]);
        command.arg(dir).arg("--out").arg(out);
        command.env("PYTHONPATH", self.path(dir)?);
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        match program::run(&mut command)? {
            Some(told) => Ok(program::path_of(&told)?),
            None => bail!("{} does not build; the reason is above", dir.display()),
        }
    }

    /// What a release says of its tools.
    pub fn origin(&self, dir: &Path) -> anyhow::Result<Origin> {
        let python = self.python(dir)?;
        let version = |what: &str| {
            let told = program::asked(&python, &["-c", &format!("import {what}")]);
            told.filter(|version| !version.is_empty())
        };
        let builder = version("importlib.metadata as m; print(m.version('componentize-py'))");
        let named = |name: &str, version| (name.to_owned(), version);
        let manifest = program::read(&dir.join(&self.sdk).join("pyproject.toml"));
        let sdk = manifest.ok().and_then(|text| Self::parse(&text).ok());
        let installed = || version("importlib.metadata as m; print(m.version('tasker-sdk'))");
        let sdk = sdk.map(|sdk| sdk.version.to_string()).or_else(installed);
        Ok(Origin {
            is_interpreted: true,
            sdk: sdk.map(|version| named("tasker-sdk", version)),
            tools: builder
                .map(|version| named("componentize-py", version))
                .into_iter()
                .collect(),
            varies: Some(
                "componentize-py runs the code once, and keeps the memory that it leaves"
                    .to_owned(),
            ),
        })
    }

    /// The Python of the project's own environment, of the active one, or of the system: the first that has the builder.
    fn python(&self, dir: &Path) -> anyhow::Result<PathBuf> {
        let active = env::var_os("VIRTUAL_ENV").map(PathBuf::from);
        let environments = [Some(dir.join(".venv")), active];
        let environments = environments.into_iter().flatten();
        let mut all: Vec<_> = environments.map(|it| it.join("bin/python")).collect();
        all.extend(["python3".into(), "python".into()]);
        let has_builder =
            |it: &PathBuf| program::asked(it, &["-c", "import componentize_py"]).is_some();
        let is_there = |it: &PathBuf| program::asked(it, &["--version"]).is_some();
        let (found, any) = (
            all.iter().find(|it| has_builder(it)),
            all.iter().any(is_there),
        );
        match (found, any) {
            (Some(python), _) => Ok(python.clone()),
            (None, true) => bail!(
                "componentize-py is not installed; run in {}:\n  python3 -m venv .venv && .venv/bin/pip install {BUILDER}",
                dir.display()
            ),
            (None, false) => bail!(
                "Python was not found; install version 3.10 or later (apt-get install python3 python3-venv, brew install python)"
            ),
        }
    }

    /// Where the SDK is found: in the project, unless it is installed.
    fn path(&self, dir: &Path) -> anyhow::Result<std::ffi::OsString> {
        let before = env::var_os("PYTHONPATH").unwrap_or_default();
        let paths = [dir.join(&self.sdk)].into_iter().filter(|it| it.is_dir());
        Ok(env::join_paths(paths.chain(env::split_paths(&before)))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_says_what_its_component_is_called_and_where_the_sdk_is() {
        let text = "[project]\nname = \"x\"\nversion = \"1.2.0\"\n[tool.tasker]\ncomponent = \"orders/charge\"\n";
        let project = Project::parse(text).unwrap();
        assert_eq!(project.component(), Some("orders/charge"));
        assert_eq!(project.version, Version::new(1, 2, 0));
        assert_eq!(project.sdk, Path::new("sdk"));
        let project = Project::parse(&format!("{text}sdk = \"../python\"\n")).unwrap();
        assert_eq!(project.sdk, Path::new("../python"));
    }

    #[test]
    fn a_project_without_a_version_is_refused() {
        let error = Project::parse("[project]\nname = \"x\"\n").unwrap_err();
        assert!(error.to_string().contains("version"), "{error}");
    }
}
