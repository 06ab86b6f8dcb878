//! The key-value store of handlers.

use crate::endpoint::{JsonText, endpoint};
use crate::page::{Page, paged};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tasker_domain::ids::TaskId;
use tasker_domain::kv::MAX_VALUE_BYTES;
use tasker_domain::name::Name;

/// One entry.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct KvEntry {
    pub bucket: String,
    pub key: String,
    /// Different for every value that ever stood there.
    pub version: i64,
    /// None in a list where it has more than 4 KiB; see `value_bytes`.
    pub value: Option<Box<RawValue>>,
    pub value_bytes: i32,
    pub updated_at: DateTime<Utc>,
    /// The task whose step wrote it; `None` if an operator did.
    pub task_id: Option<TaskId>,
    /// The entity tag of the value, for `if-match`, without quotation marks.
    #[serde(default)]
    pub etag: String,
}

/// Which entries of a bucket are listed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KvQuery {
    /// How their keys begin.
    #[serde(default)]
    pub prefix: String,
    pub after: Option<String>,
    pub limit: Option<u32>,
}

paged!(KvQuery);

endpoint! {
    /// Lists entries by key.
    GET "/v1/namespaces/{namespace}/kv/{bucket}" ListKv { namespace: Name, bucket: Name }
    needs Read in Path;
    query KvQuery;
    counts items;
    orders Ascending by "key";
    answers Page<KvEntry>;
}

endpoint! {
    /// Shows an entry.
    GET "/v1/namespaces/{namespace}/kv/{bucket}/{key}"
    ShowKv { namespace: Name, bucket: Name, key: String }
    needs Read in Path;
    answers KvEntry;
    refuses NotFound "unknown_kv", Refused "invalid_kv";
}

endpoint! {
    /// Sets an entry, regardless of its current value unless there is a condition on it.
    PUT "/v1/namespaces/{namespace}/kv/{bucket}/{key}"
    SetKv { namespace: Name, bucket: Name, key: String }
    needs Operate in Path;
    body JsonText;
    // One byte more than allowed, so that a value that is too long is refused as such.
    at most MAX_VALUE_BYTES + 1;
    answers KvEntry;
    checks if_match;
    refuses Refused "invalid_kv", Refused "kv_full", Unavailable "contention";
}

endpoint! {
    /// Removes an entry.
    DELETE "/v1/namespaces/{namespace}/kv/{bucket}/{key}"
    RemoveKv { namespace: Name, bucket: Name, key: String }
    needs Operate in Path;
    checks if_match;
    refuses NotFound "unknown_kv", Refused "invalid_kv", Unavailable "contention";
}
