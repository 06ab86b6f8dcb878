//! `tasker template publish`

use super::check::{parse, release};
use super::plan;
use super::show::run_version;
use crate::paint::warning;
use crate::{Ask as _, CliError, Context, Result, changes, good, input, shell, units};
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
    pub async fn run(self, context: &Context) -> Result {
        let source = input::read_text(&self.file)?;
        let is = parse(&self.file, &source)?;
        if self.dry_run {
            return plan::preview(&self.file, source, &is, context).await;
        }
        let release = release(&is);
        let endpoint = PublishTemplate::at(is.namespace, is.name, is.version.to_string());
        let call = context.call(endpoint).query(&PublishQuery {
            allow_missing: self.allow_missing,
        });
        let published = call.media(source.clone()).ask().await;
        let published = published.map_err(|error| self.refused(error, &source))?;
        let (text, version) = (&published.text, &published.value);
        let reply = context
            .output
            .made(text, &release, || published_text(version));
        let graph = format!("tasker template graph {release}");
        Ok(reply.next_of(|| vec![self.next(version), graph]))
    }

    fn next(&self, version: &TemplateVersion) -> String {
        let file = shell::path(&self.file);
        match version.warnings.iter().flatten().next() {
            None => run_version(version),
            Some(_) => format!("tasker template publish {file} --dry-run"),
        }
    }

    /// The refusal with the lines of the file, and the way out.
    fn refused(&self, error: CliError, source: &str) -> CliError {
        let file = self.file.display();
        let error = error.in_file(&file, source).instead(|lowest| {
            format!("write `version: {lowest}` into {file} and publish it again")
        });
        error.help_for(
            "template_cannot_run",
            "publish what is missing first; to publish the template before that, add --allow-missing",
        )
    }
}

fn published_text(published: &TemplateVersion) -> String {
    let done = match published.created {
        Some(false) => "was there already, the same",
        Some(true) | None => "published",
    };
    let (release, steps) = (
        published.release(),
        units::count(published.steps.len(), "step"),
    );
    let report: String = published.compat_report.iter().map(changes::since).collect();
    let warnings = published.warnings.iter().flatten();
    let warnings = warnings.map(|it| format!("\n{}", warning(sanitize_line(it))));
    let done = good(format_args!("{release} {done} ({steps})"));
    done + &report + &warnings.collect::<String>()
}
