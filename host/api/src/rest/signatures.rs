//! Signatures of components, and the keys that namespaces take them by.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use axum::http::{HeaderMap, header};
use tasker_domain::signature::{KeyId, PublicKey, Signature};
use tasker_registry::RegistryError;
use tasker_registry::store::signature::{SignatureRow, SigningKeyRow};
use tasker_wire::headers::SIGNATURE;
use tasker_wire::signature::{
    self as wire, AddSigningKey, ListSigningKeys, RemoveSigningKey, SigningKey,
};

/// The most signatures that one upload carries.
const MAX_SIGNATURES: usize = 8;
/// The longest name of a key, in bytes.
const MAX_KEY_NAME_BYTES: usize = 100;

pub(crate) fn routes() -> Routes {
    Routes::default().on(list_keys).on(add_key).on(remove_key)
}

/// The signatures that come with an upload.
pub fn given(headers: &HeaderMap) -> Result<Vec<Signature>, ApiError> {
    let values: Vec<_> = headers.get_all(SIGNATURE).iter().collect();
    if values.len() > MAX_SIGNATURES {
        let message = format!("{} signatures; send {MAX_SIGNATURES} at most", values.len());
        return Err(ApiError::parameter(SIGNATURE, message));
    }
    let parse = |value: &header::HeaderValue| {
        let signature = value.to_str().unwrap_or_default().parse();
        signature.map_err(|error| ApiError::from(RegistryError::Signature(error)))
    };
    values.into_iter().map(parse).collect()
}

async fn list_keys(api: Api, mut call: Call<ListSigningKeys>) -> Answer<ListSigningKeys> {
    let (limit, seek) = call.page::<KeyId>()?;
    let namespace = &call.path.namespace;
    let rows = api
        .registry
        .signing_keys(namespace, seek.map(KeyId::as_str));
    let total = call.total(api.store.count_signing_keys(namespace)).await?;
    let cursor = |row: &SigningKeyRow| row.key_id.clone();
    let page = limit.page(rows.await?, cursor, signing_key);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn add_key(api: Api, call: Call<AddSigningKey>) -> Answer<AddSigningKey> {
    let name = &call.body.name;
    let is_long = name.len() > MAX_KEY_NAME_BYTES;
    if name.is_empty() || is_long || name.chars().any(char::is_control) {
        let message = format!("write 1 to {MAX_KEY_NAME_BYTES} printable bytes, such as `ci`");
        return Err(ApiError::parameter("name", message));
    }
    let key: PublicKey = call.body.public_key.parse().map_err(RegistryError::from)?;
    let namespace = &call.path.namespace;
    let added = api
        .registry
        .add_signing_key(namespace, &key, name, call.actor());
    Ok(Reply::made(true, signing_key(added.await?)))
}

async fn remove_key(api: Api, call: Call<RemoveSigningKey>) -> Answer<RemoveSigningKey> {
    let key: KeyId = call.path.key.parse().map_err(RegistryError::from)?;
    api.registry
        .remove_signing_key(&call.path.namespace, &key, call.actor())
        .await?;
    Ok(Reply::done())
}

pub fn signature(row: &SignatureRow, keys: &[SigningKeyRow]) -> wire::Signature {
    let key = row.signature.key();
    let known = keys.iter().find(|known| known.public_key == *key);
    wire::Signature {
        key_id: key.id().to_string(),
        signature: row.signature.to_string(),
        key_name: known.map(|known| known.name.clone()),
        at: row.at,
        by: row.actor.clone(),
    }
}

fn signing_key(row: SigningKeyRow) -> SigningKey {
    SigningKey {
        key_id: row.key_id,
        name: row.name,
        public_key: row.public_key.to_string(),
        created_at: row.created_at,
        created_by: row.created_by,
    }
}
