//! Secrets: set, list, remove, encrypt anew. A value goes in and never comes out.

use super::super::Api;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use tasker_domain::requirement::QualifiedName;
use tasker_registry::store::secret::{Rotated, SecretRow};
use tasker_wire::secret::{
    ListSecrets, RemoveSecret, RotateSecrets, Rotation, Secret, SetSecret, UnreadableSecret,
};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(set).on(remove).on(rotate)
}

async fn list(api: Api, mut call: Call<ListSecrets>) -> Answer<ListSecrets> {
    let (limit, after) = call.page::<QualifiedName>()?;
    let after = after.as_ref().map(QualifiedName::parts);
    let namespace = call.query.namespace.as_ref();
    let rows = api.registry.list_secrets(namespace, after, limit.rows());
    let cursor = |row: &SecretRow| format!("{}/{}", row.namespace, row.name);
    let total = call.total(api.store.count_secrets(namespace)).await?;
    let page = limit.page(rows.await?, cursor, secret);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn set(api: Api, call: Call<SetSecret>) -> Answer<SetSecret> {
    let SetSecret { namespace, name } = &call.path;
    let value = call.body.bytes().await?.into();
    let set = api
        .registry
        .set_secret(namespace, name, value, call.access.actor());
    Ok(Reply::ok(secret(set.await?)))
}

async fn remove(api: Api, call: Call<RemoveSecret>) -> Answer<RemoveSecret> {
    let RemoveSecret { namespace, name } = &call.path;
    api.registry
        .remove_secret(namespace, name, call.actor())
        .await?;
    Ok(Reply::done())
}

async fn rotate(api: Api, call: Call<RotateSecrets>) -> Answer<RotateSecrets> {
    let rotated = api.registry.rotate_secrets(call.actor()).await?;
    Ok(Reply::ok(rotation(rotated)))
}

fn secret(row: SecretRow) -> Secret {
    Secret {
        namespace: row.namespace,
        name: row.name,
        version: row.version,
        created_at: row.created_at,
        created_by: row.created_by,
    }
}

fn rotation(rotated: Rotated) -> Rotation {
    let unreadable = rotated.unreadable.into_iter().map(|it| UnreadableSecret {
        namespace: it.namespace,
        name: it.name,
        reason: it.reason,
    });
    Rotation {
        key_id: rotated.key_id.to_string(),
        secrets: rotated.secrets,
        unreadable: unreadable.collect(),
    }
}
