//! One thing that is wrong at one place: in a file, or in the JSON of a request.

use super::excerpt::excerpt;
use super::paint::{Paint, Tone};
use serde::Serialize;
use tasker_domain::sanitize::{sanitize_for_terminal, sanitize_line};
use tasker_wire::problem::FieldError;

/// A place and what is wrong there, with the members that the API gives it.
#[derive(Debug, Serialize)]
pub struct Place {
    /// A JSON pointer, or a path such as `steps[3].timeout`.
    pub path: Option<String>,
    /// From 1.
    pub line: Option<usize>,
    /// From 1, in characters.
    pub column: Option<usize>,
    pub message: String,
    /// The file that line and column are of.
    #[serde(skip)]
    file: Option<String>,
    /// That line, with a caret under the column.
    #[serde(skip)]
    excerpt: Option<String>,
}

impl From<FieldError> for Place {
    fn from(error: FieldError) -> Self {
        Self {
            path: error.path,
            line: error.line,
            column: error.column,
            message: error.message,
            file: None,
            excerpt: None,
        }
    }
}

impl Place {
    /// A line and column of a text, both from 1.
    pub fn new(line: usize, column: usize, message: &str) -> Self {
        let (line, column, message) = (Some(line), Some(column), message.to_owned());
        Self {
            path: None,
            line,
            column,
            message,
            file: None,
            excerpt: None,
        }
    }

    /// Names the path below which it is wrong, if that is not empty.
    pub fn below(mut self, path: &str) -> Self {
        self.path = Some(path.to_owned()).filter(|path| !path.is_empty());
        self
    }

    /// Takes the line from the file that it is of.
    pub fn find_in(&mut self, file: &str, source: &str) {
        if let Some(line) = self.line {
            self.file = Some(file.to_owned());
            self.excerpt = excerpt(source, line, self.column.unwrap_or(1));
        }
    }

    /// `file:line:column: message`, and the line itself.
    pub fn text(&self, paint: Paint) -> String {
        let mut text = format!("  {}{}\n", self.lead(paint), sanitize_line(&self.message));
        for line in self.excerpt.iter().flat_map(|excerpt| excerpt.lines()) {
            text += &format!("    {}\n", sanitize_for_terminal(line));
        }
        text
    }

    fn lead(&self, paint: Paint) -> String {
        let path = self.path.as_deref().filter(|path| !path.is_empty());
        let parts = [self.position(), path.map(str::to_owned)];
        let parts = parts.into_iter().flatten();
        parts
            .map(|part| paint.tone(Tone::Strong, &format!("{}:", sanitize_line(&part))) + " ")
            .collect()
    }

    fn position(&self) -> Option<String> {
        let (line, column) = (self.line?, self.column.unwrap_or(1));
        Some(match &self.file {
            Some(file) => format!("{file}:{line}:{column}"),
            None => format!("line {line}, column {column}"),
        })
    }
}
