//! What views leave out.

use crate::units;
use tasker_domain::hidden::Hidden;

/// `and 3 steps, 1 pin in namespaces that you may not read`; empty where nothing is left out.
pub fn hidden_text(hidden: Hidden) -> String {
    let counts = units::counts([
        (hidden.steps, "step"),
        (hidden.pins, "pin"),
        (hidden.subscriptions, "subscription"),
    ]);
    match counts.is_empty() {
        true => counts,
        false => format!("and {counts} in namespaces that you may not read"),
    }
}
