//! What is there: components and templates with their versions.

use super::catalog::Selection;
use super::{Registry, RegistryError, Release};
use crate::store::component::ComponentVersionRow;
use crate::store::template::TemplateVersionRow;
use semver::Version;
use serde::Deserialize as _;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{Candidate, Existing};
use tasker_domain::template::Template;

impl Registry {
    /// One version of a component.
    pub async fn component_version(
        &self,
        target: &QualifiedName,
        version: &Version,
    ) -> Result<ComponentVersionRow, RegistryError> {
        let QualifiedName { namespace, name } = target;
        if let Some(row) = self
            .store
            .component_version(namespace, name, version)
            .await?
        {
            return Ok(row);
        }
        let existing = self.existing_versions(PinKind::Component, target).await?;
        Err(unknown_version(
            PinKind::Component,
            target,
            version,
            existing,
        ))
    }

    /// The version of a template that a new task takes which asks for none.
    pub async fn latest_template(
        &self,
        target: &QualifiedName,
    ) -> Result<TemplateVersionRow, RegistryError> {
        let kind = PinKind::Template;
        let catalog = self.catalog(&Selection::of(kind, target)).await?;
        let pin = catalog.pin(&target.namespace, kind, target);
        let pin = pin.map(|pin| pin.seen(false));
        let chosen = catalog.choose_template(target, None, pin.as_ref());
        let version = &chosen?.version;
        self.template_version(target, version).await
    }

    /// The same as a number; `None` if a new task would be refused.
    pub async fn default_template_version(
        &self,
        target: &QualifiedName,
    ) -> Result<Option<Version>, RegistryError> {
        let selection = Selection::of(PinKind::Template, target);
        let catalog = self.catalog(&selection).await?;
        Ok(catalog.latest(PinKind::Template, target))
    }

    /// One version of a template.
    pub async fn template_version(
        &self,
        target: &QualifiedName,
        version: &Version,
    ) -> Result<TemplateVersionRow, RegistryError> {
        let QualifiedName { namespace, name } = target;
        if let Some(row) = self
            .store
            .template_version(namespace, name, version)
            .await?
        {
            return Ok(row);
        }
        let existing = self.existing_versions(PinKind::Template, target).await?;
        Err(unknown_version(
            PinKind::Template,
            target,
            version,
            existing,
        ))
    }
}

/// What a template version says.
pub fn stored_template(row: &TemplateVersionRow) -> Result<Template, RegistryError> {
    Template::deserialize(&row.definition).map_err(|error| {
        RegistryError::stored(
            format!("template {}/{} {}", row.namespace, row.name, row.version),
            error,
        )
    })
}

/// What inspection found when the version was published.
pub fn descriptor(row: &ComponentVersionRow) -> Result<Descriptor, RegistryError> {
    Descriptor::deserialize(&row.descriptor).map_err(|error| {
        RegistryError::stored(
            format!(
                "component {}/{} {}",
                row.namespace, row.component, row.version
            ),
            error,
        )
    })
}

fn unknown_version(
    kind: PinKind,
    target: &QualifiedName,
    version: &Version,
    existing: Vec<Version>,
) -> RegistryError {
    let candidates: Vec<Candidate<()>> = existing
        .into_iter()
        .map(|version| Candidate {
            version,
            ineligible: None,
            id: (),
        })
        .collect();
    let release = Box::new(Release::new(kind, target, version));
    RegistryError::UnknownVersion {
        release,
        existing: Existing::of(&candidates),
    }
}
