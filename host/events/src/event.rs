//! Events, as their readers get them.

use super::catalog::{self, HANDLER};
use super::cursor::Position;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::sync::OnceLock;
use tasker_domain::trace_context::TraceParent;
use uuid::Uuid;

/// What the types of Tasker's own events begin with outside, so that a handler's own name is never taken for one.
pub const OWN_PREFIX: &str = "tasker.";
/// The source of what belongs to no namespace.
const OF_NO_NAMESPACE: &str = "/tasker";

/// Something that happened.
#[derive(Debug)]
pub struct Event {
    pub position: Position,
    /// Without a prefix: `task.completed`, or the name that a handler gave.
    pub name: Cow<'static, str>,
    /// A handler sent it under a name of its own.
    pub is_of_handler: bool,
    pub at: DateTime<Utc>,
    /// The event of the same row from which this one follows.
    pub cause: Option<Position>,
    pub correlation_id: Option<String>,
    /// The span in which it happened: of the task, the step or the attempt.
    pub traceparent: Option<TraceParent>,
    pub data: EventData,
    /// As it is sent: made once, for all who are sent it.
    pub rendered: OnceLock<Bytes>,
}

/// What an event carries. Which members it has is said by its type; see [`catalog`].
#[derive(Clone, Debug, Default, Serialize)]
pub struct EventData {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_version: Option<String>,
    /// What its caller marked the task with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    /// With its namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component_version: Option<String>,
    /// `sha256:…`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker_id: Option<i32>,
    /// Of an attempt: from the start of the instance to its end. Of a task: from its creation to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_kib: Option<i32>,
    /// `code`, `message` and what more there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What a change replaced, in members that depend on the action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<Box<RawValue>>,
    /// What the handler sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Box<RawValue>>,
    /// Of a payload or detail that is too large to be part of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub omitted_bytes: Option<i32>,
}

impl Event {
    /// The type as it is sent: `tasker.task.completed`, or a handler's own name.
    pub fn full_type(&self) -> Cow<'_, str> {
        match self.is_of_handler {
            true => Cow::Borrowed(&self.name),
            false => Cow::Owned(format!("{OWN_PREFIX}{}", self.name)),
        }
    }

    /// Unique with its source.
    pub fn id(&self) -> String {
        id(self.position)
    }

    /// The id of the event from which it follows.
    pub fn cause_id(&self) -> Option<String> {
        self.cause.map(id)
    }

    /// Where it is from: a namespace, or Tasker itself.
    pub fn source(&self) -> String {
        match &self.data.namespace {
            Some(namespace) => format!("/namespaces/{namespace}"),
            None => OF_NO_NAMESPACE.to_owned(),
        }
    }

    /// What it is about: a task, a step of one as `task/step`, or what was changed.
    pub fn subject(&self) -> Option<String> {
        let EventData {
            task_id,
            step,
            subject,
            ..
        } = &self.data;
        match (task_id, step) {
            (Some(task), Some(step)) => Some(format!("{task}/{step}")),
            (Some(task), None) => Some(task.to_string()),
            (None, _) => subject.clone(),
        }
    }

    /// The name of its type in the catalog.
    pub fn catalog_name(&self) -> &str {
        match self.is_of_handler || catalog::find(&self.name).is_none() {
            true => HANDLER,
            false => &self.name,
        }
    }
}

fn id(position: Position) -> String {
    format!("{}-{}", position.seq, position.index)
}
