//! `tasker template publish`

use super::check::parse;
use super::show::run_version;
use crate::client::Ask as _;
use crate::output::Output;
use crate::paint::Tone;
use crate::{CliError, Context, Exit, changes, input, shell, units};
use std::path::PathBuf;
use tasker_domain::sanitize::sanitize_line;
use tasker_wire::template::{PublishQuery, PublishTemplate, TemplateVersion};

/// Publish a task template, under the name and version written in it. Versions are immutable: a changed
/// definition needs a new version.
#[derive(Debug, clap::Args)]
pub struct Publish {
    /// The template's YAML.
    file: PathBuf,
    /// Publish it even if a component, version or handler that it needs is not published yet.
    #[arg(long)]
    allow_missing: bool,
    /// Show what would change, and change nothing: semver check, the versions that its steps would run,
    /// what is missing. Exits with 2 where something would be refused.
    #[arg(long)]
    dry_run: bool,
}

impl Publish {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let source = input::read_text(&self.file)?;
        let is = parse(&self.file, &source)?;
        if self.dry_run {
            return super::plan::preview(&self.file, source, &is, context).await;
        }
        let release = format!("{}/{}@{}", is.namespace, is.name, is.version);
        let endpoint = PublishTemplate::at(is.namespace, is.name, is.version.to_string());
        let query = PublishQuery {
            allow_missing: self.allow_missing,
        };
        let call = context.client.call(endpoint).query(&query);
        let published = call.media(source.clone()).ask().await;
        let published = published.map_err(|error| self.refused(error, &source))?;
        let (version, output) = (&published.value, context.output);
        output.made(&published.text, &release, || {
            published_text(version, output)
        })?;
        let graph = format!("tasker template graph {release}");
        let first = || match version.warnings.iter().flatten().next() {
            None => run_version(version),
            Some(_) => format!(
                "tasker template publish {} --dry-run",
                shell::path(&self.file)
            ),
        };
        output.next_of(|| vec![first(), graph]);
        Ok(Exit::Complete)
    }

    /// The refusal with the lines of the file, and the way out.
    fn refused(&self, error: CliError, source: &str) -> CliError {
        let file = self.file.display().to_string();
        let error = error.in_file(&file, source).instead(|lowest| {
            format!("write `version: {lowest}` into {file} and publish it again")
        });
        error.help_for(
            "template_cannot_run",
            "publish what is missing first; to publish the template before that, add --allow-missing",
        )
    }
}

fn published_text(published: &TemplateVersion, output: Output) -> String {
    let done = match published.created {
        Some(false) => "was there already, the same",
        Some(true) | None => "published",
    };
    let mark = output.paint.tone(Tone::Good, "✔");
    let warnings = published.warnings.iter().flatten().map(|warning| {
        format!(
            "\n{} {}",
            output.paint.tone(Tone::Caution, "warning:"),
            sanitize_line(warning)
        )
    });
    let warnings: String = warnings.collect();
    let report = published.compat_report.iter();
    let report: String = report.map(|it| changes::since(it, output)).collect();
    format!(
        "{mark} {} {done} ({}){report}{warnings}",
        published.release(),
        units::count(published.steps.len(), "step")
    )
}
