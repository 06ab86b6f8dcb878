//! Secrets. A value goes in and never comes out.

use crate::endpoint::{Bytes, endpoint};
use crate::page::{NamespacePageQuery, Page};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;
use tasker_domain::secret::MAX_SECRET_BYTES;

/// What is known of a secret beside its value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Secret {
    pub namespace: String,
    pub name: String,
    /// Grows with every value that is set.
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    /// The entity tag of what is set, for `if-match`, without quotation marks. It says nothing of the value.
    #[serde(default)]
    pub etag: String,
}

/// The result of re-encrypting all secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct UnreadableSecret {
    pub namespace: String,
    pub name: String,
    pub reason: String,
}

endpoint! {
    /// Lists secrets by namespace and name, without their values.
    GET "/v1/secrets" ListSecrets {}
    needs Grant in Query;
    query NamespacePageQuery;
    counts items;
    orders Ascending by "name";
    answers Page<Secret>;
}

endpoint! {
    /// Sets a secret. Its value is sent as it is, with no JSON around it that an error could quote.
    PUT "/v1/namespaces/{namespace}/secrets/{name}" SetSecret { namespace: Name, name: Name }
    needs Grant in Path;
    body Bytes;
    // One byte more than allowed, so that a value that is too long is refused as such.
    at most MAX_SECRET_BYTES + 1;
    answers Secret;
    checks if_match;
    refuses Conflict "secret_keys_unusable", Refused "invalid_secret", Refused "too_many_secrets";
}

endpoint! {
    /// Removes a secret.
    DELETE "/v1/namespaces/{namespace}/secrets/{name}" RemoveSecret { namespace: Name, name: Name }
    needs Grant in Path;
    checks if_match;
    refuses NotFound "unknown_secret";
}

endpoint! {
    /// Encrypts all secrets anew, with the first key of the host.
    POST "/v1/secrets/rotation" RotateSecrets {}
    needs Admin in AllNamespaces;
    answers Rotation;
    refuses Conflict "secret_keys_unusable";
}
