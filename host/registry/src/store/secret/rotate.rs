//! Encrypts everything with the newest key.

use super::super::Store;
use serde_json::json;
use sqlx::FromRow;
use std::sync::Arc;
use tasker_database::Connection;
use tasker_database::DatabaseError;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_domain::actor::Actor;
use tasker_engine::secret::{KeyId, KeyRing, SealedRow, SecretError, SecretLocation};

/// Secrets of one transaction.
const BATCH: i64 = 100;
/// Secrets that a rotation names as unreadable.
const MAX_UNREADABLE: usize = 100;

/// What came of a rotation.
#[derive(Clone, Debug)]
pub struct Rotated {
    /// The key that everything is encrypted with now, but for what is unreadable.
    pub key_id: KeyId,
    /// Secrets that were encrypted anew.
    pub secrets: usize,
    /// Secrets that this host could not read, the first hundred of them.
    pub unreadable: Vec<UnreadableSecret>,
}

/// A secret that stays as it is, because its key is missing or it was changed.
#[derive(Clone, Debug)]
pub struct UnreadableSecret {
    pub namespace: String,
    pub name: String,
    pub reason: String,
}

/// A secret under an old key.
#[derive(FromRow)]
struct OldRow {
    namespace_id: i32,
    namespace: String,
    name: String,
    #[sqlx(flatten)]
    sealed: SealedRow,
}

impl Store {
    /// Encrypts whatever is under another key with the first one, batch by batch: what is done
    /// is kept if the host ends in between, and a second call continues from there.
    pub async fn rotate_secrets(&self, actor: &Actor) -> Result<Rotated, SecretError> {
        let ring = self.engine.secret_keys()?.to_seal()?;
        let mut rotated = Rotated {
            key_id: ring.first(),
            secrets: 0,
            unreadable: Vec::new(),
        };
        let mut after = (0, String::new());
        loop {
            let mut tx = self.pool().begin().await.map_err(DatabaseError::from)?;
            let rows = old_rows(&mut tx, ring.first(), &after).await?;
            let Some(last) = rows.last() else {
                return Ok(rotated);
            };
            after = (last.namespace_id, last.name.clone());
            let before = rotated.secrets;
            for row in rows {
                renew(&mut tx, &ring, row, &mut rotated).await?;
            }
            if rotated.secrets > before {
                let change = told(actor, rotated.key_id, rotated.secrets - before);
                audit::record(&mut tx, &change).await?;
            }
            tx.commit().await.map_err(DatabaseError::from)?;
        }
    }
}

fn told(actor: &Actor, key_id: KeyId, secrets: usize) -> NewAuditEntry<'_> {
    NewAuditEntry {
        actor,
        action: "secret.rotate",
        namespace: None,
        subject: "secrets".to_owned(),
        reason: "",
        detail: json!({"key_id": key_id.to_string(), "secrets": secrets}),
    }
}

/// Locks them: a concurrent change of one of them waits, and is applied afterwards.
async fn old_rows(
    tx: &mut Connection,
    first: KeyId,
    after: &(i32, String),
) -> Result<Vec<OldRow>, DatabaseError> {
    let rows = sqlx::query_as(
        "select s.namespace_id, n.name as namespace, s.name, s.version, s.key_id, s.nonce, s.ciphertext
         from tasker.secret s
         join tasker.namespace n using (namespace_id)
         where s.key_id <> $1 and (s.namespace_id, s.name) > ($2, $3)
         order by s.namespace_id, s.name
         limit $4
         for update of s",
    )
    .bind(first.as_bytes())
    .bind(after.0)
    .bind(&after.1)
    .bind(BATCH)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

async fn renew(
    tx: &mut Connection,
    ring: &Arc<KeyRing>,
    row: OldRow,
    rotated: &mut Rotated,
) -> Result<(), SecretError> {
    let place = SecretLocation {
        namespace: &row.namespace,
        name: &row.name,
        version: row.sealed.version,
    };
    let opened = row.sealed.sealed(place);
    let value = match opened.and_then(|sealed| ring.open(place, &sealed)) {
        Ok(value) => value,
        Err(error) => {
            if rotated.unreadable.len() < MAX_UNREADABLE {
                rotated.unreadable.push(UnreadableSecret {
                    reason: error.to_string(),
                    namespace: row.namespace,
                    name: row.name,
                });
            }
            return Ok(());
        }
    };
    let sealed = ring.seal(place, &value)?;
    sqlx::query(
        "update tasker.secret set key_id = $3, nonce = $4, ciphertext = $5
         where namespace_id = $1 and name = $2",
    )
    .bind(row.namespace_id)
    .bind(&row.name)
    .bind(sealed.key_id.as_bytes())
    .bind(&sealed.nonce)
    .bind(&sealed.ciphertext)
    .execute(tx)
    .await
    .map_err(DatabaseError::from)?;
    rotated.secrets += 1;
    Ok(())
}
