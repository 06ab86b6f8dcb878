//! Signatures beside an artifact: an artifact of their own, found by the digest that they are over.
//!
//! They stand in the same repository under the tag `sha256-<digest of the component>.sig`, one layer
//! a signature, in the form in which uploads carry them. The manifest names that of the component as
//! its subject, so that registries which list referrers list it too.

use super::access::Connection;
use super::place::Place;
use super::trouble::{is_missing, told};
use crate::Result;
use crate::signing::add_signature;
use oci_client::client::{Config, ImageLayer};
use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciDescriptor, OciImageManifest};
use tasker_domain::digest::Digest;
use tasker_domain::signature::Signature;

/// One signature as text.
const SIGNATURE_MEDIA_TYPE: &str = "application/vnd.tasker.signature.v1";
/// A config that says nothing.
const EMPTY_MEDIA_TYPE: &str = "application/vnd.oci.empty.v1+json";
/// The longest signature, in bytes.
const MAX_SIGNATURE_BYTES: i64 = 1_024;
/// The most signatures that are read.
const MAX_SIGNATURES: usize = 8;

/// The signatures of this digest that hold; others are left out.
pub async fn pull(from: &Connection, place: &Place, digest: Digest) -> Result<Vec<Signature>> {
    let place = beside(place, digest);
    let manifest = match from.manifest(&place).await {
        Ok(manifest) => manifest,
        Err(error) if is_missing(&error) => return Ok(Vec::new()),
        Err(error) => return Err(told(&place, &error)),
    };
    let is_signature = |layer: &&OciDescriptor| {
        layer.media_type == SIGNATURE_MEDIA_TYPE && layer.size <= MAX_SIGNATURE_BYTES
    };
    let layers = manifest.layers.iter().filter(is_signature);
    let mut signatures = Vec::new();
    for layer in layers.take(MAX_SIGNATURES) {
        let mut bytes = Vec::new();
        let pulled = from
            .client
            .pull_blob(place.reference(), layer, &mut bytes)
            .await;
        pulled.map_err(|error| told(&place, &error))?;
        let signature = String::from_utf8_lossy(&bytes).parse::<Signature>();
        signatures.extend(signature.ok().filter(|signature| signature.is_of(digest)));
    }
    Ok(signatures)
}

/// Adds signatures to those that are there; all that are there then.
pub async fn push(
    to: &Connection,
    place: &Place,
    digest: Digest,
    signatures: &[Signature],
) -> Result<Vec<Signature>> {
    let mut all = pull(to, place, digest).await?;
    for signature in signatures {
        add_signature(&mut all, *signature);
    }
    if all.is_empty() {
        return Ok(all);
    }
    let layer = |signature: &Signature| ImageLayer {
        data: signature.to_string().into(),
        media_type: SIGNATURE_MEDIA_TYPE.to_owned(),
        annotations: None,
    };
    let layers: Vec<ImageLayer> = all.iter().map(layer).collect();
    let config = Config::new(&b"{}"[..], EMPTY_MEDIA_TYPE.to_owned(), None);
    let mut manifest = OciImageManifest::build(&layers, &config, None);
    manifest.media_type = Some(OCI_IMAGE_MEDIA_TYPE.to_owned());
    manifest.artifact_type = Some(SIGNATURE_MEDIA_TYPE.to_owned());
    manifest.subject = Some(subject(to, place).await?);
    to.push(&beside(place, digest), (config, &layers), manifest)
        .await?;
    Ok(all)
}

fn beside(place: &Place, digest: Digest) -> Place {
    place.tagged(format!("sha256-{digest}.sig"))
}

async fn subject(connection: &Connection, place: &Place) -> Result<OciDescriptor> {
    let Connection { client, auth } = connection;
    let manifest = client.pull_manifest_raw(place.reference(), auth, &[OCI_IMAGE_MEDIA_TYPE]);
    let (bytes, digest) = manifest.await.map_err(|error| told(place, &error))?;
    Ok(OciDescriptor {
        media_type: OCI_IMAGE_MEDIA_TYPE.to_owned(),
        digest,
        size: i64::try_from(bytes.len()).expect("a manifest is far smaller than that"),
        ..OciDescriptor::default()
    })
}
