//! Lists of tasks.

mod sql;

use super::Engine;
use super::task_read::TaskRow;
use sqlx::FromRow;
use sqlx::types::chrono::{DateTime, Utc};
use tasker_database::DatabaseError;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::order::{Direction, Seek};
use tasker_domain::state::TaskState;
use tasker_domain::tag::Tag;
use uuid::Uuid;

/// Milliseconds that an id has room for, and the bits behind them.
const MAX_ID_MILLIS: u128 = (1 << 48) - 1;
const ID_BITS_BELOW_MILLIS: u32 = 80;

/// Which tasks to list.
#[derive(Debug, Default)]
pub struct TaskFilter {
    /// Of one of these; none: of any.
    pub namespaces: Vec<Name>,
    /// Of one of these; none: of any.
    pub templates: Vec<Name>,
    /// In one of these; none: in any.
    pub states: Vec<TaskState>,
    /// Only tasks with this one.
    pub tag: Option<Tag>,
    /// Created at this time or later, by the clock of the host that made their ids.
    pub since: Option<DateTime<Utc>>,
    /// Created before this time.
    pub until: Option<DateTime<Utc>>,
}

impl Engine {
    /// Tasks by their ids, which have the order in which they were created.
    pub async fn list_tasks(
        &self,
        filter: &TaskFilter,
        seek: Seek<TaskId>,
    ) -> Result<Vec<TaskRow>, DatabaseError> {
        let is_of_templates = !filter.namespaces.is_empty() || !filter.templates.is_empty();
        let list = match (&filter.tag, is_of_templates) {
            (Some(_), _) => sql::TAGGED,
            (None, true) => sql::OF_TEMPLATES,
            (None, false) => sql::ALL,
        };
        let (after, last) = filter.ids(seek);
        let rows = sqlx::query_as(list.rows(seek.direction))
            .bind(texts(&filter.namespaces))
            .bind(texts(&filter.templates))
            .bind(filter.state_names())
            .bind(after)
            .bind(seek.limit)
            .bind(match &filter.tag {
                Some(tag) => tag.as_str(),
                None => Among::of(&filter.states).into_str(),
            })
            .bind(last)
            .bind(filter.end_of_scan(seek.direction, last))
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
    /// How many tasks the filter lets through: counted where at most `most` tasks have to be looked at, estimated
    /// otherwise.
    pub async fn count_tasks(
        &self,
        filter: &TaskFilter,
        most: i32,
    ) -> Result<TaskCount, DatabaseError> {
        let count = sqlx::query_as("select * from tasker.count_tasks($1, $2, $3, $4, $5, $6, $7)")
            .bind(texts(&filter.namespaces).map(|names| names.join(",")))
            .bind(texts(&filter.templates).map(|names| names.join(",")))
            .bind(filter.state_names())
            .bind(filter.tag.as_ref().map(Tag::as_str))
            .bind(most)
            .bind(filter.since.map(first_id))
            .bind(filter.until.map(first_id))
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

    /// The id behind which a list begins, and the one that it ends with.
    fn ids(&self, seek: Seek<TaskId>) -> (Uuid, Uuid) {
        let lowest = self.since.map_or(Uuid::nil(), first_id);
        let behind_highest = self.until.map_or(Uuid::max(), first_id);
        let after = seek.after.map(|id| id.0);
        match seek.direction {
            Direction::Ascending => {
                let after = after.unwrap_or_default().max(before(lowest));
                (after, before(behind_highest))
            }
            Direction::Descending => {
                let after = after.unwrap_or(Uuid::max()).min(behind_highest);
                (after, lowest)
            }
        }
    }

    /// The id with which the scan of an index ends: the one that the list ends with, if some of what is scanned does not
    /// fit, so that it cannot go on behind it in search of what does, or if the scan ends there by itself, as that of a tag;
    /// and otherwise the last of all.
    fn end_of_scan(&self, direction: Direction, last: Uuid) -> Uuid {
        let fits_each = match self.tag {
            Some(_) => false,
            None => self.states.is_empty() || !matches!(Among::of(&self.states), Among::All),
        };
        match direction {
            _ if !fits_each => last,
            Direction::Ascending => Uuid::max(),
            Direction::Descending => Uuid::nil(),
        }
    }
}

/// The lowest id that a task of this time can have: ids are UUIDs of version 7, which begin with the milliseconds since 1970
/// (RFC 9562, section 5.7).
fn first_id(at: DateTime<Utc>) -> Uuid {
    let millis = u128::try_from(at.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(millis.min(MAX_ID_MILLIS) << ID_BITS_BELOW_MILLIS)
}

fn before(id: Uuid) -> Uuid {
    Uuid::from_u128(id.as_u128().saturating_sub(1))
}

/// Names as a parameter of a statement; none of an empty list, which stands for all.
fn texts(names: &[Name]) -> Option<Vec<&str>> {
    let texts = names.iter().map(Name::as_str).collect();
    (!names.is_empty()).then_some(texts)
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
