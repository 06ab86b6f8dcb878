//! Quarantined code, and the steps that are suspended because of it.

use super::Engine;
use tasker_database::{DatabaseError, column};
use tasker_domain::digest::Digest;
use tasker_domain::ids::WorkerId;
use tasker_domain::invocation::Lease;

impl Engine {
    /// The digests of all code in quarantine.
    pub async fn quarantined_digests(&self) -> Result<Vec<Digest>, DatabaseError> {
        let digests: Vec<Vec<u8>> = sqlx::query_scalar("select digest from tasker.quarantine")
            .fetch_all(self.pool())
            .await?;
        let corrupt = |error| DatabaseError::Corrupt(format!("a digest in quarantine: {error}"));
        digests
            .into_iter()
            .map(|digest| Digest::try_from(digest).map_err(corrupt))
            .collect()
    }

    /// Gives back steps whose code is quarantined, and suspends them until it is released;
    /// the attempts do not count. Repeatable: stale leases change nothing. Returns how many are suspended.
    pub async fn suspend_steps(
        &self,
        worker: WorkerId,
        leases: &[Lease],
    ) -> Result<i32, DatabaseError> {
        let suspended = sqlx::query_scalar("select tasker.suspend_steps($1, $2, $3, $4)")
            .bind(worker.0)
            .bind(column(leases, |l| l.task_id.0))
            .bind(column(leases, |l| l.step_no))
            .bind(column(leases, |l| l.attempt))
            .fetch_one(self.database.engine())
            .await?;
        Ok(suspended)
    }
}
