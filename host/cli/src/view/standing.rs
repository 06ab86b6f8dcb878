//! Whether new tasks may take a version.

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// What the API says of a version, of a component's or, as far as that goes, of a template's.
#[derive(Debug, Deserialize)]
pub struct Standing {
    /// `active`, or why new tasks may not take it.
    #[serde(default)]
    status: String,
    #[serde(default)]
    quarantined: bool,
    /// When its bytes were removed, if they were.
    #[serde(default)]
    collected_at: Option<DateTime<Utc>>,
}

impl Standing {
    /// Why new tasks may not take it, in words, if so.
    pub fn bar(&self) -> Option<String> {
        if self.collected_at.is_some() {
            return Some("collected".to_owned());
        }
        match (self.quarantined, self.status.as_str()) {
            (true, _) => Some("quarantined".to_owned()),
            (false, "" | "active") => None,
            (false, other) => Some(other.replace('_', " ")),
        }
    }
}
