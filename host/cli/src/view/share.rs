//! What views leave out.

use crate::units;
use serde::Deserialize;

/// How much a view leaves out, since its reader may not read the namespaces that it is of.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Hidden {
    pub steps: usize,
    pub pins: usize,
}

impl Hidden {
    /// `and 3 steps, 1 pin in namespaces that you may not read`; none where nothing is left out.
    pub fn text(self) -> Option<String> {
        let counts = [(self.steps, "step"), (self.pins, "pin")];
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
}
