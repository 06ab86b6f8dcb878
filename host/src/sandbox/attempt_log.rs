//! What an attempt has to say: log lines, stdout and stderr, and remarks of the host.

use super::given::Given;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard};

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

/// Who wrote a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogSource {
    /// The handler, through the log capability.
    Handler,
    Stdout,
    Stderr,
    /// The host, about what it refused or cut.
    Host,
}

/// One line of an attempt's log, without a line break at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    pub level: LogLevel,
    pub source: LogSource,
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(String, String)>,
}

/// The log of one attempt, bounded in bytes; what it holds too much is counted and dropped.
#[derive(Debug)]
pub(super) struct AttemptLog {
    lines: Vec<LogLine>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    limit_bytes: usize,
    left_bytes: usize,
    dropped_bytes: usize,
    /// Struck out of every line.
    given: Given,
}

/// The log as the streams and capabilities of one attempt write to it.
#[derive(Clone, Debug)]
pub(super) struct LogWriter(Arc<Mutex<AttemptLog>>);

impl LogWriter {
    pub(super) fn new(limit_bytes: usize, given: Given) -> Self {
        Self(Arc::new(Mutex::new(AttemptLog {
            lines: Vec::new(),
            stdout: Vec::new(),
            stderr: Vec::new(),
            limit_bytes,
            left_bytes: limit_bytes,
            dropped_bytes: 0,
            given,
        })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, AttemptLog> {
        self.0.lock().expect("nobody panics while holding the log")
    }

    /// Adds a remark of the host.
    pub(super) fn remark(&self, level: LogLevel, message: String) {
        self.lock().add(LogLine {
            level,
            source: LogSource::Host,
            message,
            fields: Vec::new(),
        });
    }

    /// All lines, the note on what was dropped last.
    pub(super) fn take(&self) -> Vec<LogLine> {
        self.lock().finish()
    }
}

impl AttemptLog {
    /// Adds a line, or as much of its message as there is room for.
    pub(super) fn add(&mut self, mut line: LogLine) {
        let field_bytes: usize = line
            .fields
            .iter()
            .map(|(key, value)| key.len() + value.len())
            .sum();
        let room_bytes = self.left_bytes.saturating_sub(field_bytes);
        if room_bytes == 0 {
            self.dropped_bytes += field_bytes + line.message.len().max(1);
            return;
        }
        for (key, value) in &mut line.fields {
            *key = self.given.struck_out(key).into_owned();
            *value = self.given.struck_out(value).into_owned();
        }
        let dropped_bytes;
        (line.message, dropped_bytes) = self.given.struck_out_within(&line.message, room_bytes);
        self.dropped_bytes += dropped_bytes;
        self.left_bytes = room_bytes.saturating_sub(line.message.len().max(1));
        self.lines.push(line);
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
        let left_bytes = self.left_bytes;
        let part = self.part_mut(source);
        let kept = &bytes[..bytes.len().min(left_bytes.saturating_sub(part.len()))];
        part.extend_from_slice(kept);
        self.dropped_bytes += bytes.len() - kept.len();
    }

    fn end_line(&mut self, source: LogSource) {
        let bytes = std::mem::take(self.part_mut(source));
        let text = String::from_utf8_lossy(&bytes);
        let message = match self.dropped_bytes > 0 {
            true => printable(&self.given.struck_out_of_cut(&text)),
            false => printable(&text),
        };
        let level = match source {
            LogSource::Stderr => LogLevel::Warn,
            LogSource::Handler | LogSource::Stdout | LogSource::Host => LogLevel::Info,
        };
        self.add(LogLine {
            level,
            source,
            message,
            fields: Vec::new(),
        });
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
        let mut lines = std::mem::take(&mut self.lines);
        if self.dropped_bytes > 0 {
            let message = format!(
                "{} bytes of the log were dropped: the log of an attempt is limited to {} bytes",
                self.dropped_bytes, self.limit_bytes
            );
            lines.push(LogLine {
                level: LogLevel::Warn,
                source: LogSource::Host,
                message,
                fields: Vec::new(),
            });
        }
        lines
    }

    /// The last lines, up to `max_lines`, joined, in which a panic or an exception tells of itself: on
    /// stderr, or logged as errors where the SDK saw it first.
    pub(super) fn last_words(&self, max_lines: usize) -> Option<String> {
        let mut lines: Vec<&str> = self
            .lines
            .iter()
            .rev()
            .filter(|line| tells_of_an_end(line) && !line.message.is_empty())
            .filter(|line| !line.message.starts_with("note: run with `RUST_BACKTRACE"))
            .take(max_lines)
            .map(|line| line.message.as_str())
            .collect();
        lines.reverse();
        (!lines.is_empty()).then(|| lines.join(" "))
    }
}

fn tells_of_an_end(line: &LogLine) -> bool {
    match line.source {
        LogSource::Stderr => true,
        LogSource::Handler => line.level == LogLevel::Error,
        LogSource::Stdout | LogSource::Host => false,
    }
}

/// The text without NUL characters, which the database cannot hold.
pub(super) fn printable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secret::SecretValue;

    fn messages(log: &LogWriter) -> Vec<String> {
        log.take().into_iter().map(|line| line.message).collect()
    }

    #[test]
    fn writes_are_joined_into_lines_and_the_last_needs_no_line_break() {
        let log = LogWriter::new(1_000, Given::default());
        for part in ["one\ntw", "o\n", "three"] {
            log.lock().write(LogSource::Stdout, part.as_bytes());
        }
        assert_eq!(messages(&log), ["one", "two", "three"]);
    }

    #[test]
    fn what_exceeds_the_limit_is_dropped_and_a_note_counts_it() {
        let log = LogWriter::new(10, Given::default());
        for _ in 0..5 {
            log.lock().write(LogSource::Stderr, b"1234567\n");
        }
        let lines = messages(&log);
        assert_eq!(lines[..2], ["1234567", "123"]);
        assert!(lines[2].contains("limited to 10 bytes"), "{}", lines[2]);
    }

    #[test]
    fn a_secret_is_struck_out_of_lines_and_fields_and_no_half_of_it_stays_where_lines_are_cut() {
        let given = Given::default();
        let value = SecretValue::parse(b"correct horse".to_vec()).unwrap();
        given.add(&"s".parse().unwrap(), value);
        for source in [LogSource::Stdout, LogSource::Handler] {
            for limit_bytes in 10..80 {
                let log = LogWriter::new(limit_bytes, given.clone());
                let line = |text: &str| LogLine {
                    level: LogLevel::Info,
                    source,
                    message: text.to_owned(),
                    fields: vec![("k".to_owned(), "correct horse".to_owned())],
                };
                log.lock().write(source, b"it is correct horse, is it?");
                log.lock().add(line("and correct horse"));
                let told = format!("{:?}", log.take());
                assert!(!told.contains("cor"), "{limit_bytes}: {told}");
            }
        }
    }

    #[test]
    fn empty_lines_are_bounded_too() {
        let log = LogWriter::new(10, Given::default());
        log.lock().write(LogSource::Stdout, &[b'\n'; 1_000]);
        assert_eq!(messages(&log).len(), 11);
    }
}
