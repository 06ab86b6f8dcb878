//! The ledger: what attempts used, as it is written with their ends.

use std::time::Duration;
use tasker_domain::usage::Usage;

/// What an attempt used, and which component version ran.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VersionUsage {
    pub component_version_id: i32,
    pub usage: Usage,
}

/// Bytes in a KiB.
const KIB: u64 = 1024;

/// `tasker.usage`: an entry as the database takes it. All is `None` if nothing ran.
#[derive(Debug, Default, sqlx::Type)]
#[sqlx(type_name = "tasker.usage")]
pub(crate) struct UsageRow {
    component_version_id: Option<i32>,
    wall_ms: Option<f32>,
    cpu_ms: Option<f32>,
    host_ms: Option<f32>,
    memory_kib: Option<i32>,
    in_bytes: Option<i32>,
    out_bytes: Option<i32>,
    http_requests: Option<i32>,
}

impl UsageRow {
    /// A larger value is stored as the largest that fits.
    pub(crate) fn of(usage: Option<VersionUsage>) -> Self {
        let Some(VersionUsage {
            component_version_id,
            usage,
        }) = usage
        else {
            return Self::default();
        };
        Self {
            component_version_id: Some(component_version_id),
            wall_ms: Some(milliseconds(usage.wall)),
            cpu_ms: Some(milliseconds(usage.cpu)),
            host_ms: Some(milliseconds(usage.host)),
            memory_kib: Some(count(usage.memory_bytes / KIB)),
            in_bytes: Some(count(usage.in_bytes)),
            out_bytes: Some(count(usage.out_bytes)),
            http_requests: Some(count(usage.http_requests.into())),
        }
    }
}

fn milliseconds(time: Duration) -> f32 {
    (time.as_secs_f64() * 1e3) as f32
}

fn count(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
