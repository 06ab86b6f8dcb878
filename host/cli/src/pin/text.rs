use tasker_domain::guard::{Guard, GuardAction};
use tasker_domain::requirement::Requirement;
use tasker_domain::sanitize::sanitize_line;
use tasker_wire::pin::{Pin, Rollout, RolloutState};

/// What new tasks take that are not on the rollout: `^1.0.0 (now 1.2.0)`.
pub fn pin_now(pin: &Pin) -> String {
    now(&pin.requirement, pin.version.as_ref())
}

/// What the tasks of a rollout take: `~1.1 (now 1.1.3)`.
pub fn rollout_now(rollout: &Rollout) -> String {
    now(&rollout.requirement, rollout.version.as_ref())
}

fn now(requirement: &Requirement, version: Option<&semver::Version>) -> String {
    let meant = requirement.canonical();
    match version {
        Some(_) if requirement.is_exact() => meant,
        Some(version) => format!("{meant} (now {version})"),
        None => format!("{meant} (now none)"),
    }
}

/// A pin in a few characters: `=1.4.2`, `=1.4.2 → =1.5.0 10 %`, or `-` for none.
pub fn pinned(requirement: Option<&Requirement>, rollout: Option<&Rollout>) -> String {
    let requirement = requirement.map_or_else(|| "-".to_owned(), Requirement::canonical);
    let rollout = rollout.map(|to| format!(" → {} {}", to.requirement.canonical(), to.percent));
    requirement + &rollout.unwrap_or_default()
}

pub fn is_paused(rollout: &Rollout) -> bool {
    rollout.state == RolloutState::Paused
}

/// What is said below a rollout: what watches it, or why nothing does.
pub fn rollout_lines(rollout: &Rollout) -> Vec<String> {
    vec![match (rollout.state, &rollout.paused_because) {
        (RolloutState::Paused, Some(because)) => format!("paused: {}", sanitize_line(because)),
        (RolloutState::Paused, None) => "paused".to_owned(),
        (RolloutState::Running, _) => guarded(rollout.guard.as_ref()),
    }]
}

/// What watches a rollout, how closely, and what happens then.
fn guarded(guard: Option<&Guard>) -> String {
    let Some(guard) = guard else {
        return "guarded: by nothing".to_owned();
    };
    let then = match guard.action {
        Some(GuardAction::Rollback) => "rolls back",
        Some(GuardAction::Pause) => "pauses",
        None => "rolls back where attempts fail, pauses where they cost too much",
    };
    format!("guarded: {guard}; {then}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_is_told_as_it_is_meant_with_what_it_leads_to() {
        let requirement = |text: &str| text.parse::<Requirement>().unwrap();
        let now = |text: &str, version: Option<&str>| {
            let version = version.map(|text| text.parse().unwrap());
            now(&requirement(text), version.as_ref())
        };
        assert_eq!(now("1.0.0", Some("1.2.0")), "^1.0.0 (now 1.2.0)");
        assert_eq!(now("=1.0.0", Some("1.0.0")), "=1.0.0");
        assert_eq!(now("=1.0", Some("1.0.3")), "=1.0 (now 1.0.3)");
        assert_eq!(now(">=1.1,<2", Some("1.9.0")), ">=1.1, <2 (now 1.9.0)");
        assert_eq!(now("=1.0.0", None), "=1.0.0 (now none)");
        assert_eq!(pinned(Some(&requirement("1")), None), "^1");
        assert_eq!(pinned(None, None), "-");
    }
}
