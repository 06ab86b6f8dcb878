//! Grants: add, list, remove.

use super::super::Api;
use super::super::error::ApiError;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::reason::check_reason;
use tasker_domain::capability::Capability;
use tasker_domain::name::Name;
use tasker_domain::scope::Scope;
use tasker_registry::RegistryError;
use tasker_registry::store::grant::{GrantFilter, GrantRow};
use tasker_wire::Page;
use tasker_wire::endpoint::{Endpoint, NoBody};
use tasker_wire::grant::{AddGrant, Grant, GrantQuery, ListGrants, ListOwnGrants, RemoveGrant};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(list_own).on(add).on(remove)
}

async fn list(api: Api, mut call: Call<ListGrants>) -> Answer<ListGrants> {
    let namespaces = std::mem::take(&mut call.query.namespaces);
    listed(&api, call, &namespaces).await
}

async fn list_own(api: Api, call: Call<ListOwnGrants>) -> Answer<ListOwnGrants> {
    let namespace = call.path.namespace.clone();
    listed(&api, call, &[namespace]).await
}

/// The grants of these namespaces, or of all.
async fn listed<E>(api: &Api, mut call: Call<E>, namespaces: &[Name]) -> Answer<E>
where
    E: Endpoint<Query = GrantQuery, Body = NoBody, Answer = Page<Grant>>,
{
    let (limit, seek) = call.page()?;
    let component = call.query.component.as_deref().map(grantee).transpose()?;
    let filter = GrantFilter {
        namespaces,
        component: component.as_ref(),
    };
    let rows = api.registry.list_grants(filter, seek).await?;
    let total = call.total(api.store.count_grants(filter)).await?;
    let cursor = |row: &GrantRow| row.grant_id.to_string();
    let page = limit.page(rows, cursor, |row| grant(row, None));
    Ok(Reply::ok(Page { total, ..page }))
}

async fn add(api: Api, call: Call<AddGrant>) -> Answer<AddGrant> {
    let reason = check_reason(&call.body.reason)?;
    let component = grantee(&call.body.component)?;
    let capability: Capability = call.body.capability.parse().map_err(RegistryError::from)?;
    let (row, created) = api
        .registry
        .add_grant(
            &call.path.namespace,
            component,
            &capability,
            call.actor(),
            reason,
        )
        .await?;
    Ok(Reply::made(created, grant(row, Some(created))))
}

async fn remove(api: Api, call: Call<RemoveGrant>) -> Answer<RemoveGrant> {
    let RemoveGrant {
        namespace,
        grant_id,
    } = &call.path;
    let reason = check_reason(&call.query.reason)?;
    let removed = api
        .registry
        .remove_grant(namespace, *grant_id, call.actor(), reason);
    Ok(Reply::ok(grant(removed.await?, None)))
}

fn grantee(text: &str) -> Result<Scope, ApiError> {
    let grantee = text.parse::<Scope>();
    grantee.map_err(|error| ApiError::parameter("component", error.to_string()))
}

pub fn grant(row: GrantRow, created: Option<bool>) -> Grant {
    Grant {
        id: row.grant_id,
        namespace: row.namespace,
        component: row.component.to_string(),
        capability: row.capability.to_string(),
        created_at: row.created_at,
        created_by: row.created_by,
        created,
    }
}
