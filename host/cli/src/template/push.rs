//! `tasker template push`

use super::check::parse;
use super::show::run_version;
use crate::client::Ask as _;
use crate::output::Output;
use crate::paint::Tone;
use crate::reference::Reference;
use crate::{CliError, Context, Exit, changes, input, shell, units};
use std::path::PathBuf;
use tasker_domain::sanitize::sanitize_line;
use tasker_wire::template::{PublishQuery, PublishTemplate, TemplateVersion};

/// Register a task template, under the name and version written in it. Versions are immutable: a changed
/// definition needs a new version.
#[derive(Debug, clap::Args)]
pub struct Push {
    /// The template's YAML.
    file: PathBuf,
    /// Register it even if a component, version or handler that it needs is not published yet.
    #[arg(long)]
    allow_missing: bool,
}

impl Push {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let source = input::read_text(&self.file)?;
        let is = parse(&self.file, &source)?;
        let version = is.version.to_string();
        let call = context.client.call(PublishTemplate::at(
            is.namespace.clone(),
            is.name.clone(),
            version.clone(),
        ));
        let query = PublishQuery {
            allow_missing: self.allow_missing,
        };
        let pushed = call.query(&query).media(source.clone()).ask();
        let pushed = pushed.await.map_err(|error| self.refused(error, &source))?;
        context
            .output
            .show(&pushed.text, || pushed_text(&pushed.value, context.output))?;
        let template = Reference {
            namespace: is.namespace.clone(),
            name: is.name.clone(),
            version: None,
        };
        let graph = format!("tasker template graph {template}@{version}");
        let first = || match pushed.value.warnings.iter().flatten().next() {
            None => run_version(&pushed.value),
            Some(_) => format!("tasker plan template {}", shell::path(&self.file)),
        };
        context.output.next_of(|| vec![first(), graph]);
        Ok(Exit::Complete)
    }
}

impl Push {
    /// The refusal with the lines of the file, and the way out.
    fn refused(&self, error: CliError, source: &str) -> CliError {
        let file = self.file.display().to_string();
        let error = error
            .in_file(&file, source)
            .instead(|lowest| format!("write `version: {lowest}` into {file} and push it again"));
        error.help_for(
            "template_cannot_run",
            "publish what is missing first; to register the template before that, add --allow-missing",
        )
    }
}

fn pushed_text(pushed: &TemplateVersion, output: Output) -> String {
    let done = match pushed.created {
        Some(false) => "was there already, the same",
        Some(true) | None => "registered",
    };
    let mark = output.paint.tone(Tone::Good, "✔");
    let TemplateVersion {
        namespace,
        name,
        version,
        steps,
        ..
    } = pushed;
    let warnings = pushed.warnings.iter().flatten().map(|warning| {
        format!(
            "\n{} {}",
            output.paint.tone(Tone::Caution, "warning:"),
            sanitize_line(warning)
        )
    });
    let warnings: String = warnings.collect();
    let verdict = pushed.compat_report.iter();
    let verdict: String = verdict.map(|it| changes::since(it, output)).collect();
    format!(
        "{mark} {namespace}/{name}@{version} {done} ({}){verdict}{warnings}",
        units::count(steps.len(), "step")
    )
}
