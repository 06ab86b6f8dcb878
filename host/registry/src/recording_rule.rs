//! Which attempts are recorded in the tasks of a namespace.

use super::{Registry, RegistryError};
use crate::store::recording_rule::{RecordingRule, RecordingRuleChange};
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::recording_rule::RecordingPolicy;

impl Registry {
    /// Sets a rule. It applies from the next attempt, on hosts that run too. The component need not exist yet.
    pub async fn set_recording_rule(
        &self,
        change: RecordingRuleChange<'_>,
        policy: RecordingPolicy,
    ) -> Result<RecordingRule, RegistryError> {
        let set = self.store.set_recording_rule(change, policy).await?;
        set.ok_or_else(|| RegistryError::TooManyRecordingRules(change.namespace.clone()))
    }

    /// Removes a rule, from the next attempt on. What was recorded stays.
    pub async fn remove_recording_rule(
        &self,
        change: RecordingRuleChange<'_>,
    ) -> Result<RecordingRule, RegistryError> {
        let removed = self.store.remove_recording_rule(change).await?;
        removed.ok_or_else(|| RegistryError::UnknownRecordingRule {
            namespace: change.namespace.clone(),
            component: change.component.clone(),
        })
    }

    /// Rules by namespace and component, of these namespaces or of all.
    pub async fn list_recording_rules(
        &self,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<RecordingRule>, RegistryError> {
        Ok(self.store.list_recording_rules(namespaces, seek).await?)
    }
}
