//! Spans that this host measures itself, until they are exported.

use super::instrument::Counter;
use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;
use tasker_domain::trace_context::{SpanId, TraceId};
use tokio::sync::Notify;

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

/// Spans that wait to be exported, up to a maximum; what comes beyond is dropped and counted.
#[derive(Debug)]
pub struct SpanQueue {
    waiting: Mutex<Vec<Span>>,
    max: usize,
    /// With so many the exporter is woken.
    batch: usize,
    is_due: Notify,
    pub(crate) exported: Counter,
    pub(crate) dropped: Counter,
    pub(crate) failures: Counter,
}

impl SpanQueue {
    /// For `max` spans, of which `batch` are exported at a time.
    pub fn new(max: usize, batch: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            max,
            batch,
            is_due: Notify::new(),
            exported: Counter::default(),
            dropped: Counter::default(),
            failures: Counter::default(),
        }
    }

    pub(crate) fn push(&self, span: Span) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= self.max {
            self.dropped.add(1);
            return;
        }
        waiting.push(span);
        if waiting.len() == self.batch {
            self.is_due.notify_one();
        }
    }

    /// Waits until there is a batch.
    pub async fn due(&self) {
        self.is_due.notified().await;
    }

    /// All that wait.
    pub fn take(&self) -> Vec<Span> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *waiting)
    }

    /// Counts spans that a collector has.
    pub fn count_exported(&self, spans: usize) {
        self.exported.add(spans as u64);
    }

    /// Counts spans that no collector will have.
    pub fn count_dropped(&self, spans: usize) {
        self.dropped.add(spans as u64);
    }

    /// Counts a call that failed.
    pub fn count_failure(&self) {
        self.failures.add(1);
    }
}
