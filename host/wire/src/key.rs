//! API keys.

use crate::endpoint::{Json, endpoint};
use crate::page::{Page, PageQuery};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::name::Name;
use tasker_domain::permission::Permissions;
use tasker_domain::request_rate::RequestRate;

/// An API key without its secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Key {
    pub name: String,
    /// The key's public part, as in `tk_<prefix>_…`.
    pub prefix: String,
    pub permissions: Permissions,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    pub expires_at: Option<DateTime<Utc>>,
    pub is_expired: bool,
    /// To within a minute or so.
    pub last_used_at: Option<DateTime<Utc>>,
    /// What it may send to each host; none: as much as the host lets everyone.
    #[serde(default)]
    pub max_requests_per_minute: Option<i32>,
}

/// A key that was made just now. It has no debug form, so that it gets into no message.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CreatedKey {
    /// The key itself, which is shown here and nowhere else.
    pub key: String,
    #[serde(flatten)]
    pub description: Key,
}

/// The key that is to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({
        "name": "ci",
        "permissions": [{"namespace": "shop", "actions": ["read", "publish"]}],
        "expires_in_s": 86_400,
    })))]
pub struct NewKey {
    pub name: Name,
    pub permissions: Permissions,
    /// Seconds from now; without it the key does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<u64>,
    /// To each host; without it as many as the host lets everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_requests_per_minute: Option<RequestRate>,
}

endpoint! {
    /// Lists keys by name.
    GET "/v1/keys" ListKeys {}
    needs Admin in AllNamespaces;
    query PageQuery;
    counts items;
    orders Ascending by "name";
    answers Page<Key>;
}

endpoint! {
    /// Makes a key.
    POST "/v1/keys" CreateKey {}
    needs Admin in AllNamespaces;
    body Json<NewKey>;
    makes CreatedKey;
    refuses Conflict "key_exists", Conflict "too_many_keys", Refused "invalid_key";
}

endpoint! {
    /// Revokes a key: every host refuses it within seconds.
    DELETE "/v1/keys/{name}" RevokeKey { name: Name }
    needs Admin in AllNamespaces;
    refuses NotFound "unknown_key", Conflict "last_admin_key";
}
