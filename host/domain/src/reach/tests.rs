use super::*;
use crate::pin::Ramp;
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
        bar: None,
        id: (),
    };
    versions.iter().map(candidate).collect()
}

fn pinned(at: &str, ramp: Option<&str>) -> Pinned {
    let ramp = ramp.map(|to| Ramp {
        requirement: range(to),
        percent: "10".parse().unwrap(),
        guard: None,
        frozen: None,
    });
    Pinned {
        ramp,
        ..Pinned::at(range(at))
    }
}

/// How far 1.5.0 reaches beside these.
fn reach(before: &[&str], asked: Option<&str>, pin: Option<Pinned>) -> Reached {
    let (arrived, before) = (version("1.5.0"), existing(before));
    let asked = asked.map(range);
    Arrival::new(&arrived, &before).reach(asked.as_ref(), pin.as_ref())
}

#[test]
fn the_highest_that_is_asked_for_moves_new_tasks() {
    let reached = reach(&["1.4.0"], Some("^1.4"), None);
    assert_eq!(reached.reach, Reach::Moves);
    assert_eq!(reached.takes, Some(version("1.4.0")));
    assert_eq!(reached.would_take, Some(version("1.5.0")));
}

#[test]
fn a_place_that_nothing_satisfied_so_far_moves_from_nothing() {
    let reached = reach(&["1.4.0"], Some("^1.5"), None);
    assert_eq!((reached.reach, reached.takes), (Reach::Moves, None));
}

#[test]
fn a_higher_one_outranks_it_and_another_range_does_not_match() {
    assert_eq!(
        reach(&["1.6.0"], Some("^1.4"), None).reach,
        Reach::Outranked
    );
    assert_eq!(
        reach(&["1.4.0"], Some("~1.4"), None).reach,
        Reach::Unmatched
    );
    assert_eq!(reach(&["1.4.0"], None, None).reach, Reach::Moves);
}

#[test]
fn a_pin_keeps_new_tasks_away_and_a_ramp_gives_it_to_a_share() {
    let pin = |ramp| Some(pinned("=1.4.0", ramp));
    let kept = reach(&["1.4.0"], Some("^1.4"), pin(None));
    assert_eq!(kept.reach, Reach::Pinned);
    assert_eq!(kept.would_take, Some(version("1.4.0")));
    let ramped = reach(&["1.4.0"], Some("^1.4"), pin(Some("=1.5.0")));
    assert_eq!(ramped.reach, Reach::Ramped);
    assert_eq!(ramped.percent, Some("10".parse().unwrap()));
    assert!(ramped.reach.is_taken() && !kept.reach.is_taken());
}

#[test]
fn a_ramp_does_not_give_it_where_the_step_asks_for_another() {
    let pin = Some(pinned("=1.4.0", Some("=1.5.0")));
    assert_eq!(reach(&["1.4.0"], Some("~1.4"), pin).reach, Reach::Unmatched);
}

#[test]
fn a_version_that_is_there_stays_unless_it_is_barred() {
    let (there, mut before) = (version("1.5.0"), existing(&["1.4.0", "1.5.0"]));
    let asked = range("^1.4");
    let reached = Arrival::new(&there, &before).reach(Some(&asked), None);
    assert_eq!(reached.reach, Reach::Stays);
    before[1].bar = Some(Ineligible::NeedsApproval);
    let reached = Arrival::new(&there, &before).reach(Some(&asked), None);
    assert_eq!(reached.reach, Reach::Moves);
}

#[test]
fn a_pin_without_a_range_of_the_caller_takes_pre_releases_too() {
    let arrived = version("2.0.0-rc.1");
    let before = existing(&["1.4.0"]);
    let arrival = Arrival::new(&arrived, &before);
    let pin = pinned("=2.0.0-rc.1", None);
    assert_eq!(arrival.reach(None, Some(&pin)).reach, Reach::Moves);
    assert_eq!(arrival.reach(None, None).reach, Reach::Unmatched);
}

#[test]
fn those_on_a_ramp_to_another_version_do_not_move() {
    let before = ["1.4.0", "1.4.1"];
    let elsewhere = reach(&before, None, Some(pinned("^1.4", Some("=1.4.1"))));
    assert_eq!(elsewhere.reach, Reach::Moves);
    assert_eq!(elsewhere.percent, Some("90".parse().unwrap()));
    let both = reach(&before, None, Some(pinned("^1.4", Some("^1.4.1"))));
    assert_eq!((both.reach, both.percent), (Reach::Moves, None));
    let nowhere = reach(&before, None, Some(pinned("^1.4", Some("=1.9.0"))));
    assert_eq!((nowhere.reach, nowhere.percent), (Reach::Moves, None));
}
