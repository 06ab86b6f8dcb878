//! The counts as a table that a reviewer can read.

use super::counts::{COLUMNS, Counts};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Set to anything, it makes the test write the table instead of comparing.
const RENEW: &str = "TASKER_RENEW_COSTS";

/// The version of PostgreSQL that the table is of.
const MAJOR: i32 = 15;

/// What a count may be above the table, on that version and on others.
const ROOM: f64 = 0.05;
const ROOM_OF_OTHERS: f64 = 0.25;

/// What it may be above it in any case: hundredths of an update that found no room in its page.
const ROOM_AT_LEAST: f64 = 0.02;

/// What a shape cost with so many tasks or steps a call.
pub struct Line {
    name: String,
    counts: Counts,
}

impl Line {
    pub fn new(shape: &str, a_call: usize, counts: Counts) -> Self {
        Self {
            name: format!("{shape}/{a_call}"),
            counts,
        }
    }
}

/// All that was counted.
pub struct Table {
    lines: Vec<Line>,
}

impl Table {
    pub fn new() -> Self {
        Self { lines: Vec::new() }
    }

    pub fn push(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Fails where a count is above the one in the file, beyond the room that it has.
    pub fn check(&self, major: i32) {
        let found = self.text();
        if std::env::var_os(RENEW).is_some() {
            assert_eq!(major, MAJOR, "the table is of this version of PostgreSQL");
            std::fs::write(file(), &found).unwrap();
        }
        let written = std::fs::read_to_string(file()).unwrap_or_default();
        let room = if major == MAJOR { ROOM } else { ROOM_OF_OTHERS };
        let risen: Vec<String> = self
            .lines
            .iter()
            .flat_map(|line| line.risen(&written, room))
            .collect();
        assert!(
            risen.is_empty(),
            "a step costs more than tests/sql/costs.txt has:\n{}\nIf it is meant to, renew the table with {RENEW}=1. \
             Now:\n{found}",
            risen.join("\n")
        );
    }

    fn text(&self) -> String {
        let mut text = format!(
            "# What a step costs PostgreSQL {MAJOR}, for each shape of tasks and number of tasks or steps a call.\n\
             # Written by the test `a_step_costs_no_more_than_is_written_down` with {RENEW}=1.\n#\n"
        );
        for (name, meaning) in COLUMNS {
            writeln!(text, "# {name}: {meaning}").unwrap();
        }
        write!(text, "\n{:<10}", "shape").unwrap();
        for (name, _) in COLUMNS {
            write!(text, " {name:>12}").unwrap();
        }
        text.push('\n');
        for line in &self.lines {
            write!(text, "{:<10}", line.name).unwrap();
            for count in line.counts {
                write!(text, " {count:>12.3}").unwrap();
            }
            text.push('\n');
        }
        text
    }
}

impl Line {
    fn risen(&self, written: &str, room: f64) -> Vec<String> {
        let Some(bounds) = bounds(written, &self.name) else {
            return vec![format!("  {}: it is not in the table", self.name)];
        };
        let all = COLUMNS.iter().zip(bounds).zip(self.counts);
        let above = all.filter(|((_, bound), count)| *count > bound * (1.0 + room) + ROOM_AT_LEAST);
        let told = above.map(|(((name, meaning), bound), count)| {
            let more = 100.0 * (count / bound - 1.0);
            format!(
                "  {}: {name} rose by {more:.0} % from {bound:.3} to {count:.3} a step ({meaning})",
                self.name
            )
        });
        told.collect()
    }
}

/// The counts that a table has of a shape.
fn bounds(table: &str, name: &str) -> Option<Vec<f64>> {
    let line = table
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    let counts = line.split_whitespace().map(|count| count.parse().unwrap());
    Some(counts.collect())
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/costs.txt")
}

#[test]
fn what_rises_beyond_its_room_is_told_with_its_name() {
    let table = "shape calls\nnoop/1 2 4 10 20 1000 3 0 1\n";
    let line = |calls| Line::new("noop", 1, [calls, 4.0, 10.0, 20.0, 1000.0, 3.0, 0.01, 1.0]);
    assert!(line(2.05).risen(table, ROOM).is_empty());
    let risen = line(2.5).risen(table, ROOM);
    assert_eq!(risen.len(), 1);
    assert!(risen[0].contains("noop/1: calls rose by 25 %"), "{risen:?}");
    assert_eq!(
        Line::new("noop", 64, line(2.0).counts)
            .risen(table, ROOM)
            .len(),
        1
    );
}
