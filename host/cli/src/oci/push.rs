//! `tasker oci push`

use super::access::{Access, Connection};
use super::artifact::artifact;
use super::place::Place;
use super::signatures;
use super::trouble::{is_missing, told};
use crate::reference::parse_release;
use crate::signing::SecretKey;
use crate::{CliError, Context, Exit, Problem, Reference, Reply, Result, good, units};
use oci_client::annotations::{ORG_OPENCONTAINERS_IMAGE_TITLE, ORG_OPENCONTAINERS_IMAGE_VERSION};
use oci_client::errors::OciDistributionError;
use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciImageManifest};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tasker_domain::digest::Digest;
use tasker_domain::signature::Signature;
use tasker_wire::component::{
    ComponentVersion, DownloadComponent, ListSignatures, ShowComponentVersion,
};

/// Push a published component to an OCI registry, with its signatures.
#[derive(Debug, clap::Args)]
pub struct Push {
    /// Which one, for example orders/charge@1.5.0.
    #[arg(value_name = "NAMESPACE/NAME@VERSION", value_parser = parse_release)]
    component: Reference,
    /// Where to, for example registry.example.com/orders/charge:1.5.0.
    #[arg(value_name = "REGISTRY/REPOSITORY:TAG")]
    place: Place,
    /// Sign it with this private key as well.
    #[arg(long, value_name = "KEY")]
    sign: Option<PathBuf>,
    /// Replace an existing tag that has other content.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    access: Access,
}

impl Push {
    pub async fn run(self, context: &Context) -> Result {
        let (of, place) = (&self.component, &self.place);
        let connection = self.access.connect(place)?;
        let version = context
            .ask(of.version_at(ShowComponentVersion::at))
            .await?
            .value;
        let bytes = context
            .call(of.version_at(DownloadComponent::at))
            .bytes()
            .await?;
        let digest = Digest::of(&bytes);
        let page = context.call(of.version_at(ListSignatures::at)).await?;
        let given = page.items.iter().map(|line| line.signature.parse());
        let mut given: Vec<Signature> = given.filter_map(Result::ok).collect();
        if let Some(key) = &self.sign {
            given.push(SecretKey::read(key)?.sign(digest));
        }
        if !self.force {
            refuse_replacing(&connection, place, digest).await?;
        }
        push(&connection, place, &version, bytes).await?;
        let signed = signatures::push(&connection, place, digest, &given).await?;
        Ok(self.shown(&version, digest, &signed, context))
    }

    fn shown(
        &self,
        version: &ComponentVersion,
        digest: Digest,
        signed: &[Signature],
        context: &Context,
    ) -> Reply {
        let (component, place) = (&self.component, &self.place);
        let keys = signed.iter().map(|one| one.key().id().to_string());
        let keys: Vec<String> = keys.collect();
        let answer = json!({ "place": place.to_string(), "digest": digest, "signed_by": keys });
        let reply = context.output.report(answer, || {
            let (size, digest) = (units::size(version.size_bytes), digest.short());
            let signed = match keys.is_empty() {
                true => "not signed".to_owned(),
                false => format!("signed by {}", keys.join(", ")),
            };
            let done = format!("{component} pushed to {place} ({size}, digest {digest})");
            good(format_args!("{done}\n  {signed}"))
        });
        reply.next([format!("tasker oci pull {place} --name NAMESPACE/NAME")])
    }
}

/// Refuses to take a tag away from other content. A registry has no way to do that in one go: who pushes
/// to the same tag in the same moment is not noticed.
async fn refuse_replacing(connection: &Connection, place: &Place, digest: Digest) -> Result<()> {
    let manifest = match connection.manifest(place).await {
        Ok(manifest) => manifest,
        Err(error) if is_missing(&error) => return Ok(()),
        // Whatever else is there, it is something else.
        Err(OciDistributionError::UnsupportedMediaTypeError(_)) => return Err(taken(place, None)),
        Err(error) => return Err(told(place, &error)),
    };
    let layers = manifest.layers.iter().map(|it| it.digest.as_str());
    let layers: Vec<&str> = layers.collect();
    match layers == [format!("sha256:{digest}")] {
        true => Ok(()),
        false => Err(taken(place, layers.first().copied())),
    }
}

fn taken(place: &Place, by: Option<&str>) -> CliError {
    let by = by.map_or_else(String::new, |digest| format!(" ({digest})"));
    let what = format!("{place} is there already, with other content{by}");
    let help = "push to another tag, or replace it with --force";
    Problem::new(Exit::Conflict, "tag_exists", what)
        .help(help)
        .into()
}

/// As the CNCF lays Wasm out. The same version gives the same manifest, whenever it is pushed.
async fn push(
    connection: &Connection,
    place: &Place,
    version: &ComponentVersion,
    bytes: Vec<u8>,
) -> Result<()> {
    let (config, layer) = artifact(bytes, version.created_at)?;
    let number = version.version.to_string();
    let annotations = BTreeMap::from([
        (ORG_OPENCONTAINERS_IMAGE_TITLE.to_owned(), version.family()),
        (ORG_OPENCONTAINERS_IMAGE_VERSION.to_owned(), number),
    ]);
    let layers = [layer];
    let mut manifest = OciImageManifest::build(&layers, &config, Some(annotations));
    manifest.media_type = Some(OCI_IMAGE_MEDIA_TYPE.to_owned());
    connection.push(place, (config, &layers), manifest).await
}
