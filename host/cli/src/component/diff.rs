//! `tasker component diff`

use super::publish::{built, read_component};
use crate::definition::compare;
use crate::reference::Reference;
use crate::shell::word;
use crate::{CliError, Context, Exit};
use std::path::Path;
use tasker_wire::component::{DiffComponent, DiffComponentUpload};

/// Compare two versions of a component, with the semver level of the change.
#[derive(Debug, clap::Args)]
pub struct Diff {
    /// The older one, for example payments/charge@1.4.0.
    #[arg(value_name = "NAMESPACE/NAME@VERSION")]
    from: Reference,
    /// The newer one: another version, a .wasm file, or the folder of a handler crate, which is
    /// built first. Nothing is published.
    #[arg(value_name = "NAMESPACE/NAME@VERSION|PATH")]
    to: String,
}

impl Diff {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let path = Path::new(&self.to);
        let upload = path.exists().then(|| bytes(path));
        let is_upload = upload.is_some();
        let between = (&self.from, self.to.as_str());
        let endpoints = (DiffComponent::at, DiffComponentUpload::at);
        let diff = compare(between, upload, endpoints, context).await?;
        if is_upload {
            let (to, family, lowest) = (word(&self.to), self.from.family(), diff.lowest_version);
            context.output.next(&[format!(
                "tasker component publish {to} --name {family} --version {lowest}"
            )]);
        }
        Ok(Exit::Complete)
    }
}

/// The component in a file, or that of a crate.
async fn bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    match path.is_dir() {
        true => read_component(&built(path.to_owned(), false).await?.path),
        false => read_component(path),
    }
}
