//! Rollouts, evaluated by the outcomes of their tasks.

use super::Engine;
use tasker_database::DatabaseError;

impl Engine {
    /// Ends or pauses the rollouts that do worse than their guards allow. Returns how many; any host may
    /// call it at any time.
    pub async fn evaluate_rollout_guards(&self) -> Result<i32, DatabaseError> {
        let evaluated = sqlx::query_scalar("select tasker.evaluate_rollout_guards()")
            .fetch_one(self.pool())
            .await?;
        Ok(evaluated)
    }
}
