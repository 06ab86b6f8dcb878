//! `tasker oci pull`

use super::access::{Access, Connection};
use super::artifact::{CONFIG_MEDIA_TYPE, LAYER_MEDIA_TYPE};
use super::place::Place;
use super::signatures;
use super::trouble::told;
use crate::component::publish::{Upload, send, shown, too_large};
use crate::reference::parse_family;
use crate::{CliError, Context, Exit, Problem, Reference, Result, refuse, units};
use futures::TryStreamExt as _;
use oci_client::annotations::{ORG_OPENCONTAINERS_IMAGE_TITLE, ORG_OPENCONTAINERS_IMAGE_VERSION};
use oci_client::manifest::{OciDescriptor, OciImageManifest};
use std::fmt::Display;
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
    pub async fn run(self, context: &Context) -> Result {
        let (place, connection) = (&self.place, self.access.connect(&self.place)?);
        let manifest = connection.manifest(place).await;
        let manifest = manifest.map_err(|error| told(place, &error))?;
        let layer = self.layer(&manifest)?;
        let release = self.name(&manifest)?.at(self.version(&manifest)?);
        let (digest, bytes) = self.bytes(&connection, layer).await?;
        let signatures = signatures::pull(&connection, place, digest).await?;
        let upload = Upload {
            release,
            bytes,
            signatures,
        };
        Ok(shown(&send(upload, context).await?, context))
    }

    /// The one layer of a component.
    fn layer<'a>(&self, manifest: &'a OciImageManifest) -> Result<&'a OciDescriptor> {
        let (place, config) = (&self.place, &manifest.config.media_type);
        match &manifest.layers[..] {
            [layer] if config == CONFIG_MEDIA_TYPE && layer.media_type == LAYER_MEDIA_TYPE => {
                Ok(layer)
            }
            layers => {
                let layers = units::count(layers.len(), "layer");
                let has = format!("its config is `{config}`, and it has {layers}");
                refuse(
                    format!("{place} is not a WebAssembly component: {has}"),
                    "components are pushed by `tasker oci push` and `wkg oci push`",
                )
            }
        }
    }

    fn name(&self, manifest: &OciImageManifest) -> Result<Reference> {
        let titled = || parse_family(annotation(manifest, ORG_OPENCONTAINERS_IMAGE_TITLE)?).ok();
        let name = self.name.clone().or_else(titled);
        name.ok_or_else(|| self.lacks("what to call it here", "--name orders/charge"))
    }

    fn version(&self, manifest: &OciImageManifest) -> Result<semver::Version> {
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
    async fn bytes(&self, from: &Connection, layer: &OciDescriptor) -> Result<(Digest, Vec<u8>)> {
        let size = self.allowed(usize::try_from(layer.size).unwrap_or(usize::MAX))?;
        let place = self.place.reference();
        let stream = from.client.pull_blob_stream(place, layer).await;
        let mut stream = stream.map_err(|error| told(&self.place, &error))?;
        let mut bytes = Vec::with_capacity(size);
        while let Some(chunk) = stream
            .try_next()
            .await
            .map_err(|error| self.broken(error))?
        {
            bytes.extend_from_slice(&chunk);
            self.allowed(bytes.len())?;
        }
        let (digest, named) = (Digest::of(&bytes), &layer.digest);
        match named.parse() == Ok(digest) {
            true => Ok((digest, bytes)),
            false => Err(self.broken(format_args!(
                "its bytes have the digest sha256:{digest} and should have {named}"
            ))),
        }
    }

    /// Refuses more bytes than a component may have.
    fn allowed(&self, bytes: usize) -> Result<usize> {
        match bytes > MAX_COMPONENT_BYTES {
            true => Err(Problem::bad_input(too_large(&self.place, bytes)).into()),
            false => Ok(bytes),
        }
    }

    fn broken(&self, why: impl Display) -> CliError {
        let what = format!("{} did not arrive as it was pushed: {why}", self.place);
        Problem::new(Exit::Failed, "artifact_broken", what).into()
    }
}

fn annotation<'a>(manifest: &'a OciImageManifest, key: &str) -> Option<&'a str> {
    Some(manifest.annotations.as_ref()?.get(key)?.as_str())
}
