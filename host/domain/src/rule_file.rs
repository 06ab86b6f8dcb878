//! Files whose names state which rules of a namespace they contain, in a folder that is its
//! state.

/// What new tasks of the namespace take.
pub const PINS: &str = "pins.yaml";
/// What components may reach in tasks of the namespace.
pub const GRANTS: &str = "grants.yaml";
/// What attempts may use in tasks of the namespace.
pub const LIMITS: &str = "limits.yaml";
/// Which attempts in tasks of the namespace are recorded.
pub const RECORDINGS: &str = "recordings.yaml";
/// Where its events go.
pub const SUBSCRIPTIONS: &str = "subscriptions.yaml";

/// True for the name (without folders) of a file with rules.
pub fn is_rule_file(name: &str) -> bool {
    [PINS, GRANTS, LIMITS, RECORDINGS, SUBSCRIPTIONS].contains(&name)
}
