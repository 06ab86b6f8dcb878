//! Which hints of a host its own worker keeps to itself.

use super::*;

/// A claim is made for the hint of this host; its answer.
fn hinted(state: &mut DispatchState, now: Instant, claimed: &[Lease], due_in: Option<Duration>) {
    state.hint_own(now);
    let calls = state.next_calls(now, 0);
    let [(id, Call::Claim { .. })] = calls.as_slice() else {
        panic!("{calls:?}")
    };
    let claimed = claimed.to_vec();
    state.take_answer(now, *id, Answer::Claimed { claimed, due_in });
}

#[test]
fn a_step_that_this_host_takes_wakes_no_other() {
    let (mut state, now) = running(&[], BOUNDS);
    assert!(state.takes_own_hints());
    hinted(&mut state, now, &[lease(1, 0)], None);
    assert!(!state.take_hint_for_others());
}

#[test]
fn what_a_claim_leaves_is_told_to_others_once() {
    for (claimed, due_in) in [
        (vec![lease(1, 0)], Some(Duration::ZERO)),
        (vec![lease(1, 0), lease(2, 0), lease(3, 0)], None),
    ] {
        let (mut state, now) = running(&[], BOUNDS);
        hinted(&mut state, now, &claimed, due_in);
        assert!(state.take_hint_for_others());
        assert!(!state.take_hint_for_others());
    }
}

#[test]
fn a_host_that_is_busy_has_others_share_what_it_takes() {
    let (mut state, now) = running(&[lease(1, 0)], BOUNDS);
    hinted(&mut state, now, &[lease(2, 0)], None);
    assert!(!state.takes_own_hints());
    assert!(state.take_hint_for_others());
}

#[test]
fn a_hint_that_comes_during_a_claim_waits_for_the_next_one() {
    let (mut state, now) = running(&[], BOUNDS);
    state.hint_own(now);
    let first = state.next_calls(now, 0);
    state.hint_own(now);
    assert_eq!(state.next_calls(now, 0), []);
    let answer = |due_in| Answer::Claimed {
        claimed: Vec::new(),
        due_in,
    };
    state.take_answer(now, first[0].0, answer(None));
    assert!(!state.take_hint_for_others());
    let second = state.next_calls(now, 0);
    state.take_answer(now, second[0].0, answer(Some(Duration::ZERO)));
    assert!(state.take_hint_for_others());
}

#[test]
fn others_have_the_hint_of_a_host_that_does_not_claim() {
    let (mut draining, now) = running(&[], BOUNDS);
    draining.set_draining(now, true);
    let bounds = CallBounds { slots: 1, ..BOUNDS };
    let (without_slot, _) = running(&[lease(1, 0)], bounds);
    for mut state in [draining, without_slot] {
        state.hint_own(now);
        assert_eq!(state.next_calls(now, 0), []);
        assert!(state.take_hint_for_others());
    }

    let (mut cut_off, _) = running(&[], BOUNDS);
    cut_off.hint_own(now);
    let calls = cut_off.next_calls(now, 0);
    cut_off.take_answer(now, calls[0].0, Answer::Failed(CallFailure::Undone));
    assert!(cut_off.take_hint_for_others());
    assert!(!cut_off.takes_own_hints());
}
