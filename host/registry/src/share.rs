//! Shares: whose components the tasks of a namespace may run.
//!
//! A namespace uses its own components, and those that their owner shares with it. This is checked when a
//! template is published or planned, when a pin is set, and for every new task. Existing tasks keep what
//! they have.

use super::catalog::{Catalog, Selection};
use super::{Registry, RegistryError};
use crate::store::Addition;
use crate::store::share::{ShareChange, ShareRow};
use std::collections::BTreeSet;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::share::UnsharedUse;
use tasker_domain::template::Template;

impl Registry {
    /// Shares a component, or all of a namespace; true if that is new. The component and the other
    /// namespace need not exist yet.
    pub async fn add_share(
        &self,
        change: ShareChange<'_>,
    ) -> Result<(ShareRow, bool), RegistryError> {
        match self.store.add_share(change).await? {
            Addition::Added(row) => Ok((row, true)),
            Addition::Stood(row) => Ok((row, false)),
            Addition::Full => Err(RegistryError::TooManyShares(change.namespace.clone())),
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

    /// Shares by id: all, or those that one of these namespaces makes or has a part in.
    pub async fn list_shares(
        &self,
        namespaces: &[Name],
        seek: Seek<i64>,
    ) -> Result<Vec<ShareRow>, RegistryError> {
        Ok(self.store.list_shares(namespaces, seek).await?)
    }

    /// Refuses what a namespace may not use; of a component of another, whether it exists or not.
    pub async fn require_use(
        &self,
        home: &Name,
        component: &QualifiedName,
    ) -> Result<(), RegistryError> {
        let selection = Selection::default().with([&component.namespace]);
        require_use(&self.catalog(&selection).await?, home, component)
    }

    /// Refuses a template that runs what its namespace may not use.
    pub(crate) async fn require_uses(&self, template: &Template) -> Result<(), RegistryError> {
        let components = template.components();
        let owners = components.iter().map(|it| &it.namespace);
        let catalog = self.catalog(&Selection::default().with(owners)).await?;
        check_use(template, &components, &catalog)
    }
}

/// Refuses what a namespace may not use; of a component of another, whether it exists or not.
pub(crate) fn require_use(
    catalog: &Catalog,
    home: &Name,
    component: &QualifiedName,
) -> Result<(), RegistryError> {
    match catalog.may_use(home, component) {
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

/// Refuses a template that runs, of these components, what its namespace may not use.
pub(crate) fn check_use(
    template: &Template,
    components: &BTreeSet<QualifiedName>,
    catalog: &Catalog,
) -> Result<(), RegistryError> {
    let home = &template.namespace;
    let uses = template.steps.iter().filter_map(|step| {
        let component = step.handler.component.qualified(home);
        let is_refused = components.contains(&component) && !catalog.may_use(home, &component);
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
