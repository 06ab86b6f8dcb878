//! The key-value store of handlers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tasker_domain::ids::TaskId;

/// One entry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KvEntry {
    pub bucket: String,
    pub key: String,
    /// Different for every value that ever stood there.
    pub version: i64,
    /// None in a list where it has more than 4 KiB; see `value_bytes`.
    pub value: Option<Box<RawValue>>,
    pub value_bytes: i32,
    pub updated_at: DateTime<Utc>,
    /// The task whose step wrote it; none where an operator did.
    pub task_id: Option<TaskId>,
}
