//! Approval: a version that requests capabilities which are not approved waits for an operator.

use super::catalog::Selection;
use super::discover::descriptor;
use super::{Registry, RegistryError, Release};
use crate::store::approve::{Approval, Approved};
use crate::store::component::ComponentVersionRow;
use crate::store::grant::GrantRow;
use semver::Version;
use tasker_domain::actor::Actor;
use tasker_domain::capability::{Capability, missing};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{ComponentRef, QualifiedName};
use tasker_domain::resolve::{VersionStatus, status_name};
use tasker_domain::scope::Scope;

impl Registry {
    /// The requested capabilities that are not approved. The baseline is what the highest active version
    /// below requests; for the first version, what its own namespace grants. A request of a first version
    /// without a destination or value needs no approval.
    pub(crate) async fn unapproved(
        &self,
        target: &QualifiedName,
        version: &Version,
        descriptor: &Descriptor,
    ) -> Result<Vec<String>, RegistryError> {
        let requested = descriptor.requested();
        if requested.is_empty() {
            return Ok(Vec::new());
        }
        let more = match self.baseline(target, version).await? {
            Some(agreed) => missing(&requested, &agreed),
            None => {
                let mut more = missing(&requested, &self.granted_to(target).await?);
                more.retain(Capability::is_grantable);
                more
            }
        };
        Ok(more.iter().map(Capability::to_string).collect())
    }

    /// What the highest active version below this one requests; `None` if there is no such version.
    async fn baseline(
        &self,
        target: &QualifiedName,
        version: &Version,
    ) -> Result<Option<Vec<Capability>>, RegistryError> {
        let versions = self.versions(PinKind::Component, target).await?;
        let mut below = versions
            .into_iter()
            .filter(|(other, state)| state.status == VersionStatus::Active && other < version);
        let Some((below, _)) = below.next() else {
            return Ok(None);
        };
        let row = self.component_version(target, &below).await?;
        Ok(Some(descriptor(&row)?.requested()))
    }

    /// What the component's own namespace grants to it.
    pub async fn granted_to(
        &self,
        target: &QualifiedName,
    ) -> Result<Vec<Capability>, RegistryError> {
        let home = &target.namespace;
        let selection = Selection::default().with_attempts(home);
        let catalog = self.catalog(&selection).await?;
        let granted = catalog.granted_to(home, target.name.as_str());
        Ok(granted.cloned().collect())
    }

    /// The same of several components, in their order.
    pub async fn granted_to_each(
        &self,
        targets: &[QualifiedName],
    ) -> Result<Vec<Vec<Capability>>, RegistryError> {
        let selection = targets
            .iter()
            .fold(Selection::default(), |selection, target| {
                selection.with_attempts(&target.namespace)
            });
        let catalog = self.catalog(&selection).await?;
        let granted = targets.iter().map(|target| {
            let granted = catalog.granted_to(&target.namespace, target.name.as_str());
            granted.cloned().collect()
        });
        Ok(granted.collect())
    }

    /// Makes a version that waits for approval active, and grants to it, in its own namespace, what
    /// it requested and can be granted. Returns the version and the grants that are new.
    pub async fn approve(
        &self,
        target: &QualifiedName,
        version: &Version,
        actor: &Actor,
        reason: &str,
    ) -> Result<(ComponentVersionRow, Vec<GrantRow>), RegistryError> {
        let row = self.component_version(target, version).await?;
        let mut grants = missing(
            &descriptor(&row)?.requested(),
            &self.granted_to(target).await?,
        );
        grants.retain(Capability::is_grantable);
        let approval = Approval {
            namespace: &target.namespace,
            component: &own_grantee(&target.name),
            grants: &grants,
            actor,
            reason,
        };
        match self.store.approve_component(&row, approval).await? {
            Approved::Active(added) => Ok((self.component_version(target, version).await?, added)),
            Approved::Full => Err(RegistryError::TooManyGrants(target.namespace.clone())),
            Approved::NotWaiting => {
                let row = self.component_version(target, version).await?;
                let release = Release::new(PinKind::Component, target, version);
                Err(RegistryError::NotWaiting {
                    release: Box::new(release),
                    status: status_name(row.state().ineligible()),
                })
            }
        }
    }
}

fn own_grantee(component: &Name) -> Scope {
    Scope::One(ComponentRef {
        namespace: None,
        component: component.clone(),
    })
}
