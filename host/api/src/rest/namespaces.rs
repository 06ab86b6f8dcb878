//! Namespaces: list, make.

use super::super::Api;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use tasker_domain::name::Name;
use tasker_registry::store::inventory::NamespaceRow;
use tasker_wire::namespace::{CreateNamespace, CreatedNamespace, ListNamespaces, Namespace};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(create)
}

async fn list(api: Api, mut call: Call<ListNamespaces>) -> Answer<ListNamespaces> {
    let (limit, seek) = call.page::<Name>()?;
    let rows = api.registry.namespaces(seek.map(Name::as_str)).await?;
    let total = call.total(api.store.count_namespaces()).await?;
    let page = limit.page(rows, |row| row.name.clone(), view);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn create(api: Api, call: Call<CreateNamespace>) -> Answer<CreateNamespace> {
    let actor = call.actor().clone();
    let name = call.path.namespace;
    let created = api.registry.create_namespace(&name, &actor).await?;
    Ok(Reply::made(created, CreatedNamespace { name, created }))
}

/// As the API shows it.
pub(crate) fn view(row: NamespaceRow) -> Namespace {
    Namespace {
        name: row.name,
        components: row.components.unsigned_abs(),
        component_versions: row.component_versions.unsigned_abs(),
        templates: row.templates.unsigned_abs(),
        template_versions: row.template_versions.unsigned_abs(),
        pins: row.pins.unsigned_abs(),
        open_tasks: row.open_tasks.unsigned_abs(),
        created_at: row.created_at,
    }
}
