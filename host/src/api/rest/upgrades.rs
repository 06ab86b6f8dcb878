//! Moving open tasks to other versions of what they run.

use super::super::Api;
use super::super::error::ApiError;
use super::super::request::{Caller, InPath, JsonBody};
use crate::domain::compat::{Change, Level};
use crate::domain::name::Name;
use crate::domain::requirement::{ComponentRef, QualifiedName, Requirement};
use crate::domain::state::TaskState;
use crate::registry::resolve::UpgradeRule;
use crate::tasks::upgrade::{Upgrade, Upgraded, UpgradedComponent};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use semver::Version;
use serde::{Deserialize, Serialize};

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
}

/// What an upgrade changed, or would change.
#[derive(Serialize)]
struct UpgradeView {
    dry_run: bool,
    /// Open tasks that were asked for.
    matched: usize,
    /// Those of them that moved, or would.
    tasks: usize,
    components: Vec<UpgradedView>,
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
    let upgraded = match body.dry_run {
        true => api.tasks.plan_upgrade(&upgrade).await?,
        false => api.tasks.upgrade(&upgrade, &caller.0).await?,
    };
    Ok(Json(UpgradeView::of(body.dry_run, upgraded)))
}

impl UpgradeView {
    fn of(dry_run: bool, upgraded: Upgraded) -> Self {
        let components = upgraded.components.into_iter();
        Self {
            dry_run,
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
