//! What a view leaves out, because its reader may not read the namespaces that it is of.

use serde::{Deserialize, Serialize};

/// How much is left out. A decision may depend on it, so that it is counted and not named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Hidden {
    pub steps: usize,
    pub pins: usize,
    #[serde(default)]
    pub subscriptions: usize,
}

impl Hidden {
    /// True if nothing is left out.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Keeps what may be read; how many went.
pub fn keep<T>(items: &mut Vec<T>, may_read: impl Fn(&T) -> bool) -> usize {
    let before = items.len();
    items.retain(may_read);
    before - items.len()
}
