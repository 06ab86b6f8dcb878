//! What messages say that takes more than a pattern.

use semver::Version;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Existing, Ineligible, ResolveError};
use tasker_domain::share::UnsharedUse;

/// One error a line.
pub(crate) fn lines(errors: &[ResolveError]) -> String {
    errors
        .iter()
        .map(ResolveError::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

/// One use per line. The message does not reveal whether the component exists: its owner has not shared it.
pub(super) fn not_shared(namespace: &Name, uses: &[UnsharedUse]) -> String {
    let line = |it: &UnsharedUse| {
        let (component, owner) = (&it.component, &it.component.namespace);
        let at = it.step.as_ref().map(|step| format!(" at step `{step}`"));
        format!(
            "namespace {namespace} may not use {component}{}: {owner} does not share it; who has `use` on {owner} \
             can: tasker share add {component} --with {namespace}",
            at.unwrap_or_default()
        )
    };
    uses.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What none does, and how to have one that does.
pub(super) fn way_out(
    kind: PinKind,
    target: &QualifiedName,
    requirement: &Requirement,
    existing: &Existing,
) -> String {
    let Some((version, reason)) = existing.ineligible(requirement) else {
        return format!("satisfies {requirement}; publish one or pin another");
    };
    let mend = match reason {
        Ineligible::NeedsApproval => {
            format!("approve its capabilities: tasker {kind} approve {target}@{version}")
        }
        Ineligible::Yanked => format!("admit it again: tasker {kind} unyank {target}@{version}"),
        Ineligible::Quarantined => {
            format!("lift its quarantine: tasker {kind} release {target}@{version}")
        }
        Ineligible::Collected => format!("publish the bytes of {version} again, or pin another"),
        Ineligible::Unsigned => format!("pin another{}", existing.remedy()),
    };
    format!("that new tasks may take satisfies {requirement}; {mend}")
}

pub(super) fn set_first(
    namespace: &Name,
    kind: PinKind,
    target: &QualifiedName,
    now: Option<&Version>,
) -> String {
    let requirement = now.map_or_else(|| " REQUIREMENT".to_owned(), |now| format!("@{now}"));
    let elsewhere = match *namespace == target.namespace {
        true => String::new(),
        false => format!(" --in {namespace}"),
    };
    format!("tasker pin set {kind} {target}{requirement}{elsewhere}")
}
