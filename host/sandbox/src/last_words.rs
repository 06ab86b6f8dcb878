//! What a guest said last before it ended, kept apart from the log and whatever became of that.

use super::log_line::{LogLevel, LogSource};
use std::collections::VecDeque;

/// The first lines that are kept: a trace of many lines has its reason above it, as in Go.
const MAX_FIRST_LINES: usize = 2;
/// The last lines that are kept.
const MAX_LAST_LINES: usize = 4;
/// How a report of a panic begins. What was said before it is not its beginning.
const BEGINNINGS: [&str; 2] = ["panic: ", "fatal error: "];
/// What stands for the lines between.
const LEFT_OUT: &str = "…";
/// The longest line that is kept, in bytes.
const MAX_LINE_BYTES: usize = 1 << 10;
/// The field in which older SDKs log the place of a panic.
const LOCATION: &str = "location";

/// The first and the last lines that report a panic or an exception: on stderr, or logged as errors
/// where the SDK saw it first.
#[derive(Debug, Default)]
pub(super) struct LastWords {
    first: Vec<String>,
    /// Behind the first ones.
    last: VecDeque<String>,
    /// Whether there were lines between them.
    has_gap: bool,
}

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
        if BEGINNINGS.iter().any(|begin| line.starts_with(begin)) {
            *self = Self::default();
        }
        if self.first.len() < MAX_FIRST_LINES {
            return self.first.push(line);
        }
        if self.last.len() == MAX_LAST_LINES {
            self.last.pop_front();
            self.has_gap = true;
        }
        self.last.push_back(line);
    }

    /// All in one line; `None` if nothing was said.
    pub(super) fn joined(&self) -> Option<String> {
        let gap = self.has_gap.then_some(LEFT_OUT);
        let first = self.first.iter().map(String::as_str);
        let last = self.last.iter().map(String::as_str);
        let lines: Vec<&str> = first.chain(gap).chain(last).collect();
        (!lines.is_empty()).then(|| lines.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_lines_are_kept_with_the_place_of_a_panic() {
        let mut words = LastWords::default();
        for line in 0..10 {
            words.add(&format!("line {line}"), &[]);
        }
        let place = [("location".to_owned(), "src/lib.rs:54:40".to_owned())];
        words.add("panicked: the till is empty", &place);
        words.add(&"x".repeat(5_000), &[]);
        let said = words.joined().unwrap();
        let start =
            "line 0 line 1 … line 8 line 9 panicked: the till is empty at src/lib.rs:54:40 x";
        assert!(said.starts_with(start), "{said}");
        assert!(said.len() < 1_200, "{}", said.len());
        assert_eq!(LastWords::default().joined(), None);
    }

    #[test]
    fn a_report_is_kept_from_where_it_begins_whatever_was_said_before_and_however_long_it_is() {
        let mut words = LastWords::default();
        for line in 0..3 {
            words.add(&format!("said {line}"), &[]);
        }
        words.add("panic: the till is empty", &[]);
        words.add("goroutine 7 [running]:", &[]);
        for line in 0..50 {
            words.add(&format!("frame {line}"), &[]);
        }
        let said = words.joined().unwrap();
        let expected =
            "panic: the till is empty goroutine 7 [running]: … frame 46 frame 47 frame 48 frame 49";
        assert_eq!(said, expected);
    }
}
