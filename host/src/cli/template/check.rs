//! `tasker template check`

use crate::cli::client::{Answer, Client};
use crate::cli::paint::Tone;
use crate::cli::view::Checked;
use crate::cli::{CliError, Context, Exit, input, units};
use reqwest::Method;
use std::path::{Path, PathBuf};

/// Check a template without storing it.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// The template's YAML.
    file: PathBuf,
}

impl Check {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let source = input::read_text(&self.file)?;
        let checked = check(&self.file, &source, &context.client).await?;
        context.output.show(&checked.text, || {
            let Checked {
                namespace,
                name,
                version,
                steps,
            } = &checked.value;
            let mark = context.output.paint.tone(Tone::Good, "✔");
            format!(
                "{mark} {namespace}/{name}@{version} is right: {}",
                units::count(*steps, "step")
            )
        })?;
        context
            .output
            .next(&[format!("tasker template push {}", self.file.display())]);
        Ok(Exit::Complete)
    }
}

/// Has the host check the YAML; mistakes are told with their lines in the file.
pub async fn check(
    file: &Path,
    source: &str,
    client: &Client,
) -> Result<Answer<Checked>, CliError> {
    let path = ["templates", "check"];
    let body = source.to_owned();
    let checked = client
        .upload(
            Method::POST,
            &path,
            "application/yaml",
            body.into(),
            source.len(),
        )
        .await;
    checked.map_err(|error| error.in_file(&file.display().to_string(), source))
}
