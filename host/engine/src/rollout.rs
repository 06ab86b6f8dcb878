//! Rollouts, judged by what the tasks on them come to.

use super::Engine;
use tasker_database::DatabaseError;

impl Engine {
    /// Ends or pauses the rollouts that do worse than their guards allow. Tells how many; any host may
    /// call it at any time.
    pub async fn judge_rollouts(&self) -> Result<i32, DatabaseError> {
        let judged = sqlx::query_scalar("select tasker.judge_rollouts()")
            .fetch_one(self.pool())
            .await?;
        Ok(judged)
    }
}
