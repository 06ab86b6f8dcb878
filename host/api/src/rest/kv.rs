//! Entries of kv: list, look, set, remove.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit};
use super::super::routes::{Answer, Call, Reply, Routes};
use serde_json::value::RawValue;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_registry::RegistryError;
use tasker_registry::kv_place::KvPlace;
use tasker_registry::store::kv::KvRow;
use tasker_wire::kv::{KvEntry, ListKv, RemoveKv, SetKv, ShowKv};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(show).on(set).on(remove)
}

async fn list(api: Api, call: Call<ListKv>) -> Answer<ListKv> {
    let (ListKv { namespace, bucket }, query) = (&call.path, &call.query);
    let limit = PageLimit::parse(query.limit)?;
    let texts = [Some(query.prefix.as_str()), query.after.as_deref()];
    if texts.into_iter().flatten().any(|text| text.contains('\0')) {
        let message = "a key has no NUL character".to_owned();
        return Err(ApiError::parameter("query", message));
    }
    let after = query.after.as_deref();
    let rows = api
        .registry
        .list_kv(namespace, bucket, &query.prefix, after, limit.rows())
        .await?;
    let Page { items, next } = limit.page(rows, |row| row.key.clone(), entry);
    let items = items.into_iter().collect::<Result<_, _>>()?;
    Ok(Reply::ok(Page { items, next }))
}

async fn show(api: Api, call: Call<ShowKv>) -> Answer<ShowKv> {
    let ShowKv {
        namespace,
        bucket,
        key,
    } = call.path;
    let row = api.registry.kv_entry(&at(namespace, bucket, key)).await?;
    Ok(Reply::ok(entry(row)?))
}

async fn set(api: Api, call: Call<SetKv>) -> Answer<SetKv> {
    let SetKv {
        namespace,
        bucket,
        key,
    } = call.path;
    let value = call.body.text().await?;
    let place = at(namespace, bucket, key);
    let set = api.registry.set_kv(&place, value, call.access.actor());
    Ok(Reply::ok(entry(set.await?)?))
}

async fn remove(api: Api, call: Call<RemoveKv>) -> Answer<RemoveKv> {
    let RemoveKv {
        namespace,
        bucket,
        key,
    } = call.path;
    let place = at(namespace, bucket, key);
    api.registry.remove_kv(&place, call.access.actor()).await?;
    Ok(Reply::done())
}

fn at(namespace: Name, bucket: Name, key: String) -> KvPlace {
    KvPlace {
        namespace,
        bucket,
        key,
    }
}

fn entry(row: KvRow) -> Result<KvEntry, ApiError> {
    let stored = |error: serde_json::Error| {
        RegistryError::stored(format!("kv {}/{}", row.bucket, row.key), error)
    };
    let value = row.value.map(RawValue::from_string).transpose();
    let value = value.map_err(stored)?;
    Ok(KvEntry {
        bucket: row.bucket,
        key: row.key,
        version: row.version,
        value,
        value_bytes: row.value_bytes,
        updated_at: row.updated_at,
        task_id: row.task_id.map(TaskId),
    })
}
