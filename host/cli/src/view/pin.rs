//! What new tasks take.

use crate::pin_name::canonical;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use tasker_domain::duration;
use tasker_domain::guard::{Guard, GuardAction};
use tasker_domain::requirement::Requirement;
use tasker_domain::sanitize::sanitize_line;

#[derive(Debug, Deserialize)]
pub struct Pin {
    pub namespace: String,
    pub kind: String,
    /// `name`, or `other/name` for another namespace's.
    pub target: String,
    /// As it was written; see [`canonical`].
    pub requirement: String,
    /// Which version that is now; none where nothing that new tasks may take satisfies it.
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub ramp: Option<Ramp>,
    pub created_at: DateTime<Utc>,
    #[serde(default)]
    pub created_by: String,
}

/// The way of a pin to another version.
#[derive(Debug, Deserialize)]
pub struct Ramp {
    /// Where to.
    pub requirement: String,
    /// Which version that is now.
    #[serde(default)]
    pub version: Option<String>,
    pub percent: f64,
    pub state: String,
    /// Why its share may not grow, where it is frozen.
    #[serde(default)]
    pub frozen_because: Option<String>,
    /// None where nothing watches it.
    #[serde(default)]
    pub guard: Option<Guard>,
}

impl Pin {
    /// What new tasks take that are not on the ramp: `^1.0.0 (now 1.2.0)`.
    pub fn now(&self) -> String {
        now(&self.requirement, self.version.as_deref())
    }
}

impl Ramp {
    /// What its tasks take: `~1.1 (now 1.1.3)`.
    pub fn now(&self) -> String {
        now(&self.requirement, self.version.as_deref())
    }

    /// What is to be told below it: who watches it, or why nobody does.
    pub fn lines(&self) -> Vec<String> {
        match (self.is_frozen(), &self.frozen_because) {
            (true, Some(because)) => vec![format!("frozen: {}", sanitize_line(because))],
            (true, None) => vec!["frozen".to_owned()],
            (false, _) => vec![self.guarded()],
        }
    }

    /// Who watches it, how closely, and what happens then.
    fn guarded(&self) -> String {
        let Some(guard) = &self.guard else {
            return "guarded: by nothing".to_owned();
        };
        let Guard {
            window,
            min_attempts,
            max_error_rate,
            max_trap_rate,
            max_p95_ratio,
            max_memory_ratio,
            max_cpu_ratio,
            action,
        } = guard;
        let then = match action {
            Some(GuardAction::Rollback) => "rolls back",
            Some(GuardAction::Freeze) => "freezes",
            None => "rolls back where attempts fail, freezes where they cost too much",
        };
        format!(
            "guarded: window={} min_attempts={min_attempts} max_error_rate={max_error_rate} \
             max_trap_rate={max_trap_rate} max_p95_ratio={max_p95_ratio} \
             max_memory_ratio={max_memory_ratio} max_cpu_ratio={max_cpu_ratio}; {then}",
            duration::show(*window)
        )
    }

    pub fn is_frozen(&self) -> bool {
        self.state == "frozen"
    }
}

/// One change of a pin.
#[derive(Debug, Deserialize)]
pub struct PinChange {
    pub id: i64,
    /// The change that this one took back.
    #[serde(default)]
    pub undid: Option<i64>,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    #[serde(default)]
    pub reason: String,
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
    #[serde(default)]
    pub ramp_from: Option<Ramp>,
    #[serde(default)]
    pub ramp_to: Option<Ramp>,
}

/// A pin in a few characters: `=1.4.2`, `=1.4.2 → =1.5.0 10 %`, or `-` for none.
pub fn pinned(requirement: Option<&String>, ramp: Option<&Ramp>) -> String {
    let requirement = requirement.map_or_else(|| "-".to_owned(), |it| canonical(it));
    match ramp {
        Some(ramp) => format!(
            "{requirement} → {} {} %",
            canonical(&ramp.requirement),
            ramp.percent
        ),
        None => requirement,
    }
}

fn now(requirement: &str, version: Option<&str>) -> String {
    let meant = canonical(requirement);
    let is_exact = requirement
        .parse()
        .is_ok_and(|it: Requirement| it.is_exact());
    match version {
        Some(_) if is_exact => meant,
        Some(version) => format!("{meant} (now {version})"),
        None => format!("{meant} (now none)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_is_told_as_it_is_meant_with_what_it_leads_to() {
        assert_eq!(now("1.0.0", Some("1.2.0")), "^1.0.0 (now 1.2.0)");
        assert_eq!(now("=1.0.0", Some("1.0.0")), "=1.0.0");
        assert_eq!(now("=1.0", Some("1.0.3")), "=1.0 (now 1.0.3)");
        assert_eq!(now(">=1.1,<2", Some("1.9.0")), ">=1.1, <2 (now 1.9.0)");
        assert_eq!(now("=1.0.0", None), "=1.0.0 (now none)");
        assert_eq!(pinned(Some(&"1".to_owned()), None), "^1");
        assert_eq!(pinned(None, None), "-");
    }
}
