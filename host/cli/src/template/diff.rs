//! `tasker template diff`

use super::check::parse;
use crate::definition::compare;
use crate::reference::Reference;
use crate::shell::word;
use crate::{CliError, Context, Exit, input};
use std::future::ready;
use std::path::Path;
use tasker_wire::template::{DiffTemplate, DiffTemplateUpload};

/// Compare two versions of a template, with the semver level of the change.
#[derive(Debug, clap::Args)]
pub struct Diff {
    /// The older one, for example orders/fulfil@1.2.0.
    #[arg(value_name = "NAMESPACE/NAME@VERSION")]
    from: Reference,
    /// The newer one: another version, or a file with YAML, which is not published.
    #[arg(value_name = "NAMESPACE/NAME@VERSION|FILE")]
    to: String,
}

impl Diff {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let file = Path::new(&self.to);
        let upload = file.exists().then(|| ready(source(file)));
        let is_upload = upload.is_some();
        let between = (&self.from, self.to.as_str());
        let endpoints = (DiffTemplate::at, DiffTemplateUpload::at);
        compare(between, upload, endpoints, context).await?;
        if is_upload {
            context
                .output
                .next(&[format!("tasker template publish {}", word(&self.to))]);
        }
        Ok(Exit::Complete)
    }
}

fn source(file: &Path) -> Result<Vec<u8>, CliError> {
    let source = input::read_text(file)?;
    parse(file, &source)?;
    Ok(source.into_bytes())
}
