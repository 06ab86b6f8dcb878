//! What a new version changes, and whether its number says so.

use super::discover::{descriptor, stored_template};
use super::semver_violation::SemverViolation;
use super::{Registry, RegistryError, Release};
use bytes::Bytes;
use semver::Version;
use serde_json::Value;
use tasker_compat::component::{asks_for_bytes, changed_exports, changed_handlers};
use tasker_compat::{CompatChange, CompatReport, bump, template};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::digest::Digest;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::VersionState;
use tasker_domain::template::Template;

/// A component that is to be published or compared.
pub(crate) struct Uploaded {
    pub digest: Digest,
    pub descriptor: Descriptor,
    pub bytes: Bytes,
}

impl Registry {
    /// The compat report on an upload, to be stored with it.
    ///
    /// # Errors
    /// Where the version number does not allow the changes.
    pub(crate) async fn component_report(
        &self,
        target: &QualifiedName,
        version: &Version,
        uploaded: &Uploaded,
    ) -> Result<Option<Value>, RegistryError> {
        let compat_report = self.assess_component(target, version, uploaded).await?;
        self.checked(PinKind::Component, target, version, compat_report)
            .await
    }

    /// The compat report on a template, to be stored with it; none for a version that exists.
    ///
    /// # Errors
    /// Where the version number does not allow the changes.
    pub(crate) async fn template_report(
        &self,
        target: &QualifiedName,
        new: &Template,
    ) -> Result<Option<Value>, RegistryError> {
        let QualifiedName { namespace, name } = target;
        let stored = self
            .store
            .template_version(namespace, name, &new.version)
            .await?;
        if stored.is_some() {
            return Ok(None);
        }
        let compat_report = self.assess_template(target, new.clone()).await?;
        self.checked(PinKind::Template, target, &new.version, compat_report)
            .await
    }

    /// The compat report as it is stored, where the number keeps to it.
    async fn checked(
        &self,
        kind: PinKind,
        target: &QualifiedName,
        version: &Version,
        compat_report: Option<CompatReport>,
    ) -> Result<Option<Value>, RegistryError> {
        let Some(compat_report) = compat_report else {
            return Ok(None);
        };
        let release = Release::new(kind, target, version);
        let json = serde_json::to_value(&compat_report).map_err(|error| {
            RegistryError::stored(format!("the compat report on {release}"), error)
        })?;
        self.check_semver(release, &compat_report).await?;
        Ok(Some(json))
    }

    /// Compares an upload with the last version below it that is not quarantined; `None` if there
    /// is no such version.
    pub(crate) async fn assess_component(
        &self,
        target: &QualifiedName,
        version: &Version,
        uploaded: &Uploaded,
    ) -> Result<Option<CompatReport>, RegistryError> {
        let versions = self.versions(PinKind::Component, target).await?;
        let Some(against) = bump::baseline(version, usable(&versions)) else {
            return Ok(None);
        };
        let changes = self.changes_since(target, against, uploaded).await?;
        Ok(Some(CompatReport::of(against.clone(), changes)))
    }

    /// Compares a template with the last version below it; `None` if there is none.
    pub(crate) async fn assess_template(
        &self,
        target: &QualifiedName,
        new: Template,
    ) -> Result<Option<CompatReport>, RegistryError> {
        let versions = self.versions(PinKind::Template, target).await?;
        let Some(against) = bump::baseline(&new.version, usable(&versions)) else {
            return Ok(None);
        };
        let old = stored_template(&self.template_version(target, against).await?)?;
        let changes = spawn_blocking(move || template::compare(&old, &new)).await;
        Ok(Some(CompatReport::of(against.clone(), changes)))
    }

    /// What an upload changes since this version.
    pub(crate) async fn changes_since(
        &self,
        target: &QualifiedName,
        against: &Version,
        uploaded: &Uploaded,
    ) -> Result<Vec<CompatChange>, RegistryError> {
        let row = self.component_version(target, against).await?;
        if row.digest == uploaded.digest {
            return Ok(Vec::new());
        }
        let (old, new) = (descriptor(&row)?, uploaded.descriptor.clone());
        let mut changes = Vec::new();
        if asks_for_bytes(&old, &new) {
            let before = self.store.engine().component_bytes(row.digest).await?;
            changes.extend(self.changed_exports(before, uploaded.bytes.clone()).await);
        }
        changes.extend(spawn_blocking(move || changed_handlers(&old, &new)).await);
        Ok(changes)
    }

    async fn changed_exports(&self, before: Option<Vec<u8>>, after: Bytes) -> Vec<CompatChange> {
        let Some(before) = before else {
            let what = "cannot be compared: the bytes of that version were removed";
            return vec![CompatChange::major("exports", what)];
        };
        spawn_blocking(move || changed_exports(&before, &after)).await
    }

    /// Refuses a number that does not allow the changes.
    pub(crate) async fn check_semver(
        &self,
        release: Release,
        compat_report: &CompatReport,
    ) -> Result<(), RegistryError> {
        let allowed = bump::allowed(&compat_report.against, &release.version);
        if compat_report.level <= allowed {
            return Ok(());
        }
        let versions = self.versions(release.kind, &release.target).await?;
        let taken: Vec<Version> = versions.into_iter().map(|(version, _)| version).collect();
        let lowest = bump::lowest(
            &compat_report.against,
            compat_report.level,
            &release.version,
            &taken,
        );
        Err(RegistryError::SemverViolation(Box::new(SemverViolation {
            release,
            compat_report: compat_report.clone(),
            allowed,
            lowest,
        })))
    }
}

fn usable(versions: &[(Version, VersionState)]) -> impl Iterator<Item = &Version> {
    let usable = versions.iter().filter(|(_, state)| !state.is_quarantined);
    usable.map(|(version, _)| version)
}

/// Off the threads that answer requests: a comparison may take long.
async fn spawn_blocking<T: Send + 'static>(compare: impl FnOnce() -> T + Send + 'static) -> T {
    let done = tokio::task::spawn_blocking(compare).await;
    done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
