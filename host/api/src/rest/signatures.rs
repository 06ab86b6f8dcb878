//! Signatures of components, and the keys that namespaces take them by.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{Page, PageLimit, wrong_cursor};
use super::super::request::{Caller, InPath, InQuery, JsonBody};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde::Deserialize;
use tasker_domain::name::Name;
use tasker_domain::signature::{KeyId, PublicKey, Signature};
use tasker_registry::RegistryError;
use tasker_registry::store::signature::{SignatureRow, SigningKeyRow};
use tasker_wire::headers::SIGNATURE;
use tasker_wire::signature::{self as wire, NewSigningKey, SigningKey};

/// The most signatures that one upload carries.
const MAX_SIGNATURES: usize = 8;
/// The longest name of a key, in bytes.
const MAX_KEY_NAME_BYTES: usize = 100;

pub fn router() -> Router<Api> {
    const KEYS: &str = "/namespaces/{namespace}/signing-keys";
    Router::new()
        .route(KEYS, get(list_keys).post(add_key))
        .route(&format!("{KEYS}/{{key}}"), delete(remove_key))
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    after: Option<String>,
    limit: Option<u32>,
}

async fn list_keys(
    State(api): State<Api>,
    InPath(namespace): InPath<Name>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Page<SigningKey>>, ApiError> {
    let limit = PageLimit::parse(query.limit)?;
    let after = query.after.as_deref();
    if let Some(after) = after.filter(|after| after.parse::<KeyId>().is_err()) {
        return Err(wrong_cursor(after));
    }
    let rows = api
        .registry
        .signing_keys(&namespace, after, limit.rows())
        .await?;
    let cursor = |row: &SigningKeyRow| row.key_id.clone();
    Ok(Json(limit.page(rows, cursor, signing_key)))
}

async fn add_key(
    State(api): State<Api>,
    caller: Caller,
    InPath(namespace): InPath<Name>,
    JsonBody(body): JsonBody<NewSigningKey>,
) -> Result<(StatusCode, Json<SigningKey>), ApiError> {
    let is_long = body.name.len() > MAX_KEY_NAME_BYTES;
    if body.name.is_empty() || is_long || body.name.chars().any(char::is_control) {
        let message = format!("write 1 to {MAX_KEY_NAME_BYTES} printable bytes, such as `ci`");
        return Err(ApiError::parameter("name", message));
    }
    let key: PublicKey = body.public_key.parse().map_err(RegistryError::from)?;
    let row = api
        .registry
        .add_signing_key(&namespace, &key, &body.name, &caller.0)
        .await?;
    Ok((StatusCode::CREATED, Json(signing_key(row))))
}

async fn remove_key(
    State(api): State<Api>,
    caller: Caller,
    InPath((namespace, key)): InPath<(Name, String)>,
) -> Result<StatusCode, ApiError> {
    let key: KeyId = key.parse().map_err(RegistryError::from)?;
    api.registry
        .remove_signing_key(&namespace, &key, &caller.0)
        .await?;
    Ok(StatusCode::NO_CONTENT)
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
