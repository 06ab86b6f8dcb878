//! Secrets: encrypted here, so that the database never sees a value or a key.

mod key_ring;
mod key_source;
mod rotate;

pub use key_ring::{KeyId, KeyRing, KeyRingError};
pub use key_source::SecretKeys;
pub use rotate::{Rotated, Unreadable};

use super::audit::{self, Change};
use super::namespace::ensure_namespace;
use super::{Store, StoreError};
use crate::pool::Connection;
use chrono::{DateTime, Utc};
use key_ring::{Place, Sealed};
use serde_json::json;
use sqlx::FromRow;
use std::path::PathBuf;
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::secret::SecretValue;

/// The variable that has the keys where no file is named.
pub const KEYS_VARIABLE: &str = "TASKER_SECRET_KEY";
/// Secrets of one namespace.
pub const MAX_SECRETS: i64 = 1_000;

/// Why a secret cannot be kept or had. Nothing here tells a value or a key.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "this host has no key for secrets; start it with --secret-key-file or TASKER_SECRET_KEY"
    )]
    NoKeys,
    #[error("the key file {} cannot be used; check the path and who may read it", path.display())]
    KeyFile {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the key file {} can be read by everybody on this machine: chmod 600 {}", path.display(), path.display())]
    KeyFileOpen { path: PathBuf },
    #[error("the key file {} cannot be used: {source}", path.display())]
    KeyFileText { path: PathBuf, source: KeyRingError },
    #[error(
        "secret {namespace}/{name} is encrypted with the key {key_id}, which this host does not have; give every host the same keys with --secret-key-file or TASKER_SECRET_KEY, old ones on the lines after the new one"
    )]
    KeyMissing {
        namespace: String,
        name: String,
        key_id: KeyId,
    },
    #[error(
        "what is stored of secret {namespace}/{name} was changed since it was encrypted; set the secret anew"
    )]
    Changed { namespace: String, name: String },
    #[error(
        "namespace {namespace} has {MAX_SECRETS} secrets, which is the limit; remove some with: tasker secret rm"
    )]
    TooMany { namespace: Name },
    #[error("this machine gives no random numbers")]
    Random(#[source] getrandom::Error),
}

impl SecretError {
    /// True where another host, with other keys, can read the secret.
    pub fn is_of_host(&self) -> bool {
        match self {
            Self::NoKeys
            | Self::KeyFile { .. }
            | Self::KeyFileOpen { .. }
            | Self::KeyFileText { .. }
            | Self::KeyMissing { .. } => true,
            Self::Store(_) | Self::Changed { .. } | Self::TooMany { .. } | Self::Random(_) => false,
        }
    }
}

/// What is known of a secret beside its value.
#[derive(Clone, Debug, FromRow)]
pub struct SecretRow {
    pub namespace: String,
    pub name: String,
    /// Grows with every value that is set.
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
}

/// A secret as it is stored.
#[derive(Debug, FromRow)]
struct SealedRow {
    version: i32,
    key_id: Vec<u8>,
    nonce: Vec<u8>,
    ciphertext: Vec<u8>,
}

impl Store {
    /// The same store with keys for secrets; without, it keeps none.
    pub fn with_keys(self, keys: SecretKeys) -> Self {
        Self {
            keys: Some(keys),
            ..self
        }
    }

    pub(super) fn keys(&self) -> Result<&SecretKeys, SecretError> {
        self.keys.as_ref().ok_or(SecretError::NoKeys)
    }

    /// Encrypts the value and keeps it as the secret's next version, in place of the one before.
    /// The namespace is made at its first use.
    pub async fn set_secret(
        &self,
        namespace: &Name,
        name: &Name,
        value: &SecretValue,
        actor: &Actor,
    ) -> Result<SecretRow, SecretError> {
        let ring = self.keys()?.to_seal()?;
        let mut tx = self.pool.begin().await.map_err(StoreError::from)?;
        let namespace_id = ensure_namespace(&mut tx, namespace).await?;
        let before = newest_version(&mut tx, namespace_id, name).await?;
        if before.is_none() && count(&mut tx, namespace_id).await? >= MAX_SECRETS {
            let namespace = namespace.clone();
            return Err(SecretError::TooMany { namespace });
        }
        let place = Place {
            namespace: namespace.as_str(),
            name: name.as_str(),
            version: before.unwrap_or(0) + 1,
        };
        let sealed = ring.seal(place, value)?;
        let row = insert(&mut tx, namespace_id, place, &sealed, actor).await?;
        let change = Change {
            actor,
            action: "secret.set",
            namespace: Some(namespace.as_str()),
            subject: format!("secret {name}"),
            reason: "",
            detail: json!({"from": before, "to": row.version}),
        };
        audit::record(&mut tx, &change).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(row)
    }

    /// True where the secret was there.
    pub async fn remove_secret(
        &self,
        namespace: &Name,
        name: &Name,
        actor: &Actor,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let removed: Option<i32> = sqlx::query_scalar(
            "delete from tasker.secret s using tasker.namespace n
             where s.namespace_id = n.namespace_id and n.name = $1 and s.name = $2
             returning s.version",
        )
        .bind(namespace.as_str())
        .bind(name.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(version) = removed {
            let change = Change {
                actor,
                action: "secret.remove",
                namespace: Some(namespace.as_str()),
                subject: format!("secret {name}"),
                reason: "",
                detail: json!({"from": version, "to": null}),
            };
            audit::record(&mut tx, &change).await?;
        }
        tx.commit().await?;
        Ok(removed.is_some())
    }

    /// Secrets by (namespace, name), after the given pair, `limit` at most.
    pub async fn list_secrets(
        &self,
        namespace: Option<&Name>,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<SecretRow>, StoreError> {
        let rows = sqlx::query_as(LIST)
            .bind(namespace.map(Name::as_str))
            .bind(after.map(|(namespace, _)| namespace))
            .bind(after.map(|(_, name)| name))
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }

    /// The value of a secret, for an attempt that was granted it; none where there is no such
    /// secret.
    pub async fn secret_value(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<SecretValue>, SecretError> {
        let row: Option<SealedRow> = sqlx::query_as(
            "select s.version, s.key_id, s.nonce, s.ciphertext
             from tasker.secret s
             join tasker.namespace n using (namespace_id)
             where n.name = $1 and s.name = $2",
        )
        .bind(namespace)
        .bind(name)
        .fetch_optional(&self.pool)
        .await
        .map_err(StoreError::from)?;
        let Some(row) = row else { return Ok(None) };
        let place = Place {
            namespace,
            name,
            version: row.version,
        };
        let sealed = row.sealed(place)?;
        let ring = self.keys()?.to_open(sealed.key_id)?;
        ring.open(place, &sealed).map(Some)
    }
}

impl SealedRow {
    fn sealed(self, place: Place<'_>) -> Result<Sealed, SecretError> {
        let key_id = KeyId::from_bytes(&self.key_id).ok_or_else(|| SecretError::Changed {
            namespace: place.namespace.to_owned(),
            name: place.name.to_owned(),
        })?;
        Ok(Sealed {
            key_id,
            nonce: self.nonce,
            ciphertext: self.ciphertext,
        })
    }
}

/// Locks the namespace, so that its secrets are set one after the other.
async fn newest_version(
    tx: &mut Connection,
    namespace_id: i32,
    name: &Name,
) -> Result<Option<i32>, StoreError> {
    sqlx::query("select from tasker.namespace where namespace_id = $1 for no key update")
        .bind(namespace_id)
        .execute(&mut *tx)
        .await?;
    let version = sqlx::query_scalar(
        "select version from tasker.secret where namespace_id = $1 and name = $2",
    )
    .bind(namespace_id)
    .bind(name.as_str())
    .fetch_optional(tx)
    .await?;
    Ok(version)
}

async fn count(tx: &mut Connection, namespace_id: i32) -> Result<i64, StoreError> {
    let count = sqlx::query_scalar("select count(*) from tasker.secret where namespace_id = $1")
        .bind(namespace_id)
        .fetch_one(tx)
        .await?;
    Ok(count)
}

async fn insert(
    tx: &mut Connection,
    namespace_id: i32,
    place: Place<'_>,
    sealed: &Sealed,
    actor: &Actor,
) -> Result<SecretRow, StoreError> {
    let row = sqlx::query_as(
        "insert into tasker.secret as s (namespace_id, name, version, key_id, nonce, ciphertext, created_by)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (namespace_id, name) do update
           set version = excluded.version, key_id = excluded.key_id, nonce = excluded.nonce,
               ciphertext = excluded.ciphertext, created_at = now(), created_by = excluded.created_by
         returning $8::text as namespace, s.name, s.version, s.created_at, s.created_by",
    )
    .bind(namespace_id)
    .bind(place.name)
    .bind(place.version)
    .bind(sealed.key_id.as_bytes())
    .bind(&sealed.nonce)
    .bind(&sealed.ciphertext)
    .bind(actor.as_str())
    .bind(place.namespace)
    .fetch_one(tx)
    .await?;
    Ok(row)
}

const LIST: &str = "
    select n.name as namespace, s.name, s.version, s.created_at, s.created_by
    from tasker.secret s
    join tasker.namespace n using (namespace_id)
    where ($1::text is null or n.name = $1)
      and ($2::text is null or (n.name, s.name) > ($2, $3))
    order by n.name, s.name
    limit $4";
