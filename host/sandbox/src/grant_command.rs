//! The command that grants what was refused.

/// What an operator types to allow what was refused.
pub(crate) fn grant_command(namespace: &str, component: &str, capability: &str) -> String {
    match component.contains('/') {
        true => format!("tasker grant add {component} '{capability}' --in {namespace}"),
        false => format!("tasker grant add {namespace}/{component} '{capability}'"),
    }
}
