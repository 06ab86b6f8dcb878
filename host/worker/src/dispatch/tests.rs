//! The state machine against a database that loses, refuses and doubles answers, on a virtual clock.

mod own_hints;
mod world;

use super::call::{Answer, Call, CallBounds, CallFailure, CallId, ReportEffect};
use super::state::DispatchState;
use proptest::prelude::*;
use std::time::{Duration, Instant};
use tasker_domain::ids::TaskId;
use tasker_domain::invocation::Lease;
use uuid::Uuid;
use world::{Faults, World};

const MS: Duration = Duration::from_millis(1);
const BOUNDS: CallBounds = CallBounds {
    slots: 4,
    in_flight: 2,
    batch: 3,
    report_bytes: 100,
    claim_bytes: 100,
    held_bytes: 200,
    poll_interval: Duration::from_millis(500),
    busy: 2,
};

fn lease(task: u128, step_no: i16) -> Lease {
    Lease {
        task_id: TaskId(Uuid::from_u128(task)),
        step_no,
        attempt: 1,
    }
}

/// A state machine whose first claim brought these.
fn running(leases: &[Lease], bounds: CallBounds) -> (DispatchState, Instant) {
    let now = Instant::now();
    let mut state = DispatchState::new(bounds, now, 1);
    let calls = state.next_calls(now, 0);
    let [(id, Call::Claim { .. })] = calls.as_slice() else {
        panic!("{calls:?}")
    };
    let claimed = leases.to_vec();
    let answer = Answer::Claimed {
        claimed,
        due_in: None,
    };
    assert_eq!(state.take_answer(now, *id, answer), ReportEffect::None);
    (state, now)
}

fn reports(calls: &[(CallId, Call)]) -> Vec<(CallId, Vec<Lease>, usize)> {
    let report = |(id, call): &(CallId, Call)| match call {
        Call::Report { leases, claim } => Some((*id, leases.clone(), *claim)),
        _ => None,
    };
    calls.iter().filter_map(report).collect()
}

/// The next report from then on, and when it is made; claims find nothing meanwhile.
fn next_report(state: &mut DispatchState, mut at: Instant) -> (Instant, CallId, Vec<Lease>) {
    loop {
        let calls = state.next_calls(at, 0);
        for (id, _) in calls
            .iter()
            .filter(|(_, call)| matches!(call, Call::Claim { .. }))
        {
            let nothing = Answer::Claimed {
                claimed: Vec::new(),
                due_in: None,
            };
            state.take_answer(at, *id, nothing);
        }
        if let [(id, leases, _)] = &reports(&calls)[..] {
            return (at, *id, leases.clone());
        }
        at = state.wake_at();
    }
}

#[test]
fn a_refused_batch_is_distinguished_and_only_the_refused_outcome_is_blamed_and_kept() {
    let (good, bad) = (lease(1, 0), lease(2, 0));
    let (mut state, now) = running(&[good, bad], BOUNDS);
    assert!(state.end(good, 1) && state.end(bad, 1));
    let both = reports(&state.next_calls(now, 0));
    assert_eq!(both[0].1, [good, bad]);
    let refused = Answer::Failed(CallFailure::Refused);
    assert_eq!(
        state.take_answer(now, both[0].0, refused.clone()),
        ReportEffect::None
    );
    let first = reports(&state.next_calls(now, 0));
    assert_eq!((&first[0].1[..], first[0].2), (&[good][..], 0));
    let well = Answer::Reported {
        claimed: Vec::new(),
        is_more: false,
        due_in: None,
    };
    assert_eq!(
        state.take_answer(now, first[0].0, well),
        ReportEffect::Acknowledged(vec![good])
    );
    let second = reports(&state.next_calls(now, 0));
    assert_eq!((&second[0].1[..], second[0].2), (&[bad][..], 0));
    let blamed = state.take_answer(now, second[0].0, refused.clone());
    assert_eq!(blamed, ReportEffect::Blamed(bad));
    let (mut before, mut pause) = (now, Duration::ZERO);
    for _ in 0..20 {
        let (at, id, leases) = next_report(&mut state, before);
        assert_eq!(leases, [bad]);
        (pause, before) = (at - before, at);
        let effect = state.take_answer(at, id, refused.clone());
        assert_eq!(effect, ReportEffect::Withheld(bad));
    }
    assert_eq!(pause, Duration::from_secs(5 * 60));
}

#[test]
fn what_is_withheld_takes_no_place_from_other_attempts() {
    let bad = lease(1, 0);
    let bounds = CallBounds { slots: 1, ..BOUNDS };
    let (mut state, now) = running(&[bad], bounds);
    state.end(bad, 1);
    let mut at = now;
    for _ in 0..3 {
        let (next, id, _) = next_report(&mut state, at);
        at = next;
        state.take_answer(at, id, Answer::Failed(CallFailure::Refused));
    }
    state.hint(at);
    let calls = state.next_calls(at, 0);
    assert!(
        matches!(calls[..], [(_, Call::Claim { limit: 1, .. })]),
        "{calls:?}"
    );
}

#[test]
fn an_outage_blames_nobody_and_a_single_outcome_refused_with_a_claim_is_asked_again_without() {
    let only = lease(1, 0);
    let (mut state, now) = running(&[only], BOUNDS);
    state.end(only, 1);
    let first = reports(&state.next_calls(now, 0));
    assert!(first[0].2 > 0);
    let undone = Answer::Failed(CallFailure::Undone);
    assert_eq!(
        state.take_answer(now, first[0].0, undone),
        ReportEffect::None
    );
    assert_eq!(reports(&state.next_calls(now, 0)), []);
    let later = now + Duration::from_secs(1);
    let second = reports(&state.next_calls(later, 0));
    let refused = Answer::Failed(CallFailure::Refused);
    assert_eq!(
        state.take_answer(later, second[0].0, refused),
        ReportEffect::None
    );
    let third = reports(&state.next_calls(later, 0));
    assert_eq!((&third[0].1[..], third[0].2), (&[only][..], 0));
}

#[test]
fn an_outcome_whose_report_fails_again_and_again_keeps_no_other_from_being_recorded() {
    let (good, bad) = (lease(1, 0), lease(2, 0));
    let (mut state, mut now) = running(&[good, bad], BOUNDS);
    assert!(state.end(bad, 1) && state.end(good, 1));
    let mut is_recorded = false;
    for _ in 0..20 {
        for (id, leases, _) in reports(&state.next_calls(now, 0)) {
            let answer = match leases.contains(&bad) {
                true => Answer::Failed(CallFailure::Undone),
                false => Answer::Reported {
                    claimed: Vec::new(),
                    is_more: false,
                    due_in: None,
                },
            };
            let effect = state.take_answer(now, id, answer);
            is_recorded |= effect == ReportEffect::Acknowledged(vec![good]);
        }
        now = state.wake_at();
    }
    assert!(is_recorded && !state.is_drained());
}

#[test]
fn a_report_by_itself_that_takes_long_holds_up_no_other() {
    let (slow, next, good) = (lease(1, 0), lease(2, 0), lease(3, 0));
    let bounds = CallBounds { batch: 4, ..BOUNDS };
    let (mut state, now) = running(&[slow, next, good], bounds);
    assert!(state.end(slow, 1) && state.end(next, 1));
    let both = reports(&state.next_calls(now, 0));
    state.take_answer(now, both[0].0, Answer::Failed(CallFailure::Refused));
    // One of them at a time, so that a call is left for others.
    let alone = reports(&state.next_calls(now, 0));
    assert_eq!((alone.len(), &alone[0].1[..]), (1, &[slow][..]));
    state.end(good, 1);
    let others = reports(&state.next_calls(now, 0));
    assert_eq!((others.len(), &others[0].1[..]), (1, &[good][..]));
}

#[test]
fn a_claim_that_left_what_is_due_is_made_again_soon_and_one_that_found_nothing_is_not() {
    let (mut state, now) = running(&[], BOUNDS);
    assert_eq!(state.wake_at(), now + BOUNDS.poll_interval);
    state.hint(now);
    let calls = state.next_calls(now, 0);
    let answer = Answer::Claimed {
        claimed: Vec::new(),
        due_in: Some(Duration::ZERO),
    };
    state.take_answer(now, calls[0].0, answer);
    assert_eq!(state.next_calls(now, 0), []);
    assert!(state.wake_at() <= now + 10 * MS);
    assert_eq!(state.next_calls(now + 10 * MS, 0).len(), 1);
}

#[test]
fn it_looks_when_the_next_step_is_due_whatever_is_reported_meanwhile() {
    let (one, other) = (lease(1, 0), lease(2, 0));
    let (mut state, now) = running(&[one, other], BOUNDS);
    for (lease, due_in) in [(one, Some(200 * MS)), (other, None)] {
        state.end(lease, 1);
        let calls = reports(&state.next_calls(now, 0));
        let answer = Answer::Reported {
            claimed: Vec::new(),
            is_more: false,
            due_in,
        };
        state.take_answer(now, calls[0].0, answer);
    }
    assert_eq!(state.wake_at(), now + 200 * MS);
    let calls = state.next_calls(now + 200 * MS, 0);
    assert!(matches!(calls[..], [(_, Call::Claim { .. })]), "{calls:?}");
}

#[test]
fn a_worker_that_holds_as_many_bytes_as_it_may_claims_nothing_until_it_holds_less() {
    let only = lease(1, 0);
    let (mut state, now) = running(&[only], BOUNDS);
    state.hint(now);
    assert_eq!(state.next_calls(now, BOUNDS.held_bytes), []);
    assert!(state.wake_at() > now);
    let calls = state.next_calls(now, BOUNDS.held_bytes - 1);
    let [(_, Call::Claim { bytes, .. })] = calls[..] else {
        panic!("{calls:?}")
    };
    assert_eq!(bytes, 1);
}

#[test]
fn a_report_carries_so_many_bytes_and_one_outcome_in_any_case() {
    let all = [lease(1, 0), lease(2, 0), lease(3, 0)];
    let bounds = CallBounds {
        batch: 4,
        in_flight: 1,
        ..BOUNDS
    };
    let (mut state, now) = running(&all, bounds);
    for (lease, bytes) in all.iter().zip([1_000, 50, 50]) {
        state.end(*lease, bytes);
    }
    let first = reports(&state.next_calls(now, 0));
    assert_eq!(first[0].1, all[..1]);
    let answer = Answer::Reported {
        claimed: Vec::new(),
        is_more: false,
        due_in: None,
    };
    state.take_answer(now, first[0].0, answer);
    let second = reports(&state.next_calls(now, 0));
    assert_eq!(second[0].1, all[1..]);
}

proptest! {
    #[test]
    fn whatever_is_lost_refused_or_doubled_every_step_ends_and_no_bound_is_broken(
        seed in any::<u64>(),
        slots in 1_usize..12,
        in_flight in 1_usize..4,
        batch in 1_usize..6,
        tasks in 1_usize..20,
        chain in 1_i16..5,
        faults in any::<Faults>(),
    ) {
        let bounds = CallBounds { slots, in_flight, batch, ..BOUNDS };
        World::new(seed, bounds, tasks, chain, faults).run();
    }
}

#[test]
fn a_worker_that_drains_claims_nothing_until_it_is_resumed() {
    let only = lease(1, 0);
    let (mut state, now) = running(&[only], BOUNDS);
    state.set_draining(now, true);
    assert!(state.next_calls(now + 60_000 * MS, 0).is_empty());
    assert!(!state.has_nothing_left());
    assert!(state.end(only, 1));
    let made = reports(&state.next_calls(now, 0));
    let [(id, ended, 0)] = made.as_slice() else {
        panic!("{made:?}")
    };
    assert_eq!(ended, &[only]);
    let answer = Answer::Reported {
        claimed: Vec::new(),
        is_more: true,
        due_in: None,
    };
    state.take_answer(now, *id, answer);
    assert!(state.has_nothing_left());
    assert!(state.next_calls(now + 60_000 * MS, 0).is_empty());
    state.set_draining(now, false);
    assert!(!state.has_nothing_left());
    let calls = state.next_calls(now, 0);
    assert!(
        matches!(calls.as_slice(), [(_, Call::Claim { .. })]),
        "{calls:?}"
    );
}

#[test]
fn a_drain_has_not_ended_while_a_claim_may_have_been_lost() {
    let (mut state, now) = running(&[], BOUNDS);
    state.hint(now);
    let calls = state.next_calls(now + 60_000 * MS, 0);
    let [(id, Call::Claim { .. })] = calls.as_slice() else {
        panic!("{calls:?}")
    };
    state.set_draining(now, true);
    assert!(!state.has_nothing_left());
    state.take_answer(now, *id, Answer::Failed(CallFailure::Unanswered));
    assert!(!state.has_nothing_left());
    let calls = state.next_calls(now + 60_000 * MS, 0);
    let [(id, Call::Recover { .. })] = calls.as_slice() else {
        panic!("{calls:?}")
    };
    state.take_answer(now, *id, Answer::Recovered);
    assert!(state.has_nothing_left());
}
