//! Secrets, as attempts are given them: encrypted, so that the database never sees a value or a key.

mod key_ring;
mod key_source;

pub use key_ring::{KeyId, KeyRing, KeyRingError, Sealed, SecretLocation};
pub use key_source::SecretKeys;

use super::Engine;
use sqlx::FromRow;
use std::path::PathBuf;
use tasker_database::DatabaseError;
use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};
use tasker_domain::secret::SecretValue;

/// The variable that has the keys where no file is named.
pub const KEYS_VARIABLE: &str = "TASKER_SECRET_KEY";

/// Why a secret cannot be stored or read. No message contains a value or a key.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(
        "this host has no key for secrets; start it with --secret-key-file or TASKER_SECRET_KEY"
    )]
    NoKeys,
    #[error("the key file {} cannot be used; check the path and its permissions", path.display())]
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
        "the recording is encrypted with the key {key_id}, which this host does not have; give every host the same keys with --secret-key-file or TASKER_SECRET_KEY, old ones on the lines after the new one"
    )]
    RecordingKeyMissing { key_id: KeyId },
    #[error(
        "the stored value of secret {namespace}/{name} was changed after it was encrypted; set the secret again"
    )]
    Changed { namespace: String, name: String },
    #[error("the system returned no random bytes")]
    Random(#[source] getrandom::Error),
}

impl Report for SecretError {
    fn report(&self) -> ErrorReport {
        match self {
            Self::Database(error) => error.report(),
            Self::NoKeys
            | Self::KeyFile { .. }
            | Self::KeyFileOpen { .. }
            | Self::KeyFileText { .. }
            | Self::KeyMissing { .. }
            | Self::RecordingKeyMissing { .. } => {
                ErrorReport::new(ErrorClass::Conflict, "secret_keys_unusable")
            }
            Self::Changed { .. } | Self::Random(_) => ErrorReport::internal(),
        }
    }
}

impl SecretError {
    /// True if another host, with other keys, can read the secret.
    pub fn is_of_host(&self) -> bool {
        match self {
            Self::NoKeys
            | Self::KeyFile { .. }
            | Self::KeyFileOpen { .. }
            | Self::KeyFileText { .. }
            | Self::KeyMissing { .. }
            | Self::RecordingKeyMissing { .. } => true,
            Self::Database(_) | Self::Changed { .. } | Self::Random(_) => false,
        }
    }
}

/// A secret as it is stored.
#[derive(Debug, FromRow)]
pub struct SealedRow {
    pub version: i32,
    key_id: Vec<u8>,
    nonce: Vec<u8>,
    ciphertext: Vec<u8>,
}

impl Engine {
    /// What secrets are encrypted with.
    pub fn secret_keys(&self) -> Result<&SecretKeys, SecretError> {
        self.keys.as_ref().ok_or(SecretError::NoKeys)
    }

    /// The value of a secret, for an attempt that was granted it; `None` if there is no such
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
        .fetch_optional(self.pool())
        .await
        .map_err(DatabaseError::from)?;
        let Some(row) = row else { return Ok(None) };
        let place = SecretLocation {
            namespace,
            name,
            version: row.version,
        };
        let sealed = row.sealed(place)?;
        let ring = self.secret_keys()?.to_open(sealed.key_id)?;
        ring.open(place, &sealed).map(Some)
    }
}

impl SealedRow {
    /// What it is in this place.
    pub fn sealed(self, place: SecretLocation<'_>) -> Result<Sealed, SecretError> {
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
