//! What attempts log: chunks of lines, written while attempts run, and read page by page.

use super::Engine;
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_domain::ids::TaskId;
use uuid::Uuid;

/// The most chunks of one call of [`Engine::append_attempt_logs`].
pub const MAX_CHUNKS: usize = 1_000;

/// Lines of one attempt that follow each other.
#[derive(Clone, Debug)]
pub struct LogChunk {
    pub task_id: TaskId,
    pub step_no: i16,
    pub attempt: i32,
    /// The number of its last line in the log of the attempt, from 1.
    pub last_line: i32,
    /// A JSON array, one element per line.
    pub lines: String,
}

/// A chunk as it is read.
#[derive(Debug, FromRow)]
pub struct LogChunkRow {
    pub attempt: i32,
    pub last_line: i32,
    /// A JSON array, one element per line.
    pub lines: String,
}

/// A place in the log of a step: behind this line of this attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogCursor {
    pub attempt: i32,
    pub line: i32,
}

/// How far a step, or one of its attempts, is.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct LogProgress {
    pub step_no: i16,
    /// It ended so long ago that its host has stored what it logged, if the database took it.
    pub is_complete: bool,
}

impl Engine {
    /// Stores chunks, [`MAX_CHUNKS`] at most; what is stored already stays as it is.
    pub async fn append_attempt_logs(&self, chunks: &[LogChunk]) -> Result<(), DatabaseError> {
        let all = |part: fn(&LogChunk) -> i32| chunks.iter().map(part).collect::<Vec<i32>>();
        let task_ids: Vec<Uuid> = chunks.iter().map(|chunk| chunk.task_id.0).collect();
        let step_nos: Vec<i16> = chunks.iter().map(|chunk| chunk.step_no).collect();
        let lines: Vec<&str> = chunks.iter().map(|chunk| chunk.lines.as_str()).collect();
        sqlx::query("select tasker.append_attempt_logs($1, $2, $3, $4, $5)")
            .bind(task_ids)
            .bind(step_nos)
            .bind(all(|chunk| chunk.attempt))
            .bind(all(|chunk| chunk.last_line))
            .bind(lines)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// The next chunks behind a place in the log of a step: of all attempts, or of one alone.
    pub async fn attempt_log(
        &self,
        task_id: TaskId,
        step_no: i16,
        attempt: Option<i32>,
        after: LogCursor,
        limit: i32,
    ) -> Result<Vec<LogChunkRow>, DatabaseError> {
        let rows = sqlx::query_as(
            "select attempt, last_line, lines from tasker.read_attempt_log($1, $2, $3, $4, $5, $6)",
        )
        .bind(task_id.0)
        .bind(step_no)
        .bind(attempt)
        .bind(after.attempt)
        .bind(after.line)
        .bind(limit)
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

    /// How far the step of this name is, or its attempt of this number; `None` if the task has no such step.
    pub async fn log_progress(
        &self,
        task_id: TaskId,
        step: &str,
        attempt: Option<i32>,
    ) -> Result<Option<LogProgress>, DatabaseError> {
        let row = sqlx::query_as(PROGRESS)
            .bind(task_id.0)
            .bind(step)
            .bind(attempt);
        Ok(row.fetch_optional(self.pool()).await?)
    }
}

// An attempt has ended when the log of the task says what came of it. A host stores lines within a quarter of a second.
const PROGRESS: &str = "
    select s.step_no,
           coalesce(case when $3::int4 is null then s.finished_at
                         else coalesce((select min(r.at) from tasker.every_transition r
                                        where r.task_id = $1 and r.step_no = s.step_no and r.attempt = $3
                                          and r.to_state <> 'running'), s.finished_at) end
                    < tasker.clock() - interval '1 second', false) as is_complete
    from tasker.every_task t
    join tasker.step_template st using (template_version_id)
    join tasker.every_step s on s.task_id = t.task_id and s.step_no = st.step_no
    where t.task_id = $1 and st.name = $2";
