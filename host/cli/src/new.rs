//! `tasker new`

mod sdk;
mod template;

pub use template::NewTemplate;

use super::local_sandbox::LocalSandbox;
use super::scaffold::{File, Kind, Language, Project, Sdk, Shape};
use super::{Output, Result, shell};
use anyhow::{Context as _, bail};
use sdk::sdk;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tasker_domain::name::Name;

/// The namespace of what has none in its name.
const DEFAULT_NAMESPACE: &str = "default";
/// The cases of a project's handlers are in a file of this name, beside those of its template.
const HANDLERS_CASES: &str = "handlers";

/// Create components, templates and projects.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a component with a step handler, and a task template to try it.
    ///
    /// Inside a checkout of Tasker the component uses the SDK of the checkout; elsewhere the SDK is copied into its folder
    /// sdk/, unless --sdk-path is given.
    Handler(NewComponent),
    /// Create a component with a subscriber to events.
    ///
    /// Inside a checkout of Tasker the component uses the SDK of the checkout; elsewhere the SDK is copied into its folder
    /// sdk/, unless --sdk-path is given.
    Subscriber(NewComponent),
    Template(NewTemplate),
    /// Create a project: a component with several handlers, a template that runs them, tests, a folder for `tasker sync`,
    /// and a workflow for CI.
    ///
    /// Inside a checkout of Tasker the component uses the SDK of the checkout; elsewhere the SDK is copied into the folder
    /// handlers/sdk, unless --sdk-path is given.
    Project(NewProject),
}

/// What a new component is.
#[derive(Debug, clap::Args)]
pub struct NewComponent {
    /// Name of the component: hello, or with a namespace orders/charge.
    #[arg(value_name = "[NAMESPACE/]NAME")]
    name: CrateName,
    /// What it is written in.
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
    /// Folder to create; by default named after the component.
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Use the SDK in this folder.
    #[arg(long, value_name = "FOLDER")]
    sdk_path: Option<PathBuf>,
}

/// What a new project is.
#[derive(Debug, clap::Args)]
pub struct NewProject {
    /// How the steps of its template depend on each other.
    #[arg(long, value_enum, default_value_t)]
    shape: Shape,
    #[command(flatten)]
    component: NewComponent,
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

/// Writes what is asked for and says how to go on.
pub async fn run(command: Command, output: Output, sandbox: &dyn LocalSandbox) -> Result {
    match command {
        Command::Handler(component) => component.run(Kind::Handler, output),
        Command::Subscriber(component) => component.run(Kind::Subscriber, output),
        Command::Template(template) => template.run(output, sandbox).await,
        Command::Project(NewProject { shape, component }) => {
            component.run(Kind::Project(shape), output)
        }
    }
}

impl NewComponent {
    fn run(self, kind: Kind, output: Output) -> Result {
        let dir = self.dir.unwrap_or_else(|| self.name.name.as_str().into());
        let CrateName { namespace, name } = &self.name;
        let mut project = Project {
            language: self.lang,
            kind,
            namespace: namespace.as_str(),
            name: name.as_str(),
            sdk: &Sdk::Copied,
        };
        require_empty(&dir)?;
        let folder = dir.join(project.component_folder());
        let sdk = sdk(&folder, self.lang, self.sdk_path.as_deref())?;
        project.sdk = &sdk;
        create(&dir, &project)?;
        let answer = json!({ "folder": dir, "namespace": namespace, "name": name });
        Ok(output.show(answer, || next(&dir, &project)))
    }
}

fn require_empty(dir: &Path) -> anyhow::Result<()> {
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        let dir = dir.display();
        bail!("{dir} is not empty; name another folder with --dir");
    }
    Ok(())
}

fn create(dir: &Path, project: &Project<'_>) -> anyhow::Result<()> {
    if matches!(project.kind, Kind::Project(_)) && project.name == HANDLERS_CASES {
        bail!("a project has handlers, and is called otherwise: name it after what they are for");
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

fn next(dir: &Path, project: &Project<'_>) -> String {
    let (namespace, name) = (project.namespace, project.name);
    let rest = match project.kind {
        Kind::Handler => format!(
            "tasker component publish .\
             \n    tasker template publish template.yaml\
             \n    tasker pin set template {namespace}/{name}@0.1.0\
             \n    tasker task run {namespace}/{name} --input @input.json --watch"
        ),
        Kind::Subscriber => format!(
            "tasker grant add {namespace}/{name} 'kv totals'\
             \n    tasker component publish .\
             \n    tasker subscription add {namespace}/{name} --to component:{name}/totals@^0.1 --types 'task.*'\
             \n    tasker kv ls {namespace}/totals"
        ),
        Kind::Project(_) => format!(
            "tasker build --release --out-dir sync/{namespace}/components\
             \n    tasker sync sync/{namespace}\
             \n    tasker task run {namespace}/{name} --input @input.json --watch"
        ),
    };
    let (into, back) = match project.kind {
        Kind::Project(_) => (dir.join(project.component_folder()), "\n    cd .."),
        _ => (dir.to_owned(), ""),
    };
    format!(
        "wrote {dir}; with a host running (tasker serve):\n\
         \n    cd {into}\
         \n    {test}{back}\
         \n    tasker test\
         \n    {rest}",
        dir = dir.display(),
        into = shell::path(&into),
        test = project.test_commands().join("\n    "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

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
        require_empty(dir.path()).unwrap();
        create(dir.path(), &project).unwrap();
        let error = require_empty(dir.path()).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("is not empty; name another folder with --dir"),
            "{error}"
        );
    }

    #[test]
    fn a_project_whose_cases_would_be_those_of_its_handlers_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let project = Project {
            language: Language::Rust,
            kind: Kind::Project(Shape::Linear),
            namespace: DEFAULT_NAMESPACE,
            name: "handlers",
            sdk: &Sdk::Copied,
        };
        let error = create(dir.path(), &project).unwrap_err().to_string();
        assert!(
            error.ends_with("name it after what they are for"),
            "{error}"
        );
        let project = Project {
            name: "quote",
            ..project
        };
        create(dir.path(), &project).unwrap();
        let missing = [
            "handlers/Cargo.toml",
            "handlers/sdk/src/lib.rs",
            "sync/default/pins.yaml",
        ]
        .into_iter()
        .find(|file| !dir.path().join(file).is_file());
        assert_eq!(missing, None);
    }
}
