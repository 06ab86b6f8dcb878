//! What a rule of a namespace is about, as paths and cursors have it.

use super::super::error::ApiError;
use super::super::page::wrong_cursor;
use tasker_domain::name::Name;
use tasker_domain::requirement::RequirementError;
use tasker_domain::scope::Scope;

/// `*`, `name` or `other~name`: a slash would end the segment.
pub(super) fn rule_scope(text: &str, namespace: &Name) -> Result<Scope, ApiError> {
    let scope = text.replacen('~', "/", 1).parse::<Scope>();
    let wrong = |error: RequirementError| ApiError::parameter("component", error.to_string());
    Ok(scope.map_err(wrong)?.within(namespace))
}

/// A place in a list of rules by namespace and component.
pub(super) fn rule_cursor(after: &str) -> Result<(&str, &str), ApiError> {
    let parts = after.split_once('/');
    let is_whole = |(namespace, component): &(&str, &str)| {
        namespace.parse::<Name>().is_ok() && component.parse::<Scope>().is_ok()
    };
    parts.filter(is_whole).ok_or_else(|| wrong_cursor(after))
}
