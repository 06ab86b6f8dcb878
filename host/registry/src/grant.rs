//! Grants: what components may reach in the tasks of a namespace.

use super::{Registry, RegistryError};
use crate::store::Addition;
use crate::store::grant::{GrantFilter, GrantRow, NewGrant};
use tasker_domain::actor::Actor;
use tasker_domain::capability::Capability;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::scope::Scope;

impl Registry {
    /// Grants it to the component in tasks of the namespace; true if that is new. The component
    /// need not exist yet.
    pub async fn add_grant(
        &self,
        namespace: &Name,
        component: Scope,
        capability: &Capability,
        actor: &Actor,
        reason: &str,
    ) -> Result<(GrantRow, bool), RegistryError> {
        if !capability.is_grantable() {
            return Err(RegistryError::NotGrantable(capability.clone()));
        }
        let new = NewGrant {
            namespace,
            component: &component.within(namespace),
            capability,
            actor,
            reason,
        };
        match self.store.add_grant(new).await? {
            Addition::Added(row) => Ok((row, true)),
            Addition::Stood(row) => Ok((row, false)),
            Addition::Full => Err(RegistryError::TooManyGrants(namespace.clone())),
        }
    }

    /// Takes a grant away; attempts that begin from now on do without it.
    pub async fn remove_grant(
        &self,
        namespace: &Name,
        grant_id: i64,
        actor: &Actor,
        reason: &str,
    ) -> Result<GrantRow, RegistryError> {
        let removed = self
            .store
            .remove_grant(namespace, grant_id, actor, reason)
            .await?;
        removed.ok_or_else(|| RegistryError::UnknownGrant {
            namespace: namespace.clone(),
            grant_id,
        })
    }

    /// Grants by id.
    pub async fn list_grants(
        &self,
        filter: GrantFilter<'_>,
        seek: Seek<i64>,
    ) -> Result<Vec<GrantRow>, RegistryError> {
        Ok(self.store.list_grants(filter, seek).await?)
    }
}
