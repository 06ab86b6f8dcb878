//! What keeps a version in use.

use super::super::Api;
use super::super::access::Access;
use super::super::error::ApiError;
use super::super::request::InPath;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use semver::Version;
use serde::Serialize;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::permission::Action;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::status_name;
use tasker_registry::hidden::Hidden;
use tasker_registry::references::{PinReference, References, Side, StepReference};
use tasker_registry::version::parse_version;

pub fn router() -> Router<Api> {
    let path = |families| {
        format!("/namespaces/{{namespace}}/{families}/{{name}}/versions/{{version}}/holders")
    };
    Router::new()
        .route(&path("components"), get(of_component))
        .route(&path("templates"), get(of_template))
}

/// What keeps a version in use.
#[derive(Serialize)]
struct HoldersView {
    namespace: Name,
    name: Name,
    version: Version,
    /// `active`, or why new tasks may not take it.
    status: &'static str,
    /// Nothing keeps it in use.
    is_drained: bool,
    open_tasks: i64,
    /// The oldest of them.
    oldest_tasks: Vec<TaskId>,
    pins: Vec<PinHoldView>,
    /// Steps of templates that take it in a new task.
    steps: Vec<StepHoldView>,
    /// Steps and pins of namespaces that the caller may not read; they hold it too.
    hidden: Hidden,
    /// New tasks take it where nobody says which version.
    is_default: bool,
    /// When a task took it last, or an attempt of it ended; null where that is longer ago than 30
    /// days.
    last_used_at: Option<DateTime<Utc>>,
    /// An attempt of it runs.
    is_running: bool,
    /// No task ever took it.
    is_unused: bool,
}

#[derive(Serialize)]
struct PinHoldView {
    namespace: String,
    target: String,
    requirement: String,
    /// `base`, `ramp` for where its ramp goes, or `rollback` for what it goes back to.
    side: &'static str,
}

#[derive(Serialize)]
struct StepHoldView {
    namespace: String,
    template: String,
    version: String,
    step: String,
    requirement: String,
    /// No other version will do.
    is_only: bool,
}

async fn of_component(
    State(api): State<Api>,
    access: Access,
    InPath((namespace, name, version)): InPath<(Name, Name, String)>,
) -> Result<Json<HoldersView>, ApiError> {
    let (target, version) = (QualifiedName { namespace, name }, parse_version(&version)?);
    let readable = access.permissions().reach(Action::Read);
    let holders = api
        .registry
        .component_references(&target, &version, readable.as_deref())
        .await?;
    let holders = holders.seen_by(|namespace| access.may_read(namespace));
    Ok(Json(HoldersView::of(target, version, holders)))
}

async fn of_template(
    State(api): State<Api>,
    InPath((namespace, name, version)): InPath<(Name, Name, String)>,
) -> Result<Json<HoldersView>, ApiError> {
    let (target, version) = (QualifiedName { namespace, name }, parse_version(&version)?);
    let holders = api.registry.template_references(&target, &version).await?;
    Ok(Json(HoldersView::of(target, version, holders)))
}

impl HoldersView {
    fn of(target: QualifiedName, version: Version, holders: References) -> Self {
        Self {
            namespace: target.namespace,
            name: target.name,
            version,
            status: status_name(holders.ineligible),
            is_drained: holders.is_drained(),
            open_tasks: holders.open_tasks,
            oldest_tasks: holders.oldest_tasks,
            pins: holders.pins.into_iter().map(PinHoldView::from).collect(),
            steps: holders.steps.into_iter().map(StepHoldView::from).collect(),
            hidden: holders.hidden,
            is_default: holders.is_default,
            last_used_at: holders.last_use.at,
            is_running: holders.last_use.is_running,
            is_unused: holders.last_use.is_unused,
        }
    }
}

impl From<PinReference> for PinHoldView {
    fn from(pin: PinReference) -> Self {
        Self {
            namespace: pin.namespace,
            target: pin.target,
            requirement: pin.requirement,
            side: match pin.side {
                Side::Base => "base",
                Side::Ramp => "ramp",
                Side::Rollback => "rollback",
            },
        }
    }
}

impl From<StepReference> for StepHoldView {
    fn from(step: StepReference) -> Self {
        Self {
            namespace: step.namespace,
            template: step.template,
            version: step.version,
            step: step.step,
            requirement: step.requirement,
            is_only: step.is_only,
        }
    }
}
