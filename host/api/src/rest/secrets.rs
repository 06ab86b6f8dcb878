//! Secrets: set, list, remove, encrypt anew. A value goes in and never comes out.

use super::super::Api;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use tasker_domain::requirement::QualifiedName;
use tasker_registry::store::secret::{Rotated, SecretChange, SecretRow};
use tasker_wire::secret::{
    ListSecrets, RemoveSecret, RotateSecrets, Rotation, Secret, SetSecret, UnreadableSecret,
};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(set).on(remove).on(rotate)
}

async fn list(api: Api, mut call: Call<ListSecrets>) -> Answer<ListSecrets> {
    let (limit, seek) = call.page::<QualifiedName>()?;
    let namespaces = &call.query.namespaces;
    let seek = seek.map(QualifiedName::parts);
    let rows = api.registry.list_secrets(namespaces, seek);
    let cursor = |row: &SecretRow| format!("{}/{}", row.namespace, row.name);
    let total = call.total(api.store.count_secrets(namespaces)).await?;
    let page = limit.page(rows.await?, cursor, secret);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn set(api: Api, call: Call<SetSecret>) -> Answer<SetSecret> {
    let only_if = call.precondition()?;
    let SetSecret { namespace, name } = &call.path;
    let value = call.body.bytes().await?.into();
    let change = SecretChange {
        namespace,
        name,
        actor: call.access.actor(),
        only_if: &only_if,
    };
    let row = api.registry.set_secret(change, value).await?;
    let tag = row.tag();
    Ok(Reply::ok(secret(row)).with_state(tag))
}

async fn remove(api: Api, call: Call<RemoveSecret>) -> Answer<RemoveSecret> {
    let RemoveSecret { namespace, name } = &call.path;
    let change = SecretChange {
        namespace,
        name,
        actor: call.actor(),
        only_if: &call.precondition()?,
    };
    api.registry.remove_secret(change).await?;
    Ok(Reply::done())
}

async fn rotate(api: Api, call: Call<RotateSecrets>) -> Answer<RotateSecrets> {
    let rotated = api.registry.rotate_secrets(call.actor()).await?;
    Ok(Reply::ok(rotation(rotated)))
}

fn secret(row: SecretRow) -> Secret {
    Secret {
        etag: row.tag().to_string(),
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
