//! `tasker build`

mod c;
mod cargo;
mod go;
mod manifest;
mod npm;
mod program;
mod python;

use super::{Output, Reply, Result, units};
use anyhow::{Context as _, bail};
use cargo::Package;
use semver::Version;
use serde::Serialize;
use serde_json::json;
use std::path::{Path, PathBuf};
use tasker_domain::{digest::Digest, name::Name};

/// What handlers are compiled to.
const TARGET: &str = "wasm32-wasip2";

/// What projects are recognised by, the first that is there.
const MANIFESTS: [&str; 4] = [CARGO, NPM, PYTHON, TASKER];
const CARGO: &str = "Cargo.toml";
const NPM: &str = "package.json";
const PYTHON: &str = "pyproject.toml";
const TASKER: &str = "tasker.toml";

/// Build a project of step handlers into a WebAssembly component: a crate in Rust, or a folder with a package.json, a
/// pyproject.toml, or a tasker.toml (C, Go).
#[derive(Debug, clap::Args)]
pub struct Build {
    /// The folder of the project.
    #[arg(default_value = ".", value_name = "FOLDER")]
    dir: PathBuf,
    /// Build without optimisations, and with what debuggers need (Rust, C, Go).
    #[arg(long)]
    debug: bool,
}

/// How much the compiler optimises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    Release,
    Debug,
}

/// A component on disk, and what its project says that it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BuiltComponent {
    /// The .wasm file.
    pub path: PathBuf,
    /// `namespace/name`, where the project says it.
    pub name: Option<String>,
    /// The package's version.
    pub version: Version,
}

impl Build {
    /// Builds and prints where the component is, how large, and its digest.
    pub async fn run(self, output: Output) -> Result {
        let profile = match self.debug {
            true => Profile::Debug,
            false => Profile::Release,
        };
        let build = move || HandlerProject::open(self.dir)?.build(profile);
        let built = tokio::task::spawn_blocking(build).await;
        let built = built.map_err(anyhow::Error::from)??;
        let bytes = std::fs::read(&built.path)
            .with_context(|| format!("cannot read {}", built.path.display()))?;
        Ok(built.show(&bytes, output))
    }
}

impl BuiltComponent {
    fn show(&self, bytes: &[u8], output: Output) -> Reply {
        let (digest, size) = (Digest::of(bytes), bytes.len());
        let answer = json!({
            "path": self.path, "name": self.name, "version": self.version,
            "size_bytes": size, "digest": digest,
        });
        output.show(answer, || {
            let head = match &self.name {
                Some(name) => format!("{name} {}", self.version),
                None => format!("{} (publish it with --name NAMESPACE/NAME)", self.version),
            };
            let (path, size) = (self.path.display(), units::size(size as u64));
            format!("{head}\n  {path}\n  {size}, sha256:{digest}")
        })
    }
}

/// A project of handlers that can be built.
pub struct HandlerProject {
    dir: PathBuf,
    source: Source,
    /// `namespace/name`, as the manifest says; none where it says nothing.
    pub name: Option<String>,
}

/// What a project is built by.
enum Source {
    Cargo(Package),
    Npm(npm::Package),
    Python(python::Project),
    C(c::Project),
    Go(go::Project),
}

impl HandlerProject {
    /// Reads the manifest in `dir`. Blocks.
    pub fn open(dir: PathBuf) -> anyhow::Result<Self> {
        let Some(manifest) = manifest_in(&dir) else {
            let (dir, manifests) = (dir.display(), MANIFESTS.join(", "));
            bail!("{dir} has none of {manifests}; `tasker new` writes a project of handlers");
        };
        let path = dir.join(manifest);
        let source = match manifest {
            NPM => Source::Npm(npm::Package::read(&path)?),
            PYTHON => Source::Python(python::Project::read(&path)?),
            TASKER => {
                let component = manifest::read(&path)?;
                match component.language {
                    manifest::Language::C => Source::C(c::Project::new(component)),
                    manifest::Language::Go => Source::Go(go::Project::new(component)?),
                }
            }
            _ => {
                cargo::require_target(&dir, TARGET)?;
                Source::Cargo(cargo::package(&dir)?)
            }
        };
        let name = component_name(source.component(), &source.manifest(path))?;
        Ok(Self { dir, source, name })
    }

    /// Builds it. What its tools say goes to standard error. Blocks until it is done.
    pub fn build(self, profile: Profile) -> anyhow::Result<BuiltComponent> {
        let (path, version) = match &self.source {
            Source::Cargo(package) => {
                let path = cargo::build(&self.dir, package, TARGET, profile)?;
                (path, package.version.clone())
            }
            Source::Npm(package) => {
                let path = npm::build(&self.dir, &self.out()?)?;
                (path, package.version.clone())
            }
            Source::Python(project) => {
                let path = project.build(&self.dir, &self.out()?)?;
                (path, project.version.clone())
            }
            Source::C(project) => {
                let path = project.build(&self.dir, &self.out()?, profile)?;
                (path, project.version.clone())
            }
            Source::Go(project) => {
                let path = project.build(&self.dir, &self.out()?, profile)?;
                (path, project.version.clone())
            }
        };
        Ok(BuiltComponent {
            path,
            name: self.name,
            version,
        })
    }

    /// Where the component goes, named after itself.
    fn out(&self) -> anyhow::Result<PathBuf> {
        let name = self.name.as_deref().and_then(|name| name.split_once('/'));
        let name = name.map_or("component", |(_, name)| name);
        let dir = self.dir.canonicalize()?;
        Ok(dir.join("build").join(name).with_extension("wasm"))
    }
}

impl Source {
    /// What its manifest says that the component is called.
    fn component(&self) -> Option<&str> {
        match self {
            Self::Cargo(package) => package.component(),
            Self::Npm(package) => package.component(),
            Self::Python(project) => project.component(),
            Self::C(project) => project.component(),
            Self::Go(project) => project.component(),
        }
    }

    /// The path of the manifest, as the tool tells it where it does.
    fn manifest(&self, path: PathBuf) -> PathBuf {
        match self {
            Self::Cargo(package) => package.manifest_path.clone(),
            Self::Npm(_) | Self::Python(_) | Self::C(_) | Self::Go(_) => path,
        }
    }
}

/// The manifest of the project in `dir`: its name.
pub fn manifest_in(dir: &Path) -> Option<&'static str> {
    let mut manifests = MANIFESTS.into_iter();
    manifests.find(|manifest| dir.join(manifest).is_file())
}

fn component_name(name: Option<&str>, manifest: &Path) -> anyhow::Result<Option<String>> {
    let manifest = manifest.display();
    let Some(name) = name else {
        return Ok(None);
    };
    let parsed = name
        .split_once('/')
        .map(|(namespace, name)| (namespace.parse::<Name>(), name.parse::<Name>()));
    match parsed {
        Some((Ok(_), Ok(_))) => Ok(Some(name.to_owned())),
        Some((Err(error), _) | (_, Err(error))) => {
            Err(error).with_context(|| format!("the component's name in {manifest}"))
        }
        None => {
            bail!("the component's name in {manifest} is `{name}`; write it as namespace/{name}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(component: Option<&str>) -> anyhow::Result<Option<String>> {
        component_name(component, Path::new("hello/Cargo.toml"))
    }

    #[test]
    fn a_component_is_called_what_its_crate_says() {
        assert_eq!(
            named(Some("orders/charge")).unwrap(),
            Some("orders/charge".to_owned())
        );
        assert_eq!(named(None).unwrap(), None);
    }

    #[test]
    fn a_name_that_is_none_is_told_with_its_place() {
        let error = named(Some("a b/c")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the component's name in hello/Cargo.toml"
        );
        let error = named(Some("charge")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the component's name in hello/Cargo.toml is `charge`; write it as namespace/charge"
        );
    }

    #[test]
    fn a_folder_without_a_project_is_told_how_to_get_one() {
        let dir = tempfile::tempdir().unwrap();
        let opened = HandlerProject::open(dir.path().to_owned());
        let error = opened.err().unwrap().to_string();
        let told = "has none of Cargo.toml, package.json, pyproject.toml, tasker.toml; `tasker new` writes a project of handlers";
        assert!(error.ends_with(told), "{error}");
    }

    #[test]
    fn a_component_of_a_project_is_named_after_itself() {
        let dir = tempfile::tempdir().unwrap();
        let manifest =
            r#"{"name": "x", "version": "0.1.0", "tasker": {"component": "orders/charge"}}"#;
        std::fs::write(dir.path().join(NPM), manifest).unwrap();
        let project = HandlerProject::open(dir.path().to_owned()).unwrap();
        assert_eq!(manifest_in(dir.path()), Some(NPM));
        assert!(project.out().unwrap().ends_with("build/charge.wasm"));
    }
}
