//! `tasker convert`

mod environments;
mod events;
mod mapping;
mod names;
mod notes;
mod policy;
mod steps;
mod tasker_yaml;
mod yaml;

use crate::template::check::wrong;
use crate::{Context, Result, input};
use clap::Subcommand;
use notes::Notes;
use serde_json::json;
use std::path::PathBuf;
use tasker_domain::name::Name;
use tasker_domain::template::Template;
use tasker_domain::template::yaml::{Findings, Located, read};

/// What is converted.
#[derive(Debug, Subcommand)]
pub enum Command {
    TaskerYaml(TaskerYaml),
}

/// Convert a task template of Tasker's predecessors, the Ruby gem or the Rust core, to a template.
///
/// Prints the template, and on standard error what could not be carried over, with the lines of the file. Handlers are to be
/// written anew: each class becomes a handler of one component.
#[derive(Debug, clap::Args)]
pub struct TaskerYaml {
    /// The template of the predecessor.
    file: PathBuf,
    /// Namespace of the template, in place of that of the file.
    #[arg(long)]
    namespace: Option<Name>,
    /// The component that will have the handlers; by default it is called as the template.
    #[arg(long, value_name = "NAME")]
    component: Option<Name>,
}

pub fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::TaskerYaml(convert) => convert.run(context),
    }
}

impl TaskerYaml {
    fn read(&self, source: &str) -> Result<Located> {
        let mut findings = Findings::default();
        let tree = read(source, &mut findings);
        let tree = findings.into_result(tree);
        tree.map_err(|error| wrong(&self.file, source, &error))
    }

    fn run(self, context: &Context) -> Result {
        let source = input::read_text(&self.file)?;
        let tree = self.read(&source)?;
        let given = tasker_yaml::Given {
            namespace: self.namespace,
            component: self.component,
        };
        let mut notes = Notes::default();
        let template = tasker_yaml::convert(&tree, given, &mut notes);
        if let Err(wrong) = Template::parse(&template) {
            for finding in wrong.findings {
                notes.of_template(&finding.path, &finding.message);
            }
        }
        let notes = notes.into_lines();
        let answer = json!({ "template": template, "notes": notes });
        let reply = context.output.show(answer, || template.clone());
        Ok(reply.warn(notes))
    }
}
