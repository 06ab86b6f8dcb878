//! Secrets: set, removed, listed; encrypted here, so that the database never sees a value or a key.

mod rotate;

pub use rotate::{Rotated, UnreadableSecret};

use super::namespace::ensure_namespace;
use super::{MAX_COUNTED, RowCount, Store, counted};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::FromRow;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::{Connection, DatabaseError};
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
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

impl Store {
    /// Encrypts the value and keeps it as the secret's next version, in place of the one before.
    /// The namespace is made at its first use. `None` if it has [`MAX_SECRETS`] already.
    pub async fn set_secret(
        &self,
        namespace: &Name,
        name: &Name,
        value: &SecretValue,
        actor: &Actor,
    ) -> Result<Option<SecretRow>, SecretError> {
        let ring = self.engine.secret_keys()?.to_seal()?;
        let mut tx = self.pool().begin().await.map_err(DatabaseError::from)?;
        let namespace_id = ensure_namespace(&mut tx, namespace).await?;
        let before = newest_version(&mut tx, namespace_id, name).await?;
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
        tx.commit().await.map_err(DatabaseError::from)?;
        Ok(Some(row))
    }

    /// True if the secret was there.
    pub async fn remove_secret(
        &self,
        namespace: &Name,
        name: &Name,
        actor: &Actor,
    ) -> Result<bool, DatabaseError> {
        let mut tx = self.pool().begin().await?;
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

    /// Secrets by (namespace, name), after the given pair, `limit` at most.
    pub async fn list_secrets(
        &self,
        namespace: Option<&Name>,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<SecretRow>, DatabaseError> {
        self.rows_in(LIST, namespace, after, limit).await
    }

    /// How many secrets a namespace has, or all have.
    pub async fn count_secrets(&self, namespace: Option<&Name>) -> Result<RowCount, DatabaseError> {
        let rows = self.rows_in(counted(LIST), namespace, None, MAX_COUNTED + 1);
        Ok(RowCount::of(&rows.await?))
    }
}

/// Locks the namespace, so that its secrets are set one after the other.
async fn newest_version(
    tx: &mut Connection,
    namespace_id: i32,
    name: &Name,
) -> Result<Option<i32>, DatabaseError> {
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

const LIST: &str = "
    select n.name as namespace, s.name, s.version, s.created_at, s.created_by
    from tasker.secret s
    join tasker.namespace n using (namespace_id)
    where ($1::text is null or n.name = $1)
      and ($2::text is null or (n.name, s.name) > ($2, $3))
    order by n.name, s.name
    limit $4";
