//! A project in C: its tasker.toml, and the build of its sources together with the SDK.

mod compiler;
mod module;

use super::manifest::Component;
use super::release::Origin;
use super::{Profile, program};
use anyhow::{Context as _, bail};
use compiler::Compiler;
use semver::Version;
use std::path::{Path, PathBuf};

/// Where `tasker new` puts the SDK.
const SDK: &str = "sdk";
/// What the SDK is called where a component names its tools.
const SDK_NAME: &str = "tasker-sdk-c";
/// The line of the SDK's header that says its version.
const SDK_VERSION: &str = "#define TASKER_VERSION ";
/// Where the sources are.
const SOURCES: &str = "src";
/// Below the folder of the component: what is compiled on the way.
const OBJECTS: &str = "objects";
/// The stack stands before the data in a guest's memory: with 64 KiB, all that a call touches lies in the pages that the host
/// keeps resident.
const STACK: &str = "-Wl,-z,stack-size=65536";

/// A project of handlers in C.
#[derive(Debug)]
pub struct Project {
    pub version: Version,
    component: Option<String>,
    sdk: PathBuf,
    flags: Vec<String>,
}

impl Project {
    /// What its tasker.toml says.
    pub fn new(component: Component) -> Self {
        Self {
            version: component.version,
            component: component.name,
            sdk: component.sdk.unwrap_or_else(|| SDK.into()),
            flags: component.flags,
        }
    }

    /// What `name` below `[component]` says that the component is called.
    pub fn component(&self) -> Option<&str> {
        self.component.as_deref()
    }

    /// Builds the component of the project in `dir` at `out`.
    pub fn build(&self, dir: &Path, out: &Path, profile: Profile) -> anyhow::Result<PathBuf> {
        let compiler = Compiler::find(dir)?;
        let sdk = Sdk::open(&dir.join(&self.sdk))?;
        let objects = out.with_file_name(OBJECTS);
        std::fs::create_dir_all(&objects)
            .with_context(|| format!("cannot make the folder {}", objects.display()))?;
        let archive = sdk.archive(&compiler, &objects, profile)?;
        let linked = objects.join("module.wasm");
        self.link(&compiler, dir, &sdk, &archive, &linked, profile)?;
        let module =
            std::fs::read(&linked).with_context(|| format!("cannot read {}", linked.display()))?;
        let component = module::component(&module, profile)
            .with_context(|| format!("{} makes no component", dir.display()))?;
        std::fs::write(out, component)
            .with_context(|| format!("cannot write {}", out.display()))?;
        Ok(out.to_owned())
    }

    /// What a release says of its tools.
    pub fn origin(&self, dir: &Path) -> anyhow::Result<Origin> {
        let sdk = Sdk::open(&dir.join(&self.sdk))?;
        Ok(Origin {
            sdk: sdk.version().map(|version| (SDK_NAME.to_owned(), version)),
            tools: Compiler::find(dir)?.version().into_iter().collect(),
            ..Origin::default()
        })
    }

    /// Compiles the sources of the project, and links them with what they use of the SDK. The paths of sources are those from
    /// the folder of the project, since a handler that ends with a message names them.
    fn link(
        &self,
        compiler: &Compiler,
        dir: &Path,
        sdk: &Sdk,
        archive: &Path,
        linked: &Path,
        profile: Profile,
    ) -> anyhow::Result<()> {
        let mut sources = Vec::new();
        collect(dir, Path::new(SOURCES), &mut sources)?;
        sources.sort();
        if sources.is_empty() {
            bail!("{} has no sources: no file src/*.c", dir.display());
        }
        let mut command = compiler.cc(profile);
        command.current_dir(dir).args(["-Wall", "-Wextra"]);
        command.arg("-I").arg(sdk.include());
        command.args(sources).arg(archive).arg(STACK);
        command.args(&self.flags).arg("-o").arg(linked);
        match program::run(&mut command)? {
            Some(_) => Ok(()),
            None => bail!(
                "{} does not build; the compiler says why above",
                dir.display()
            ),
        }
    }
}

/// Adds the files `*.c` in a folder of the project, and in those below it.
fn collect(dir: &Path, folder: &Path, sources: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let path = dir.join(folder);
    let entries =
        std::fs::read_dir(&path).with_context(|| format!("cannot read {}", path.display()))?;
    for entry in entries {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(dir, &path, sources)?;
        } else if path.extension().is_some_and(|ending| ending == "c") {
            sources.push(path);
        }
    }
    Ok(())
}

/// The sources of the SDK.
struct Sdk(PathBuf);

impl Sdk {
    fn open(folder: &Path) -> anyhow::Result<Self> {
        let header = folder.join("include/tasker.h");
        if !header.is_file() {
            let (folder, header) = (folder.display(), header.display());
            bail!(
                "{folder} is not the SDK for C: {header} is missing; name its folder as `sdk` in tasker.toml"
            );
        }
        Ok(Self(folder.canonicalize()?))
    }

    /// The version that its header says.
    fn version(&self) -> Option<String> {
        let header = std::fs::read_to_string(self.include().join("tasker.h")).ok()?;
        let version = header
            .lines()
            .find_map(|line| line.strip_prefix(SDK_VERSION));
        version.map(|version| version.trim_matches('"').to_owned())
    }

    fn include(&self) -> PathBuf {
        self.0.join("include")
    }

    /// An archive of which the linker takes what the handlers use: a component imports and exports nothing else.
    fn archive(
        &self,
        compiler: &Compiler,
        objects: &Path,
        profile: Profile,
    ) -> anyhow::Result<PathBuf> {
        let mut sources = Vec::new();
        collect(&self.0, Path::new("src"), &mut sources)?;
        sources.push("bindings/wit_imports.c".into());
        sources.sort();
        let mut compiled = Vec::new();
        for source in sources {
            let object = source.with_extension("o");
            let object = objects.join(object.file_name().context("a source has a name")?);
            let mut command = compiler.cc(profile);
            command.current_dir(&self.0);
            command.args(["-Iinclude", "-Ibindings", "-c"]);
            command.arg(&source).arg("-o").arg(&object);
            if program::run(&mut command)?.is_none() {
                bail!(
                    "{} of the SDK does not build; the compiler says why above",
                    source.display()
                );
            }
            compiled.push(object);
        }
        let archive = objects.join("sdk.a");
        // What an archive had before would stay in it.
        if archive.exists() {
            std::fs::remove_file(&archive)?;
        }
        let mut command = compiler.ar();
        command.arg("rcs").arg(&archive).args(compiled);
        match program::run(&mut command)? {
            Some(_) => Ok(archive),
            None => bail!("the SDK cannot be put in an archive; the reason is above"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::manifest;
    use super::*;

    const MANIFEST: &str =
        "[component]\nname = \"orders/charge\"\nversion = \"1.2.0\"\nlanguage = \"c\"\n";

    fn parsed(manifest: &str) -> Project {
        Project::new(manifest::parse(manifest).unwrap())
    }

    #[test]
    fn a_project_says_what_its_component_is_called_and_where_the_sdk_is() {
        let project = parsed(MANIFEST);
        assert_eq!(project.component(), Some("orders/charge"));
        assert_eq!(project.version, Version::new(1, 2, 0));
        assert_eq!(project.sdk, Path::new("sdk"));
        let project = parsed(&format!("{MANIFEST}sdk = \"../c\"\nflags = [\"-lm\"]\n"));
        assert_eq!(project.sdk, Path::new("../c"));
        assert_eq!(project.flags, ["-lm"]);
    }

    #[test]
    fn a_folder_without_the_sdk_is_told_how_to_name_it() {
        let dir = tempfile::tempdir().unwrap();
        let error = Sdk::open(dir.path()).err().unwrap().to_string();
        assert!(
            error.ends_with("name its folder as `sdk` in tasker.toml"),
            "{error}"
        );
    }

    #[test]
    fn sources_are_found_below_their_folder() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("src/till")).unwrap();
        for path in ["src/handlers.c", "src/handlers.h", "src/till/coins.c"] {
            std::fs::write(dir.path().join(path), "").unwrap();
        }
        let mut sources = Vec::new();
        collect(dir.path(), Path::new("src"), &mut sources).unwrap();
        sources.sort();
        assert_eq!(
            sources,
            [Path::new("src/handlers.c"), Path::new("src/till/coins.c")]
        );
    }
}
