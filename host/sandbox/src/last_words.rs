//! What a guest said last before it ended, kept apart from the log and whatever became of that.

use super::log_line::{LogLevel, LogSource};
use std::collections::VecDeque;

/// Lines that are kept.
const MAX_LINES: usize = 4;
/// The longest line that is kept, in bytes.
const MAX_LINE_BYTES: usize = 1 << 10;
/// The field in which older SDKs log the place of a panic.
const LOCATION: &str = "location";

/// The last lines that report a panic or an exception: on stderr, or logged as errors
/// where the SDK saw it first.
#[derive(Debug, Default)]
pub(super) struct LastWords(VecDeque<String>);

impl LastWords {
    /// True if lines of this kind are kept.
    pub(super) fn include(level: LogLevel, source: LogSource) -> bool {
        match source {
            LogSource::Stderr => true,
            LogSource::Handler => level == LogLevel::Error,
            LogSource::Stdout | LogSource::Host => false,
        }
    }

    pub(super) fn add(&mut self, message: &str, fields: &[(String, String)]) {
        if message.is_empty() || message.starts_with("note: run with `RUST_BACKTRACE") {
            return;
        }
        let mut line = message[..message.floor_char_boundary(MAX_LINE_BYTES)].to_owned();
        if let Some((_, place)) = fields.iter().find(|(key, _)| key == LOCATION)
            && place.len() < MAX_LINE_BYTES
            && !line.contains(place.as_str())
        {
            line.push_str(" at ");
            line.push_str(place);
        }
        if self.0.len() == MAX_LINES {
            self.0.pop_front();
        }
        self.0.push_back(line);
    }

    /// All in one line; `None` if nothing was said.
    pub(super) fn joined(&self) -> Option<String> {
        let lines: Vec<&str> = self.0.iter().map(String::as_str).collect();
        (!lines.is_empty()).then(|| lines.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_with_the_place_of_a_panic() {
        let mut words = LastWords::default();
        for line in 0..10 {
            words.add(&format!("line {line}"), &[]);
        }
        let place = [("location".to_owned(), "src/lib.rs:54:40".to_owned())];
        words.add("panicked: the till is empty", &place);
        words.add(&"x".repeat(5_000), &[]);
        let said = words.joined().unwrap();
        assert!(
            said.starts_with("line 8 line 9 panicked: the till is empty at src/lib.rs:54:40 x")
        );
        assert!(said.len() < 1_200, "{}", said.len());
        assert_eq!(LastWords::default().joined(), None);
    }
}
