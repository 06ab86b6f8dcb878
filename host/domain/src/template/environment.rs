//! A template as one environment has it.

use super::definition::{Environment, Step, StepOverride, Template};
use crate::name::Name;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// The template has no such environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template has no environment `{name}`; {}", existing(known))]
pub struct UnknownEnvironment {
    pub name: String,
    pub known: Vec<Name>,
}

fn existing(known: &[Name]) -> String {
    match known {
        [] => "it has none at all".to_owned(),
        known => format!(
            "it has {}",
            known
                .iter()
                .map(Name::as_str)
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

impl Template {
    /// The template with the overrides of this environment merged in by step name, and without
    /// environments of its own.
    pub fn for_environment(&self, name: &str) -> Result<Self, UnknownEnvironment> {
        let found = self
            .environments
            .iter()
            .find(|(known, _)| known.as_str() == name);
        let (_, environment) = found.ok_or_else(|| UnknownEnvironment {
            name: crate::shown::cut(name),
            known: self.environments.keys().cloned().collect(),
        })?;
        Ok(self.merged_with(environment))
    }

    pub(super) fn merged_with(&self, environment: &Environment) -> Self {
        let overrides: HashMap<&Name, &StepOverride> = environment
            .steps
            .iter()
            .map(|step| (&step.name, step))
            .collect();
        let merged = |step: &Step| match overrides.get(&step.name) {
            Some(change) => merged_step(step, change),
            None => step.clone(),
        };
        Self {
            defaults: environment.defaults.or(&self.defaults),
            environments: BTreeMap::new(),
            steps: self.steps.iter().map(merged).collect(),
            ..self.clone()
        }
    }
}

fn merged_step(step: &Step, change: &StepOverride) -> Step {
    let mut merged = step.clone();
    if let Some(handler) = &change.handler {
        merged.handler = handler.clone();
    }
    if !change.config.is_null() {
        merge_patch(&mut merged.config, &change.config);
    }
    merged.policy = change.policy.or(&step.policy);
    merged
}

/// RFC 7386. As deep as the patch, whose depth the source bounds.
fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(target) = target else {
        return;
    };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge_patch(target.entry(key).or_insert(Value::Null), value);
        }
    }
}
