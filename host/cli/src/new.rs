//! `tasker new`

use super::scaffold::{File, Kind, Language, Project, Sdk, SdkPlace};
use super::{Output, Result, shell};
use anyhow::{Context as _, bail};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tasker_domain::name::Name;

/// The namespace of what has none in its name.
const DEFAULT_NAMESPACE: &str = "default";

/// Create a project of step handlers, with a task template to try it; or one with a subscriber to events.
///
/// Inside a checkout of Tasker the project uses the SDK of the checkout; elsewhere the SDK is copied into
/// its folder sdk/, unless --sdk-path is given.
#[derive(Debug, clap::Args)]
pub struct New {
    /// Name of the component: hello, or with a namespace orders/charge.
    #[arg(value_name = "[NAMESPACE/]NAME")]
    name: CrateName,
    /// What the project is written in.
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
    /// What the project is of.
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// Folder to create; by default named after the component.
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Use the SDK in this folder.
    #[arg(long, value_name = "FOLDER")]
    sdk_path: Option<PathBuf>,
}

/// The name of a component that has a crate: `[namespace/]name`.
#[derive(Clone, Debug)]
struct CrateName {
    namespace: Name,
    name: Name,
}

impl FromStr for CrateName {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (namespace, name) = text.split_once('/').unwrap_or((DEFAULT_NAMESPACE, text));
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let name = name.escape_debug();
            bail!("the name of a crate starts with a letter, and `{name}` does not");
        }
        Ok(Self {
            namespace: namespace.parse()?,
            name: name.parse()?,
        })
    }
}

impl New {
    /// Writes the project and says how to go on.
    pub fn run(self, output: Output) -> Result {
        let dir = self.dir.unwrap_or_else(|| self.name.name.as_str().into());
        let sdk = sdk(&dir, self.lang, self.sdk_path.as_deref())?;
        let CrateName { namespace, name } = &self.name;
        let project = Project {
            language: self.lang,
            kind: self.kind,
            namespace: namespace.as_str(),
            name: name.as_str(),
            sdk: &sdk,
        };
        create(&dir, &project)?;
        let answer = json!({ "folder": dir, "namespace": namespace, "name": name });
        Ok(output.show(answer, || next(&dir, &project)))
    }
}

fn create(dir: &Path, project: &Project<'_>) -> anyhow::Result<()> {
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        let dir = dir.display();
        bail!("{dir} is not empty; name another folder with --dir");
    }
    project.files().iter().try_for_each(|file| write(dir, file))
}

fn write(dir: &Path, file: &File) -> anyhow::Result<()> {
    let path = dir.join(&file.path);
    let parent = path.parent().expect("it was joined to a folder");
    make_folder(parent)?;
    fs::write(&path, &file.text).with_context(|| format!("cannot write {}", path.display()))
}

fn make_folder(path: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(path).with_context(|| format!("cannot make the folder {}", path.display()))
}

fn sdk(dir: &Path, language: Language, asked_for: Option<&Path>) -> anyhow::Result<Sdk> {
    let place = language.sdk_place();
    let Some(path) = asked_for else {
        return Ok(in_checkout(dir, &place)?.map_or(Sdk::Copied, Sdk::Path));
    };
    if !is_sdk(path, &place) {
        let (path, manifest, mark) = (path.display(), place.manifest, place.mark);
        bail!("{path} is not the SDK: it has no {manifest} with {mark}");
    }
    Ok(Sdk::Path(path.canonicalize()?))
}

/// The way from `dir` to the SDK of the checkout that it lies in, if it lies in one.
fn in_checkout(dir: &Path, place: &SdkPlace) -> anyhow::Result<Option<PathBuf>> {
    make_folder(dir)?;
    let dir = dir.canonicalize()?;
    let mut folders = dir.ancestors();
    let up = folders.position(|folder| is_sdk(&folder.join(place.folder), place));
    Ok(up.map(|levels| PathBuf::from("../".repeat(levels)).join(place.folder)))
}

fn is_sdk(folder: &Path, place: &SdkPlace) -> bool {
    fs::read_to_string(folder.join(place.manifest)).is_ok_and(|text| text.contains(place.mark))
}

fn next(dir: &Path, project: &Project<'_>) -> String {
    let (namespace, name) = (project.namespace, project.name);
    let rest = match project.kind {
        Kind::Handler => format!(
            "\n    tasker component publish .\
             \n    tasker template publish template.yaml\
             \n    tasker pin set template {namespace}/{name}@0.1.0\
             \n    tasker task run {namespace}/{name} --input @input.json --watch"
        ),
        Kind::Subscriber => format!(
            "\n    tasker grant add {namespace}/{name} 'kv totals'\
             \n    tasker component publish .\
             \n    tasker subscription add {namespace}/{name} --to component:{name}/totals@^0.1 --types 'task.*'\
             \n    tasker kv ls {namespace}/totals"
        ),
    };
    format!(
        "wrote {dir}; with a host running (tasker serve):\n\
         \n    cd {cd}\
         \n    {test}{rest}",
        dir = dir.display(),
        cd = shell::path(dir),
        test = project.test_commands(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;

    fn hello() -> CrateName {
        "hello".parse().unwrap()
    }

    #[test]
    fn a_name_without_a_namespace_is_in_the_default_one() {
        assert_eq!(hello().namespace.as_str(), DEFAULT_NAMESPACE);
        assert_eq!(
            "orders/charge"
                .parse::<CrateName>()
                .unwrap()
                .namespace
                .as_str(),
            "orders"
        );
    }

    #[test]
    fn a_name_that_cargo_would_refuse_is_refused_with_the_reason() {
        for wrong in ["", "1st", "-x", "a b", "a/b/c", "/x", "../x"] {
            assert!(wrong.parse::<CrateName>().is_err(), "{wrong}");
        }
        let error = "1st".parse::<CrateName>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the name of a crate starts with a letter, and `1st` does not"
        );
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let project = Project {
            language: Language::Rust,
            kind: Kind::Handler,
            namespace: DEFAULT_NAMESPACE,
            name: "hello",
            sdk: &Sdk::Copied,
        };
        create(dir.path(), &project).unwrap();
        let error = create(dir.path(), &project).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("is not empty; name another folder with --dir"),
            "{error}"
        );
    }

    #[test]
    fn outside_a_checkout_the_sdk_is_copied() {
        let dir = tempfile::tempdir().unwrap();
        for language in Language::value_variants() {
            assert_eq!(sdk(dir.path(), *language, None).unwrap(), Sdk::Copied);
        }
    }

    #[test]
    fn inside_a_checkout_the_sdk_is_named_by_its_path() {
        let checkout = tempfile::tempdir().unwrap();
        for language in Language::value_variants() {
            let place = language.sdk_place();
            let sdk_there = checkout.path().join(place.folder);
            let manifest = sdk_there.join(place.manifest);
            fs::create_dir_all(manifest.parent().unwrap()).unwrap();
            fs::write(manifest, place.mark).unwrap();
            let dir = checkout.path().join("examples/99-new");
            let expected = Path::new("../..").join(place.folder);
            assert_eq!(sdk(&dir, *language, None).unwrap(), Sdk::Path(expected));
        }
    }

    #[test]
    fn a_folder_without_the_sdk_is_refused_as_its_path() {
        let dir = tempfile::tempdir().unwrap();
        let error = sdk(dir.path(), Language::Python, Some(dir.path())).unwrap_err();
        assert!(error.to_string().contains("is not the SDK"), "{error}");
    }
}
