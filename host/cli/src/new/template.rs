//! `tasker new template`

use super::{CrateName, DEFAULT_NAMESPACE, write};
use crate::build::{HandlerProject, Profile};
use crate::local_sandbox::{LocalComponent, LocalSandbox};
use crate::scaffold::{NewTemplateFiles, SchemaPlaces, Shape};
use crate::{Output, Problem, Result, refuse, shell};
use semver::Version;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tasker_domain::name::Name;

/// The folder of a project for `tasker sync`.
const SYNC: &str = "sync";
/// What a folder for `tasker sync`, and a project without one, has its templates in.
const TEMPLATES: &str = "templates";

/// Create a template in a project, with the handlers of its component, and cases for `tasker test`.
///
/// The component is built to see which handlers it has, unless --handlers names them. A project with a folder sync/NAMESPACE
/// gets the template there, another in its folder templates/.
#[derive(Debug, clap::Args)]
pub struct NewTemplate {
    /// Name of the template: fulfil, or with a namespace orders/fulfil; by default in that of the component.
    #[arg(value_name = "[NAMESPACE/]NAME")]
    name: TemplateName,
    /// How its steps depend on each other.
    #[arg(long, value_enum, default_value_t)]
    shape: Shape,
    /// The handlers of its steps, in their order: reserve,charge,ship.
    #[arg(long, value_name = "HANDLERS", value_delimiter = ',')]
    handlers: Vec<Name>,
    /// The folder of the project.
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    dir: PathBuf,
}

/// `[namespace/]name`.
#[derive(Clone, Debug)]
struct TemplateName {
    namespace: Option<Name>,
    name: Name,
}

impl FromStr for TemplateName {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (namespace, name) = match text.split_once('/') {
            Some((namespace, name)) => (Some(namespace.parse()?), name),
            None => (None, text),
        };
        let name = name.parse()?;
        Ok(Self { namespace, name })
    }
}

impl NewTemplate {
    pub(super) async fn run(self, output: Output, sandbox: &dyn LocalSandbox) -> Result {
        let project = HandlerProject::open(self.dir.clone())?;
        let handlers = self.handlers(sandbox).await?;
        let component = component_of(&project)?;
        let TemplateName { namespace, name } = &self.name;
        let namespace = namespace.as_ref().unwrap_or(&component.namespace);
        let folder = self.folder(namespace);
        let files = NewTemplateFiles {
            namespace,
            name,
            shape: self.shape,
            component: (&component.namespace, &component.name),
            requirement: &requirement(project.version()),
            handlers: &handlers,
            schemas: SchemaPlaces::of(&self.dir, &folder),
            folder: &folder,
        };
        let files = files.files();
        for file in &files {
            let path = self.dir.join(&file.path);
            if path.exists() {
                let what = format!("{} is there already", path.display());
                return refuse(what, "choose another name");
            }
        }
        files.iter().try_for_each(|file| write(&self.dir, file))?;
        let [template, cases] = files.map(|file| self.dir.join(file.path));
        let answer = json!({
            "template": template, "cases": cases, "namespace": namespace, "name": name,
        });
        let dir = &self.dir;
        Ok(output.show(answer, || next(dir, &template, &cases)))
    }

    /// Those that are named, else those of the project, which is built for that.
    async fn handlers(&self, sandbox: &dyn LocalSandbox) -> Result<Vec<String>> {
        let handlers = match self.handlers.is_empty() {
            false => self.handlers.clone(),
            true => {
                let built = LocalComponent::built(self.dir.clone(), Profile::Optimized).await?;
                sandbox.handlers(built).await?
            }
        };
        if handlers.is_empty() {
            return refuse(
                format!("{} has no handlers", self.dir.display()),
                "write one, or name those of another component: --handlers reserve,charge,ship",
            );
        }
        Ok(handlers.iter().map(Name::to_string).collect())
    }

    /// Where its template goes, from the folder of the project.
    fn folder(&self, namespace: &Name) -> PathBuf {
        let synced = Path::new(SYNC).join(namespace.as_str());
        match self.dir.join(&synced).is_dir() {
            true => synced.join(TEMPLATES),
            false => TEMPLATES.into(),
        }
    }
}

fn component_of(project: &HandlerProject) -> Result<CrateName> {
    let Some(name) = &project.name else {
        let what = "the project does not say what its component is called";
        let help = "name it in its manifest, as `tasker new handler` does";
        return Err(Problem::bad_input(what).help(help).into());
    };
    let (namespace, name) = name.split_once('/').unwrap_or((DEFAULT_NAMESPACE, name));
    Ok(CrateName {
        namespace: namespace.parse().map_err(anyhow::Error::from)?,
        name: name.parse().map_err(anyhow::Error::from)?,
    })
}

/// The versions that are compatible with this one.
fn requirement(version: &Version) -> String {
    match version.pre.is_empty() {
        true => format!("^{}.{}", version.major, version.minor),
        false => format!("^{version}"),
    }
}

fn next(dir: &Path, template: &Path, cases: &Path) -> String {
    let (template, cases) = (template.display(), cases.display());
    let test = match dir == Path::new(".") {
        true => "tasker test".to_owned(),
        false => format!("tasker test {}", shell::path(dir)),
    };
    format!("wrote {template} and {cases}:\n\n    {test}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_allows_compatible_versions() {
        let of = |version: &str| requirement(&version.parse().unwrap());
        assert_eq!(of("0.1.7"), "^0.1");
        assert_eq!(of("2.3.4"), "^2.3");
        assert_eq!(of("1.0.0-rc.1"), "^1.0.0-rc.1");
    }
}
