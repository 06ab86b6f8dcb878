//! Whether new tasks may take a version.

use crate::units;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use tasker_domain::resolve::Ineligible;

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
    /// Who took it out of use, where that is told.
    #[serde(default)]
    barred: Option<Barred>,
}

/// By whom a version is yanked or quarantined, and why.
#[derive(Debug, Deserialize)]
struct Barred {
    at: DateTime<Utc>,
    actor: String,
    reason: String,
}

impl Standing {
    /// True where no host starts its code.
    pub fn is_quarantined(&self) -> bool {
        self.quarantined
    }

    /// True where its owner took it back.
    pub fn is_yanked(&self) -> bool {
        self.status == "yanked"
    }

    /// The same with who took it out of use, when and why, as far as that is told.
    pub fn bar_with_story(&self) -> Option<String> {
        let bar = self.bar()?;
        let Some(Barred { at, actor, reason }) = &self.barred else {
            return Some(bar);
        };
        let what = match (self.quarantined, bar.as_str()) {
            (_, "collected") => match self.quarantined {
                true => "collected; quarantined".to_owned(),
                false => "collected; yanked".to_owned(),
            },
            (true | false, _) => bar,
        };
        let since = units::ago(*at, Utc::now());
        let because = if reason.is_empty() { "" } else { ": " };
        Some(format!("{what} {since} by {actor}{because}{reason}"))
    }

    pub fn is_collected(&self) -> bool {
        self.collected_at.is_some()
    }

    /// Why new tasks may not take it, if so; of a collected one, once it has its bytes back.
    pub fn bar_with_bytes(&self) -> Option<Ineligible> {
        match self.quarantined {
            true => Some(Ineligible::Quarantined),
            false => Ineligible::named(&self.status),
        }
    }

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
