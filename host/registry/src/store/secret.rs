//! Secrets: set, removed, listed; encrypted here, so that the database never sees a value or a key.

mod rotate;

pub use rotate::{Rotated, UnreadableSecret};

use super::change_error::ChangeError;
use super::namespace::{ensure_namespace, lock_namespace};
use super::{RowCount, Store};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::FromRow;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing::Listing;
use tasker_database::{Connection, DatabaseError, listing};
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::precondition::{EntityTag, Precondition, PreconditionFailed};
use tasker_domain::secret::SecretValue;
use tasker_engine::secret::{Sealed, SecretError, SecretLocation};

/// Secrets of one namespace.
pub const MAX_SECRETS: i64 = 1_000;

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

impl SecretRow {
    /// Stands for the value that is set, of which it says nothing: each value has a version and a time of its own.
    pub fn tag(&self) -> EntityTag {
        let secret = ("secret", &self.namespace, &self.name);
        EntityTag::of(&(secret, self.version, self.created_at, &self.created_by))
    }
}

/// A change of one secret.
#[derive(Clone, Copy, Debug)]
pub struct SecretChange<'a> {
    pub namespace: &'a Name,
    pub name: &'a Name,
    pub actor: &'a Actor,
    /// The secret is as the caller knows it.
    pub only_if: &'a Precondition,
}

impl SecretChange<'_> {
    /// Refuses a change of a secret that is not as the caller knows it.
    fn check(&self, found: Option<&SecretRow>) -> Result<(), PreconditionFailed> {
        self.only_if.check(found.map(SecretRow::tag).as_ref())
    }
}

/// Why a secret is not changed.
#[derive(Debug, thiserror::Error)]
pub enum SecretChangeError {
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// It is not as the caller knows it.
    #[error(transparent)]
    Precondition(#[from] PreconditionFailed),
}

impl From<DatabaseError> for SecretChangeError {
    fn from(error: DatabaseError) -> Self {
        Self::Secret(error.into())
    }
}

impl From<sqlx::Error> for SecretChangeError {
    fn from(error: sqlx::Error) -> Self {
        DatabaseError::from(error).into()
    }
}

impl Store {
    /// Encrypts the value and keeps it as the secret's next version, in place of the one before.
    /// The namespace is made at its first use. `None` if it has [`MAX_SECRETS`] already.
    pub async fn set_secret(
        &self,
        change: SecretChange<'_>,
        value: &SecretValue,
    ) -> Result<Option<SecretRow>, SecretChangeError> {
        let ring = self.engine.secret_keys()?.to_seal()?;
        let SecretChange {
            namespace,
            name,
            actor,
            ..
        } = change;
        let mut tx = self.pool().begin().await?;
        let namespace_id = ensure_namespace(&mut tx, namespace).await?;
        let found = locked(&mut tx, &change).await?;
        change.check(found.as_ref())?;
        let before = found.map(|row| row.version);
        if before.is_none() && count(&mut tx, namespace_id).await? >= MAX_SECRETS {
            return Ok(None);
        }
        let place = SecretLocation {
            namespace: namespace.as_str(),
            name: name.as_str(),
            version: before.unwrap_or(0) + 1,
        };
        let sealed = ring.seal(place, value)?;
        let row = insert(&mut tx, namespace_id, place, &sealed, actor).await?;
        let change = NewAuditEntry {
            actor,
            action: "secret.set",
            namespace: Some(namespace.as_str()),
            subject: format!("secret {name}"),
            reason: "",
            detail: json!({"from": before, "to": row.version}),
        };
        audit::record(&mut tx, &change).await?;
        tx.commit().await?;
        Ok(Some(row))
    }

    /// True if the secret was there.
    pub async fn remove_secret(&self, change: SecretChange<'_>) -> Result<bool, ChangeError> {
        let SecretChange {
            namespace,
            name,
            actor,
            ..
        } = change;
        let mut tx = self.pool().begin().await?;
        change.check(locked(&mut tx, &change).await?.as_ref())?;
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
            let change = NewAuditEntry {
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

    /// Secrets by (namespace, name), of these namespaces or of all.
    pub async fn list_secrets(
        &self,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<SecretRow>, DatabaseError> {
        self.rows_in(&LIST, namespaces, seek).await
    }

    /// How many secrets these namespaces have, or all have.
    pub async fn count_secrets(&self, namespaces: &[Name]) -> Result<RowCount, DatabaseError> {
        self.count_in(&LIST, namespaces).await
    }
}

/// The secret, if there is one; changes of the namespace's secrets wait for each other.
async fn locked(
    tx: &mut Connection,
    change: &SecretChange<'_>,
) -> Result<Option<SecretRow>, DatabaseError> {
    lock_namespace(tx, change.namespace).await?;
    let row = sqlx::query_as(
        "select n.name as namespace, s.name, s.version, s.created_at, s.created_by
         from tasker.secret s
         join tasker.namespace n using (namespace_id)
         where n.name = $1 and s.name = $2",
    )
    .bind(change.namespace.as_str())
    .bind(change.name.as_str())
    .fetch_optional(tx)
    .await?;
    Ok(row)
}

async fn count(tx: &mut Connection, namespace_id: i32) -> Result<i64, DatabaseError> {
    let count = sqlx::query_scalar("select count(*) from tasker.secret where namespace_id = $1")
        .bind(namespace_id)
        .fetch_one(tx)
        .await?;
    Ok(count)
}

async fn insert(
    tx: &mut Connection,
    namespace_id: i32,
    place: SecretLocation<'_>,
    sealed: &Sealed,
    actor: &Actor,
) -> Result<SecretRow, DatabaseError> {
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

const LIST: Listing = listing! {
    "select n.name as namespace, s.name, s.version, s.created_at, s.created_by
     from tasker.secret s
     join tasker.namespace n using (namespace_id)
     where ($1::text is null or n.name = $1)
       and ($2::text is null or (n.name, s.name) " > " ($2, $3))
     order by n.name " asc ", s.name " asc "
     limit $4"
};
