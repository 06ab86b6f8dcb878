//! The templates that cases run, and what they need.

use super::failed;
use crate::host::private_server;
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tasker_cli::{CliError, Problem};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::template::yaml::suggestion;
use tasker_domain::template::{Finding, MAX_SOURCE_BYTES, Template};
use tasker_testing::case::{Callee, Case, TaskCall};
use tasker_testing::task::{TaskServer, Tasks};

/// What PostgreSQL's account may do with the folder of the server: go through it.
const FOLDER_MODE: u32 = 0o711;

/// By their files, as cases name them.
#[derive(Default)]
pub(super) struct Templates(BTreeMap<PathBuf, Template>);

impl Templates {
    /// Reads those that the cases name, and what is wrong with them.
    pub(super) fn read<'a>(
        dir: &Path,
        cases: impl Iterator<Item = &'a Case>,
    ) -> (Self, Vec<Problem>) {
        let (mut templates, mut problems) = (BTreeMap::new(), Vec::new());
        let mut files: Vec<&PathBuf> = cases.filter_map(call).map(|call| &call.template).collect();
        files.sort();
        files.dedup();
        for file in files {
            let path = dir.join(file);
            match read(&path) {
                Ok(template) => {
                    templates.insert(file.clone(), template);
                }
                Err(problem) => problems.push(*problem),
            }
        }
        (Self(templates), problems)
    }

    /// The template that a case runs, if it runs one.
    pub(super) fn of(&self, case: &Case) -> Option<&Template> {
        self.0.get(&call(case)?.template)
    }
}

fn call(case: &Case) -> Option<&TaskCall> {
    match &case.call.callee {
        Callee::Task(call) => Some(call),
        Callee::Handler { .. } | Callee::Subscriber { .. } => None,
    }
}

fn read(path: &Path) -> Result<Template, Box<Problem>> {
    let unreadable = |error| Problem::of_file(path, error);
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_SOURCE_BYTES as u64 {
        let limit = format!("it has {size} bytes; the limit is {MAX_SOURCE_BYTES}");
        return Err(Box::new(Problem::of_file(path, limit)));
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    Template::parse(&text).map_err(|error| {
        let what = format!("the template {} cannot be used", path.display());
        Box::new(Problem::bad_input(what).findings(path, &text, &error))
    })
}

/// The server that the cases need, if one of them runs a template. Its folder goes with it.
pub(super) async fn start(
    cases: &[Case],
    templates: &Templates,
) -> Result<Option<StartedTasks>, CliError> {
    if !cases.iter().any(|case| call(case).is_some()) {
        return Ok(None);
    }
    let folder = tempfile::Builder::new()
        .prefix("tasker-test-")
        .permissions(Permissions::from_mode(FOLDER_MODE))
        .tempdir();
    let folder = folder.map_err(|error| failed(format!("cannot make a folder: {error}")))?;
    let server = TaskServer::start(private_server(&folder.path().join("postgres"))).await;
    let server = server.map_err(|error| {
        let help = "handlers alone are tested without it: name cases of handlers, as in `tasker test . FILE`; tasker doctor looks for PostgreSQL";
        CliError::from(Problem::new(tasker_cli::Exit::Failed, "failed", ErrorChain(&error).to_string()).help(help))
    })?;
    let tasks = Tasks {
        server,
        templates: templates.0.clone(),
    };
    Ok(Some(StartedTasks {
        tasks: Arc::new(tasks),
        _folder: folder,
    }))
}

/// The server, and its folder.
pub(super) struct StartedTasks {
    pub(super) tasks: Arc<Tasks>,
    _folder: tempfile::TempDir,
}

impl StartedTasks {
    /// Stops the server and then removes its folder, in which it would go on to make files.
    pub(super) async fn stop(self) -> Result<(), CliError> {
        let stopped = self.tasks.server.stop().await;
        stopped.map_err(|error| failed(ErrorChain(&error).to_string()))
    }
}

/// What is wrong with a case of this template.
pub(super) fn check_task(
    case: &Case,
    template: &Template,
    (component, descriptor): (&str, &Descriptor),
) -> Vec<Finding> {
    let Some(call) = call(case) else {
        return Vec::new();
    };
    let names = || template.steps.iter().map(|step| step.name.as_str());
    let said = call.steps.keys().chain(case.expect.steps.keys());
    let unknown = said.filter(|name| !names().any(|known| known == *name));
    let unknown = unknown.map(|name| {
        let meant = suggestion(name, names());
        let name = name.escape_debug();
        finding(case, format!("the template has no step `{name}`{meant}"))
    });
    let real = template
        .steps
        .iter()
        .filter(|step| !call.steps.contains_key(step.name.as_str()));
    let foreign = real.filter_map(|step| {
        let of = step
            .handler
            .component
            .qualified(&template.namespace)
            .to_string();
        let (name, handler) = (&step.name, &step.handler.handler);
        let help = format!("say what it does: `steps: {{{name}: {{result: …}}}}`");
        if of != component {
            let message =
                format!("step `{name}` runs {of}/{handler}, and {component} is tested; {help}");
            return Some(finding(case, message));
        }
        let handlers = descriptor.handlers.iter().flatten();
        let handlers = handlers.map(|it| it.name.as_str());
        let meant = suggestion(handler.as_str(), handlers);
        let message = format!(
            "step `{name}` runs the handler `{handler}`, which the component does not have{meant}"
        );
        (!descriptor.may_have(handler.as_str())).then(|| finding(case, message))
    });
    unknown.chain(foreign).collect()
}

/// Something that is wrong with a case.
pub(super) fn finding(case: &Case, message: String) -> Finding {
    Finding {
        line: case.at.line,
        column: case.at.column,
        path: String::new(),
        message,
    }
}
