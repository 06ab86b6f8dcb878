//! `tasker template diff`

use super::check::parse;
use crate::component::diff::{between, written};
use crate::reference::Reference;
use crate::shell::word;
use crate::{CliError, Context, Exit, changes, input};
use reqwest::Method;
use std::path::Path;

/// Compare two versions of a template, with the semver level of the change.
#[derive(Debug, clap::Args)]
pub struct Diff {
    /// The older one, for example orders/fulfil@1.2.0.
    #[arg(value_name = "NAMESPACE/NAME@VERSION")]
    from: Reference,
    /// The newer one: another version, or a file with YAML, which is not registered.
    #[arg(value_name = "NAMESPACE/NAME@VERSION|FILE")]
    to: String,
}

impl Diff {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let (family, from) = (self.from.family(), written(&self.from)?);
        let file = Path::new(&self.to);
        let is_file = file.exists();
        let answer = match is_file {
            false => between(&self.from, &from, &self.to, "templates", context).await?,
            true => {
                let source = input::read_text(file)?;
                parse(file, &source)?;
                let (namespace, name) = (self.from.namespace.as_str(), self.from.name.as_str());
                let path = ["namespaces", namespace, "templates", name, "diff"];
                let (query, body) = ([("from", from)], source.into_bytes());
                let client = &context.client;
                client
                    .upload_with(Method::POST, &path, &query, "application/yaml", body)
                    .await?
            }
        };
        let diff = &answer.value;
        context.output.show(&answer.text, || {
            let to = diff
                .to
                .as_ref()
                .map_or_else(|| self.to.clone(), ToString::to_string);
            changes::diff(diff, &family, &to, context.output)
        })?;
        if is_file {
            context
                .output
                .next(&[format!("tasker template push {}", word(&self.to))]);
        }
        Ok(Exit::Complete)
    }
}
