//! What a template says, as a value. Made by [`Template::parse`] alone, or read back from the JSON
//! of one that was.

use super::retry::{Policy, PolicySettings};
use crate::declared_event::DeclaredEvents;
use crate::name::Name;
use crate::priority::Priority;
use crate::queue_key::QueueKey;
use crate::requirement::HandlerRef;
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One immutable definition of a task. Its JSON has the words of the YAML and is YAML for the same
/// template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    pub namespace: Name,
    pub name: Name,
    pub version: Version,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A JSON Schema that compiles; see [`schema_compat::InputSchema`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_schema: Option<Value>,
    #[serde(default)]
    pub identity: Identity,
    /// Of tasks whose submit does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Whose turn at the queue the steps of a task take, within its namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_key: Option<QueueKey>,
    /// What handlers send in its tasks.
    #[serde(default, skip_serializing_if = "DeclaredEvents::is_empty")]
    pub events: DeclaredEvents,
    /// For steps that do not say.
    #[serde(default, skip_serializing_if = "PolicySettings::is_empty")]
    pub defaults: PolicySettings,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environments: BTreeMap<Name, Environment>,
    /// From 1 to [`super::MAX_STEPS`], in the order of the source, without a cycle.
    pub steps: Vec<Step>,
}

/// How a duplicate among the tasks of a template is recognized.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// By its input: the same input is the same task.
    Strict,
    /// By the key that the caller gives, if any.
    #[default]
    Caller,
    /// Never: every submit is a new task.
    Unique,
}

/// One step of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub name: Name,
    pub handler: HandlerRef,
    /// Names of other steps of the template, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<Name>,
    /// Given to the handler; null where the template has none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub config: Value,
    /// What this step says itself; see [`Template::policy`].
    #[serde(flatten)]
    pub policy: PolicySettings,
    /// A JSON Schema that compiles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_schema: Option<Value>,
}

/// What is different in one environment; see [`Template::for_environment`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Environment {
    /// Over the template's defaults; a step that says otherwise keeps its own.
    #[serde(skip_serializing_if = "PolicySettings::is_empty")]
    pub defaults: PolicySettings,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepOverride>,
}

/// What is different at one step in one environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepOverride {
    /// A step of the template.
    pub name: Name,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<HandlerRef>,
    /// Merged into the step's config as RFC 7386 says: key by key, null removes.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub config: Value,
    #[serde(flatten)]
    pub policy: PolicySettings,
}

impl Template {
    /// The effective settings of this step: its own, else the template's defaults, else the defaults of Tasker.
    pub fn policy(&self, step: &Step) -> Policy {
        step.policy.or(&self.defaults).complete()
    }
}
