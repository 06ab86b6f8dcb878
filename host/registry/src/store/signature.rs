//! Signatures of components, and the keys that namespaces take them by.

use super::generation::{advance, advance_rules, revise_components};
use super::namespace::ensure_namespace;
use super::{RowCount, Store};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::{FromRow, SqlSafeStr};
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing;
use tasker_database::listing::{ListRow, Listing, counting};
use tasker_domain::actor::Actor;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::signature::{KeyId, PublicKey, Signature};

/// The most signatures that are read for one digest.
const MAX_SIGNATURES: i64 = 100;

/// A signature that was verified when it was stored.
#[derive(Debug)]
pub struct SignatureRow {
    pub signature: Signature,
    pub at: DateTime<Utc>,
    pub actor: String,
}

/// A key by whose signatures a namespace takes components.
#[derive(Debug, FromRow)]
pub struct SigningKeyRow {
    pub key_id: String,
    #[sqlx(try_from = "Vec<u8>")]
    pub public_key: PublicKey,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
}

#[derive(FromRow)]
struct RawSignature {
    public_key: Vec<u8>,
    signature: Vec<u8>,
    at: DateTime<Utc>,
    actor: String,
}

impl Store {
    /// Stores a verified signature; one that is there already changes nothing. New tasks may take the
    /// bytes by it at once, on every host.
    pub async fn keep_signature(
        &self,
        digest: Digest,
        signature: &Signature,
        actor: &Actor,
    ) -> Result<(), DatabaseError> {
        let mut tx = self.pool().begin().await?;
        lock_digest(&mut tx, digest).await?;
        let inserted = sqlx::query(
            "insert into tasker.signature (digest, public_key, signature, actor)
             values ($1, $2, $3, $4) on conflict do nothing",
        )
        .bind(&digest.as_bytes()[..])
        .bind(&signature.key().as_bytes()[..])
        .bind(&signature.as_bytes()[..])
        .bind(actor.as_str())
        .execute(&mut *tx)
        .await?;
        if inserted.rows_affected() == 1 {
            let key = signature.key().id();
            let change = NewAuditEntry {
                actor,
                action: "signature.add",
                namespace: None,
                subject: format!("digest sha256:{digest}"),
                reason: "",
                detail: json!({"key": key.as_str()}),
            };
            audit::record(&mut tx, &change).await?;
            let namespaces = revise_components(&mut tx, digest).await?;
            advance(&mut tx, namespaces.iter().map(String::as_str)).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The signatures of these bytes, the oldest first.
    pub async fn signatures(&self, digest: Digest) -> Result<Vec<SignatureRow>, DatabaseError> {
        let rows: Vec<RawSignature> = sqlx::query_as(
            "select public_key, signature, at, actor from tasker.signature
             where digest = $1 order by at, public_key limit $2",
        )
        .bind(&digest.as_bytes()[..])
        .bind(MAX_SIGNATURES)
        .fetch_all(self.pool())
        .await?;
        rows.into_iter().map(SignatureRow::try_from).collect()
    }

    /// The keys that signed these bytes.
    pub async fn signers(&self, digest: Digest) -> Result<Vec<PublicKey>, DatabaseError> {
        let keys: Vec<Vec<u8>> =
            sqlx::query_scalar("select public_key from tasker.signature where digest = $1")
                .bind(&digest.as_bytes()[..])
                .fetch_all(self.pool())
                .await?;
        let key = |bytes| {
            PublicKey::try_from(bytes)
                .map_err(|error| DatabaseError::Corrupt(format!("a signing key: {error}")))
        };
        keys.into_iter().map(key).collect()
    }

    /// Adds a key to the namespace's signing policy, or names it anew.
    pub async fn add_signing_key(
        &self,
        namespace: &Name,
        key: &PublicKey,
        name: &str,
        actor: &Actor,
    ) -> Result<SigningKeyRow, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let namespace_id = ensure_namespace(&mut tx, namespace).await?;
        let row = sqlx::query_as(
            "insert into tasker.signing_key (namespace_id, key_id, public_key, name, created_by)
             values ($1, $2, $3, $4, $5)
             on conflict (namespace_id, key_id) do update set name = excluded.name
             returning key_id, public_key, name, created_at, created_by",
        )
        .bind(namespace_id)
        .bind(key.id().as_str())
        .bind(&key.as_bytes()[..])
        .bind(name)
        .bind(actor.as_str())
        .fetch_one(&mut *tx)
        .await?;
        let detail = json!({"name": name, "public_key": key.to_string()});
        let change = policy_change("signing_key.add", namespace, &key.id(), actor, detail);
        audit::record(&mut tx, &change).await?;
        advance_rules(&mut tx, [namespace.as_str()]).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// True if the namespace's signing policy had the key.
    pub async fn remove_signing_key(
        &self,
        namespace: &Name,
        key: &KeyId,
        actor: &Actor,
    ) -> Result<bool, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let name: Option<String> = sqlx::query_scalar(
            "delete from tasker.signing_key k using tasker.namespace n
             where k.namespace_id = n.namespace_id and n.name = $1 and k.key_id = $2
             returning k.name",
        )
        .bind(namespace.as_str())
        .bind(key.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(name) = &name {
            let detail = json!({"name": name});
            let change = policy_change("signing_key.remove", namespace, key, actor, detail);
            audit::record(&mut tx, &change).await?;
            advance_rules(&mut tx, [namespace.as_str()]).await?;
        }
        tx.commit().await?;
        Ok(name.is_some())
    }

    /// The keys of a namespace's signing policy by id.
    pub async fn signing_keys(
        &self,
        namespace: &Name,
        seek: Seek<&str>,
    ) -> Result<Vec<SigningKeyRow>, DatabaseError> {
        self.signing_keys_in(KEYS.rows(seek.direction), namespace, seek)
            .await
    }

    /// How many signing keys a namespace has.
    pub async fn count_signing_keys(&self, namespace: &Name) -> Result<RowCount, DatabaseError> {
        let rows = self.signing_keys_in(KEYS.count(), namespace, counting());
        Ok(RowCount::of_rows(&rows.await?))
    }

    async fn signing_keys_in<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        namespace: &Name,
        seek: Seek<&str>,
    ) -> Result<Vec<R>, DatabaseError> {
        let rows = sqlx::query_as(statement)
            .bind(namespace.as_str())
            .bind(seek.after)
            .bind(seek.limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

const KEYS: Listing = listing! {
    "select k.key_id, k.public_key, k.name, k.created_at, k.created_by
     from tasker.signing_key k
     join tasker.namespace n using (namespace_id)
     where n.name = $1 and ($2::text is null or k.key_id " > " $2)
     order by k.key_id " asc "
     limit $3"
};

/// Locks these bytes against other publications and signatures until the transaction ends. The second
/// transaction sees the changes of the first.
pub(crate) async fn lock_digest(tx: &mut Connection, digest: Digest) -> Result<(), DatabaseError> {
    sqlx::query("select pg_advisory_xact_lock(hashtext('tasker.signature'), hashtext($1))")
        .bind(digest.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

fn policy_change<'a>(
    action: &'a str,
    namespace: &'a Name,
    key: &KeyId,
    actor: &'a Actor,
    detail: Value,
) -> NewAuditEntry<'a> {
    NewAuditEntry {
        actor,
        action,
        namespace: Some(namespace.as_str()),
        subject: format!("signing key {key}"),
        reason: "",
        detail,
    }
}

impl TryFrom<RawSignature> for SignatureRow {
    type Error = DatabaseError;

    fn try_from(row: RawSignature) -> Result<Self, DatabaseError> {
        let corrupt = |what: String| DatabaseError::Corrupt(format!("a signature: {what}"));
        let key = PublicKey::try_from(row.public_key.as_slice());
        let key = key.map_err(|error| corrupt(error.to_string()))?;
        let bytes = row.signature.try_into();
        let bytes = bytes.map_err(|_| corrupt("it has not 64 bytes".to_owned()))?;
        Ok(Self {
            signature: Signature::new(key, bytes),
            at: row.at,
            actor: row.actor,
        })
    }
}
