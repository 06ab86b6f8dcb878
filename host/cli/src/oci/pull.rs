//! `tasker oci pull`

use super::access::{Access, Connection};
use super::artifact::{CONFIG_MEDIA_TYPE, LAYER_MEDIA_TYPE};
use super::place::Place;
use super::signatures;
use super::trouble::told;
use crate::component::publish::{Upload, send, show_published};
use crate::reference::{Reference, parse_family};
use crate::{CliError, Context, Exit, Problem, units};
use futures::TryStreamExt as _;
use oci_client::annotations::{ORG_OPENCONTAINERS_IMAGE_TITLE, ORG_OPENCONTAINERS_IMAGE_VERSION};
use oci_client::manifest::{OciDescriptor, OciImageManifest};
use tasker_domain::bounds::MAX_COMPONENT_BYTES;
use tasker_domain::digest::Digest;

/// Pull a component from an OCI registry and publish it on the host, with its signatures.
#[derive(Debug, clap::Args)]
pub struct Pull {
    /// Where from, for example registry.example.com/orders/charge:1.5.0.
    #[arg(value_name = "REGISTRY/REPOSITORY:TAG")]
    place: Place,
    /// Name of the component; by default the title that it was pushed with.
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = parse_family)]
    name: Option<Reference>,
    /// Version of the component; by default the one that it was pushed with, or the tag.
    #[arg(long)]
    version: Option<semver::Version>,
    #[command(flatten)]
    access: Access,
}

impl Pull {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let connection = self.access.connect(&self.place)?;
        let Connection { client, auth } = &connection;
        let pulled = client.pull_image_manifest(self.place.reference(), auth);
        let (manifest, _) = pulled.await.map_err(|error| told(&self.place, &error))?;
        let layer = self.layer(&manifest)?;
        let (name, version) = (self.name(&manifest)?, self.version(&manifest)?);
        let (digest, bytes) = self.bytes(&connection, layer).await?;
        let signatures = signatures::pull(&connection, &self.place, digest).await?;
        let upload = Upload {
            name,
            version,
            bytes,
            signatures,
        };
        show_published(&send(upload, context).await?, context)?;
        Ok(Exit::Complete)
    }

    /// The one layer of a component.
    fn layer<'a>(&self, manifest: &'a OciImageManifest) -> Result<&'a OciDescriptor, CliError> {
        let is_component = manifest.config.media_type == CONFIG_MEDIA_TYPE;
        match &manifest.layers[..] {
            [layer] if is_component && layer.media_type == LAYER_MEDIA_TYPE => Ok(layer),
            layers => {
                let (config, count) = (&manifest.config.media_type, layers.len());
                let what = format!(
                    "{} is not a WebAssembly component: its config is `{config}`, and it has {}",
                    self.place,
                    units::count(count, "layer")
                );
                let help = "components are pushed by `tasker oci push` and `wkg oci push`";
                Err(Problem::bad_input(what).help(help).into())
            }
        }
    }

    fn name(&self, manifest: &OciImageManifest) -> Result<Reference, CliError> {
        let titled = || parse_family(annotation(manifest, ORG_OPENCONTAINERS_IMAGE_TITLE)?).ok();
        let name = self.name.clone().or_else(titled);
        name.ok_or_else(|| self.lacks("what to call it here", "--name orders/charge"))
    }

    fn version(&self, manifest: &OciImageManifest) -> Result<semver::Version, CliError> {
        let annotated = annotation(manifest, ORG_OPENCONTAINERS_IMAGE_VERSION);
        let told = annotated.into_iter().chain(self.place.reference().tag());
        let told = || told.filter_map(|text| text.parse().ok()).next();
        let version = self.version.clone().or_else(told);
        version.ok_or_else(|| self.lacks("which version it is", "--version 1.5.0"))
    }

    fn lacks(&self, what: &str, option: &str) -> CliError {
        let what = format!("{} does not say {what}", self.place);
        let help = format!("add for example {option}");
        Problem::bad_input(what).help(help).into()
    }

    /// The bytes, which are those that the manifest names.
    async fn bytes(
        &self,
        connection: &Connection,
        layer: &OciDescriptor,
    ) -> Result<(Digest, Vec<u8>), CliError> {
        let most = MAX_COMPONENT_BYTES;
        let size = usize::try_from(layer.size).unwrap_or(usize::MAX);
        if size > most {
            return Err(self.too_large(size));
        }
        let place = self.place.reference();
        let stream = connection.client.pull_blob_stream(place, layer).await;
        let mut stream = stream.map_err(|error| told(&self.place, &error))?;
        let mut bytes = Vec::with_capacity(size);
        while let Some(chunk) = stream
            .try_next()
            .await
            .map_err(|error| self.broken(&error))?
        {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > most {
                return Err(self.too_large(bytes.len()));
            }
        }
        let digest = Digest::of(&bytes);
        match layer.digest.parse() == Ok(digest) {
            true => Ok((digest, bytes)),
            false => {
                let what = format!(
                    "its bytes have the digest sha256:{digest} and should have {}",
                    layer.digest
                );
                Err(self.broken(&what))
            }
        }
    }

    fn too_large(&self, bytes: usize) -> CliError {
        let (size, most) = (
            units::size(bytes as u64),
            units::size(MAX_COMPONENT_BYTES as u64),
        );
        let what = format!("{} has {size}; a component may have {most}", self.place);
        Problem::bad_input(what).into()
    }

    fn broken(&self, why: &dyn std::fmt::Display) -> CliError {
        let what = format!("{} did not arrive as it was pushed: {why}", self.place);
        Problem::new(Exit::Failed, "artifact_broken", what).into()
    }
}

fn annotation<'a>(manifest: &'a OciImageManifest, key: &str) -> Option<&'a str> {
    Some(manifest.annotations.as_ref()?.get(key)?.as_str())
}
