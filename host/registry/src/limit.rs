//! Limits: what attempts may use in the tasks of a namespace.

use super::{Registry, RegistryError};
use crate::store::limit::{LimitChange, LimitRule, LimitsChanged};
use tasker_domain::limits::LimitPatch;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;

impl Registry {
    /// Sets and removes single limits of a rule. Returns the resulting rule, `None` if no limit is left. It
    /// applies from the next attempt. A value above a host's own limit is stored but has no effect on that
    /// host. The component need not exist yet.
    pub async fn change_limits(
        &self,
        change: LimitChange<'_>,
        patch: &LimitPatch,
    ) -> Result<Option<LimitRule>, RegistryError> {
        match self.store.change_limits(change, patch).await? {
            LimitsChanged::Stands(rule) => Ok(Some(rule)),
            LimitsChanged::Gone => Ok(None),
            LimitsChanged::Full => Err(RegistryError::TooManyLimitRules(change.namespace.clone())),
        }
    }

    /// Removes a rule; from the next attempt the limits of hosts and steps apply.
    pub async fn remove_limits(&self, change: LimitChange<'_>) -> Result<LimitRule, RegistryError> {
        let removed = self.store.remove_limits(change).await?;
        removed.ok_or_else(|| RegistryError::UnknownLimitRule {
            namespace: change.namespace.clone(),
            component: change.component.clone(),
        })
    }

    /// Rules by namespace and component, of these namespaces or of all.
    pub async fn list_limits(
        &self,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<LimitRule>, RegistryError> {
        Ok(self.store.list_limits(namespaces, seek).await?)
    }
}
