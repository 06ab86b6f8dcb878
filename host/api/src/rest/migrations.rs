//! Moving open tasks to other versions of what they run.

use super::super::Api;
use super::super::error::ApiError;
use super::super::routes::{Answer, Call, Reply, Routes};
use tasker_domain::requirement::QualifiedName;
use tasker_registry::resolve::MigrationRule;
use tasker_tasks::migrated_component;
use tasker_tasks::migration::{Migration, Part};
use tasker_wire::migration::{self, MigrateTasks, MigratedComponent};

pub(crate) fn routes() -> Routes {
    Routes::default().on(migrate)
}

async fn migrate(api: Api, call: Call<MigrateTasks>) -> Answer<MigrateTasks> {
    let actor = call.actor().clone();
    let (MigrateTasks { namespace, name }, body) = (call.path, call.body);
    let part = Part::new(body.after, body.limit);
    let part = part.map_err(|error| ApiError::parameter("limit", error.to_string()))?;
    let migration = Migration {
        rule: MigrationRule {
            component: body.component.map(|it| it.qualified(&namespace)),
            to: body.to,
        },
        template: QualifiedName { namespace, name },
        version: body.version,
        state: body.state,
        is_forced: body.force,
        reason: body.reason,
    };
    let migrated = match body.dry_run {
        true => api.tasks.plan_migration(&migration, &part).await?,
        false => api.tasks.migrate(&migration, &part, &actor).await?,
    };
    Ok(Reply::ok(migration::Migration {
        dry_run: body.dry_run,
        looked_at: migrated.looked_at,
        matched: migrated.matched,
        tasks: migrated.tasks,
        components: migrated.components.into_iter().map(component).collect(),
        next: migrated.next,
    }))
}

fn component(migrated: migrated_component::MigratedComponent) -> MigratedComponent {
    let QualifiedName { namespace, name } = migrated.swap.component;
    MigratedComponent {
        namespace,
        component: name,
        from: migrated.swap.from,
        to: migrated.swap.to,
        tasks: migrated.tasks,
        steps: migrated.steps,
        level: migrated.level,
        breaking: migrated.breaking,
    }
}
