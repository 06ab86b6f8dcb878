//! `tasker template check`

use crate::paint::Tone;
use crate::place::Place;
use crate::{CliError, Context, Exit, Problem, input, shell, units};
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
    pub fn run(&self, context: &Context) -> Result<Exit, CliError> {
        let template = parse(&self.file, &input::read_text(&self.file)?)?;
        let checked = CheckedTemplate {
            namespace: template.namespace,
            name: template.name,
            version: template.version,
            steps: template.steps.len(),
        };
        let answer = json!(checked);
        context.output.show(&answer.to_string(), || {
            let mark = context.output.paint.tone(Tone::Good, "✔");
            let CheckedTemplate {
                namespace,
                name,
                version,
                steps,
            } = &checked;
            let steps = units::count(*steps, "step");
            format!("{mark} {namespace}/{name}@{version} is valid: {steps}")
        })?;
        context.output.next(&[format!(
            "tasker template publish {}",
            shell::path(&self.file)
        )]);
        Ok(Exit::Complete)
    }
}

/// Reads a template; mistakes are told with their lines in the file.
pub fn parse(file: &Path, source: &str) -> Result<Template, CliError> {
    Template::parse(source)
        .map_err(|error| mistakes(&file.display().to_string(), source, error).into())
}

fn mistakes(file: &str, source: &str, TemplateError { findings }: TemplateError) -> Problem {
    let what = format!("{file} has {}", units::count(findings.len(), "mistake"));
    let places = findings
        .iter()
        .map(|f| Place::new(f.line, f.column, &f.message).below(&f.path));
    Problem::new(Exit::BadInput, "invalid_template", what)
        .at(places)
        .in_file(file, source)
}
