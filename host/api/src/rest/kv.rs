//! Entries of kv: list, look, set, remove.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use serde_json::value::RawValue;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_registry::RegistryError;
use tasker_registry::kv_place::KvPlace;
use tasker_registry::store::kv::{KvFilter, KvRow};
use tasker_wire::endpoint::Endpoint;
use tasker_wire::kv::{KvEntry, ListKv, RemoveKv, SetKv, ShowKv};

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(show).on(set).on(remove)
}

async fn list(api: Api, mut call: Call<ListKv>) -> Answer<ListKv> {
    let (limit, seek) = call.page::<String>()?;
    let (ListKv { namespace, bucket }, prefix) = (&call.path, &call.query.prefix);
    let texts = [Some(prefix), seek.after.as_ref()];
    if texts.into_iter().flatten().any(|text| text.contains('\0')) {
        let message = "a key has no NUL character".to_owned();
        return Err(ApiError::parameter("query", message));
    }
    let of = KvFilter {
        namespace,
        bucket,
        prefix,
    };
    let rows = api.registry.list_kv(of, seek.map(String::as_str));
    let total = call.total(api.store.count_kv(of)).await?;
    let Page { items, next, .. } = limit.page(rows.await?, |row| row.key.clone(), entry);
    let items = items.into_iter().collect::<Result<_, _>>()?;
    Ok(Reply::ok(Page { items, next, total }))
}

async fn show(api: Api, call: Call<ShowKv>) -> Answer<ShowKv> {
    let path = call.path;
    let row = api
        .registry
        .kv_entry(&at(path.namespace, path.bucket, path.key))
        .await?;
    answer(row)
}

async fn set(api: Api, call: Call<SetKv>) -> Answer<SetKv> {
    let only_if = call.precondition()?;
    let path = call.path;
    let value = call.body.text().await?;
    let place = at(path.namespace, path.bucket, path.key);
    let by = (call.access.actor(), &only_if);
    answer(api.registry.set_kv(&place, value, by).await?)
}

fn answer<E: Endpoint<Answer = KvEntry>>(row: KvRow) -> Answer<E> {
    let tag = row.tag();
    Ok(Reply::ok(entry(row)?).with_state(tag))
}

async fn remove(api: Api, call: Call<RemoveKv>) -> Answer<RemoveKv> {
    let only_if = call.precondition()?;
    let path = call.path;
    let place = at(path.namespace, path.bucket, path.key);
    let by = (call.access.actor(), &only_if);
    api.registry.remove_kv(&place, by).await?;
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
    let etag = row.tag().to_string();
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
        etag,
    })
}
