//! What could not be carried over, and where it stands.

use std::collections::BTreeSet;
use tasker_domain::template::position::Position;

/// What its reader has to know, in the order of the lines.
#[derive(Default)]
pub struct Notes(BTreeSet<(usize, String)>);

impl Notes {
    /// Of a line of the file.
    pub fn at(&mut self, at: Position, what: impl Into<String>) {
        self.0.insert((at.line, what.into()));
    }

    /// Of the template that came of it.
    pub fn of_template(&mut self, path: &str, what: &str) {
        let what = format!("the template is not valid yet: {path}: {what}");
        self.0.insert((usize::MAX, what));
    }

    /// A line each.
    pub fn into_lines(self) -> Vec<String> {
        let line = |(line, what): (usize, String)| match line {
            usize::MAX => what,
            line => format!("line {line}: {what}"),
        };
        self.0.into_iter().map(line).collect()
    }
}
