//! What the guard of a rollout compares.

use super::{PinKey, Store};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tasker_database::DatabaseError;

/// The attempts of one side of a rollout.
#[derive(Clone, Copy, Debug, PartialEq, FromRow)]
pub struct SideRow {
    pub is_rollout: bool,
    /// They ended since then.
    pub since: DateTime<Utc>,
    pub attempts: i64,
    pub failed_percent: Option<f64>,
    pub trapped_percent: Option<f64>,
    /// At the 95th percentile, as the next two.
    pub wall_ms: Option<f64>,
    pub cpu_ms: Option<f64>,
    pub memory_kib: Option<f64>,
}

impl Store {
    /// Both sides of the rollout of a pin, that of the tasks on it first; none where it has no rollout.
    pub async fn guard_figures(&self, pin: &PinKey<'_>) -> Result<Vec<SideRow>, DatabaseError> {
        let rows = sqlx::query_as(
            "select f.is_rollout, f.since, f.attempts, f.failed_percent::float8 as failed_percent,
                    f.trapped_percent::float8 as trapped_percent, f.wall_ms, f.cpu_ms, f.memory_kib
             from tasker.namespace n
             cross join lateral tasker.guard_figures(n.namespace_id, $2::text::tasker.pin_kind, $3) f
             where n.name = $1
             order by f.is_rollout desc",
        )
        .bind(pin.namespace.as_str())
        .bind(pin.kind.into_str())
        .bind(pin.target)
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }
}
