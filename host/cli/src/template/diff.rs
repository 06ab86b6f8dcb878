//! `tasker template diff`

use super::check::parse;
use crate::definition::{between, shown, with_upload};
use crate::{Ask as _, Context, Reference, Result, input, word};
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
    pub async fn run(self, context: &Context) -> Result {
        let (from, file) = (&self.from, Path::new(&self.to));
        let is_upload = file.exists();
        let diff = match is_upload {
            true => {
                let source = input::read_text(file)?;
                parse(file, &source)?;
                let call = context.call(from.family_at(DiffTemplateUpload::at));
                call.query(&with_upload(from)?).media(source).ask().await?
            }
            false => {
                let call = context.call(from.family_at(DiffTemplate::at));
                call.query(&between(from, &self.to)?).ask().await?
            }
        };
        let publish = || format!("tasker template publish {}", word(&self.to));
        Ok(shown(&diff, from, &self.to, context).next(is_upload.then(publish)))
    }
}
