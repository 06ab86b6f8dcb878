//! Publishing a component: inspect, then store once.

use super::catalog::Selection;
use super::compat_report::Uploaded;
use super::storable;
use super::until_unmoved::until_unmoved;
use super::{Registry, RegistryError, Release};
use crate::store::component::{ComponentVersionRow, NewComponentVersion};
use bytes::Bytes;
use semver::Version;
use serde_json::Value;
use tasker_domain::actor::Actor;
use tasker_domain::digest::Digest;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::VersionStatus;

/// The result of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// The version is new.
    Created,
    /// It stood already.
    Stood,
    /// It stood already, without its bytes, and has them back.
    Restored,
}

impl Registry {
    /// Stores the bytes under this version; returns the version and the result. The same bytes again change
    /// nothing, but restore a collected version; other bytes under an existing version are refused. An
    /// existing version is not inspected again. A version that requests capabilities which are not approved
    /// waits for approval.
    pub async fn publish_component(
        &self,
        target: &QualifiedName,
        version: &Version,
        bytes: Bytes,
        actor: &Actor,
    ) -> Result<(ComponentVersionRow, Published), RegistryError> {
        let digest = Digest::of(&bytes);
        let QualifiedName { namespace, name } = target;
        if let Some(row) = self
            .store
            .component_version(namespace, name, version)
            .await?
        {
            let row = same_content(target, version, row, digest)?;
            return match row.collected_at {
                None => Ok((row, Published::Stood)),
                Some(_) => self.restore(target, version, &row, bytes, actor).await,
            };
        }
        self.require_signature(target, version, digest).await?;
        let uploaded = self.inspected(bytes).await?;
        let descriptor = serde_json::to_value(&uploaded.descriptor)
            .map_err(|error| RegistryError::stored(format!("{target} {version}"), error))?;
        storable::check(&descriptor, "the component's descriptor")?;
        let release = (target, version);
        let publish = || self.store_decided(release, &uploaded, &descriptor, actor);
        let (row, created) = until_unmoved(publish).await?;
        let published = match created {
            true => Published::Created,
            false => Published::Stood,
        };
        same_content(target, version, row, digest).map(|row| (row, published))
    }

    /// Stores the upload by what is decided now; `None` if that has changed by the end.
    async fn store_decided(
        &self,
        (target, version): (&QualifiedName, &Version),
        uploaded: &Uploaded,
        descriptor: &Value,
        actor: &Actor,
    ) -> Result<Option<(ComponentVersionRow, bool)>, RegistryError> {
        let selection = Selection::of(PinKind::Component, target);
        let catalog = self.catalog(&selection).await?;
        let family = catalog.components.get(target);
        let decided_at = family.map_or(0, |family| family.revision);
        let compat_report = self.component_report(target, version, uploaded).await?;
        let unapproved = self.unapproved(target, version, &uploaded.descriptor);
        let unapproved = unapproved.await?;
        let new = NewComponentVersion {
            namespace: &target.namespace,
            component: &target.name,
            version,
            digest: uploaded.digest,
            bytes: &uploaded.bytes,
            descriptor,
            status: match unapproved.is_empty() {
                true => VersionStatus::Active,
                false => VersionStatus::NeedsApproval,
            },
            compat_report: compat_report.as_ref(),
            unapproved: &unapproved,
            decided_at,
            actor,
        };
        Ok(self.store.publish_component(&new).await?)
    }
}

impl Registry {
    /// Gives a collected version its bytes back, if they run here and are signed as they have to be.
    async fn restore(
        &self,
        target: &QualifiedName,
        version: &Version,
        row: &ComponentVersionRow,
        bytes: Bytes,
        actor: &Actor,
    ) -> Result<(ComponentVersionRow, Published), RegistryError> {
        self.require_signature(target, version, row.digest).await?;
        let uploaded = self.inspected(bytes).await?;
        self.store
            .restore_component(row, &uploaded.bytes, actor)
            .await?;
        Ok((
            self.component_version(target, version).await?,
            Published::Restored,
        ))
    }
}

/// The stored version, unless it has other bytes.
fn same_content(
    target: &QualifiedName,
    version: &Version,
    row: ComponentVersionRow,
    given: Digest,
) -> Result<ComponentVersionRow, RegistryError> {
    if row.digest == given {
        return Ok(row);
    }
    let release = Box::new(Release::new(PinKind::Component, target, version));
    Err(RegistryError::VersionExists {
        release,
        existing: row.digest,
        given,
    })
}
