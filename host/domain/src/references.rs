//! What refers to a version.

use serde::{Deserialize, Serialize};

/// Where a pin leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PinSide {
    /// What it says without its rollout.
    Base,
    /// Where its rollout goes.
    Rollout,
    /// What it goes back to: by a rollback, or where new tasks may not take what it says.
    Rollback,
}

/// A pin that has new tasks take the version, or would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PinReference {
    pub namespace: String,
    /// `name` of that namespace, or `other/name`.
    pub target: String,
    pub requirement: String,
    pub side: PinSide,
}

/// A subscription that has the version take its events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SubscriptionReference {
    pub namespace: String,
    pub subscription: String,
    pub requirement: String,
}

/// A step of a template that takes the version in a new task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct StepReference {
    pub namespace: String,
    pub template: String,
    pub version: String,
    pub step: String,
    pub requirement: String,
    /// No other version will do.
    pub is_only: bool,
}
