//! What a host needs to deliver events to components.

use tasker_domain::limits::Limits;
use tasker_registry::Registry;
use tasker_sandbox::Sandbox;

/// Where subscribers come from and run.
#[derive(Clone)]
pub struct Components {
    pub registry: Registry,
    pub sandbox: Sandbox,
    /// The upper limits of an attempt, regardless of its namespace.
    pub limits: Limits,
    /// What subscribers log goes to the host's log too.
    pub log_handlers: bool,
}
