//! What is different between two versions, or a version and what is not published yet.

use super::compat_report::Uploaded;
use super::discover::{descriptor, stored_template};
use super::{Registry, RegistryError};
use bytes::Bytes;
use semver::Version;
use tasker_compat::{CompatReport, bump, template};
use tasker_domain::compatibility::Diff;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::VersionState;
use tasker_domain::template::Template;

impl Registry {
    /// Compares two versions of a component.
    pub async fn component_diff(
        &self,
        target: &QualifiedName,
        from: &Version,
        to: &Version,
    ) -> Result<Diff, RegistryError> {
        let row = self.component_version(target, to).await?;
        let bytes = self.store.engine().component_bytes(row.digest).await?;
        let uploaded = Uploaded {
            digest: row.digest,
            descriptor: descriptor(&row)?,
            bytes: bytes.unwrap_or_default().into(),
        };
        let changes = self.changes_since(target, from, &uploaded).await?;
        Ok(diff(
            target,
            Some(to),
            CompatReport::of(from.clone(), changes),
            &[],
        ))
    }

    /// Compares a version of a component with an upload, of which nothing is stored but its
    /// compiled code.
    pub async fn component_diff_with(
        &self,
        target: &QualifiedName,
        from: &Version,
        bytes: Bytes,
    ) -> Result<Diff, RegistryError> {
        let uploaded = self.inspected(bytes).await?;
        let changes = self.changes_since(target, from, &uploaded).await?;
        let taken = numbers(self.versions(PinKind::Component, target).await?);
        Ok(diff(
            target,
            None,
            CompatReport::of(from.clone(), changes),
            &taken,
        ))
    }

    /// Compares two versions of a template.
    pub async fn template_diff(
        &self,
        target: &QualifiedName,
        from: &Version,
        to: &Version,
    ) -> Result<Diff, RegistryError> {
        let new = stored_template(&self.template_version(target, to).await?)?;
        self.diff_of_template(target, from, Some(to), &new).await
    }

    /// Compares a version of a template with YAML, which is not stored.
    pub async fn template_diff_with(
        &self,
        target: &QualifiedName,
        from: &Version,
        source: &str,
    ) -> Result<Diff, RegistryError> {
        let new = Template::parse(source)?;
        self.diff_of_template(target, from, None, &new).await
    }

    async fn diff_of_template(
        &self,
        target: &QualifiedName,
        from: &Version,
        to: Option<&Version>,
        new: &Template,
    ) -> Result<Diff, RegistryError> {
        let old = stored_template(&self.template_version(target, from).await?)?;
        let changes = template::compare(&old, new);
        let taken = match to {
            Some(_) => Vec::new(),
            None => numbers(self.versions(PinKind::Template, target).await?),
        };
        Ok(diff(
            target,
            to,
            CompatReport::of(from.clone(), changes),
            &taken,
        ))
    }

    /// Inspects bytes that are not published.
    pub(crate) async fn inspected(&self, bytes: Bytes) -> Result<Uploaded, RegistryError> {
        let inspected = self.sandbox.inspect(&bytes[..]).await?;
        Ok(Uploaded {
            digest: inspected.digest,
            descriptor: inspected.descriptor,
            bytes,
        })
    }
}

fn numbers(all: Vec<(Version, VersionState)>) -> Vec<Version> {
    all.into_iter().map(|(version, _)| version).collect()
}

/// `taken`: numbers that what has none yet cannot have.
fn diff(
    target: &QualifiedName,
    to: Option<&Version>,
    compat_report: CompatReport,
    taken: &[Version],
) -> Diff {
    let from = compat_report.against.clone();
    let stable = Version::new(from.major, from.minor, from.patch);
    Diff {
        namespace: target.namespace.to_string(),
        name: target.name.to_string(),
        lowest_version: bump::lowest(&from, compat_report.level, &stable, taken),
        to: to.cloned(),
        from,
        compat_report,
    }
}
