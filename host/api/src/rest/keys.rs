//! API keys: make, list, revoke.

use super::super::Api;
use super::super::auth::keyring;
use super::super::key_error::KeyError;
use super::super::page::Page;
use super::super::routes::{Answer, Call, Reply, Routes};
use std::time::Duration;
use tasker_domain::actor::RESERVED_ACTORS;
use tasker_domain::name::Name;
use tasker_domain::permission::MAX_PERMISSIONS;
use tasker_registry::store::api_key::{KeyRow, Made, NewKey, Revoked};
use tasker_wire::key::{self, CreateKey, CreatedKey, Key, ListKeys, RevokeKey};

/// The longest life of a key that expires, in seconds: ten years.
const MAX_EXPIRY_S: u64 = 3_650 * 24 * 60 * 60;

pub(crate) fn routes() -> Routes {
    Routes::default().on(list).on(create).on(revoke)
}

async fn list(api: Api, mut call: Call<ListKeys>) -> Answer<ListKeys> {
    let (limit, seek) = call.page::<Name>()?;
    let rows = api.store.list_keys(seek.map(Name::as_str)).await?;
    let total = call.total(api.store.count_keys()).await?;
    let page = limit.page(rows, |row| row.name.clone(), description);
    Ok(Reply::ok(Page { total, ..page }))
}

async fn create(api: Api, call: Call<CreateKey>) -> Answer<CreateKey> {
    let body = &call.body;
    check(body)?;
    let key = keyring::random_key().map_err(KeyError::from)?;
    let new = NewKey {
        key: &key,
        name: body.name.as_str(),
        permissions: &body.permissions,
        expires_in: body.expires_in_s.map(Duration::from_secs),
        rate: body.max_requests_per_minute,
        actor: call.actor(),
    };
    let row = match api.store.make_key(&new).await? {
        Made::Key(row) => *row,
        Made::NameTaken => {
            return Err(KeyError::NameTaken {
                name: call.body.name,
            }
            .into());
        }
        Made::TooMany => return Err(KeyError::TooMany.into()),
    };
    forget(&api).await;
    let created = CreatedKey {
        key: key.reveal(),
        description: description(row),
    };
    Ok(Reply::made(true, created))
}

async fn revoke(api: Api, call: Call<RevokeKey>) -> Answer<RevokeKey> {
    let name = call.path.name.clone();
    match api.store.revoke_key(&name, call.actor()).await? {
        Revoked::Done => {
            forget(&api).await;
            Ok(Reply::done())
        }
        Revoked::Unknown => Err(KeyError::Unknown { name }.into()),
        Revoked::LastAdmin => Err(KeyError::LastAdmin { name }.into()),
    }
}

/// This host sees the change at its next request, others within seconds.
async fn forget(api: &Api) {
    if let Some(keyring) = api.authentication.keyring() {
        keyring.forget().await;
    }
}

fn check(body: &key::NewKey) -> Result<(), KeyError> {
    let wrong = |text: String| Err(KeyError::Invalid(text));
    let entries = body.permissions.entries();
    if RESERVED_ACTORS.contains(&body.name.as_str()) {
        return wrong(format!(
            "`{}` is a reserved name of the audit log; choose another name",
            body.name
        ));
    }
    if entries.is_empty() || entries.iter().any(|entry| entry.actions.is_empty()) {
        return wrong("without an action it would permit nothing; name some".to_owned());
    }
    if entries.len() > MAX_PERMISSIONS {
        let count = entries.len();
        return wrong(format!(
            "it has {count} permissions; the limit is {MAX_PERMISSIONS}"
        ));
    }
    match body.expires_in_s {
        Some(0) | Some(MAX_EXPIRY_S..) => wrong(format!(
            "`expires_in_s` is from 1 to {MAX_EXPIRY_S} seconds (ten years); leave it out for a key that does not expire"
        )),
        Some(_) | None => Ok(()),
    }
}

fn description(row: KeyRow) -> Key {
    Key {
        name: row.name,
        prefix: row.prefix,
        permissions: row.permissions,
        created_at: row.created_at,
        created_by: row.created_by,
        expires_at: row.expires_at,
        is_expired: row.is_expired,
        last_used_at: row.last_used_at,
        max_requests_per_minute: row.max_requests_per_minute,
    }
}
