//! Secrets. A value goes in and never comes out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is known of a secret beside its value.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Secret {
    pub namespace: String,
    pub name: String,
    /// Grows with every value that is set.
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
}

/// What re-encrypting all secrets came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rotation {
    /// The key that encrypts now: the beginning of its sha256.
    pub key_id: String,
    /// Secrets that were re-encrypted.
    pub secrets: usize,
    /// Secrets that this host could not read, the first hundred.
    pub unreadable: Vec<UnreadableSecret>,
}

/// A secret that a host could not read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UnreadableSecret {
    pub namespace: String,
    pub name: String,
    pub reason: String,
}
