//! API keys: what is stored of them, and the changes they go through.

use super::{RowCount, Store};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::FromRow;
use sqlx::types::Json;
use std::time::Duration;
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing;
use tasker_database::listing::Listing;
use tasker_domain::actor::Actor;
use tasker_domain::api_key::ApiKey;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::permission::Permissions;
use tasker_domain::request_rate::RequestRate;

/// The most keys that are not revoked: every host holds all of them in memory.
pub const MAX_KEYS: i64 = 10_000;

/// The advisory lock under which keys are made and revoked, so that what is checked before holds.
const KEYS_LOCK: i64 = 0x7461_736b_6579;

/// How long a key may be used before its use is written down again, in seconds.
const USE_RECORD_S: i32 = 60;

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKey<'a> {
    pub key: &'a ApiKey,
    pub name: &'a str,
    pub permissions: &'a Permissions,
    /// From now; none: it does not expire.
    pub expires_in: Option<Duration>,
    /// None: as many requests as the host lets everyone.
    pub rate: Option<RequestRate>,
    pub actor: &'a Actor,
}

/// What came of making a key.
#[derive(Debug)]
pub enum Made {
    Key(Box<KeyRow>),
    /// A key of this name is there and not revoked.
    NameTaken,
    /// There are [`MAX_KEYS`] already.
    TooMany,
}

/// What came of revoking a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    Done,
    Unknown,
    /// Nobody could make keys any more.
    LastAdmin,
}

/// A key without its secret.
#[derive(Clone, Debug, FromRow)]
pub struct KeyRow {
    pub prefix: String,
    pub name: String,
    #[sqlx(json)]
    pub permissions: Permissions,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    pub expires_at: Option<DateTime<Utc>>,
    /// To within a minute or so.
    pub last_used_at: Option<DateTime<Utc>>,
    pub is_expired: bool,
    pub max_requests_per_minute: Option<i32>,
}

/// What it takes to know a key that is shown.
#[derive(Clone, Debug, FromRow)]
pub struct KnownKey {
    pub prefix: String,
    #[sqlx(try_from = "Vec<u8>")]
    pub secret_digest: Digest,
    pub name: String,
    /// Read by the caller, so that one that cannot be read does not hide the others.
    pub permissions: Value,
    pub is_expired: bool,
    /// Its last use was written down less than a minute ago.
    pub is_recorded: bool,
    pub max_requests_per_minute: Option<i32>,
}

impl Store {
    /// Every key that is not revoked.
    pub async fn known_keys(&self) -> Result<Vec<KnownKey>, DatabaseError> {
        let keys = sqlx::query_as(
            "select prefix, secret_digest, name, permissions, max_requests_per_minute, coalesce(expires_at <= now(), false) as is_expired,
               coalesce(last_used_at > now() - make_interval(secs => $1), false) as is_recorded
             from tasker.api_key where revoked_at is null",
        )
        .bind(USE_RECORD_S)
        .fetch_all(self.pool())
        .await?;
        Ok(keys)
    }

    /// Keys that are not revoked, by name.
    pub async fn list_keys(&self, seek: Seek<&str>) -> Result<Vec<KeyRow>, DatabaseError> {
        self.rows_after(LIST.rows(seek.direction), seek).await
    }

    /// How many keys are not revoked.
    pub async fn count_keys(&self) -> Result<RowCount, DatabaseError> {
        self.count_rows(&LIST).await
    }

    /// Makes a key.
    pub async fn make_key(&self, new: &NewKey<'_>) -> Result<Made, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        lock_keys(&mut tx).await?;
        let made = make(&mut tx, new).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Makes this key unless there is one already that may make others. `keep` is called before the
    /// key is visible; where it fails, there is no key. True if it was made.
    pub async fn make_first_key<E: From<DatabaseError>>(
        &self,
        new: &NewKey<'_>,
        keep: impl FnOnce() -> Result<(), E>,
    ) -> Result<bool, E> {
        let mut tx = self.pool().begin().await.map_err(DatabaseError::from)?;
        lock_keys(&mut tx).await?;
        if has_admin_besides(&mut tx, None).await? {
            return Ok(false);
        }
        // An expired one of the same name gives way.
        revoke(&mut tx, new.name, new.actor).await?;
        match make(&mut tx, new).await? {
            Made::Key(_) => {
                keep()?;
                tx.commit().await.map_err(DatabaseError::from)?;
                Ok(true)
            }
            Made::NameTaken | Made::TooMany => Ok(false),
        }
    }

    /// Revokes the key of this name, but not the last that may make others.
    pub async fn revoke_key(&self, name: &Name, actor: &Actor) -> Result<Revoked, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        lock_keys(&mut tx).await?;
        let had_admin = has_admin_besides(&mut tx, None).await?;
        if had_admin && !has_admin_besides(&mut tx, Some(name.as_str())).await? {
            return Ok(Revoked::LastAdmin);
        }
        let is_revoked = revoke(&mut tx, name.as_str(), actor).await?;
        tx.commit().await?;
        Ok(if is_revoked {
            Revoked::Done
        } else {
            Revoked::Unknown
        })
    }

    /// Writes down that a key is used, unless that was done less than a minute ago.
    pub async fn record_key_use(&self, prefix: &str) -> Result<(), DatabaseError> {
        sqlx::query(
            "update tasker.api_key set last_used_at = now()
             where prefix = $1 and (last_used_at is null or last_used_at <= now() - make_interval(secs => $2))",
        )
        .bind(prefix)
        .bind(USE_RECORD_S)
        .execute(self.pool())
        .await?;
        Ok(())
    }
}

async fn lock_keys(tx: &mut Connection) -> Result<(), DatabaseError> {
    sqlx::query("select pg_advisory_xact_lock($1)")
        .bind(KEYS_LOCK)
        .execute(tx)
        .await?;
    Ok(())
}

async fn make(tx: &mut Connection, new: &NewKey<'_>) -> Result<Made, DatabaseError> {
    let count: i64 =
        sqlx::query_scalar("select count(*) from tasker.api_key where revoked_at is null")
            .fetch_one(&mut *tx)
            .await?;
    if count >= MAX_KEYS {
        return Ok(Made::TooMany);
    }
    let row: Option<KeyRow> = sqlx::query_as(MAKE)
        .bind(new.key.prefix())
        .bind(new.key.secret_digest().as_bytes().as_slice())
        .bind(new.name)
        .bind(Json(new.permissions))
        .bind(new.actor.as_str())
        .bind(new.expires_in.map(|span| span.as_secs_f64()))
        .bind(new.rate.map(i32::from))
        .fetch_optional(&mut *tx)
        .await?;
    let Some(row) = row else {
        return Ok(Made::NameTaken);
    };
    let detail = json!({
        "prefix": row.prefix, "permissions": row.permissions, "expires_at": row.expires_at,
        "max_requests_per_minute": row.max_requests_per_minute,
    });
    audit::record(tx, &change("key.create", new.name, new.actor, detail)).await?;
    Ok(Made::Key(Box::new(row)))
}

async fn revoke(tx: &mut Connection, name: &str, actor: &Actor) -> Result<bool, DatabaseError> {
    let prefix: Option<String> = sqlx::query_scalar(
        "update tasker.api_key set revoked_at = now() where name = $1 and revoked_at is null
         returning prefix",
    )
    .bind(name)
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(prefix) = &prefix {
        let detail = json!({"prefix": prefix});
        audit::record(tx, &change("key.revoke", name, actor, detail)).await?;
    }
    Ok(prefix.is_some())
}

/// Whether some key, other than the one of that name, is in force and is `admin` everywhere.
async fn has_admin_besides(tx: &mut Connection, name: Option<&str>) -> Result<bool, DatabaseError> {
    let found = sqlx::query_scalar(
        r#"select exists (
             select from tasker.api_key
             where revoked_at is null and (expires_at is null or expires_at > now())
               and permissions @> '[{"namespace": "*", "actions": ["admin"]}]'
               and ($1::text is null or name <> $1))"#,
    )
    .bind(name)
    .fetch_one(tx)
    .await?;
    Ok(found)
}

fn change<'a>(action: &'a str, name: &str, actor: &'a Actor, detail: Value) -> NewAuditEntry<'a> {
    NewAuditEntry {
        actor,
        action,
        namespace: None,
        subject: format!("key {name}"),
        reason: "",
        detail,
    }
}

const MAKE: &str = "
    insert into tasker.api_key (prefix, secret_digest, name, permissions, created_by, expires_at,
                                max_requests_per_minute)
    values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6), $7)
    on conflict (name) where revoked_at is null do nothing
    returning prefix, name, permissions, created_at, created_by, expires_at, last_used_at, false as is_expired,
              max_requests_per_minute";

const LIST: Listing = listing! {
    "select prefix, name, permissions, created_at, created_by, expires_at, last_used_at,
       coalesce(expires_at <= now(), false) as is_expired, max_requests_per_minute
     from tasker.api_key
     where revoked_at is null and ($1::text is null or name " > " $1)
     order by name " asc "
     limit $2"
};
