//! `tasker template push`

use super::check::parse;
use crate::cli::output::Output;
use crate::cli::paint::Tone;
use crate::cli::view::TemplateVersion;
use crate::cli::{CliError, Context, Exit, changes, input, units};
use crate::domain::visible::visible_line;
use reqwest::Method;
use std::path::PathBuf;

/// Register a template under the name and version that stand in it. A version is never changed:
/// another definition needs another version.
#[derive(Debug, clap::Args)]
pub struct Push {
    /// The template's YAML.
    file: PathBuf,
}

impl Push {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let source = input::read_text(&self.file)?;
        let is = parse(&self.file, &source)?;
        let version = is.version.to_string();
        let path = [
            "namespaces",
            is.namespace.as_str(),
            "templates",
            is.name.as_str(),
            "versions",
            &version,
        ];
        let (bytes, body) = (source.len(), source.clone().into());
        let pushed = context.client.upload::<TemplateVersion>(
            Method::PUT,
            &path,
            "application/yaml",
            body,
            bytes,
        );
        let pushed = pushed
            .await
            .map_err(|error| error.in_file(&self.file.display().to_string(), &source))
            .map_err(|error| {
                error.instead(|lowest| {
                    let file = self.file.display();
                    format!("write `version: {lowest}` into {file} and push it again")
                })
            })?;
        context
            .output
            .show(&pushed.text, || pushed_text(&pushed.value, context.output))?;
        context.output.next(&[
            format!(
                "tasker task run {}/{} --watch --input '{{}}'",
                is.namespace, is.name
            ),
            format!(
                "tasker template graph {}/{}@{}",
                is.namespace, is.name, is.version
            ),
        ]);
        Ok(Exit::Complete)
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
    let warnings = pushed.warnings.iter().map(|warning| {
        format!(
            "\n{} {}",
            output.paint.tone(Tone::Caution, "warning:"),
            visible_line(warning)
        )
    });
    let warnings: String = warnings.collect();
    let verdict = pushed.verdict.iter();
    let verdict: String = verdict.map(|it| changes::since(it, output)).collect();
    format!(
        "{mark} {namespace}/{name}@{version} {done} ({}){verdict}{warnings}",
        units::count(steps.len(), "step")
    )
}
