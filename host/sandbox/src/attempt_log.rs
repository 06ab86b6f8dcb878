//! What an attempt has to say: log lines, stdout and stderr, and remarks of the host.

use super::attempt_secrets::AttemptSecrets;
use super::last_words::LastWords;
use super::log_line::{LogLevel, LogLine, LogSource};
use chrono::Utc;
use std::sync::{Arc, Mutex, MutexGuard};
use tasker_domain::secret_field::{MASK, is_secret};

/// Takes the lines of an attempt while it runs.
pub trait LogSink: Send + Sync {
    /// Takes a line, without waiting; false if it cannot, and the line is lost.
    fn take(&self, line: LogLine) -> bool;
}

/// What a line costs of the limit beside its bytes, and what each of its fields does: about what they
/// take in memory.
const LINE_BYTES: usize = 64;
const FIELD_BYTES: usize = 64;
/// What is kept of a line on stderr where the log is full, for the last words, in bytes.
const LAST_LINE_BYTES: usize = 1 << 10;
/// The longest refusal that is kept for the failure, in bytes.
const REFUSAL_BYTES: usize = 2 << 10;

/// The log of one attempt, bounded in bytes; what exceeds the bound is counted and dropped.
pub(super) struct AttemptLog {
    /// Where lines go; none: they are kept.
    sink: Option<Arc<dyn LogSink>>,
    lines: Vec<LogLine>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    limit_bytes: usize,
    left_bytes: usize,
    dropped_bytes: usize,
    lost_lines: usize,
    last_words: LastWords,
    /// The last request that the host refused because of a missing grant.
    refusal: Option<String>,
    /// Redacted in every line.
    attempt_secrets: AttemptSecrets,
}

/// The log as the streams and capabilities of one attempt write to it.
#[derive(Clone)]
pub(super) struct LogWriter(Arc<Mutex<AttemptLog>>);

impl LogWriter {
    pub(super) fn new(
        limit_bytes: usize,
        attempt_secrets: AttemptSecrets,
        sink: Option<Arc<dyn LogSink>>,
    ) -> Self {
        Self(Arc::new(Mutex::new(AttemptLog {
            sink,
            lines: Vec::new(),
            stdout: Vec::new(),
            stderr: Vec::new(),
            limit_bytes,
            left_bytes: limit_bytes,
            dropped_bytes: 0,
            lost_lines: 0,
            last_words: LastWords::default(),
            refusal: None,
            attempt_secrets,
        })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, AttemptLog> {
        self.0.lock().expect("nobody panics while holding the log")
    }

    /// Adds a remark of the host.
    pub(super) fn remark(&self, level: LogLevel, message: &str) {
        self.lock().add(level, LogSource::Host, message, Vec::new());
    }

    /// Adds what the host refused, and keeps it for the failure that may come of it.
    pub(super) fn refused(&self, message: &str) {
        let mut log = self.lock();
        log.add(LogLevel::Warn, LogSource::Host, message, Vec::new());
        let (kept, _) = log.attempt_secrets.redacted_within(message, REFUSAL_BYTES);
        log.refusal = Some(printable(&kept));
    }

    /// The last request that the host refused because of a missing grant, without the attempt's secrets.
    pub(super) fn refusal(&self) -> Option<String> {
        self.lock().refusal.clone()
    }

    /// The last output of the guest, if it reports a panic or an exception.
    pub(super) fn last_words(&self) -> Option<String> {
        let mut log = self.lock();
        if !log.stderr.is_empty() {
            log.end_line(LogSource::Stderr);
        }
        log.last_words.joined()
    }

    /// Ends the log with the note on what was dropped; the lines that no sink took.
    pub(super) fn take(&self) -> Vec<LogLine> {
        self.lock().finish()
    }
}

impl AttemptLog {
    /// Adds a line, or as much of its message as there is room for. What there is no room for is
    /// neither copied nor searched.
    pub(super) fn add(
        &mut self,
        level: LogLevel,
        source: LogSource,
        message: &str,
        mut fields: Vec<(String, String)>,
    ) {
        let field_bytes = |(key, value): &(String, String)| FIELD_BYTES + key.len() + value.len();
        let beside_bytes = LINE_BYTES + fields.iter().map(field_bytes).sum::<usize>();
        let room_bytes = self.left_bytes.saturating_sub(beside_bytes);
        if room_bytes == 0 {
            self.dropped_bytes += beside_bytes + message.len();
            fields.clear();
        }
        for (key, value) in &mut fields {
            *key = printable(&self.attempt_secrets.redacted(key));
            *value = match is_secret(key) {
                true => MASK.to_owned(),
                false => printable(&self.attempt_secrets.redacted(value)),
            };
        }
        if LastWords::include(level, source) {
            let (kept, _) = self
                .attempt_secrets
                .redacted_within(message, LAST_LINE_BYTES);
            self.last_words.add(&printable(&kept), &fields);
        }
        if room_bytes == 0 {
            return;
        }
        let (kept, dropped_bytes) = self.attempt_secrets.redacted_within(message, room_bytes);
        let mut message = printable(&kept);
        message.truncate(message.floor_char_boundary(room_bytes));
        self.dropped_bytes += dropped_bytes;
        self.left_bytes = room_bytes - message.len();
        self.hand_on(LogLine {
            at: Utc::now(),
            level,
            source,
            message,
            fields,
        });
    }

    fn hand_on(&mut self, line: LogLine) {
        match &self.sink {
            Some(sink) => self.lost_lines += usize::from(!sink.take(line)),
            None => self.lines.push(line),
        }
    }

    /// Takes what a guest wrote to stdout or stderr and adds the lines that are whole.
    pub(super) fn write(&mut self, source: LogSource, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.write_part(source, &rest[..end]);
            self.end_line(source);
            rest = &rest[end + 1..];
        }
        self.write_part(source, rest);
    }

    fn write_part(&mut self, source: LogSource, bytes: &[u8]) {
        let room_bytes = match source {
            LogSource::Stderr => self.left_bytes.max(LAST_LINE_BYTES),
            LogSource::Handler | LogSource::Stdout | LogSource::Host => self.left_bytes,
        };
        let part = self.part_mut(source);
        let kept = &bytes[..bytes.len().min(room_bytes.saturating_sub(part.len()))];
        part.extend_from_slice(kept);
        self.dropped_bytes += bytes.len() - kept.len();
    }

    fn end_line(&mut self, source: LogSource) {
        let bytes = std::mem::take(self.part_mut(source));
        let text = String::from_utf8_lossy(&bytes);
        let message = match self.dropped_bytes > 0 {
            true => printable(&self.attempt_secrets.redacted_cut(&text)),
            false => printable(&text),
        };
        let level = match source {
            LogSource::Stderr => LogLevel::Warn,
            LogSource::Handler | LogSource::Stdout | LogSource::Host => LogLevel::Info,
        };
        self.add(level, source, &message, Vec::new());
    }

    fn part_mut(&mut self, source: LogSource) -> &mut Vec<u8> {
        match source {
            LogSource::Stderr => &mut self.stderr,
            LogSource::Handler | LogSource::Stdout | LogSource::Host => &mut self.stdout,
        }
    }

    fn finish(&mut self) -> Vec<LogLine> {
        for source in [LogSource::Stdout, LogSource::Stderr] {
            if !self.part_mut(source).is_empty() {
                self.end_line(source);
            }
        }
        if self.dropped_bytes > 0 {
            self.note(format!(
                "{} bytes of the log were dropped: the log of an attempt is limited to {} bytes",
                self.dropped_bytes, self.limit_bytes
            ));
        }
        if self.lost_lines > 0 {
            self.note(format!(
                "{} lines of the log were dropped: they were not stored as fast as they came",
                self.lost_lines
            ));
        }
        std::mem::take(&mut self.lines)
    }

    /// Adds a line that no limit drops.
    fn note(&mut self, message: String) {
        self.hand_on(LogLine {
            at: Utc::now(),
            level: LogLevel::Warn,
            source: LogSource::Host,
            message,
            fields: Vec::new(),
        });
    }
}

/// The text without NUL characters, which the database cannot store.
pub(super) fn printable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_domain::secret::SecretValue;

    fn messages(log: &LogWriter) -> Vec<String> {
        log.take().into_iter().map(|line| line.message).collect()
    }

    #[test]
    fn writes_are_joined_into_lines_and_the_last_needs_no_line_break() {
        let log = LogWriter::new(1_000, AttemptSecrets::default(), None);
        for part in ["one\ntw", "o\n", "three"] {
            log.lock().write(LogSource::Stdout, part.as_bytes());
        }
        assert_eq!(messages(&log), ["one", "two", "three"]);
    }

    #[test]
    fn what_exceeds_the_limit_is_dropped_and_a_note_counts_it() {
        let log = LogWriter::new(2 * LINE_BYTES + 10, AttemptSecrets::default(), None);
        for _ in 0..5 {
            log.lock().write(LogSource::Stderr, b"1234567\n");
        }
        let lines = messages(&log);
        assert_eq!(lines[..2], ["1234567", "123"]);
        assert!(lines[2].contains("limited to 138 bytes"), "{}", lines[2]);
        assert_eq!(log.last_words().unwrap(), ["1234567"; 5].join(" "));
    }

    #[test]
    fn a_secret_is_redacted_of_lines_and_fields_and_no_half_of_it_stays_where_lines_are_cut() {
        let attempt_secrets = AttemptSecrets::default();
        let value = SecretValue::parse(b"correct horse".to_vec()).unwrap();
        attempt_secrets.add(&"s".parse().unwrap(), value);
        for source in [LogSource::Stdout, LogSource::Handler] {
            for limit_bytes in 10..300 {
                let log = LogWriter::new(limit_bytes, attempt_secrets.clone(), None);
                log.lock().write(source, b"it is correct horse, is it?");
                let fields = vec![("k".to_owned(), "correct horse".to_owned())];
                let mut locked = log.lock();
                locked.add(LogLevel::Info, source, "and correct horse", fields);
                drop(locked);
                let told = format!("{:?}", log.take());
                assert!(!told.contains("cor"), "{limit_bytes}: {told}");
            }
        }
    }

    #[test]
    fn a_field_with_the_name_of_a_secret_is_masked_in_the_line_and_the_last_words() {
        let log = LogWriter::new(1_000, AttemptSecrets::default(), None);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = vec![pair("API-Key", "k3y"), pair("order", "7")];
        let (level, source) = (LogLevel::Error, LogSource::Handler);
        log.lock().add(level, source, "panicked at a", fields);
        let masked = [pair("API-Key", "[masked]"), pair("order", "7")];
        assert!(!log.last_words().unwrap_or_default().contains("k3y"));
        assert_eq!(log.take()[0].fields, masked);
    }

    #[test]
    fn empty_lines_and_empty_fields_are_bounded_too() {
        let log = LogWriter::new(10 * LINE_BYTES + 1, AttemptSecrets::default(), None);
        log.lock().write(LogSource::Stdout, &[b'\n'; 1_000]);
        assert_eq!(messages(&log).len(), 11);
        let log = LogWriter::new(10 * LINE_BYTES, AttemptSecrets::default(), None);
        let fields = vec![(String::new(), String::new()); 10];
        log.lock()
            .add(LogLevel::Info, LogSource::Handler, "m", fields);
        assert_eq!(messages(&log).len(), 1);
    }

    #[test]
    fn a_sink_has_the_lines_at_once_and_what_it_does_not_take_is_counted() {
        struct Sink(Mutex<Vec<String>>);
        impl LogSink for Sink {
            fn take(&self, line: LogLine) -> bool {
                let mut lines = self.0.lock().unwrap();
                let takes = line.message != "lost";
                lines.extend(takes.then_some(line.message));
                takes
            }
        }
        let sink = Arc::new(Sink(Mutex::default()));
        let log = LogWriter::new(1_000, AttemptSecrets::default(), Some(sink.clone()));
        log.lock().write(LogSource::Stdout, b"one\nlost\n");
        assert_eq!(*sink.0.lock().unwrap(), ["one"]);
        assert!(log.take().is_empty());
        assert!(sink.0.lock().unwrap()[1].starts_with("1 lines of the log were dropped"));
    }
}
