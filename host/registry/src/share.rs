//! Shares: whose components the tasks of a namespace may run.
//!
//! A namespace uses its own components, and those that their owner shares with it. This is asked when
//! a template is published or planned, when a pin is set, and for every new task. Tasks that exist keep
//! what they have.

use super::{Registry, RegistryError};
use crate::store::share::{ShareChange, ShareOutcome, ShareRow};
use std::collections::BTreeSet;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::share::{Audience, UnsharedUse, UsableComponents};
use tasker_domain::template::Template;

impl Registry {
    /// Shares a component, or all of a namespace; true where that is new. The component and the other
    /// namespace need not exist yet.
    pub async fn add_share(
        &self,
        change: ShareChange<'_>,
    ) -> Result<(ShareRow, bool), RegistryError> {
        match self.store.add_share(change).await? {
            ShareOutcome::Added(row) => Ok((row, true)),
            ShareOutcome::Stood(row) => Ok((row, false)),
            ShareOutcome::Full => Err(RegistryError::TooManyShares(change.namespace.clone())),
        }
    }

    /// Takes a share back: new tasks of the other namespace are refused.
    pub async fn remove_share(&self, change: ShareChange<'_>) -> Result<ShareRow, RegistryError> {
        let removed = self.store.remove_share(change).await?;
        removed.ok_or_else(|| RegistryError::UnknownShare {
            namespace: change.namespace.clone(),
            component: change.component.clone(),
            shared_with: change.shared_with.clone(),
        })
    }

    /// Shares by id, `limit` at most: all, or those that a namespace makes or has a part in.
    pub async fn list_shares(
        &self,
        namespace: Option<&Name>,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<ShareRow>, RegistryError> {
        Ok(self.store.list_shares(namespace, after, limit).await?)
    }

    /// What the namespace may use of these components.
    pub(crate) async fn usable(
        &self,
        home: &Name,
        components: &BTreeSet<QualifiedName>,
    ) -> Result<UsableComponents, RegistryError> {
        let owners = components.iter().map(|component| &component.namespace);
        let owners: BTreeSet<&str> = owners.filter(|it| *it != home).map(Name::as_str).collect();
        if owners.is_empty() {
            return Ok(UsableComponents::default());
        }
        let owners: Vec<&str> = owners.into_iter().collect();
        Ok(self.store.usable_components(home, &owners).await?)
    }

    /// Refuses what a namespace may not use, whether it exists or not.
    pub async fn require_use(
        &self,
        home: &Name,
        component: &QualifiedName,
    ) -> Result<(), RegistryError> {
        let components = BTreeSet::from([component.clone()]);
        match self.usable(home, &components).await?.allow(home, component) {
            true => Ok(()),
            false => Err(RegistryError::NotShared {
                namespace: home.clone(),
                uses: vec![UnsharedUse {
                    step: None,
                    component: component.clone(),
                }],
            }),
        }
    }

    /// Refuses a template that runs what its namespace may not use.
    pub(crate) async fn require_uses(&self, template: &Template) -> Result<(), RegistryError> {
        let components = template.components();
        let usable = self.usable(&template.namespace, &components).await?;
        check_use(template, &components, &usable)
    }

    /// The namespaces that may use a component.
    pub(crate) async fn audience(
        &self,
        component: &QualifiedName,
    ) -> Result<Audience, RegistryError> {
        Ok(self.store.audience(component).await?)
    }
}

/// Refuses a template that runs, of these components, what its namespace may not use.
pub(crate) fn check_use(
    template: &Template,
    components: &BTreeSet<QualifiedName>,
    usable: &UsableComponents,
) -> Result<(), RegistryError> {
    let home = &template.namespace;
    let uses = template.steps.iter().filter_map(|step| {
        let component = step.handler.component.qualified(home);
        let is_refused = components.contains(&component) && !usable.allow(home, &component);
        is_refused.then(|| UnsharedUse {
            step: Some(step.name.clone()),
            component,
        })
    });
    let uses: Vec<UnsharedUse> = uses.collect();
    match uses.is_empty() {
        true => Ok(()),
        false => Err(RegistryError::NotShared {
            namespace: home.clone(),
            uses,
        }),
    }
}
