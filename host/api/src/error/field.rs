//! Where in a request something is wrong.

use serde::Serialize;
use tasker_compat::Change;
use tasker_domain::template::Finding;
use tasker_tasks::InputProblem;

/// One place in a request and what is wrong there.
#[derive(Clone, Debug, Serialize)]
pub struct FieldError {
    /// JSON pointer into a request, or such as `steps[3].timeout` into a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    pub message: String,
}

impl From<&Finding> for FieldError {
    fn from(finding: &Finding) -> Self {
        let Finding {
            line,
            column,
            path,
            message,
        } = finding.clone();
        Self {
            path: Some(path).filter(|path| !path.is_empty()),
            line: Some(line),
            column: Some(column),
            message,
        }
    }
}

impl From<&Change> for FieldError {
    fn from(change: &Change) -> Self {
        Self {
            path: Some(change.path.clone()),
            line: None,
            column: None,
            message: format!("{} ({})", change.what, change.level),
        }
    }
}

impl From<&InputProblem> for FieldError {
    fn from(problem: &InputProblem) -> Self {
        let InputProblem { path, message } = problem.clone();
        Self {
            path: Some(path),
            line: None,
            column: None,
            message,
        }
    }
}
