//! Takes the lines of attempts while they run: into the database, and where it is wanted to the host's log. For the
//! latter a separate thread formats and writes them, so that attempts wait neither for the formatting nor for the reader
//! of the log.

use super::log_store::LogStore;
use chrono::SecondsFormat;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tasker_domain::invocation::Invocation;
use tasker_sandbox::{LogLevel, LogLine, LogSink};

/// Lines that wait to be written.
const MAX_WAITING_LINES: usize = 4_096;
/// The bytes of the lines that wait.
const MAX_WAITING_BYTES: usize = 4 << 20;
/// What a line and each of its fields take in addition to their bytes, about.
const PART_BYTES: usize = 64;
/// How long the end of a host waits for the lines before it, and how often it looks.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);
const FLUSH_LOOK: Duration = Duration::from_millis(5);

/// One for the process, as its log is.
static WRITER: LazyLock<Writer> = LazyLock::new(Writer::start);

/// A line of an attempt.
struct Entry {
    invocation: Arc<Invocation>,
    line: LogLine,
    bytes: usize,
}

struct Writer {
    /// `None` if the thread did not start: then lines are lost, and counted.
    entries: Option<SyncSender<Entry>>,
    waiting_bytes: Arc<AtomicUsize>,
}

/// Takes the lines of one attempt.
pub(super) struct HandlerLog {
    invocation: Arc<Invocation>,
    store: LogStore,
    /// They go to the host's log too.
    is_in_host_log: bool,
    /// The number of the last line.
    last: AtomicI32,
}

impl HandlerLog {
    pub(super) fn of(
        invocation: &Arc<Invocation>,
        store: &LogStore,
        is_in_host_log: bool,
    ) -> Arc<dyn LogSink> {
        Arc::new(Self {
            invocation: invocation.clone(),
            store: store.clone(),
            is_in_host_log,
            last: AtomicI32::new(0),
        })
    }
}

impl LogSink for HandlerLog {
    /// The lines of an attempt come one after the other. What the host's log does not take is in the database.
    fn take(&self, line: LogLine) -> bool {
        if self.is_in_host_log {
            WRITER.take(&self.invocation, line.clone());
        }
        let number = self.last.load(Relaxed) + 1;
        let is_taken = self.store.take(self.invocation.lease, number, line);
        if is_taken {
            self.last.store(number, Relaxed);
        }
        is_taken
    }
}

/// Waits until what was logged before is written, though not for ever.
pub(super) async fn flush(is_in_host_log: bool) {
    if !is_in_host_log {
        return;
    }
    let flushed = async {
        while WRITER.waiting_bytes.load(Relaxed) > 0 {
            tokio::time::sleep(FLUSH_LOOK).await;
        }
    };
    let _ = tokio::time::timeout(FLUSH_TIMEOUT, flushed).await;
}

impl Writer {
    fn start() -> Self {
        let (sender, entries) = sync_channel(MAX_WAITING_LINES);
        let waiting_bytes = Arc::<AtomicUsize>::default();
        let waiting = waiting_bytes.clone();
        let thread = std::thread::Builder::new().name("handler-log".to_owned());
        let started = thread.spawn(move || write_all(&entries, &waiting));
        if let Err(error) = &started {
            tracing::error!(%error, "handlers' log lines are lost: their thread did not start");
        }
        Self {
            entries: started.is_ok().then_some(sender),
            waiting_bytes,
        }
    }

    fn take(&self, invocation: &Arc<Invocation>, line: LogLine) -> bool {
        let Some(entries) = &self.entries else {
            return false;
        };
        let field = |(key, value): &(String, String)| PART_BYTES + key.len() + value.len();
        let bytes = PART_BYTES + line.message.len() + line.fields.iter().map(field).sum::<usize>();
        let before = self.waiting_bytes.fetch_add(bytes, Relaxed);
        let entry = Entry {
            invocation: invocation.clone(),
            line,
            bytes,
        };
        let is_taken = before < MAX_WAITING_BYTES && entries.try_send(entry).is_ok();
        if !is_taken {
            self.waiting_bytes.fetch_sub(bytes, Relaxed);
        }
        is_taken
    }
}

fn write_all(entries: &Receiver<Entry>, waiting_bytes: &AtomicUsize) {
    while let Ok(entry) = entries.recv() {
        write(&entry.invocation, &entry.line);
        waiting_bytes.fetch_sub(entry.bytes, Relaxed);
    }
}

fn write(invocation: &Invocation, line: &LogLine) {
    let (task_id, step, attempt) = (
        invocation.lease.task_id,
        &*invocation.step.name,
        invocation.lease.attempt,
    );
    let correlation_id = &*invocation.correlation_id;
    let (trace_id, span_id) = invocation.trace();
    macro_rules! write {
        ($level:ident) => {
            tracing::$level!(
                target: "tasker::handler",
                at = line.at.to_rfc3339_opts(SecondsFormat::Micros, true),
                %task_id, step, attempt, correlation_id, %trace_id, %span_id,
                source = line.source.into_str(),
                fields = line.fields_json(),
                "{}", line.message
            )
        };
    }
    match line.level {
        LogLevel::Trace => write!(trace),
        LogLevel::Debug => write!(debug),
        LogLevel::Info => write!(info),
        LogLevel::Warn => write!(warn),
        LogLevel::Error => write!(error),
    }
}
