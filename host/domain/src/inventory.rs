//! What there is and who uses it, as values.

use super::descriptor::{HandlerDescription, Provenance};
use super::hidden::{Hidden, keep};
use super::name::Name;
use super::references::SubscriptionReference;
use super::requirement::Requirement;
use super::resolve::{Availability, Ineligible, VersionState, VersionStatus};
use chrono::{DateTime, Utc};
use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All that is in a namespace.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Tree {
    pub namespace: Name,
    pub templates: Vec<TreeEntry<TreeTemplate>>,
    pub components: Vec<TreeEntry<TreeComponent>>,
    /// There are more templates or components than are listed.
    pub is_cut: bool,
}

/// A template or component.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "{V}Entry"))]
pub struct TreeEntry<V> {
    pub name: String,
    /// Of all versions, listed or not.
    pub version_count: usize,
    /// The highest ones, the highest first.
    pub versions: Vec<V>,
}

/// A version of a template.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TreeTemplate {
    pub version: String,
    pub status: VersionStatus,
    pub steps: Vec<TreeStep>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TreeStep {
    pub name: Name,
    /// `namespace/name` of the component that it runs.
    pub component: String,
    pub handler: Name,
    pub requirement: Requirement,
}

/// A version of a component.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TreeComponent {
    pub version: String,
    pub status: VersionStatus,
    /// No host starts its code.
    pub quarantined: bool,
    /// When its bytes were removed, since nothing needed it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected_at: Option<DateTime<Utc>>,
    pub handlers: Vec<HandlerDescription>,
    pub capabilities: Vec<String>,
    pub provenance: Option<Provenance>,
}

/// Who uses a component.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Uses {
    pub namespace: Name,
    pub component: Name,
    /// The highest first.
    pub versions: Vec<UsedVersion>,
    pub steps: Vec<StepUse>,
    pub pins: Vec<PinUse>,
    /// Subscriptions that deliver to it.
    #[serde(default)]
    pub subscriptions: Vec<SubscriptionReference>,
    /// There are more steps or pins than are listed.
    pub is_cut: bool,
    /// Steps, pins and subscriptions of namespaces that the caller may not read.
    pub hidden: Hidden,
}

/// A version of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct UsedVersion {
    pub version: Version,
    pub status: Availability,
    /// Tasks under way whose lock names it.
    pub open_tasks: i64,
    /// Steps of templates that would take it for a new task.
    pub steps: usize,
}

/// A step of a template version that runs it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct StepUse {
    pub namespace: Name,
    pub template: String,
    pub version: String,
    pub status: VersionStatus,
    pub step: String,
    pub handler: Name,
    pub requirement: Requirement,
    /// What a new task would take here; `None` if no version will do.
    pub takes: Option<Version>,
}

/// A pin of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PinUse {
    pub namespace: Name,
    pub requirement: Requirement,
}

/// How much there is in all.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Statistics {
    /// Grows with every change that resolution depends on.
    pub generation: u64,
    pub namespaces: usize,
    pub components: usize,
    pub component_versions: usize,
    pub yanked: usize,
    pub needs_approval: usize,
    pub quarantined_digests: usize,
    /// Uploads with different bytes, and what these take up.
    pub uploads: usize,
    pub upload_bytes: u64,
    pub templates: usize,
    pub template_versions: usize,
    pub pins: usize,
    pub locks: usize,
    pub open_tasks: usize,
    /// In how many component versions each was used.
    #[serde(default)]
    pub languages: BTreeMap<String, i64>,
}

impl TreeComponent {
    /// Why new tasks may not take it.
    pub fn ineligible(&self) -> Option<Ineligible> {
        let state = VersionState {
            status: self.status,
            is_quarantined: self.quarantined,
            is_collected: self.collected_at.is_some(),
        };
        state.ineligible()
    }
}

impl Uses {
    /// The same as one reads it who may read these namespaces.
    pub fn seen_by(mut self, may_read: impl Fn(&str) -> bool) -> Self {
        self.hidden = Hidden {
            steps: keep(&mut self.steps, |it| may_read(it.namespace.as_str())),
            pins: keep(&mut self.pins, |it| may_read(it.namespace.as_str())),
            subscriptions: keep(&mut self.subscriptions, |it| may_read(&it.namespace)),
        };
        self
    }
}
