//! One thing that is wrong at one place: in a file, or in the JSON of a request.

use super::Tone;
use super::excerpt::excerpt;
use serde::Serialize;
use tasker_domain::sanitize::{sanitize_for_terminal, sanitize_line};
use tasker_wire::problem::FieldError;

/// A place and what is wrong there, with the members that the API gives it.
#[derive(Debug, Serialize)]
pub struct Place {
    #[serde(flatten)]
    at: FieldError,
    /// The file that line and column are of.
    #[serde(skip)]
    file: Option<String>,
    /// That line, with a caret under the column.
    #[serde(skip)]
    excerpt: Option<String>,
}

impl From<FieldError> for Place {
    fn from(at: FieldError) -> Self {
        let (file, excerpt) = (None, None);
        Self { at, file, excerpt }
    }
}

impl Place {
    /// A line and column of a text, both from 1.
    pub fn new(line: usize, column: usize, message: &str) -> Self {
        Self::from(FieldError {
            path: None,
            line: Some(line),
            column: Some(column),
            message: message.to_owned(),
        })
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.at.message
    }

    /// Names the path below which it is wrong, if that is not empty.
    pub fn below(mut self, path: &str) -> Self {
        self.at.path = Some(path.to_owned()).filter(|path| !path.is_empty());
        self
    }

    /// Takes the line from the file that it is of.
    pub fn find_in(&mut self, file: &str, source: &str) {
        if let Some(line) = self.at.line {
            self.file = Some(file.to_owned());
            self.excerpt = excerpt(source, line, self.at.column.unwrap_or(1));
        }
    }

    /// `file:line:column: message`, and the line itself.
    pub fn text(&self) -> String {
        let mut text = format!("  {}{}\n", self.lead(), sanitize_line(&self.at.message));
        for line in self.excerpt.iter().flat_map(|excerpt| excerpt.lines()) {
            text += &format!("    {}\n", sanitize_for_terminal(line));
        }
        text
    }

    fn lead(&self) -> String {
        let path = self.at.path.as_deref().filter(|path| !path.is_empty());
        let parts = [self.position(), path.map(str::to_owned)];
        let parts = parts.into_iter().flatten();
        parts
            .map(|part| Tone::Strong.of(sanitize_line(&part) + ":") + " ")
            .collect()
    }

    fn position(&self) -> Option<String> {
        let (line, column) = (self.at.line?, self.at.column.unwrap_or(1));
        Some(match &self.file {
            Some(file) => format!("{file}:{line}:{column}"),
            None => format!("line {line}, column {column}"),
        })
    }
}
