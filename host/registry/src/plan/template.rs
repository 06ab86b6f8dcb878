//! What publishing a template would change, and what its steps would run.

use super::component::PROPOSED_ID;
use super::open_tasks;
use crate::catalog::{FamilyVersion, Selection};
use crate::publish_template::{check_address, definition_json};
use crate::{Registry, RegistryError, Release};
use semver::Version;
use tasker_domain::digest::Digest;
use tasker_domain::impact::ImpactReport;
use tasker_domain::pin::PinKind;
use tasker_domain::plan::{Assumed, TemplatePlan};
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{Availability, VersionState};
use tasker_domain::template::Template;

impl Registry {
    /// What publishing this YAML under this version would change, if what is assumed were there too.
    /// Nothing is stored.
    ///
    /// # Errors
    /// Where it could not be published: it is wrong, is called otherwise, or the version has another
    /// text.
    pub async fn plan_template(
        &self,
        target: &QualifiedName,
        version: &Version,
        source: &str,
        assumed: &Assumed,
    ) -> Result<TemplatePlan, RegistryError> {
        let template = Template::parse(source)?;
        check_address(&template, target, version)?;
        definition_json(&template)?;
        let digest = Digest::of(source.as_bytes());
        let QualifiedName { namespace, name } = target;
        let stored = self.store.template_version(namespace, name, version);
        let status = match stored.await? {
            None => None,
            Some(row) if row.digest == digest => Some(Availability(row.status.ineligible())),
            Some(row) => {
                let release = Release::new(PinKind::Template, target, version);
                return Err(RegistryError::VersionExists {
                    release: Box::new(release),
                    existing: row.digest,
                    given: digest,
                });
            }
        };
        let compat_report = self.assess_template(target, template.clone()).await?;
        let number = self.numbered(PinKind::Template, target, version, compat_report);
        let number = number.await?;
        let preview = self.preview_resolution(&template, assumed).await?;
        let open = self
            .store
            .open_tasks_by_template_version(namespace, name)
            .await?;
        Ok(TemplatePlan {
            namespace: namespace.clone(),
            name: name.clone(),
            version: version.clone(),
            digest,
            status,
            number,
            report: self.template_impact(target, version).await?,
            steps: preview.steps,
            ungranted: preview.ungranted,
            open_tasks: open_tasks(open)?,
        })
    }

    /// Which new tasks would take this version of a template.
    async fn template_impact(
        &self,
        target: &QualifiedName,
        version: &Version,
    ) -> Result<ImpactReport, RegistryError> {
        let kind = PinKind::Template;
        let catalog = self.catalog(&Selection::of(kind, target)).await?;
        let proposed = FamilyVersion {
            id: PROPOSED_ID,
            version: version.clone(),
            state: VersionState::ACTIVE,
            signers: Vec::new(),
        };
        let after = catalog.with_versions(kind, target, vec![proposed]);
        Ok(catalog.template_impact(&after, target, version))
    }
}
