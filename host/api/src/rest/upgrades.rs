//! Moving open tasks to other versions of what they run.

use super::super::Api;
use super::super::error::ApiError;
use super::super::routes::{Answer, Call, Reply, Routes};
use tasker_domain::requirement::QualifiedName;
use tasker_registry::resolve::UpgradeRule;
use tasker_tasks::upgrade::{Part, Upgrade};
use tasker_tasks::upgraded_component;
use tasker_wire::upgrade::{self, UpgradeTasks, UpgradedComponent};

pub(crate) fn routes() -> Routes {
    Routes::default().on(upgrade)
}

async fn upgrade(api: Api, call: Call<UpgradeTasks>) -> Answer<UpgradeTasks> {
    let actor = call.actor().clone();
    let (UpgradeTasks { namespace, name }, body) = (call.path, call.body);
    let part = Part::new(body.after, body.limit);
    let part = part.map_err(|error| ApiError::parameter("limit", error.to_string()))?;
    let upgrade = Upgrade {
        rule: UpgradeRule {
            component: body.component.map(|it| it.qualified(&namespace)),
            to: body.to,
        },
        template: QualifiedName { namespace, name },
        version: body.version,
        state: body.state,
        is_forced: body.force,
        reason: body.reason,
    };
    let upgraded = match body.dry_run {
        true => api.tasks.plan_upgrade(&upgrade, &part).await?,
        false => api.tasks.upgrade(&upgrade, &part, &actor).await?,
    };
    Ok(Reply::ok(upgrade::Upgrade {
        dry_run: body.dry_run,
        looked_at: upgraded.looked_at,
        matched: upgraded.matched,
        tasks: upgraded.tasks,
        components: upgraded.components.into_iter().map(component).collect(),
        next: upgraded.next,
    }))
}

fn component(upgraded: upgraded_component::UpgradedComponent) -> UpgradedComponent {
    let QualifiedName { namespace, name } = upgraded.swap.component;
    UpgradedComponent {
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
