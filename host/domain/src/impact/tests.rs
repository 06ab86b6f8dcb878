use super::*;
use crate::pin::Rollout;
use crate::resolve::Ineligible;

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

fn range(text: &str) -> Requirement {
    text.parse().unwrap()
}

fn existing(versions: &[&str]) -> Vec<Candidate<()>> {
    let candidate = |text: &&str| Candidate {
        version: version(text),
        ineligible: None,
        id: (),
    };
    versions.iter().map(candidate).collect()
}

fn pinned(at: &str, rollout: Option<&str>) -> Pinned {
    let rollout = rollout.map(|to| Rollout {
        requirement: range(to),
        percent: "10".parse().unwrap(),
        guard: None,
        paused: None,
    });
    Pinned {
        rollout,
        ..Pinned::at(range(at))
    }
}

/// What a version changes beside these.
fn proposed(
    new: &str,
    before: &[Candidate<()>],
    asked: Option<&str>,
    pin: Option<&Pinned>,
) -> ImpactReport {
    let new = version(new);
    let others = before.iter().filter(|other| other.version != new).cloned();
    let after: Vec<_> = others.chain(existing(&[&new.to_string()])).collect();
    impact(&new, (before, &after), asked.map(range).as_ref(), pin)
}

/// What 1.5.0 changes beside these.
fn report(before: &[&str], asked: Option<&str>, pin: Option<Pinned>) -> ImpactReport {
    proposed("1.5.0", &existing(before), asked, pin.as_ref())
}

#[test]
fn the_highest_that_is_asked_for_moves_new_tasks() {
    let found = report(&["1.4.0"], Some("^1.4"), None);
    assert_eq!(found.impact, Impact::Moves);
    assert_eq!(found.takes, Some(version("1.4.0")));
    assert_eq!(found.would_take, Some(version("1.5.0")));
}

#[test]
fn a_place_that_nothing_satisfied_so_far_moves_from_nothing() {
    let found = report(&["1.4.0"], Some("^1.5"), None);
    assert_eq!((found.impact, found.takes), (Impact::Moves, None));
}

#[test]
fn a_higher_one_outranks_it_and_another_range_does_not_match() {
    assert_eq!(
        report(&["1.6.0"], Some("^1.4"), None).impact,
        Impact::Outranked
    );
    assert_eq!(
        report(&["1.4.0"], Some("~1.4"), None).impact,
        Impact::Unmatched
    );
    assert_eq!(report(&["1.4.0"], None, None).impact, Impact::Moves);
}

#[test]
fn a_pin_keeps_new_tasks_away_and_a_rollout_gives_it_to_a_share() {
    let pin = |rollout| Some(pinned("=1.4.0", rollout));
    let kept = report(&["1.4.0"], Some("^1.4"), pin(None));
    assert_eq!(kept.impact, Impact::Pinned);
    assert_eq!(kept.would_take, Some(version("1.4.0")));
    let rolled_out = report(&["1.4.0"], Some("^1.4"), pin(Some("=1.5.0")));
    assert_eq!(rolled_out.impact, Impact::Rollout);
    assert_eq!(rolled_out.percent, Some("10".parse().unwrap()));
    assert!(rolled_out.impact.is_taken() && !kept.impact.is_taken());
}

#[test]
fn a_rollout_does_not_give_it_where_the_step_asks_for_another() {
    let pin = Some(pinned("=1.4.0", Some("=1.5.0")));
    assert_eq!(
        report(&["1.4.0"], Some("~1.4"), pin).impact,
        Impact::Unmatched
    );
}

#[test]
fn a_version_that_is_there_stays_unless_new_tasks_may_not_take_it() {
    let mut before = existing(&["1.4.0", "1.5.0"]);
    let found = proposed("1.5.0", &before, Some("^1.4"), None);
    assert_eq!(found.impact, Impact::Stays);
    before[1].ineligible = Some(Ineligible::NeedsApproval);
    let found = proposed("1.5.0", &before, Some("^1.4"), None);
    assert_eq!(found.impact, Impact::Moves);
}

#[test]
fn a_pin_without_a_range_of_the_caller_takes_pre_releases_too() {
    let before = existing(&["1.4.0"]);
    let pin = pinned("=2.0.0-rc.1", None);
    let impact = |pin| proposed("2.0.0-rc.1", &before, None, pin).impact;
    assert_eq!(impact(Some(&pin)), Impact::Moves);
    assert_eq!(impact(None), Impact::Unmatched);
}

#[test]
fn those_on_a_rollout_to_another_version_do_not_move() {
    let before = ["1.4.0", "1.4.1"];
    let elsewhere = report(&before, None, Some(pinned("^1.4", Some("=1.4.1"))));
    assert_eq!(elsewhere.impact, Impact::Moves);
    assert_eq!(elsewhere.percent, Some("90".parse().unwrap()));
    let both = report(&before, None, Some(pinned("^1.4", Some("^1.4.1"))));
    assert_eq!((both.impact, both.percent), (Impact::Moves, None));
    let nowhere = report(&before, None, Some(pinned("^1.4", Some("=1.9.0"))));
    assert_eq!((nowhere.impact, nowhere.percent), (Impact::Moves, None));
}
