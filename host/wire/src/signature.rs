//! Signatures of component versions, and the keys that a namespace accepts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A signature of a component version.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Signature {
    pub key_id: String,
    /// As an upload carries it.
    pub signature: String,
    /// The name of the key in the namespace's policy, where it is in there.
    pub key_name: Option<String>,
    pub at: DateTime<Utc>,
    pub by: String,
}

/// A key whose signatures a namespace accepts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SigningKey {
    pub key_id: String,
    pub name: String,
    pub public_key: String,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
}

/// `POST /v1/namespaces/{namespace}/signing-keys`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSigningKey {
    pub name: String,
    /// PEM, or the 32 bytes in base64.
    pub public_key: String,
}
