use super::*;

fn requirement(text: &str) -> Requirement {
    text.parse().unwrap()
}

fn pinned(text: &str) -> Pinned {
    Pinned::at(requirement(text))
}

fn step(to: &str, percent: &str) -> RolloutStep {
    RolloutStep {
        to: requirement(to),
        percent: percent.parse().unwrap(),
        guard: None,
        is_forced: false,
    }
}

fn at_ten() -> Pinned {
    pinned("=1.4.2").rolled_out(step("=1.5.0", "10")).unwrap()
}

#[test]
fn a_rollout_begins_with_the_usual_guard_and_keeps_the_one_it_has() {
    let rollout = at_ten().rollout.unwrap();
    assert_eq!(rollout.guard, Some(Guard::default()));
    let unguarded = RolloutStep {
        guard: Some(None),
        ..step("=1.5.0", "20")
    };
    let pin = at_ten().rolled_out(unguarded).unwrap();
    let further = pin.rolled_out(step("=1.5.0", "30")).unwrap();
    assert_eq!(further.rollout.unwrap().guard, None);
}

#[test]
fn a_rollout_is_shown_with_both_ends_and_its_share() {
    assert_eq!(at_ten().to_string(), "=1.4.2 → =1.5.0 10 %");
    assert_eq!(pinned("^1").to_string(), "^1");
}

#[test]
fn at_100_percent_the_end_of_the_rollout_is_the_pin() {
    let done = at_ten().rolled_out(step("=1.5.0", "100")).unwrap();
    assert_eq!(done, pinned("=1.5.0"));
}

#[test]
fn a_paused_rollout_can_be_reduced_but_not_raised_unless_forced_or_resumed() {
    let paused = at_ten().paused("too slow").unwrap();
    let error = paused.clone().rolled_out(step("=1.5.0", "20")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the rollout to =1.5.0 is paused at 10 % (too slow); resume it, force it, or roll it back: tasker rollout resume, start --force or rollback"
    );
    let error = paused
        .clone()
        .rolled_out(step("=1.5.0", "100"))
        .unwrap_err();
    assert!(matches!(error, PinChangeError::Paused { .. }));
    let lower = paused.clone().rolled_out(step("=1.5.0", "5")).unwrap();
    assert_eq!(lower.rollout.unwrap().paused.as_deref(), Some("too slow"));
    let forced = RolloutStep {
        is_forced: true,
        ..step("=1.5.0", "20")
    };
    let forced = paused.clone().rolled_out(forced).unwrap().rollout.unwrap();
    assert_eq!(
        (forced.paused, forced.guard),
        (None, Some(Guard::default()))
    );
    let resumed = paused.resumed().unwrap();
    assert!(resumed.rolled_out(step("=1.5.0", "20")).is_ok());
}

#[test]
fn a_second_pause_is_refused_and_shows_the_reason_of_the_first() {
    let paused = at_ten().paused("too slow").unwrap();
    assert_eq!(
        paused.paused("a look").unwrap_err().to_string(),
        "the rollout to =1.5.0 is paused already (too slow)"
    );
}

#[test]
fn a_paused_rollout_gives_way_to_one_that_goes_elsewhere() {
    let paused = at_ten().paused("too slow").unwrap();
    let other = paused
        .rolled_out(step("=1.5.1", "20"))
        .unwrap()
        .rollout
        .unwrap();
    assert_eq!((other.requirement.as_str(), other.paused), ("=1.5.1", None));
}

#[test]
fn what_needs_a_rollout_is_refused_without_one() {
    assert_eq!(
        pinned("1").paused("").unwrap_err(),
        PinChangeError::NoRollout
    );
    assert_eq!(
        pinned("1").resumed().unwrap_err(),
        PinChangeError::NoRollout
    );
    let running = at_ten().resumed().unwrap_err();
    assert_eq!(running.to_string(), "the rollout to =1.5.0 is not paused");
    let same = pinned("=1.5.0")
        .rolled_out(step("=1.5.0", "10"))
        .unwrap_err();
    assert!(matches!(same, PinChangeError::SameRequirement(_)));
}

#[test]
fn a_full_version_is_where_a_rollout_ends_exactly() {
    assert_eq!(destination(" 1.5.0").unwrap().as_str(), "=1.5.0");
    assert_eq!(destination("2.0.0-rc.1").unwrap().as_str(), "=2.0.0-rc.1");
    assert_eq!(destination("^1.5").unwrap().as_str(), "^1.5");
    assert!(destination("one").is_err());
}

fn change(id: i64, from: Option<&str>, to: &str, undid: Option<i64>) -> PastChange {
    PastChange {
        id,
        from: from.map(str::to_owned),
        to: Some(to.to_owned()),
        undid,
    }
}

fn before(newest_first: &[PastChange]) -> Vec<(i64, &str)> {
    standing(newest_first).collect()
}

#[test]
fn one_change_after_the_other_is_taken_back() {
    let mut past = vec![
        change(5, Some("b"), "c", None),
        // A rollout was moved: the requirement stayed.
        change(4, Some("b"), "b", None),
        change(2, Some("a"), "b", None),
        change(1, None, "a", None),
    ];
    assert_eq!(before(&past), [(5, "b"), (2, "a")]);
    past.insert(0, change(6, Some("c"), "b", Some(5)));
    assert_eq!(before(&past), [(2, "a")]);
    past.insert(0, change(7, Some("b"), "a", Some(2)));
    assert_eq!(before(&past), []);
}

#[test]
fn a_change_after_a_rollback_is_taken_back_first() {
    let past = [
        change(4, Some("a"), "d", None),
        change(3, Some("b"), "a", Some(2)),
        change(2, Some("a"), "b", None),
        change(1, None, "a", None),
    ];
    assert_eq!(before(&past), [(4, "a")]);
}

#[test]
fn several_changes_can_be_taken_back_at_once() {
    let past = [
        change(4, Some("c"), "a", Some(2)),
        change(3, Some("b"), "c", None),
        change(2, Some("a"), "b", None),
        change(1, Some("z"), "a", None),
    ];
    assert_eq!(before(&past), [(1, "z")]);
}

#[test]
fn nothing_before_the_pin_was_removed_comes_back() {
    let past = [
        change(3, None, "b", None),
        PastChange {
            to: None,
            ..change(2, Some("a"), "", None)
        },
        change(1, None, "a", None),
    ];
    assert_eq!(before(&past), []);
}
