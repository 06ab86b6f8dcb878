//! Plans as the API tells them.

use crate::view::Hidden;
use semver::Version;
use serde::Deserialize;
use tasker_compat::{CompatReport, Level, promise};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::impact::Impact;
use tasker_domain::ramp::Percent;

#[derive(Debug, Deserialize)]
pub struct ComponentPlan {
    pub namespace: String,
    pub name: String,
    pub version: Version,
    pub descriptor: Descriptor,
    /// None where it is not published.
    pub status: Option<String>,
    #[serde(flatten)]
    pub number: Numbered,
    pub unapproved: Vec<String>,
    pub obstacles: Vec<Obstacle>,
    pub steps: Vec<StepReach>,
    pub unmatched_steps: usize,
    pub pins: Vec<PinReach>,
    pub open_tasks: Vec<OpenTasks>,
    pub is_cut: bool,
    #[serde(default)]
    pub hidden: Hidden,
}

#[derive(Debug, Deserialize)]
pub struct TemplatePlan {
    pub namespace: String,
    pub name: String,
    pub version: Version,
    /// None where it is not published.
    pub status: Option<String>,
    #[serde(flatten)]
    pub number: Numbered,
    #[serde(flatten)]
    pub reached: Reached,
    pub steps: Vec<StepChoice>,
    pub ungranted: Vec<Ungranted>,
    pub open_tasks: Vec<OpenTasks>,
}

#[derive(Debug, Deserialize)]
pub struct Numbered {
    pub verdict: Option<CompatReport>,
    pub allowed: Option<Level>,
    pub lowest_version: Option<Version>,
}

impl Numbered {
    /// A verdict held to the number of the version; `taken` are numbers that it could not have instead.
    pub fn of(verdict: CompatReport, version: &Version, taken: &[Version]) -> Self {
        let allowed = promise::allowed(&verdict.against, version);
        let lowest = || promise::lowest(&verdict.against, verdict.level, version, taken);
        Self {
            allowed: Some(allowed),
            lowest_version: (verdict.level > allowed).then(lowest),
            verdict: Some(verdict),
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct Reached {
    pub reach: Impact,
    pub takes: Option<Version>,
    pub would_take: Option<Version>,
    pub percent: Option<Percent>,
}

#[derive(Debug, Deserialize)]
pub struct StepReach {
    pub namespace: String,
    pub template: String,
    pub template_version: String,
    pub step: String,
    pub handler: String,
    pub requirement: String,
    #[serde(flatten)]
    pub reached: Reached,
    pub lacks_handler: bool,
}

#[derive(Debug, Deserialize)]
pub struct PinReach {
    pub namespace: String,
    pub requirement: String,
    pub ramp: Option<String>,
    pub percent: Option<Percent>,
    pub admits: Admits,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admits {
    All,
    Ramp,
    Rest,
    Nobody,
}

#[derive(Debug, Deserialize)]
pub struct OpenTasks {
    pub version: Version,
    pub open_tasks: u64,
}

#[derive(Debug, Deserialize)]
pub struct StepChoice {
    pub step: String,
    pub handler: String,
    pub takes: Option<Version>,
    pub ramp: Option<RampChoice>,
    pub problem: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct RampChoice {
    pub takes: Version,
    pub percent: Percent,
}

#[derive(Debug, Deserialize)]
pub struct Ungranted {
    pub component: String,
    pub version: Version,
    pub capabilities: Vec<String>,
}

/// What is in the way of an upload, beside its number.
#[derive(Debug, Deserialize)]
pub struct Obstacle {
    pub code: ObstacleCode,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObstacleCode {
    Unsigned,
    Quarantined,
}
