//! A project in Go: its tasker.toml and go.mod, and the build by the go command.

mod module;
mod toolchain;

use super::manifest::Component;
use super::release::Origin;
use super::{Profile, program};
use anyhow::{Context as _, bail};
use semver::Version;
use std::path::{Path, PathBuf};
use toolchain::Toolchain;

/// The module of the SDK.
const SDK: &str = "tasker";
/// The linker's: neither a table of symbols nor what debuggers need. A panic shows functions and lines all the same.
const STRIPPED: &str = "-ldflags=-s -w";
/// Neither the state of a repository nor an id of the build, which are not of the source; a release has its commit.
const REPRODUCIBLE: [&str; 2] = ["-buildvcs=false", "-ldflags=-s -w -buildid="];
/// What the SDK is called where a component names its tools.
const SDK_NAME: &str = "tasker-sdk-go";

/// A project of handlers in Go.
#[derive(Debug)]
pub struct Project {
    pub version: Version,
    component: Option<String>,
    flags: Vec<String>,
}

impl Project {
    /// What its tasker.toml says.
    pub fn new(component: Component) -> anyhow::Result<Self> {
        if component.sdk.is_some() {
            bail!(
                "tasker.toml names an `sdk`; a project in Go names it in go.mod: replace {SDK} => FOLDER"
            );
        }
        Ok(Self {
            version: component.version,
            component: component.name,
            flags: component.flags,
        })
    }

    /// What `name` below `[component]` says that the component is called.
    pub fn component(&self) -> Option<&str> {
        self.component.as_deref()
    }

    /// What a release says of its tools; the linker writes the version of Go itself.
    pub fn origin(&self, dir: &Path) -> anyhow::Result<Origin> {
        let mut command = Toolchain::find(dir)?.command(dir);
        command.args(["list", "-m", "-f", "{{.Version}}", SDK]);
        let version = program::run(&mut command)?;
        let version = version.map(|told| told.trim().trim_start_matches('v').to_owned());
        Ok(Origin {
            sdk: version.map(|version| (SDK_NAME.to_owned(), version)),
            ..Origin::default()
        })
    }

    /// Builds the component of the project in `dir` at `out`.
    pub fn build(&self, dir: &Path, out: &Path, profile: Profile) -> anyhow::Result<PathBuf> {
        let go = Toolchain::find(dir)?;
        let sdk = sdk(&go, dir)?;
        let folder = out.parent().context("the component is in a folder")?;
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let linked = out.with_file_name("module.wasm");
        let mut command = go.command(dir);
        command.env("GOOS", "wasip1").env("GOARCH", "wasm");
        command.args(["build", "-buildmode=c-shared", "-trimpath"]);
        match profile {
            // A panic shows its lines in either case, and a host compiles this sooner.
            Profile::Optimized | Profile::Dev => command.arg(STRIPPED),
            Profile::Release => command.args(REPRODUCIBLE),
            Profile::Debug => command.arg("-gcflags=all=-N -l"),
        };
        command.args(&self.flags).arg("-o").arg(&linked).arg(".");
        if program::run(&mut command)?.is_none() {
            let dir = dir.display();
            bail!("{dir} does not build; the compiler says why above");
        }
        let module =
            std::fs::read(&linked).with_context(|| format!("cannot read {}", linked.display()))?;
        let component = module::component(&module, &sdk.join("wit"))
            .with_context(|| format!("{} makes no component", dir.display()))?;
        std::fs::write(out, component)
            .with_context(|| format!("cannot write {}", out.display()))?;
        Ok(out.to_owned())
    }
}

/// Where the module of the SDK is that go.mod names.
fn sdk(go: &Toolchain, dir: &Path) -> anyhow::Result<PathBuf> {
    let mut command = go.command(dir);
    command.args(["list", "-m", "-f", "{{.Dir}}", SDK]);
    let found = program::run(&mut command)?.map(|told| PathBuf::from(told.trim()));
    match found {
        Some(folder) if folder.join("wit/worlds.wit").is_file() => Ok(folder),
        _ => bail!(
            "{} does not name the SDK for Go; write into it:\n  require {SDK} v0.1.0\n  replace {SDK} => ./sdk\nwhere ./sdk is the folder of the SDK",
            dir.join("go.mod").display()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::manifest;
    use super::*;

    const MANIFEST: &str =
        "[component]\nname = \"orders/charge\"\nversion = \"1.2.0\"\nlanguage = \"go\"\n";

    #[test]
    fn a_project_says_what_its_component_is_called() {
        let component = manifest::parse(MANIFEST).unwrap();
        let project = Project::new(component).unwrap();
        assert_eq!(project.component(), Some("orders/charge"));
        assert_eq!(project.version, Version::new(1, 2, 0));
    }

    #[test]
    fn an_sdk_in_the_wrong_manifest_is_refused_with_its_place() {
        let component = manifest::parse(&format!("{MANIFEST}sdk = \"../sdk\"\n")).unwrap();
        let error = Project::new(component).unwrap_err().to_string();
        assert!(error.contains("in go.mod: replace tasker =>"), "{error}");
    }
}
