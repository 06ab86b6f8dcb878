//! Shares: add, list, remove.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::reason::check_reason;
use tasker_domain::name::Name;
use tasker_domain::permission::NamespaceScope;
use tasker_domain::scope::Scope;
use tasker_registry::store::share::{ShareChange, ShareRow};
use tasker_wire::share::{AddShare, ListShares, RemoveShare, Share};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(add).on(remove)
}

async fn list(api: Api, mut call: Call<ListShares>) -> Answer<ListShares> {
    let (limit, seek) = call.page()?;
    let namespaces = &call.query.namespaces;
    let rows = api.registry.list_shares(namespaces, seek);
    let cursor = |row: &ShareRow| row.share_id.to_string();
    let total = call.total(api.store.count_shares(namespaces)).await?;
    let page = limit.page(rows.await?, cursor, |row| share(row, None));
    Ok(Reply::ok(Page { total, ..page }))
}

async fn add(api: Api, call: Call<AddShare>) -> Answer<AddShare> {
    let (namespace, body) = (&call.path.namespace, &call.body);
    let change = ShareChange {
        namespace,
        reason: check_reason(&body.reason)?,
        component: &own(&body.component, namespace)?,
        shared_with: &other(&body.shared_with, namespace)?,
        actor: call.actor(),
    };
    let (row, created) = api.registry.add_share(change).await?;
    Ok(Reply::made(created, share(row, Some(created))))
}

async fn remove(api: Api, call: Call<RemoveShare>) -> Answer<RemoveShare> {
    let RemoveShare {
        namespace,
        component,
        shared_with,
    } = &call.path;
    let change = ShareChange {
        namespace,
        component: &own(component, namespace)?,
        shared_with: &other(shared_with, namespace)?,
        actor: call.actor(),
        reason: check_reason(&call.query.reason)?,
    };
    let removed = api.registry.remove_share(change).await?;
    Ok(Reply::ok(share(removed, None)))
}

/// Nobody shares what another namespace has.
fn own(text: &str, namespace: &Name) -> Result<Scope, ApiError> {
    let wrong = |message: String| ApiError::parameter("component", message);
    let scope = text.parse::<Scope>();
    match scope
        .map_err(|error| wrong(error.to_string()))?
        .within(namespace)
    {
        Scope::One(component) if component.namespace.is_some() => Err(wrong(format!(
            "`{component}` is not of namespace {namespace}, which shares its own only"
        ))),
        scope => Ok(scope),
    }
}

fn other(text: &str, namespace: &Name) -> Result<NamespaceScope, ApiError> {
    let wrong = |message: String| ApiError::parameter("shared_with", message);
    match text.parse::<NamespaceScope>() {
        Ok(NamespaceScope::Namespace(name)) if name == *namespace => Err(wrong(format!(
            "{namespace} uses its own components anyway; name another namespace"
        ))),
        Ok(scope) => Ok(scope),
        Err(error) => Err(wrong(error.to_string())),
    }
}

fn share(row: ShareRow, created: Option<bool>) -> Share {
    Share {
        id: row.share_id,
        namespace: row.namespace,
        component: row.component,
        shared_with: row.shared_with,
        created_at: row.created_at,
        created_by: row.created_by,
        created,
    }
}
