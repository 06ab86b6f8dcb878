//! Deleting finished tasks that their namespaces keep no longer, in batches.

use super::Engine;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tasker_database::{Database, DatabaseError, Transaction};
use uuid::Uuid;

/// Tasks that may be deleted, locked by a transaction: nothing changes them before it ends.
#[derive(Debug)]
pub struct DueTasks {
    pub(crate) transaction: Transaction,
    pub(crate) database: Database,
    /// In the order of their ids; all are finished.
    pub task_ids: Vec<Uuid>,
    /// False if nothing is due, or if it is the turn of another host.
    pub is_more_due: bool,
    /// Where the tasks are read, if not by the transaction: a replica that has all of them.
    pub(crate) replica: Option<Database>,
}

/// Tasks of a partition that is due as a whole, to be archived in a transaction.
#[derive(Debug)]
pub struct DuePartition {
    /// Its next tasks; none: all are archived, or no partition is due.
    pub tasks: DueTasks,
    from_at: Option<DateTime<Utc>>,
    returns: Option<i32>,
}

#[derive(FromRow)]
struct PartitionRow {
    from_at: Option<DateTime<Utc>>,
    returns: Option<i32>,
    task_ids: Vec<Uuid>,
    is_more_due: bool,
}

#[derive(FromRow)]
struct DueRow {
    locked: Vec<Uuid>,
    is_more_due: bool,
}

impl Engine {
    /// The next tasks that their namespaces keep no longer, `limit` at most; with `leaves_partitions` without those
    /// whose whole partition may soon be dropped.
    pub async fn due_tasks(
        &self,
        limit: i32,
        leaves_partitions: bool,
    ) -> Result<DueTasks, DatabaseError> {
        let maintenance = self.for_maintenance();
        let mut transaction = maintenance.pool().begin().await?;
        let due: DueRow =
            sqlx::query_as("select locked, is_more_due from tasker.due_tasks($1, $2)")
                .bind(limit)
                .bind(leaves_partitions)
                .fetch_one(&mut *transaction)
                .await?;
        Ok(DueTasks {
            transaction,
            database: self.database().clone(),
            task_ids: due.locked,
            is_more_due: due.is_more_due,
            replica: None,
        })
    }
}

/// What one call freed or deleted of what is kept no longer.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Expired {
    pub expired: i32,
    /// False if no walk is due, or if another host is at it.
    pub is_more_due: bool,
}

impl Engine {
    /// Frees idempotency keys that their namespaces keep no longer; reads `limit` at most.
    pub async fn expire_keys(&self, limit: i32) -> Result<Expired, DatabaseError> {
        let row = sqlx::query_as("select expired, is_more_due from tasker.expire_keys($1)")
            .bind(limit)
            .fetch_one(self.for_maintenance().pool())
            .await?;
        Ok(row)
    }
}

impl Engine {
    /// The next tasks, `limit` at most, of a partition that is to be archived before it is dropped.
    pub async fn partition_to_archive(&self, limit: i32) -> Result<DuePartition, DatabaseError> {
        let maintenance = self.for_maintenance();
        let mut transaction = maintenance.pool().begin().await?;
        let row: PartitionRow = sqlx::query_as(
            "select from_at, returns, task_ids, is_more_due from tasker.partition_to_archive($1)",
        )
        .bind(limit)
        .fetch_one(&mut *transaction)
        .await?;
        Ok(DuePartition {
            tasks: DueTasks {
                transaction,
                database: self.database().clone(),
                task_ids: row.task_ids,
                is_more_due: row.is_more_due,
                replica: None,
            },
            from_at: row.from_at,
            returns: row.returns,
        })
    }
}

impl DuePartition {
    /// Notes that its tasks are durable in the archive. An error leaves in doubt whether that is noted; then they are
    /// archived again.
    pub async fn note_archived(mut self) -> Result<(), DatabaseError> {
        if let Some(last) = self.tasks.task_ids.last() {
            sqlx::query("select tasker.note_archived($1, $2, $3)")
                .bind(self.from_at)
                .bind(self.returns)
                .bind(last)
                .execute(&mut *self.tasks.transaction)
                .await?;
        }
        self.tasks.transaction.commit().await?;
        Ok(())
    }
}

impl DueTasks {
    /// Deletes them with their steps and their log. Call it even for none: it sets the pace of all hosts.
    /// Returns how many; an error leaves in doubt whether they are deleted.
    pub async fn delete(mut self) -> Result<i32, DatabaseError> {
        let deleted = sqlx::query_scalar("select tasker.delete_finished_tasks($1)")
            .bind(&self.task_ids)
            .fetch_one(&mut *self.transaction)
            .await?;
        self.transaction.commit().await?;
        Ok(deleted)
    }
}
