//! What the attempts of a step logged.

use super::super::Api;
use super::super::error::ApiError;
use super::super::page::{PageLimit, wrong_cursor};
use super::super::routes::{Answer, Call, Reply, Routes};
use std::time::Duration;
use tasker_engine::attempt_log::{LogChunkRow, LogCursor};
use tasker_tasks::TasksError;
use tasker_tasks::log::{LogPart, ReadLog};
use tasker_tasks::wait::MAX_WAIT;
use tasker_wire::log::{AttemptLogLine, AttemptLogPage, ShowAttemptLog, chunk_lines};

pub(crate) fn routes() -> Routes {
    Routes::default().on(show)
}

async fn show(api: Api, call: Call<ShowAttemptLog>) -> Answer<ShowAttemptLog> {
    let (task_id, step, query) = (call.path.id, call.path.step, call.query);
    if step.contains('\0') {
        return Err(TasksError::UnknownStep { task_id, step }.into());
    }
    let wait = Duration::from_millis(query.wait_ms);
    if wait > MAX_WAIT {
        let most = MAX_WAIT.as_millis();
        let message = format!("the longest wait is {most} ms");
        return Err(ApiError::parameter("wait_ms", message));
    }
    let limit = PageLimit::parse(query.limit)?;
    let part = LogPart {
        attempt: query.attempt.map(number),
        after: query
            .after
            .as_deref()
            .map_or(Ok(LogCursor::default()), parse)?,
    };
    let read = tokio::select! {
        read = api.tasks.attempt_log(task_id, &step, part, wait) => read?,
        () = api.shutdown.cancelled() => {
            api.tasks.attempt_log(task_id, &step, part, Duration::ZERO).await?
        }
    };
    Ok(Reply::ok(page(read, part.after, limit)?))
}

/// A number that no attempt has is beyond all that have one.
fn number(attempt: u32) -> i32 {
    i32::try_from(attempt).unwrap_or(i32::MAX)
}

fn parse(after: &str) -> Result<LogCursor, ApiError> {
    let parts = after.split_once('.');
    let cursor = parts.and_then(|(attempt, line)| {
        Some(LogCursor {
            attempt: attempt.parse().ok()?,
            line: line.parse().ok()?,
        })
    });
    cursor.ok_or_else(|| wrong_cursor(after))
}

/// The lines behind `after`, as many as the page may have.
fn page(read: ReadLog, after: LogCursor, limit: PageLimit) -> Result<AttemptLogPage, ApiError> {
    let has_chunks = !read.chunks.is_empty();
    let mut items = Vec::new();
    let mut chunks = read.chunks.into_iter();
    for chunk in chunks.by_ref() {
        let mut lines = lines(&chunk)?;
        lines.retain(|line| place(line) > after);
        items.append(&mut lines);
        if items.len() > limit.items() {
            break;
        }
    }
    items.truncate(limit.items());
    let position = items.last().map_or(after, place);
    let position = format!("{}.{}", position.attempt, position.line);
    Ok(AttemptLogPage {
        items,
        next: has_chunks.then(|| position.clone()),
        position,
        // Where chunks were read, the next request finds whether there are more.
        is_complete: read.has_ended && !has_chunks,
    })
}

fn place(line: &AttemptLogLine) -> LogCursor {
    LogCursor {
        attempt: number(line.attempt),
        line: number(line.line),
    }
}

fn lines(chunk: &LogChunkRow) -> Result<Vec<AttemptLogLine>, TasksError> {
    let (attempt, last_line) = (chunk.attempt.unsigned_abs(), chunk.last_line.unsigned_abs());
    chunk_lines(attempt, last_line, &chunk.lines).map_err(TasksError::StoredJson)
}
