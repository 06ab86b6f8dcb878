//! Positions in a source, and the mistakes at them.

use crate::error_report::FieldError;
use serde::Serialize;
use std::fmt;

/// The most findings that are reported; one more line says how many there are besides.
pub const MAX_FINDINGS: usize = 100;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Position {
    /// The first character of a text.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// One thing that is wrong with a source: where, what, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// Such as `steps[3].depends_on[1]`; empty for the source as a whole.
    pub path: String,
    pub message: String,
}

impl Finding {
    /// The same as an error for the author of the source.
    pub fn field_error(&self) -> FieldError {
        FieldError {
            path: Some(self.path.clone()).filter(|path| !path.is_empty()),
            line: Some(self.line),
            column: Some(self.column),
            message: self.message.clone(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// Why a text is not a template: at least one finding, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct TemplateError {
    pub findings: Vec<Finding>,
}

/// Findings as they are collected.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    /// Found beyond [`MAX_FINDINGS`].
    left_out: usize,
}

impl Findings {
    pub fn push(&mut self, at: Position, path: impl fmt::Display, message: impl Into<String>) {
        if self.is_full() {
            self.left_out += 1;
            return;
        }
        self.list.push(Finding {
            line: at.line,
            column: at.column,
            path: path.to_string(),
            message: message.into(),
        });
    }

    /// True if what is pushed is only counted, so that a costly message can be spared.
    pub fn is_full(&self) -> bool {
        self.list.len() >= MAX_FINDINGS
    }

    /// How many there are, those left out included.
    pub fn count(&self) -> usize {
        self.list.len() + self.left_out
    }

    /// The value, if nothing was found; there is a value if nothing was found.
    pub fn into_result<T>(mut self, value: Option<T>) -> Result<T, TemplateError> {
        if self.list.is_empty() {
            return Ok(value.expect("a check that returns no value says why"));
        }
        self.list.sort();
        if self.left_out > 0 {
            let last = self.list.last().cloned();
            let message = format!("and {} more; correct these first", self.left_out);
            self.list.extend(last.map(|last| Finding {
                path: String::new(),
                message,
                ..last
            }));
        }
        Err(TemplateError {
            findings: self.list,
        })
    }
}

/// The way to a value from the root of a source, as findings show it.
#[derive(Clone, Debug, Default)]
pub struct Path(String);

impl Path {
    /// This path and a key of the mapping there.
    pub fn key(&self, key: &str) -> Self {
        let mut path = self.clone();
        path.push_key(key);
        path
    }

    /// This path and an index, from 0, into the list there.
    pub fn index(&self, index: usize) -> Self {
        let mut path = self.clone();
        path.push_index(index);
        path
    }

    pub fn push_key(&mut self, key: &str) {
        let is_plain = |c: char| c.is_alphanumeric() || "_-$".contains(c);
        if key.is_empty() || !key.chars().all(is_plain) {
            self.0.push_str(&format!("[{key:?}]"));
            return;
        }
        if !self.0.is_empty() {
            self.0.push('.');
        }
        self.0.push_str(key);
    }

    pub fn push_index(&mut self, index: usize) {
        self.0.push_str(&format!("[{index}]"));
    }

    /// Appends a JSON pointer.
    pub fn push_pointer(&mut self, pointer: &str) {
        for part in pointer.split('/').skip(1) {
            match part.parse() {
                Ok(index) => self.push_index(index),
                Err(_) => self.push_key(&part.replace("~1", "/").replace("~0", "~")),
            }
        }
    }

    /// In bytes.
    pub(in crate::template) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes back what was pushed since it had this length.
    pub fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
