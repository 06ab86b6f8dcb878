//! `tasker template check`

use crate::{CliError, Context, Exit, Problem, Result, good, input, shell, units};
use serde_json::json;
use std::path::{Path, PathBuf};
use tasker_domain::template::{Template, TemplateError};
use tasker_wire::template::CheckedTemplate;

/// Validate a template file, without a host.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// The template's YAML.
    file: PathBuf,
}

impl Check {
    pub fn run(&self, context: &Context) -> Result {
        let template = parse(&self.file, &input::read_text(&self.file)?)?;
        let release = release(&template);
        let checked = CheckedTemplate {
            namespace: template.namespace,
            name: template.name,
            version: template.version,
            steps: template.steps.len(),
        };
        let reply = context.output.show(json!(checked), || {
            let steps = units::count(checked.steps, "step");
            good(format_args!("{release} is valid: {steps}"))
        });
        let file = shell::path(&self.file);
        Ok(reply.next([format!("tasker template publish {file}")]))
    }
}

/// Reads a template; mistakes are told with their lines in the file.
pub fn parse(file: &Path, source: &str) -> Result<Template> {
    Template::parse(source).map_err(|error| wrong(file, source, &error))
}

/// The mistakes of a file, with their lines.
pub fn wrong(file: &Path, source: &str, error: &TemplateError) -> CliError {
    let mistakes = units::count(error.findings.len(), "mistake");
    let what = format!("{} has {mistakes}", file.display());
    let problem = Problem::new(Exit::BadInput, "invalid_template", what);
    problem.findings(file, source, error).into()
}

/// `namespace/name@version`.
pub fn release(template: &Template) -> String {
    let (namespace, name) = (&template.namespace, &template.name);
    format!("{namespace}/{name}@{}", template.version)
}
