//! Where in a request something is wrong.

use tasker_compat::Change;
use tasker_domain::template::Finding;
use tasker_tasks::InputProblem;
use tasker_wire::problem::FieldError;

/// A place in a template.
pub(super) fn of_finding(finding: &Finding) -> FieldError {
    FieldError {
        path: Some(finding.path.clone()).filter(|path| !path.is_empty()),
        line: Some(finding.line),
        column: Some(finding.column),
        message: finding.message.clone(),
    }
}

/// What a version changes without room for it in its number.
pub(super) fn of_change(change: &Change) -> FieldError {
    FieldError {
        path: Some(change.path.clone()),
        line: None,
        column: None,
        message: format!("{} ({})", change.what, change.level),
    }
}

/// A place in an input.
pub(super) fn of_input(problem: &InputProblem) -> FieldError {
    FieldError {
        path: Some(problem.path.clone()),
        line: None,
        column: None,
        message: problem.message.clone(),
    }
}
