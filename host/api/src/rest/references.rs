//! What keeps a version in use.

use super::super::Api;
use super::super::routes::{Answer, Call, Reply, Routes};
use semver::Version;
use tasker_domain::permission::Action;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::Availability;
use tasker_registry::references::References;
use tasker_wire::component::ShowComponentReferences;
use tasker_wire::definition as wire;
use tasker_wire::template::ShowTemplateReferences;

pub(crate) fn routes() -> Routes {
    Routes::default().on(of_component).on(of_template)
}

async fn of_component(
    api: Api,
    call: Call<ShowComponentReferences>,
) -> Answer<ShowComponentReferences> {
    let ((target, version), access) = (call.version()?, &call.access);
    let readable = access.permissions().namespace_filter(Action::Read);
    let found = api
        .registry
        .component_references(&target, &version, readable.as_deref());
    let found = found.await?.seen_by(|namespace| access.may_read(namespace));
    Ok(Reply::ok(references(target, version, found)))
}

async fn of_template(
    api: Api,
    call: Call<ShowTemplateReferences>,
) -> Answer<ShowTemplateReferences> {
    let (target, version) = call.version()?;
    let found = api.registry.template_references(&target, &version).await?;
    Ok(Reply::ok(references(target, version, found)))
}

fn references(target: QualifiedName, version: Version, found: References) -> wire::References {
    wire::References {
        namespace: target.namespace,
        name: target.name,
        version,
        status: Availability(found.ineligible),
        is_unreferenced: found.is_unreferenced(),
        open_tasks: found.open_tasks.unsigned_abs(),
        oldest_tasks: found.oldest_tasks,
        pins: found.pins,
        steps: found.steps,
        subscriptions: found.subscriptions,
        hidden: found.hidden,
        is_default: found.is_default,
        last_used_at: found.last_use.at,
        is_running: found.last_use.is_running,
        is_unused: found.last_use.is_unused,
    }
}
