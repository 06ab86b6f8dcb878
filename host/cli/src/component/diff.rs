//! `tasker component diff`

use super::publish::{built, read_component};
use crate::definition::{between, shown, with_upload};
use crate::{Ask as _, Context, Reference, Result, word};
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
    pub async fn run(self, context: &Context) -> Result {
        let (from, path) = (&self.from, Path::new(&self.to));
        let is_upload = path.exists();
        let diff = match is_upload {
            true => {
                let call = context.call(from.family_at(DiffComponentUpload::at));
                let call = call.query(&with_upload(from)?);
                call.media(bytes(path).await?).ask().await?
            }
            false => {
                let call = context.call(from.family_at(DiffComponent::at));
                call.query(&between(from, &self.to)?).ask().await?
            }
        };
        let reply = shown(&diff, from, &self.to, context);
        let (to, family, lowest) = (word(&self.to), from.family(), diff.value.lowest_version);
        let publish =
            || format!("tasker component publish {to} --name {family} --version {lowest}");
        Ok(reply.next(is_upload.then(publish)))
    }
}

/// The component in a file, or that of a crate.
async fn bytes(path: &Path) -> Result<Vec<u8>> {
    match path.is_dir() {
        true => read_component(&built(path.to_owned(), false).await?.path),
        false => read_component(path),
    }
}
