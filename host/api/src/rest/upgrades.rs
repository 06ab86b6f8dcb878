//! Moving open tasks to other versions of what they run.

use super::super::Api;
use super::super::error::ApiError;
use super::super::request::{Caller, InPath, JsonBody};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use semver::Version;
use serde::{Deserialize, Serialize};
use tasker_compat::{Change, Level};
use tasker_domain::name::Name;
use tasker_domain::requirement::{ComponentRef, QualifiedName, Requirement};
use tasker_domain::state::TaskState;
use tasker_registry::resolve::UpgradeRule;
use tasker_tasks::upgrade::{Part, Upgrade, UpgradeCursor, Upgraded};
use tasker_tasks::upgraded_component::UpgradedComponent;

pub fn router() -> Router<Api> {
    Router::new().route(
        "/namespaces/{namespace}/templates/{name}/upgrades",
        post(upgrade),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UpgradeBody {
    /// Only tasks of these versions of the template.
    version: Option<Requirement>,
    /// Only tasks in this state, `pending` or `in_progress`.
    state: Option<TaskState>,
    /// Only this component, `name` or `namespace/name`; all that the tasks run unless it is given.
    component: Option<ComponentRef>,
    /// Where to, instead of what pins say; with `component` only.
    to: Option<Requirement>,
    /// Tell what would change, and change nothing.
    #[serde(default)]
    dry_run: bool,
    /// Also where what worked may not work any more.
    #[serde(default)]
    force: bool,
    #[serde(default)]
    reason: String,
    /// The most open tasks that this request looks at.
    limit: Option<u32>,
    /// Where to go on: the `next` of the answer before.
    after: Option<UpgradeCursor>,
}

/// What a request of an upgrade changed, or would change. One that is not the last has `next`; what all
/// of them answer is added up.
#[derive(Serialize)]
struct UpgradeView {
    dry_run: bool,
    /// Open tasks of the template that were looked at before any moves.
    looked_at: usize,
    /// Open tasks that were asked for.
    matched: usize,
    /// Those of them that moved, or would.
    tasks: usize,
    components: Vec<UpgradedView>,
    /// Send the same with this as `after`; null: it is done.
    next: Option<UpgradeCursor>,
}

#[derive(Serialize)]
struct UpgradedView {
    namespace: Name,
    component: Name,
    from: Version,
    to: Version,
    tasks: usize,
    /// Steps that begin on the new version; what runs ends on the old one.
    steps: usize,
    level: Level,
    /// What may not work any more; with such, it has to be forced.
    breaking: Vec<Change>,
}

async fn upgrade(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, name)): InPath<(Name, Name)>,
    JsonBody(body): JsonBody<UpgradeBody>,
) -> Result<Json<UpgradeView>, ApiError> {
    let component = body.component.map(|it| it.qualified(&namespace));
    let upgrade = Upgrade {
        template: QualifiedName { namespace, name },
        version: body.version,
        state: body.state,
        rule: UpgradeRule {
            component,
            to: body.to,
        },
        is_forced: body.force,
        reason: body.reason,
    };
    let part = Part::new(body.after, body.limit);
    let part = part.map_err(|error| ApiError::parameter("limit", error.to_string()))?;
    let upgraded = match body.dry_run {
        true => api.tasks.plan_upgrade(&upgrade, &part).await?,
        false => api.tasks.upgrade(&upgrade, &part, &caller.0).await?,
    };
    Ok(Json(UpgradeView::of(body.dry_run, upgraded)))
}

impl UpgradeView {
    fn of(dry_run: bool, upgraded: Upgraded) -> Self {
        let components = upgraded.components.into_iter();
        Self {
            dry_run,
            looked_at: upgraded.looked_at,
            next: upgraded.next,
            matched: upgraded.matched,
            tasks: upgraded.tasks,
            components: components.map(UpgradedView::from).collect(),
        }
    }
}

impl From<UpgradedComponent> for UpgradedView {
    fn from(upgraded: UpgradedComponent) -> Self {
        let QualifiedName { namespace, name } = upgraded.swap.component;
        Self {
            namespace,
            component: name,
            from: upgraded.swap.from,
            to: upgraded.swap.to,
            tasks: upgraded.tasks,
            steps: upgraded.steps,
            level: upgraded.level,
            breaking: upgraded.breaking,
        }
    }
}
