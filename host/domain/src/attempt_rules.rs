//! What a namespace says of the attempts of its tasks: the part of the catalog that workers read.

use super::capability::Capability;
use super::grants::Grants;
use super::limits::{LimitSettings, LimitSource, Limits};
use super::recording_rule::{RecordingPolicy, RecordingRule};
use super::rollout::Percent;
use super::scope::Scope;
use serde::Deserialize;

/// What attempts in tasks of one namespace may reach and use, and which are recorded. A component is named as that namespace
/// names it: `charge`, or `other/charge`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttemptRules {
    /// Those to all components first, so that what is granted to one component counts before it.
    pub grants: Vec<GrantRule>,
    pub limits: Vec<LimitRule>,
    pub recordings: Vec<RecordingRule>,
}

/// What attempts of a component may reach.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct GrantRule {
    pub component: Scope,
    pub capability: Capability,
}

/// What attempts of a component may use.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LimitRule {
    pub component: Scope,
    pub limits: LimitSettings,
}

impl AttemptRules {
    /// What is granted to the component.
    pub fn granted_to(&self, component: &str) -> impl Iterator<Item = &Capability> {
        let own = self.grants.iter();
        let own = own.filter(move |it| it.component.includes(component));
        own.map(|it| &it.capability)
    }

    /// The rights of its attempts.
    pub fn grants(&self, component: &str) -> Grants {
        Grants::of(self.granted_to(component).cloned())
    }

    /// Which of its attempts are recorded, by the rule for the component, else by that for all; `None`: none are.
    pub fn recording(&self, component: &str) -> Option<RecordingPolicy> {
        let own = self.recordings.iter().find(|rule| match &rule.component {
            Scope::All => false,
            Scope::One(one) => one.to_string() == component,
        });
        let rule = own.or_else(|| self.recordings.iter().find(|it| it.component.is_all()))?;
        let policy = rule.policy();
        (policy.percent != Percent::NONE).then_some(policy)
    }

    /// The least of what the host, the namespace, its rule for the component and the step say.
    pub fn limits(&self, component: &str, host: &Limits, step: &LimitSettings) -> Limits {
        let mut limits = host.clone();
        for rule in &self.limits {
            match &rule.component {
                Scope::All => limits.narrow(&rule.limits, LimitSource::Namespace),
                Scope::One(one) if one.to_string() == component => {
                    limits.narrow(&rule.limits, LimitSource::Component);
                }
                Scope::One(_) => {}
            }
        }
        limits.narrow(step, LimitSource::Step);
        limits
    }
}

#[cfg(test)]
mod tests;
