//! `tasker build`

mod cargo;

use super::{Output, Reply, Result, units};
use anyhow::{Context as _, bail};
use cargo::Package;
use semver::Version;
use serde::Serialize;
use serde_json::json;
use std::path::PathBuf;
use tasker_domain::{digest::Digest, name::Name};

/// What handlers are compiled to.
const TARGET: &str = "wasm32-wasip2";

/// Build a crate of step handlers into a WebAssembly component.
#[derive(Debug, clap::Args)]
pub struct Build {
    /// The folder of the crate.
    #[arg(default_value = ".", value_name = "FOLDER")]
    dir: PathBuf,
    /// Build without optimisations.
    #[arg(long)]
    debug: bool,
}

/// How much the compiler optimises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    Release,
    Debug,
}

/// A component on disk, and what its crate says that it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BuiltComponent {
    /// The .wasm file.
    pub path: PathBuf,
    /// `namespace/name`, where the crate says it.
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
        let build = move || HandlerCrate::open(self.dir)?.build(profile);
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

/// A crate of handlers that can be built.
pub struct HandlerCrate {
    dir: PathBuf,
    package: Package,
    /// `namespace/name`, as `package.metadata.tasker.component` in the Cargo.toml says; none where it
    /// says nothing.
    pub name: Option<String>,
}

impl HandlerCrate {
    /// Reads the Cargo.toml in `dir`. Blocks.
    pub fn open(dir: PathBuf) -> anyhow::Result<Self> {
        if !dir.join("Cargo.toml").is_file() {
            bail!(
                "{} has no Cargo.toml; `tasker new` writes a crate of handlers",
                dir.display()
            );
        }
        cargo::require_target(&dir, TARGET)?;
        let package = cargo::package(&dir)?;
        let name = component_name(&package)?;
        Ok(Self { dir, package, name })
    }

    /// Builds it. Cargo's own messages go to standard error. Blocks until it is done.
    pub fn build(self, profile: Profile) -> anyhow::Result<BuiltComponent> {
        let path = cargo::build(&self.dir, &self.package, TARGET, profile)?;
        Ok(BuiltComponent {
            path,
            name: self.name,
            version: self.package.version,
        })
    }
}

fn component_name(package: &Package) -> anyhow::Result<Option<String>> {
    let manifest = package.manifest_path.display();
    let Some(name) = package.component() else {
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
    use serde_json::json;

    fn named(component: serde_json::Value) -> anyhow::Result<Option<String>> {
        component_name(&Package {
            id: "hello".to_owned(),
            name: "hello".to_owned(),
            version: Version::new(1, 0, 0),
            manifest_path: "hello/Cargo.toml".into(),
            metadata: component,
        })
    }

    #[test]
    fn a_component_is_called_what_its_crate_says() {
        assert_eq!(
            named(json!({"tasker": {"component": "orders/charge"}})).unwrap(),
            Some("orders/charge".to_owned())
        );
        assert_eq!(named(json!(null)).unwrap(), None);
    }

    #[test]
    fn a_name_that_is_none_is_told_with_its_place() {
        let error = named(json!({"tasker": {"component": "a b/c"}})).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the component's name in hello/Cargo.toml"
        );
        let error = named(json!({"tasker": {"component": "charge"}})).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the component's name in hello/Cargo.toml is `charge`; write it as namespace/charge"
        );
    }

    #[test]
    fn a_folder_without_a_crate_is_told_how_to_get_one() {
        let dir = tempfile::tempdir().unwrap();
        let opened = HandlerCrate::open(dir.path().to_owned());
        let error = opened.err().unwrap().to_string();
        assert!(
            error.ends_with("has no Cargo.toml; `tasker new` writes a crate of handlers"),
            "{error}"
        );
    }
}
