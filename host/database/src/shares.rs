//! The connections of PostgreSQL, shared out equally among the hosts.

use super::Database;
use super::pool::SessionKind;
use sqlx::Error;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Connections that hosts leave to others: operators, backups, exporters.
const LEFT_TO_OTHERS: i32 = 7;

/// Between looks at how many hosts there are.
const LOOK_INTERVAL: Duration = Duration::from_secs(10);

const SHARE: &str = "
    select (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - $1)
           / greatest(count(*), 1)::int
    from tasker.worker w
    where w.stopped_at is null";

impl Database {
    /// Keeps this host within its share of the connections of PostgreSQL until `stop`. Hosts without a
    /// worker are not counted. A pooler has limits of its own.
    pub async fn share_connections(self, stop: CancellationToken) {
        let mut before = None;
        while !stop.is_cancelled() {
            let share = match self.pools.server.session() {
                SessionKind::Transaction => None,
                // Without an answer the share stays.
                SessionKind::Direct | SessionKind::Session => self.find_share().await.ok(),
            };
            if let Some(share) = share {
                // Again each time: what was lent could not be given up.
                self.pools.share(share);
                let after = self.connections().max;
                if before.replace(after).is_some_and(|before| before != after) {
                    tracing::info!(
                        connections = after,
                        "the hosts share the connections of PostgreSQL anew"
                    );
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
    }

    async fn find_share(&self) -> Result<u32, Error> {
        let share: i32 = sqlx::query_scalar(SHARE)
            .bind(LEFT_TO_OTHERS)
            .fetch_one(self.control())
            .await?;
        Ok(share.max(0).unsigned_abs())
    }
}
