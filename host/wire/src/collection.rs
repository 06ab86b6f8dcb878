//! Collections: the bytes of component versions that are no longer needed are removed.

use crate::endpoint::{Json, endpoint};
use serde::{Deserialize, Serialize};
use tasker_domain::digest::Digest;

/// What is to be removed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"older_than_ms": 2_592_000_000_u32, "dry_run": true})))]
pub struct Collect {
    /// How long ago a version was published, resolved and run at least; 30 days unless it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub older_than_ms: Option<u64>,
    /// Report what would be removed, and leave it.
    #[serde(default)]
    pub dry_run: bool,
}

/// What was removed, or would be.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Collection {
    pub dry_run: bool,
    pub versions: Vec<CollectedVersion>,
    pub freed_bytes: u64,
}

/// A version whose bytes are gone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CollectedVersion {
    pub namespace: String,
    pub component: String,
    pub version: String,
    pub digest: Digest,
    /// 0 where another version has the same bytes.
    pub freed_bytes: u64,
}

endpoint! {
    /// Removes the bytes of versions that nothing needs.
    POST "/v1/collections" CollectVersions {}
    needs Operate in AllNamespaces;
    body Json<Collect>;
    answers Collection;
    is idempotent;
    refuses Conflict "collecting", Refused "collect_age", Unavailable "contention";
}
