//! What views leave out.

use crate::units;
use tasker_domain::hidden::Hidden;

/// `and 3 steps, 1 pin in namespaces that you may not read`; none where nothing is left out.
pub fn hidden_text(hidden: Hidden) -> Option<String> {
    let counts = [(hidden.steps, "step"), (hidden.pins, "pin")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts.map(|(n, noun)| units::count(n, noun)).collect();
    let text = || {
        format!(
            "and {} in namespaces that you may not read",
            counts.join(", ")
        )
    };
    (!counts.is_empty()).then(text)
}
