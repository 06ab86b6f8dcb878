//! Hosts as operators see them, each a run of a worker loop, and the drains that they ask for.

use super::Engine;
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{FromRow, SqlSafeStr};
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::listing::{ListRow, Listing, RowCount, counting};
use tasker_database::{Connection, DatabaseError, listing};
use tasker_domain::actor::Actor;
use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};
use tasker_domain::ids::WorkerId;
use tasker_domain::order::Seek;
use tasker_domain::state::HostState;

/// Without a heartbeat for this long a host is shown as silent, in seconds: the default of `--dead-after`.
const SILENT_AFTER_S: f64 = 10.0;
/// For how long a host is listed once it has stopped, in seconds.
const LISTED_AFTER_STOP_S: f64 = 3_600.0;

/// A run of a worker loop.
#[derive(Clone, Debug, FromRow)]
pub struct HostRow {
    pub worker_id: i32,
    pub host_name: String,
    pub pid: i32,
    /// `None` for hosts of earlier releases, as `slots`.
    pub version: Option<String>,
    pub slots: Option<i32>,
    /// Leases that it holds, by its last heartbeat.
    pub running: i32,
    pub started_at: DateTime<Utc>,
    pub heartbeat_at: DateTime<Utc>,
    pub draining_since: Option<DateTime<Utc>>,
    pub drained_at: Option<DateTime<Utc>>,
    pub stopped_at: Option<DateTime<Utc>>,
    /// No heartbeat for a while.
    pub is_silent: bool,
}

impl HostRow {
    pub fn state(&self) -> HostState {
        match (self.stopped_at, self.draining_since, self.drained_at) {
            (Some(_), _, _) => HostState::Stopped,
            _ if self.is_silent => HostState::Silent,
            (None, _, Some(_)) => HostState::Drained,
            (None, Some(_), None) => HostState::Draining,
            (None, None, None) => HostState::Active,
        }
    }
}

/// What an operator wants of a host.
#[derive(Clone, Copy, Debug)]
pub struct HostChange<'a> {
    pub id: WorkerId,
    /// True: claim nothing more. False: claim again.
    pub is_draining: bool,
    pub actor: &'a Actor,
    pub reason: &'a str,
}

/// Why a host is not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("there is no host {}; list them with: tasker host ls", .0.0)]
    Unknown(WorkerId),
    #[error(
        "host {} has stopped; a host that is started again has another id: tasker host ls", .0.0
    )]
    Stopped(WorkerId),
}

impl From<sqlx::Error> for HostError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Report for HostError {
    fn report(&self) -> ErrorReport {
        match self {
            Self::Database(error) => error.report(),
            Self::Unknown(_) => ErrorReport::new(ErrorClass::NotFound, "unknown_host"),
            Self::Stopped(_) => ErrorReport::new(ErrorClass::Conflict, "host_stopped"),
        }
    }
}

impl Engine {
    /// Hosts that run, and those that stopped in the last hour, in the order in which they started.
    pub async fn list_hosts(&self, seek: Seek<i32>) -> Result<Vec<HostRow>, DatabaseError> {
        self.hosts_in(LIST.rows(seek.direction), seek).await
    }

    /// How many hosts the list has.
    pub async fn count_hosts(&self) -> Result<RowCount, DatabaseError> {
        let rows = self.hosts_in(LIST.count(), counting()).await?;
        Ok(RowCount::of_rows(&rows))
    }

    async fn hosts_in<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        seek: Seek<i32>,
    ) -> Result<Vec<R>, DatabaseError> {
        let begin = seek.direction.first_of(i32::MIN, i32::MAX);
        let rows = sqlx::query_as(statement)
            .bind(SILENT_AFTER_S)
            .bind(seek.after.unwrap_or(begin))
            .bind(LISTED_AFTER_STOP_S)
            .bind(seek.limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// A host, whether it runs or has stopped.
    pub async fn host(&self, id: WorkerId) -> Result<HostRow, HostError> {
        let mut connection = self.pool().acquire().await?;
        row(&mut connection, id).await
    }

    /// Asks a host to drain, or to claim again: it learns of this with its next heartbeat. The host, and false
    /// where it was asked before.
    pub async fn drain_host(&self, change: HostChange<'_>) -> Result<(HostRow, bool), HostError> {
        let mut tx = self.pool().begin().await?;
        let outcome: String = sqlx::query_scalar("select tasker.drain_worker($1, $2)")
            .bind(change.id.0)
            .bind(change.is_draining)
            .fetch_one(&mut *tx)
            .await?;
        let is_changed = match &*outcome {
            "unknown" => return Err(HostError::Unknown(change.id)),
            "stopped" => return Err(HostError::Stopped(change.id)),
            outcome => outcome == "changed",
        };
        let host = row(&mut tx, change.id).await?;
        if is_changed {
            audit::record(&mut tx, &recorded(&change, &host)).await?;
        }
        tx.commit().await?;
        Ok((host, is_changed))
    }
}

async fn row(connection: &mut Connection, id: WorkerId) -> Result<HostRow, HostError> {
    let found = sqlx::query_as(SHOW)
        .bind(SILENT_AFTER_S)
        .bind(id.0)
        .fetch_optional(connection)
        .await?;
    found.ok_or(HostError::Unknown(id))
}

fn recorded<'a>(change: &HostChange<'a>, host: &HostRow) -> NewAuditEntry<'a> {
    NewAuditEntry {
        actor: change.actor,
        action: match change.is_draining {
            true => "host.drain",
            false => "host.resume",
        },
        namespace: None,
        subject: format!("host {}", change.id.0),
        reason: change.reason,
        detail: json!({"host_name": host.host_name, "pid": host.pid}),
    }
}

macro_rules! hosts_of {
    ($($rest:tt)+) => {
        listing! {
            "select w.worker_id, w.host_name, w.pid, w.version, w.slots,
                    case when w.stopped_at is null then w.running else 0 end as running,
                    w.started_at, w.heartbeat_at, w.draining_since, w.drained_at, w.stopped_at,
                    w.heartbeat_at < (select tasker.clock()) - $1 * interval '1 second' as is_silent "
            $($rest)+
        }
    };
}

const SHOW: &str = hosts_of!("from tasker.worker w where w.worker_id = $2").ascending;

const LIST: Listing = hosts_of!(
    "from (
       select r.* from tasker.worker r where r.stopped_at is null and r.worker_id " > " $2
       union all
       select r.* from tasker.worker r
       where r.stopped_at > (select tasker.clock()) - $3 * interval '1 second' and r.worker_id " > " $2
     ) w
     order by w.worker_id " asc "
     limit $4"
);
