//! What the API answers, as far as the commands show it. Unknown members are ignored.

mod share;
mod standing;
mod transition;

pub use share::Hidden;
pub use standing::Standing;
pub use tasker_wire::Page;
pub use transition::{Failure, Transition};

use super::affected_pins::AffectedPins;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use tasker_compat::CompatReport;
use tasker_domain::descriptor::Provenance;
use tasker_domain::digest::Digest;
use tasker_domain::ids::TaskId;
use tasker_domain::limits::LimitSettings;
use tasker_domain::state::{StepState, TaskState};
use tasker_wire::grant::Grant;

/// A line of a list of components or templates.
#[derive(Debug, Deserialize)]
pub struct FamilyLine {
    pub namespace: String,
    pub name: String,
    /// None where a new task that asks for no version would be refused.
    pub latest: Option<String>,
    pub versions: u64,
    /// How many of them new tasks may not take, by the reason.
    #[serde(default)]
    pub barred: BTreeMap<String, u64>,
    pub created_at: DateTime<Utc>,
}

impl FamilyLine {
    /// `2 yanked, 1 quarantined`; empty where new tasks may take every version.
    pub fn unavailable(&self) -> String {
        let parts = self
            .barred
            .iter()
            .map(|(bar, count)| format!("{count} {}", bar.replace('_', " ")));
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// All versions of a component or template.
#[derive(Debug, Deserialize)]
pub struct Family<V> {
    /// Of a template: what a new task takes that asks for no version, if it would take one.
    #[serde(default)]
    pub latest: Option<semver::Version>,
    pub versions: Vec<V>,
}

#[derive(Debug, Deserialize)]
pub struct ComponentVersion {
    pub namespace: String,
    pub component: String,
    pub version: semver::Version,
    pub digest: Digest,
    pub size_bytes: u64,
    pub handlers: Vec<Handler>,
    #[serde(default)]
    pub wants: Vec<Want>,
    pub imports: Vec<String>,
    #[serde(flatten)]
    pub standing: Standing,
    #[serde(default)]
    pub provenance: Option<Provenance>,
    #[serde(default)]
    pub verdict: Option<CompatReport>,
    /// What it wants beyond what was agreed to.
    #[serde(default)]
    pub unapproved: Vec<String>,
    pub created_at: DateTime<Utc>,
    /// In the answer to an upload: false where the same bytes were there already.
    #[serde(default)]
    pub created: Option<bool>,
    /// In the answer to an upload: a collected version has its bytes back.
    #[serde(default)]
    pub restored: bool,
}

/// What a component wants, and whether its own namespace grants it.
#[derive(Debug, Deserialize)]
pub struct Want {
    pub capability: String,
    pub granted: bool,
}

/// What an answer to an approval says beside the version itself.
#[derive(Debug, Deserialize)]
pub struct Approved {
    pub granted: Vec<Grant>,
}

/// A component's version by its full name.
#[derive(Debug, Deserialize)]
pub struct VersionName {
    pub namespace: String,
    pub component: String,
    pub version: String,
}

impl std::fmt::Display for VersionName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}@{}", self.namespace, self.component, self.version)
    }
}

/// Code that no host starts.
#[derive(Debug, Deserialize)]
pub struct Quarantine {
    pub digest: Digest,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub reason: String,
    /// Every name of these bytes.
    pub names: Vec<VersionName>,
    /// In the answer to a quarantine: false where it stood already.
    #[serde(default)]
    pub created: Option<bool>,
    /// In the answer to a quarantine: what stands still for it.
    #[serde(default)]
    pub held: Vec<Held>,
    /// In the answer to a quarantine.
    #[serde(flatten)]
    pub pins: AffectedPins,
}

/// Open tasks of a template that stand still for a quarantine.
#[derive(Debug, Deserialize)]
pub struct Held {
    pub namespace: String,
    pub template: String,
    pub tasks: usize,
    pub steps: usize,
}

/// A version that was taken back.
#[derive(Debug, Deserialize)]
pub struct Yanked {
    #[serde(flatten)]
    pub pins: AffectedPins,
}

/// Code that may run again.
#[derive(Debug, Deserialize)]
pub struct Released {
    pub names: Vec<VersionName>,
    /// Steps that stood still and are ready again.
    pub steps: i32,
}

#[derive(Debug, Deserialize)]
pub struct Handler {
    pub name: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub input_schema: Option<Box<RawValue>>,
    #[serde(default)]
    pub result_schema: Option<Box<RawValue>>,
    #[serde(default)]
    pub error_codes: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct TemplateVersion {
    pub namespace: String,
    pub name: String,
    pub version: semver::Version,
    pub digest: Digest,
    #[serde(default)]
    pub description: Option<String>,
    pub steps: Vec<StepTemplate>,
    #[serde(default)]
    pub input_schema: Option<Box<RawValue>>,
    pub source: String,
    #[serde(flatten)]
    pub standing: Standing,
    #[serde(default)]
    pub verdict: Option<CompatReport>,
    pub created_at: DateTime<Utc>,
    /// In the answer to an upload: false where the same template was there already.
    #[serde(default)]
    pub created: Option<bool>,
    /// In the answer to an upload: what would keep a task of it from running now.
    #[serde(default)]
    pub warnings: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct StepTemplate {
    pub name: String,
    pub handler: String,
    pub depends_on: Vec<String>,
    pub timeout_ms: i64,
    #[serde(default)]
    pub limits: LimitSettings,
    pub retry: Retry,
}

#[derive(Debug, Deserialize)]
pub struct Retry {
    pub max_attempts: u16,
}

/// What is different between two versions.
#[derive(Debug, Deserialize)]
pub struct Diff {
    pub from: semver::Version,
    /// None where what was compared has no version yet.
    pub to: Option<semver::Version>,
    pub lowest_version: semver::Version,
    #[serde(flatten)]
    pub verdict: CompatReport,
}

#[derive(Debug, Deserialize)]
pub struct Submitted {
    /// False where a task with the same idempotency key was there already.
    pub created: bool,
    pub task: TaskSummary,
}

#[derive(Debug, Deserialize)]
pub struct TaskSummary {
    pub id: TaskId,
    pub namespace: String,
    pub template: String,
    pub version: String,
    pub state: TaskState,
    /// Why it stands still, where it does.
    #[serde(default)]
    pub reason: Option<String>,
    pub created_at: DateTime<Utc>,
    #[serde(default)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Why it did not complete.
    #[serde(default)]
    pub error: Option<Failure>,
}

/// A task with the first of its steps.
#[derive(Debug, Deserialize)]
pub struct Task {
    pub id: TaskId,
    pub namespace: String,
    pub template: String,
    pub version: String,
    pub state: TaskState,
    #[serde(default)]
    pub reason: Option<String>,
    pub created_at: DateTime<Utc>,
    #[serde(default)]
    pub finished_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub correlation_id: String,
    /// None where it is large: it is read by itself.
    #[serde(default)]
    pub input: Option<Box<RawValue>>,
    #[serde(default)]
    pub input_bytes: Option<u64>,
    /// None where it is large: it is read by itself.
    #[serde(default)]
    pub result: Option<Box<RawValue>>,
    #[serde(default)]
    pub result_bytes: Option<u64>,
    #[serde(default)]
    pub error: Option<Failure>,
    /// Steps by state; empty where the host does not tell.
    #[serde(default)]
    pub step_counts: BTreeMap<String, usize>,
    pub steps: Vec<Step>,
    /// Where the rest of them begins.
    #[serde(default)]
    pub steps_next: Option<String>,
    /// The number of its newest transition.
    pub seq: i64,
}

#[derive(Debug, Deserialize)]
pub struct Step {
    pub name: String,
    pub state: StepState,
    /// The newest attempt's number.
    pub attempts: u16,
    /// Those of them that count against `max_attempts`; none where the host does not tell.
    #[serde(default)]
    pub counted_attempts: Option<u16>,
    pub max_attempts: u16,
    #[serde(default)]
    pub depends_on: Vec<String>,
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub finished_at: Option<DateTime<Utc>>,
    /// When the next attempt is due.
    #[serde(default)]
    pub ready_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub error: Option<Failure>,
    /// Why it stands still, where it does.
    #[serde(default)]
    pub reason: Option<String>,
    /// `namespace/name` of what it runs, or ran.
    #[serde(default)]
    pub component: String,
    #[serde(default)]
    pub version: String,
    #[serde(default)]
    pub result_bytes: Option<u64>,
}
