//! What an error reports to its caller, independent of the protocol: each error states it beside its definition.

use crate::ids::TaskId;
use serde::{Deserialize, Serialize};
use std::error::Error;

/// An error that can be the answer to a request.
pub trait Report: Error {
    fn report(&self) -> ErrorReport;
}

/// What kind of failure it is; HTTP has a status for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// The request cannot be read.
    Malformed,
    Unauthenticated,
    Forbidden,
    NotFound,
    /// The method is none of the path's.
    MethodNotAllowed,
    /// The request took too long to arrive.
    RequestTimeout,
    /// What is there already contradicts it.
    Conflict,
    /// It was there.
    Gone,
    /// What is there is not as the request has it.
    PreconditionFailed,
    TooLarge,
    UnsupportedMedia,
    /// The request was understood, and it must not be done.
    Refused,
    /// The caller has as much under way as it may.
    TooMany,
    /// A fault of the host; its details are for its log only.
    Internal,
    /// It may succeed later.
    Unavailable,
}

/// An error as its caller is shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorReport {
    pub class: ErrorClass,
    /// Stable, in snake case.
    pub code: &'static str,
    /// In place of the error's text.
    pub detail: Option<String>,
    /// Where in the request something is wrong.
    pub fields: Vec<FieldError>,
    /// The task that has the same identity.
    pub task_id: Option<TaskId>,
    /// After a semver violation: the lowest version number that allows the changes.
    pub lowest_version: Option<String>,
    /// In how many seconds the same request may succeed, where that is known.
    pub retry_after_s: Option<u64>,
}

/// One place in a request and what is wrong there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FieldError {
    /// JSON pointer into a request, or such as `steps[3].timeout` into a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// From 1, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    pub message: String,
}

impl ErrorReport {
    pub fn new(class: ErrorClass, code: &'static str) -> Self {
        Self {
            class,
            code,
            detail: None,
            fields: Vec::new(),
            task_id: None,
            lowest_version: None,
            retry_after_s: None,
        }
    }

    /// Says after how many seconds to try again.
    pub fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after_s: Some(seconds),
            ..self
        }
    }

    /// A fault of the host.
    pub fn internal() -> Self {
        Self::new(ErrorClass::Internal, "internal")
    }

    /// Says this in place of the error's text.
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..self
        }
    }

    /// Names the places that are wrong.
    pub fn fields(self, fields: impl IntoIterator<Item = FieldError>) -> Self {
        Self {
            fields: fields.into_iter().collect(),
            ..self
        }
    }

    /// Names the task that has the same identity.
    pub fn task(self, task_id: TaskId) -> Self {
        Self {
            task_id: Some(task_id),
            ..self
        }
    }
}
