//! How commands and texts name pins.

use tasker_domain::pin::PinKind;
use tasker_domain::requirement::Requirement;

/// The arguments that name a pin, as a command takes them; `target` is `name` of its namespace, or
/// `other/name`.
pub fn arguments(kind: PinKind, namespace: &str, target: &str) -> String {
    let kind = kind.into_str();
    match target.contains('/') {
        true => format!("{kind} {target} --in {namespace}"),
        false => format!("{kind} {namespace}/{target}"),
    }
}

/// How a text names a pin.
pub fn named(kind: PinKind, namespace: &str, target: &str) -> String {
    let kind = kind.into_str();
    match target.contains('/') {
        true => format!("pin {kind} {target} in {namespace}"),
        false => format!("pin {kind} {namespace}/{target} in {namespace}"),
    }
}

/// A requirement as it is meant: `^1.0.0` where `1.0.0` was written.
pub fn canonical(requirement: &str) -> String {
    match requirement.parse::<Requirement>() {
        Ok(requirement) => requirement.canonical(),
        Err(_) => requirement.to_owned(),
    }
}
