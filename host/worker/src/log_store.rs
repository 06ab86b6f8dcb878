//! Stores what attempts log while they run: they leave their lines in a buffer, from which one writer per host stores
//! them in the database, those of all attempts in one statement. An attempt never waits for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tasker_database::backoff::Backoff;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::invocation::Lease;
use tasker_engine::Engine;
use tasker_engine::attempt_log::{LogChunk, MAX_CHUNKS};
use tasker_sandbox::{LogLine, LogSource};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How long lines are gathered before they are stored.
const GATHER: Duration = Duration::from_millis(100);
/// The most that the lines which are not stored yet take in memory, about; further ones are dropped.
const MAX_WAITING_BYTES: usize = 8 << 20;
/// What remarks of the host may take beyond that, such as the note on what was dropped.
const MAX_REMARK_BYTES: usize = 256 << 10;
/// A chunk takes no further line from here on.
const CHUNK_BYTES: usize = 16 << 10;
/// The bytes of the chunks of one statement, if there are several.
const MAX_CALL_BYTES: usize = 1 << 20;
/// What a line and each of its fields take in addition to their bytes, about.
const PART_BYTES: usize = 96;
/// Between two tries to store lines while the database is away.
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(2);
/// How long the end of a host waits for its last lines to be stored.
const LAST_TIMEOUT: Duration = Duration::from_secs(3);

/// What was logged and is not stored yet; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct LogStore {
    waiting: Arc<Mutex<Waiting>>,
    came: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<(Lease, i32, LogLine)>,
    /// Of the lines, and of those that are being stored.
    bytes: usize,
}

impl LogStore {
    /// Takes the line of this number of an attempt, without waiting; false if there is no room for it.
    pub(super) fn take(&self, lease: Lease, number: i32, line: LogLine) -> bool {
        let bytes = bytes_of(&line);
        let max = match line.source {
            LogSource::Host => MAX_WAITING_BYTES + MAX_REMARK_BYTES,
            LogSource::Handler | LogSource::Stdout | LogSource::Stderr => MAX_WAITING_BYTES,
        };
        let mut waiting = self.lock();
        if waiting.bytes + bytes > max {
            return false;
        }
        waiting.bytes += bytes;
        let is_first = waiting.lines.is_empty();
        waiting.lines.push((lease, number, line));
        drop(waiting);
        if is_first {
            self.came.notify_one();
        }
        true
    }

    /// Stores lines as they come, until `stop`; then the last ones, though not for ever.
    pub(super) async fn run(self, engine: Engine, stop: CancellationToken) {
        let all = async {
            while stop
                .run_until_cancelled(self.came.notified())
                .await
                .is_some()
            {
                tokio::time::sleep(GATHER).await;
                self.store_all(&engine).await;
            }
            self.store_all(&engine).await;
        };
        let late = async {
            stop.cancelled().await;
            tokio::time::sleep(LAST_TIMEOUT).await;
        };
        tokio::select! {
            () = all => {}
            () = late => tracing::warn!("the last log lines of attempts were not stored in time and are lost"),
        }
    }

    async fn store_all(&self, engine: &Engine) {
        let lines = std::mem::take(&mut self.lock().lines);
        let _room = Room {
            store: self,
            bytes: lines.iter().map(|(.., line)| bytes_of(line)).sum(),
        };
        let mut chunks = chunks(lines).into_iter().peekable();
        while chunks.peek().is_some() {
            let mut call = Vec::new();
            let mut bytes = 0;
            while let Some(next) = chunks.next_if(|next| {
                call.is_empty()
                    || (call.len() < MAX_CHUNKS && bytes + next.lines.len() <= MAX_CALL_BYTES)
            }) {
                bytes += next.lines.len();
                call.push(next);
            }
            store(engine, call).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What lines took in the buffer is free when this is dropped: they are stored, or lost.
struct Room<'s> {
    store: &'s LogStore,
    bytes: usize,
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.store.lock().bytes -= self.bytes;
    }
}

/// Tries until the database is there. What it refuses is tried chunk by chunk, and lost where it is refused again.
async fn store(engine: &Engine, chunks: Vec<LogChunk>) {
    let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MAX);
    let mut calls = vec![chunks];
    while let Some(call) = calls.pop() {
        match engine.append_attempt_logs(&call).await {
            Ok(()) => {}
            Err(error) if error.is_transient() => {
                calls.push(call);
                backoff.wait().await;
            }
            Err(_) if call.len() > 1 => calls.extend(call.into_iter().map(|chunk| vec![chunk])),
            Err(error) => {
                let lease = call
                    .first()
                    .map(|chunk| (chunk.task_id, chunk.step_no, chunk.attempt));
                tracing::warn!(error = %ErrorChain(&error), ?lease, "log lines of an attempt are lost: the database refused them");
            }
        }
    }
}

/// The lines of each attempt, which are in order, as chunks.
fn chunks(lines: Vec<(Lease, i32, LogLine)>) -> Vec<LogChunk> {
    let mut done = Vec::new();
    let mut open: HashMap<Lease, LogChunk> = HashMap::new();
    for (lease, number, line) in lines {
        let text = line.stored_json();
        let chunk = open.entry(lease).or_insert_with(|| LogChunk {
            task_id: lease.task_id,
            step_no: lease.step_no,
            attempt: lease.attempt,
            last_line: number,
            lines: String::new(),
        });
        chunk
            .lines
            .push(if chunk.lines.is_empty() { '[' } else { ',' });
        chunk.lines.push_str(&text);
        chunk.last_line = number;
        if chunk.lines.len() >= CHUNK_BYTES
            && let Some(full) = open.remove(&lease)
        {
            done.push(full);
        }
    }
    done.extend(open.into_values());
    for chunk in &mut done {
        chunk.lines.push(']');
    }
    done.sort_by_key(|chunk| (chunk.task_id, chunk.step_no, chunk.attempt, chunk.last_line));
    done
}

fn bytes_of(line: &LogLine) -> usize {
    let field = |(name, value): &(String, String)| PART_BYTES + name.len() + value.len();
    PART_BYTES + line.message.len() + line.fields.iter().map(field).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use tasker_domain::ids::TaskId;
    use tasker_sandbox::LogLevel;

    fn line(source: LogSource, bytes: usize) -> LogLine {
        LogLine {
            at: chrono::DateTime::UNIX_EPOCH,
            level: LogLevel::Info,
            source,
            message: "m".repeat(bytes),
            fields: vec![("n".to_owned(), "1".to_owned())],
        }
    }

    fn lease(attempt: i32) -> Lease {
        Lease {
            task_id: TaskId(uuid::Uuid::nil()),
            step_no: 0,
            attempt,
        }
    }

    #[test]
    fn lines_of_an_attempt_are_together_and_in_order_in_chunks_of_bounded_size() {
        let lines = (1..=100).map(|n| (lease(n % 2 + 1), n, line(LogSource::Handler, 1_000)));
        let chunks = chunks(lines.collect());
        assert!(chunks.len() >= 6, "{}", chunks.len());
        let mut count = 0;
        for chunk in &chunks {
            assert!(chunk.lines.len() < CHUNK_BYTES + 2_000);
            let lines: Vec<Value> = serde_json::from_str(&chunk.lines).unwrap();
            assert_eq!(lines[0]["fields"], json!([["n", "1"]]));
            count += lines.len();
        }
        assert_eq!(count, 100);
        assert_eq!(
            chunks.last().map(|it| (it.attempt, it.last_line)),
            Some((2, 99))
        );
    }

    #[test]
    fn what_is_not_stored_is_bounded_and_a_remark_of_the_host_still_has_room() {
        let store = LogStore::default();
        let mut taken = 0;
        while store.take(lease(1), taken, line(LogSource::Stdout, 1 << 16)) {
            taken += 1;
        }
        assert_eq!(taken, 127);
        assert!(store.take(lease(1), taken, line(LogSource::Host, 100)));
        assert!(store.lock().bytes < MAX_WAITING_BYTES + MAX_REMARK_BYTES);
    }
}
