//! Who set a limit, and how it is raised.

use crate::domain::limits::{Limit, LimitSource};
use crate::sandbox::state::AttemptState;

/// To be said after "or": such as ``raise `cpu`, which namespace orders sets: tasker limit set orders
/// cpu=4s``.
pub(super) fn raise(limit: Limit, state: &AttemptState) -> String {
    raise_to(limit, 0, state)
}

/// The same where it is known how much is needed, in the limit's unit.
pub(super) fn raise_to(limit: Limit, needed: usize, state: &AttemptState) -> String {
    let step = &state.invocation.step;
    let (namespace, component) = (&step.namespace, &step.component);
    let more = more(limit, step.limits.value(limit), needed as u64);
    match step.limits.set_by(limit) {
        LimitSource::Host => {
            format!("raise `{limit}`, which this host sets: tasker serve --limit {limit}={more}")
        }
        LimitSource::Namespace => format!(
            "raise `{limit}`, which namespace {namespace} sets: tasker limit set {namespace} {limit}={more}"
        ),
        LimitSource::Component => format!(
            "raise `{limit}`, which namespace {namespace} sets for {component}: tasker limit set {} {limit}={more}",
            named(namespace, component)
        ),
        LimitSource::Step if limit == Limit::Timeout => {
            format!("give the step a longer `timeout` in its template, such as `timeout: {more}`")
        }
        LimitSource::Step => format!(
            "raise `{limit}`, which the step sets in its template: `limits: {{{limit}: {more}}}`"
        ),
    }
}

/// Twice as much, or a round number that is enough, as far as that can be said.
fn more(limit: Limit, value: u64, needed: u64) -> String {
    let (least, most) = limit.range().into_inner();
    let enough = needed.checked_next_power_of_two().unwrap_or(most);
    let more = value.saturating_mul(2).max(enough);
    limit.show(more.clamp(least.max(1), most))
}

/// As a command takes it.
fn named(namespace: &str, component: &str) -> String {
    match component.contains('/') {
        true => format!("{component} --in {namespace}"),
        false => format!("{namespace}/{component}"),
    }
}
