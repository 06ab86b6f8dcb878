//! Lists of tasks.

mod sql;

use super::Engine;
use super::task_read::TaskRow;
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::state::TaskState;
use tasker_domain::tag::Tag;
use uuid::Uuid;

/// Which tasks to list.
#[derive(Debug, Default)]
pub struct TaskFilter {
    pub namespace: Option<Name>,
    pub template: Option<Name>,
    /// In one of these; none: in any.
    pub states: Vec<TaskState>,
    /// Only tasks with this one.
    pub tag: Option<Tag>,
    /// From the oldest on, and not from the newest.
    pub is_oldest_first: bool,
    /// Only tasks behind this one.
    pub after: Option<TaskId>,
}

impl Engine {
    /// Tasks from the newest to the oldest, or the other way, `limit` at most.
    pub async fn list_tasks(
        &self,
        filter: &TaskFilter,
        limit: i64,
    ) -> Result<Vec<TaskRow>, DatabaseError> {
        let is_of_templates = filter.namespace.is_some() || filter.template.is_some();
        let (lists, beginning) = match filter.is_oldest_first {
            true => (sql::OLDEST_FIRST, Uuid::nil()),
            false => (sql::NEWEST_FIRST, Uuid::max()),
        };
        let statement = match (&filter.tag, is_of_templates) {
            (Some(_), _) => lists.tagged,
            (None, true) => lists.of_templates,
            (None, false) => lists.all,
        };
        let rows = sqlx::query_as(statement)
            .bind(filter.namespace.as_ref().map(Name::as_str))
            .bind(filter.template.as_ref().map(Name::as_str))
            .bind(filter.state_names())
            .bind(filter.after.map_or(beginning, |id| id.0))
            .bind(limit)
            .bind(match &filter.tag {
                Some(tag) => tag.as_str(),
                None => Among::of(&filter.states).into_str(),
            })
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

/// How many tasks a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct TaskCount {
    pub count: i64,
    /// False if it is estimated.
    pub is_exact: bool,
}

impl Engine {
    /// How many tasks the filter lets through, before and after its cursor: counted where at most `most` tasks have to
    /// be looked at, estimated otherwise.
    pub async fn count_tasks(
        &self,
        filter: &TaskFilter,
        most: i32,
    ) -> Result<TaskCount, DatabaseError> {
        let count = sqlx::query_as("select * from tasker.count_tasks($1, $2, $3, $4, $5)")
            .bind(filter.namespace.as_ref().map(Name::as_str))
            .bind(filter.template.as_ref().map(Name::as_str))
            .bind(filter.state_names())
            .bind(filter.tag.as_ref().map(Tag::as_str))
            .bind(most)
            .fetch_one(self.pool())
            .await?;
        Ok(count)
    }
}

impl TaskFilter {
    fn state_names(&self) -> Option<Vec<&'static str>> {
        let names = self.states.iter().map(TaskState::into_str);
        (!self.states.is_empty()).then(|| names.collect())
    }
}

/// The indexes that group the tasks of states. None has the state itself, but columns that are set with it.
#[derive(Clone, Copy, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
enum Among {
    /// Of any state, or complete too, as most are.
    All,
    Open,
    /// Failed or cancelled.
    Failed,
    OpenAndFailed,
}

impl Among {
    fn of(states: &[TaskState]) -> Self {
        let (mut has_open, mut has_failed) = (false, false);
        for state in states {
            match state {
                TaskState::Pending | TaskState::InProgress => has_open = true,
                TaskState::Error | TaskState::Cancelled => has_failed = true,
                TaskState::Complete | TaskState::ResolvedManually => return Self::All,
            }
        }
        match (has_open, has_failed) {
            (false, false) => Self::All,
            (true, false) => Self::Open,
            (false, true) => Self::Failed,
            (true, true) => Self::OpenAndFailed,
        }
    }
}
