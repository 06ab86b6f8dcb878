//! Steps that a version would reach.

use serde::Serialize;
use tasker_domain::impact::ImpactReport;
use tasker_domain::name::Name;
use tasker_domain::requirement::Requirement;

/// A step that it reaches, or almost.
#[derive(Clone, Debug, Serialize)]
pub struct StepReach {
    pub namespace: String,
    pub template: String,
    pub template_version: String,
    /// It is the version of the template that a new task takes which asks for none.
    pub is_default: bool,
    pub step: String,
    pub handler: Name,
    pub requirement: Requirement,
    #[serde(flatten)]
    pub reached: ImpactReport,
    /// New tasks would take it here, and find that it lacks the handler.
    pub lacks_handler: bool,
}
