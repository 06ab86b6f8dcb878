//! Signatures of component versions, and the keys that a namespace accepts.

use crate::endpoint::{Json, endpoint};
use crate::page::{Page, PageQuery};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;

/// A signature of a component version.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SigningKey {
    pub key_id: String,
    pub name: String,
    pub public_key: String,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
}

/// A signing key that is to be accepted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({
        "name": "release",
        "public_key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    })))]
pub struct NewSigningKey {
    pub name: String,
    /// PEM, or the 32 bytes in base64 for URLs, without padding.
    pub public_key: String,
}

endpoint! {
    /// Lists the signing keys of a namespace by id.
    GET "/v1/namespaces/{namespace}/signing-keys" ListSigningKeys { namespace: Name }
    needs Read in Path;
    query PageQuery;
    counts items;
    orders Ascending by "key_id";
    answers Page<SigningKey>;
}

endpoint! {
    /// Accepts a signing key, so that components need a signature by one of them.
    POST "/v1/namespaces/{namespace}/signing-keys" AddSigningKey { namespace: Name }
    needs Grant in Path;
    body Json<NewSigningKey>;
    makes SigningKey;
    is idempotent;
    refuses Malformed "invalid_signature", Unavailable "contention";
}

endpoint! {
    /// Removes the signing key of this id.
    DELETE "/v1/namespaces/{namespace}/signing-keys/{key}"
    RemoveSigningKey { namespace: Name, key: String }
    needs Grant in Path;
    refuses Malformed "invalid_signature", NotFound "unknown_signing_key", Unavailable "contention";
}
