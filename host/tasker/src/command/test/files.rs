//! The files of cases of a project.

use super::templates::{Templates, check_task, finding};
use std::fs;
use std::path::{Path, PathBuf};
use tasker_cli::{CliError, Exit, Output, Problem};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::template::yaml::suggestion;
use tasker_domain::template::{Finding, TemplateError};
use tasker_testing::case::{Callee, Case};
use tasker_testing::case_file::CaseFile;
use tasker_testing::snapshot;

/// Where a project has its cases.
const FOLDER: &str = "tests";
/// The most files of cases.
const MAX_FILES: usize = 1_000;

/// All files of a project, without a mistake in them.
pub(super) struct CaseFiles {
    pub(super) folder: PathBuf,
    files: Vec<ReadFile>,
    templates: Templates,
}

struct ReadFile {
    path: PathBuf,
    text: String,
    cases: Vec<Case>,
}

/// What is to be run.
pub(super) struct Selected {
    pub(super) cases: Vec<Case>,
    /// Left out.
    pub(super) skipped: usize,
}

impl CaseFiles {
    /// Reads them; what is wrong is told file by file.
    pub(super) fn read(dir: &Path, output: Output) -> Result<Self, CliError> {
        let folder = dir.join(FOLDER);
        let paths = paths(&folder)?;
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        for path in paths {
            let read = CaseFile::read(&path);
            let CaseFile { text, cases } = read.map_err(|error| Problem::of_file(&path, error))?;
            match cases {
                Ok(cases) => files.push(ReadFile { path, text, cases }),
                Err(error) => problems.push(wrong(&path, &text, &error)),
            }
        }
        all_told(problems, output)?;
        let cases = files.iter().flat_map(|file: &ReadFile| &file.cases);
        let (templates, problems) = Templates::read(dir, cases);
        all_told(problems, output)?;
        let files = Self {
            folder,
            files,
            templates,
        };
        if let Some(case) = snapshot::collision(&files.all()) {
            let what = format!("another case has the snapshot of `{}`", case.id());
            let help = "snapshots are named after the letters and digits of a case; name one of them otherwise";
            return Err(Problem::bad_input(what).help(help).into());
        }
        Ok(files)
    }

    pub(super) fn all(&self) -> Vec<Case> {
        let cases = self.files.iter().flat_map(|file| &file.cases);
        cases.cloned().collect()
    }

    /// The cases whose names contain the text.
    pub(super) fn select(&self, filter: Option<&str>) -> Result<Selected, CliError> {
        let all = self.all();
        let count = all.len();
        let is_wanted = |case: &Case| filter.is_none_or(|text| case.id().contains(text));
        let cases: Vec<Case> = all.into_iter().filter(is_wanted).collect();
        if let (true, Some(filter)) = (cases.is_empty(), filter) {
            let what = format!("no case has `{}` in its name", filter.escape_debug());
            let problem = Problem::new(Exit::NotFound, "not_found", what);
            return Err(problem.help("names are written `FILE: NAME`").into());
        }
        let skipped = count - cases.len();
        Ok(Selected { cases, skipped })
    }

    /// The templates of its cases.
    pub(super) fn templates(&self) -> &Templates {
        &self.templates
    }

    /// Refuses cases that call what the component of this name does not have, or speak of steps that their
    /// template does not have.
    pub(super) fn check_against(
        &self,
        name: &str,
        descriptor: &Descriptor,
        output: Output,
    ) -> Result<(), CliError> {
        let problems = self.files.iter().filter_map(|file| {
            let of_case = |case| match self.templates.of(case) {
                Some(template) => check_task(case, template, (name, descriptor)),
                None => unknown(case, descriptor).into_iter().collect(),
            };
            let findings: Vec<Finding> = file.cases.iter().flat_map(of_case).collect();
            let error = (!findings.is_empty()).then_some(TemplateError { findings })?;
            Some(wrong(&file.path, &file.text, &error))
        });
        all_told(problems.collect(), output)
    }
}

fn paths(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let is_yaml = |path: &PathBuf| {
        let extension = path.extension();
        path.is_file() && extension.is_some_and(|it| it == "yaml" || it == "yml")
    };
    let mut paths: Vec<PathBuf> = paths.filter(is_yaml).collect();
    paths.sort();
    match paths.len() {
        0 => {
            let what = format!("{} has no files of cases (*.yaml)", folder.display());
            let help = "write one as the chapter on testing shows, or have `tasker new handler` write a component with one";
            Err(Problem::bad_input(what).help(help).into())
        }
        files if files > MAX_FILES => {
            let what = format!(
                "{} has {files} files of cases; the limit is {MAX_FILES}",
                folder.display()
            );
            Err(Problem::bad_input(what).into())
        }
        _ => Ok(paths),
    }
}

fn wrong(path: &Path, text: &str, error: &TemplateError) -> Problem {
    let what = format!("the cases in {} cannot be used", path.display());
    Problem::bad_input(what).findings(path, text, error)
}

/// Tells all of them, and ends with the last.
fn all_told(mut problems: Vec<Problem>, output: Output) -> Result<(), CliError> {
    let last = problems.pop();
    for problem in &problems {
        output.problem(problem);
    }
    last.map_or(Ok(()), |last| Err(last.into()))
}

fn unknown(case: &Case, descriptor: &Descriptor) -> Option<Finding> {
    let name = case.call.callee.name();
    let (what, known): (_, Vec<&str>) = match &case.call.callee {
        Callee::Handler { .. } if descriptor.may_have(name) => return None,
        Callee::Subscriber { .. } if descriptor.may_have_subscriber(name) => return None,
        Callee::Task(_) => return None,
        Callee::Handler { .. } => {
            let handlers = descriptor.handlers.iter().flatten();
            ("handler", handlers.map(|it| it.name.as_str()).collect())
        }
        Callee::Subscriber { .. } => {
            let subscribers = descriptor.subscribers.iter().flatten();
            (
                "subscriber",
                subscribers.map(|it| it.name.as_str()).collect(),
            )
        }
    };
    let meant = suggestion(name, known.iter().copied());
    let has = match known.is_empty() {
        true => "it has none".to_owned(),
        false => format!("it has {}", known.join(", ")),
    };
    let name = name.escape_debug();
    let message = format!("the component has no {what} `{name}`{meant}; {has}");
    Some(finding(case, message))
}
