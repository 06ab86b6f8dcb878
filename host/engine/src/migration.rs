//! Moving open tasks to other locks.

use super::Engine;
use serde_json::Value;
use sqlx::FromRow;
use tasker_database::audit::{self, NewAuditEntry};
use tasker_database::{DatabaseError, column};
use tasker_domain::actor::Actor;
use tasker_domain::ids::{LockId, TaskId};
use tasker_domain::requirement::QualifiedName;
use tasker_domain::state::TaskState;
use uuid::Uuid;

/// The open tasks that a migration is about.
#[derive(Clone, Debug)]
pub struct OpenTaskFilter<'a> {
    pub template: &'a QualifiedName,
    /// Both, unless it is given.
    pub state: Option<TaskState>,
    /// Only tasks with a higher id.
    pub after: Option<TaskId>,
}

/// An open task, as far as its lock is concerned.
#[derive(Clone, Debug, FromRow)]
pub struct OpenTaskRow {
    pub task_id: Uuid,
    pub lock_id: i32,
    pub template_version_id: i32,
    /// Of the template.
    pub version: String,
    /// Numbers of the steps that have not begun, or are between two attempts.
    pub to_begin: Vec<i16>,
}

/// One step of a lock, with the version that it names.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct CurrentLockEntry {
    pub step_no: i16,
    pub component_version_id: i32,
    pub version: String,
    pub handler: String,
}

/// One task on its way from a lock to another.
#[derive(Clone, Debug)]
pub struct Move {
    pub task_id: TaskId,
    pub from: LockId,
    pub to: LockId,
    /// The detail of its row of the log, JSON text.
    pub detail: String,
}

/// Who moves tasks of which template, and why.
#[derive(Clone, Copy, Debug)]
pub struct MoveBy<'a> {
    pub template: &'a QualifiedName,
    pub actor: &'a Actor,
    pub reason: &'a str,
}

impl Engine {
    /// Open tasks by their ids, `limit` at most.
    pub async fn open_tasks(
        &self,
        filter: &OpenTaskFilter<'_>,
        limit: i64,
    ) -> Result<Vec<OpenTaskRow>, DatabaseError> {
        let rows = sqlx::query_as(OPEN)
            .bind(filter.template.namespace.as_str())
            .bind(filter.template.name.as_str())
            .bind(filter.state.as_ref().map(TaskState::into_str))
            .bind(filter.after.map(|id| id.0))
            .bind(limit)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// What a lock says, by the number of its steps, and the pins whose rollouts led to it.
    pub async fn standing_lock(
        &self,
        lock: LockId,
    ) -> Result<(Vec<CurrentLockEntry>, Vec<String>), DatabaseError> {
        let entries = sqlx::query_as(
            "select e.step_no, e.component_version_id, v.version, e.handler
             from tasker.lock_entry e
             join tasker.component_version v using (component_version_id)
             where e.lock_id = $1
             order by e.step_no",
        )
        .bind(lock.0)
        .fetch_all(self.pool())
        .await?;
        let rollouts = sqlx::query_scalar("select rollouts from tasker.lock where lock_id = $1")
            .bind(lock.0)
            .fetch_one(self.pool())
            .await?;
        Ok((entries, rollouts))
    }

    /// Moves the tasks that still are where they were found, in one transaction with the audit of it,
    /// which has `detail` beside their number. Returns how many moved.
    pub async fn move_tasks(
        &self,
        moves: &[Move],
        by: MoveBy<'_>,
        mut detail: Value,
    ) -> Result<usize, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let moved: Vec<Uuid> = sqlx::query_scalar("select tasker.migrate_tasks($1, $2, $3, $4)")
            .bind(column(moves, |it| it.task_id.0))
            .bind(column(moves, |it| it.from.0))
            .bind(column(moves, |it| it.to.0))
            .bind(column(moves, |it| it.detail.as_str()))
            .fetch_all(&mut *tx)
            .await?;
        if moved.is_empty() {
            // Now, so that its locks keep no step from being claimed.
            tx.commit().await?;
            return Ok(0);
        }
        detail["tasks"] = moved.len().into();
        let change = NewAuditEntry {
            actor: by.actor,
            action: "task.migrate",
            namespace: Some(by.template.namespace.as_str()),
            subject: format!("template {}", by.template.name),
            reason: by.reason,
            detail,
        };
        audit::record(&mut tx, &change).await?;
        tx.commit().await?;
        Ok(moved.len())
    }
}

const OPEN: &str = "
    select t.task_id, t.lock_id, t.template_version_id, v.version,
           array(select s.step_no from tasker.step s
                 where s.task_id = t.task_id and s.finished_at is null and s.state <> 'running'
                 order by s.step_no) as to_begin
    from tasker.namespace n
    join tasker.template p using (namespace_id)
    join tasker.task t using (template_id)
    join tasker.template_version v using (template_version_id)
    where n.name = $1 and p.name = $2 and t.finished_at is null
      and ($3::text is null or t.state = $3::tasker.task_state)
      and ($4::uuid is null or t.task_id > $4)
    order by t.task_id
    limit $5";
