//! `tasker build`

mod c;
mod cargo;
mod go;
mod manifest;
mod npm;
mod program;
mod python;
mod release;

use super::{Output, Reply, Result, units};
use anyhow::{Context as _, bail};
use cargo::Package;
use release::{Origin, Released};
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

/// The folder of a project that has its component, where the project's own folder has none.
pub const HANDLERS: &str = "handlers";

/// Build a project of step handlers into a WebAssembly component: a crate in Rust, or a folder with a package.json, a
/// pyproject.toml, or a tasker.toml (C, Go); or a folder with such a project in its folder handlers/.
#[derive(Debug, clap::Args)]
pub struct Build {
    /// The folder of the project.
    #[arg(default_value = ".", value_name = "FOLDER")]
    dir: PathBuf,
    /// Build without optimisations, and with what debuggers need (Rust, C, Go).
    #[arg(long)]
    debug: bool,
    /// Build what is to be published: stripped, optimised by wasm-opt where it is installed, with the commit of the source,
    /// and the same bytes in every folder (Rust, C, Go).
    #[arg(long, conflicts_with_all = ["debug", "dev"])]
    release: bool,
    /// Put the component into this folder as NAME@VERSION.wasm, as `tasker sync` reads it.
    #[arg(long, value_name = "FOLDER")]
    out_dir: Option<PathBuf>,
    /// Build for `tasker dev`: soon built, soon compiled by a host, and with the lines of a trap.
    #[arg(long, hide = true, conflicts_with = "debug")]
    dev: bool,
}

/// How much the compiler optimises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    Optimized,
    /// The same, with nothing of this machine in it, and with its origin.
    Release,
    Debug,
    /// What is replaced at the next save.
    Dev,
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
    /// Of a release: what was made of it.
    pub release: Option<Released>,
}

impl Build {
    /// Builds and prints where the component is, how large, and its digest.
    pub async fn run(self, output: Output) -> Result {
        let profile = match (self.debug, self.dev, self.release) {
            (true, _, _) => Profile::Debug,
            (_, true, _) => Profile::Dev,
            (_, _, true) => Profile::Release,
            _ => Profile::Optimized,
        };
        let build = move || {
            let built = HandlerProject::open(self.dir)?.build(profile)?;
            match &self.out_dir {
                Some(folder) => built.put_into(folder),
                None => Ok(built),
            }
        };
        let built = tokio::task::spawn_blocking(build).await;
        let built = built.map_err(anyhow::Error::from)??;
        let bytes = std::fs::read(&built.path)
            .with_context(|| format!("cannot read {}", built.path.display()))?;
        Ok(built.show(&bytes, output))
    }
}

impl BuiltComponent {
    /// Copies it into a folder, as one of several that are there.
    fn put_into(mut self, folder: &Path) -> anyhow::Result<Self> {
        let name = self.name.as_deref().and_then(|name| name.split_once('/'));
        let Some((_, name)) = name else {
            bail!("the project does not say what its component is called, as --out-dir needs it");
        };
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let path = folder.join(format!("{name}@{}.wasm", self.version));
        std::fs::copy(&self.path, &path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        self.path = path;
        Ok(self)
    }

    fn show(&self, bytes: &[u8], output: Output) -> Reply {
        let (digest, size) = (Digest::of(bytes), bytes.len());
        let mut answer = json!({
            "path": self.path, "name": self.name, "version": self.version,
            "size_bytes": size, "digest": digest,
        });
        if let Some(release) = &self.release {
            answer["release"] = json!(release);
        }
        output.show(answer, || {
            let head = match &self.name {
                Some(name) => format!("{name} {}", self.version),
                None => format!("{} (publish it with --name NAMESPACE/NAME)", self.version),
            };
            let (path, size) = (self.path.display(), units::size(size as u64));
            let released = self.release.iter().flat_map(Released::lines);
            let released: String = released.map(|line| format!("\n  {line}")).collect();
            format!("{head}\n  {path}\n  {size}, sha256:{digest}{released}")
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
    /// Reads the manifest in `dir`, or in its folder `handlers`. Blocks.
    pub fn open(dir: PathBuf) -> anyhow::Result<Self> {
        let dir = component_folder(dir);
        let Some(manifest) = manifest_in(&dir) else {
            let (dir, manifests) = (dir.display(), MANIFESTS.join(", "));
            bail!("{dir} has none of {manifests}; `tasker new handler` writes one");
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

    /// The version that its manifest says.
    pub fn version(&self) -> &Version {
        self.source.version()
    }

    /// Builds it. What its tools say goes to standard error. Blocks until it is done.
    pub fn build(self, profile: Profile) -> anyhow::Result<BuiltComponent> {
        let dir = &self.dir;
        let built = match &self.source {
            Source::Cargo(package) => cargo::build(dir, package, TARGET, profile)?,
            Source::Npm(_) => npm::build(dir, &self.out()?)?,
            Source::Python(project) => project.build(dir, &self.out()?)?,
            Source::C(project) => project.build(dir, &self.out()?, profile)?,
            Source::Go(project) => project.build(dir, &self.out()?, profile)?,
        };
        let (path, release) = match profile {
            Profile::Release => {
                let origin = self.source.origin(dir)?;
                let (path, released) = release::release(&built, dir, origin)?;
                (path, Some(released))
            }
            Profile::Optimized | Profile::Debug | Profile::Dev => (built, None),
        };
        let version = self.version().clone();
        Ok(BuiltComponent {
            path,
            name: self.name,
            version,
            release,
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
    fn version(&self) -> &Version {
        match self {
            Self::Cargo(package) => &package.version,
            Self::Npm(package) => &package.version,
            Self::Python(project) => &project.version,
            Self::C(project) => &project.version,
            Self::Go(project) => &project.version,
        }
    }

    /// What a release says of its tools.
    fn origin(&self, dir: &Path) -> anyhow::Result<Origin> {
        match self {
            Self::Cargo(package) => cargo::origin(dir, package, TARGET),
            Self::Npm(_) => Ok(npm::origin(dir)),
            Self::Python(project) => project.origin(dir),
            Self::C(project) => project.origin(dir),
            Self::Go(project) => project.origin(dir),
        }
    }

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

/// The manifest of the component in `dir`: its name.
fn manifest_in(dir: &Path) -> Option<&'static str> {
    let mut manifests = MANIFESTS.into_iter();
    manifests.find(|manifest| dir.join(manifest).is_file())
}

/// The folder of the component of the project in `dir`.
fn component_folder(dir: PathBuf) -> PathBuf {
    let inside = dir.join(HANDLERS);
    match manifest_in(&dir).is_none() && manifest_in(&inside).is_some() {
        true => inside,
        false => dir,
    }
}

/// The manifest of the component of the project in `dir`.
pub fn manifest_of(dir: &Path) -> Option<PathBuf> {
    let folder = component_folder(dir.to_owned());
    Some(folder.join(manifest_in(&folder)?))
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
        let told = "has none of Cargo.toml, package.json, pyproject.toml, tasker.toml; `tasker new handler` writes one";
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

    #[test]
    fn the_component_of_a_project_may_be_in_its_folder_of_handlers() {
        let dir = tempfile::tempdir().unwrap();
        let inside = dir.path().join(HANDLERS);
        std::fs::create_dir(&inside).unwrap();
        assert_eq!(manifest_of(dir.path()), None);
        std::fs::write(inside.join(TASKER), "").unwrap();
        assert_eq!(manifest_of(dir.path()), Some(inside.join(TASKER)));
        // The project's own folder comes first.
        std::fs::write(dir.path().join(NPM), "").unwrap();
        assert_eq!(manifest_of(dir.path()), Some(dir.path().join(NPM)));
    }
}
