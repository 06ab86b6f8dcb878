//! Spans that this host measures itself, until they are exported.

use super::export_queue::ExportQueue;
use std::borrow::Cow;
use std::time::SystemTime;
use tasker_domain::trace_context::{SpanId, TraceId};

/// The most characters of a text in a span.
pub const MAX_TEXT_CHARS: usize = 1_024;

/// A span that has ended.
#[derive(Clone, Debug)]
pub struct Span {
    pub trace_id: TraceId,
    pub span_id: SpanId,
    /// None: the trace begins with it.
    pub parent: Option<SpanId>,
    /// The parent is of whoever submitted the task.
    pub is_parent_remote: bool,
    pub kind: SpanKind,
    pub name: Cow<'static, str>,
    pub start: SystemTime,
    pub end: SystemTime,
    pub attributes: Vec<Attribute>,
    pub status: SpanStatus,
}

/// A name and what it is.
pub type Attribute = (&'static str, AttributeValue);

/// What an attribute says.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue {
    Text(String),
    Number(i64),
    Fraction(f64),
    Boolean(bool),
}

/// On which side of a call a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    Internal,
    Client,
}

/// How what a span is about ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpanStatus {
    /// Nothing is said: it did not fail.
    Unset,
    Failed(String),
}

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::Text(bounded(text))
    }
}

impl From<i32> for AttributeValue {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl SpanStatus {
    pub fn failed(message: &str) -> Self {
        Self::Failed(bounded(message))
    }
}

fn bounded(text: &str) -> String {
    text.chars().take(MAX_TEXT_CHARS).collect()
}

/// Spans that wait to be exported.
pub type SpanQueue = ExportQueue<Span>;
