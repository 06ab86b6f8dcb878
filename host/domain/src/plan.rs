//! A preview of what publishing something would change.

use super::compatibility::{CompatReport, Level};
use super::descriptor::Descriptor;
use super::digest::Digest;
use super::hidden::{Hidden, keep};
use super::impact::ImpactReport;
use super::name::Name;
use super::requirement::{ComponentRef, HandlerRef, Requirement};
use super::resolve::Availability;
use super::rollout::Percent;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most versions that a plan may assume.
pub const MAX_ASSUMED: usize = 10_000;

/// What publishing a version of a component would change, if nothing else changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ComponentPlan {
    pub namespace: Name,
    pub name: Name,
    pub version: Version,
    pub digest: Digest,
    /// What inspection found in it.
    pub descriptor: Descriptor,
    /// `None` if it is not published.
    pub status: Option<Availability>,
    #[serde(flatten)]
    pub number: Numbered,
    /// Requested capabilities that are not approved; unless this is empty, the version waits for approval.
    pub unapproved: Vec<String>,
    /// What else is in its way.
    pub obstacles: Vec<Obstacle>,
    /// Steps whose requirement it satisfies, of template versions that new tasks may take; those
    /// that would run it first.
    pub steps: Vec<StepImpact>,
    /// Steps that run the component and ask for other versions.
    pub unmatched_steps: usize,
    pub pins: Vec<PinImpact>,
    pub open_tasks: Vec<OpenTasks>,
    /// There are more steps or pins than are listed.
    pub is_cut: bool,
    /// What its reader may not see of steps and pins.
    pub hidden: Hidden,
}

/// What publishing a template would change.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TemplatePlan {
    pub namespace: Name,
    pub name: Name,
    pub version: Version,
    pub digest: Digest,
    /// `None` if it is not published.
    pub status: Option<Availability>,
    #[serde(flatten)]
    pub number: Numbered,
    /// What new tasks take that do not ask for a version.
    #[serde(flatten)]
    pub report: ImpactReport,
    /// What its steps would run, parents before children.
    pub steps: Vec<StepChoice>,
    /// Capabilities that the components request and the namespace does not grant.
    pub ungranted: Vec<Ungranted>,
    pub open_tasks: Vec<OpenTasks>,
}

/// What a version changes, and whether its number says so.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Numbered {
    /// `None` if no version below it exists that it could be compared with.
    pub compat_report: Option<CompatReport>,
    /// The largest change that the number allows; none without a compat report.
    pub allowed: Option<Level>,
    /// The lowest number that allows the changes; `None` if this one does.
    pub lowest_version: Option<Version>,
}

/// Something in the way of an upload, beside its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Obstacle {
    pub code: ObstacleCode,
    /// One sentence, for people.
    pub detail: String,
}

/// What it is, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ObstacleCode {
    /// No key of the namespace's policy signed it.
    Unsigned,
    /// No host runs these bytes.
    Quarantined,
}

/// A step whose requirement the version satisfies, and what the version changes for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct StepImpact {
    pub namespace: String,
    pub template: String,
    pub template_version: String,
    /// It is the version of the template that a new task takes which asks for none.
    pub is_default: bool,
    pub step: String,
    pub handler: Name,
    pub requirement: Requirement,
    #[serde(flatten)]
    pub report: ImpactReport,
    /// New tasks would take it here, and find that it lacks the handler.
    pub lacks_handler: bool,
}

/// A pin of the component.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PinImpact {
    pub namespace: String,
    pub requirement: Requirement,
    /// Where its rollout leads, if it has one.
    pub rollout: Option<Requirement>,
    pub percent: Option<Percent>,
    pub admits: Admits,
}

/// Whether a pin lets new tasks take a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Admits {
    All,
    /// Those that are on its rollout.
    Rollout,
    /// Those that are not on its rollout.
    Rest,
    Nobody,
}

/// Open tasks with a version in their lock. They keep it, regardless of later publishes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct OpenTasks {
    pub version: Version,
    pub open_tasks: i64,
}

/// What one step of a new task would run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct StepChoice {
    pub step: Name,
    pub handler: HandlerRef,
    /// `None` if no version will do.
    pub takes: Option<Version>,
    /// What a share of new tasks would take instead, by a rollout.
    pub rollout: Option<RolloutChoice>,
    /// Why no task could run it.
    pub problem: Option<String>,
}

/// What tasks on a rollout would take.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RolloutChoice {
    pub takes: Version,
    pub percent: Percent,
}

/// Capabilities that a component requests and the namespace of the task does not grant to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Ungranted {
    /// As the namespace names it.
    pub component: ComponentRef,
    pub version: Version,
    pub capabilities: Vec<String>,
}

/// Versions and pins that the plan of a template takes for there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Assumed {
    /// Those that new tasks may take.
    pub components: Vec<AssumedVersion>,
    /// What the namespace pins components to in place of what it pins now; `None` if the pin goes.
    pub pins: BTreeMap<ComponentRef, Option<Requirement>>,
}

/// A version of a component that is taken for published.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AssumedVersion {
    pub namespace: Name,
    pub component: Name,
    pub version: Version,
    /// What the plan of it reports.
    pub descriptor: Descriptor,
}

impl ComponentPlan {
    /// The plan as one reads it who may read these namespaces.
    pub fn seen_by(mut self, may_read: impl Fn(&str) -> bool) -> Self {
        self.hidden = Hidden {
            steps: keep(&mut self.steps, |it| may_read(&it.namespace)),
            pins: keep(&mut self.pins, |it| may_read(&it.namespace)),
            ..Hidden::default()
        };
        self
    }
}
