use super::*;
use crate::state::StepState;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

const ID: &str = "0190aaaa-0000-7000-8000-000000000001";

fn at(ms: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::milliseconds(ms)
}

fn step(name: &str, depends_on: &[&str], state: &str) -> Value {
    json!({"name": name, "state": state, "attempts": 1, "counted_attempts": 1, "max_attempts": 3,
           "depends_on": depends_on, "finished_at": null, "component": "demo/basics", "version": "1.0.0",
           "digest": "0".repeat(64), "handler": "echo"})
}

fn row(seq: i64, ms: i64, step: &str, state: &str) -> Value {
    json!({"seq": seq, "at": at(ms), "step": step, "attempt": 1, "worker_id": 7, "host": "a", "to_state": state})
}

fn with(mut row: Value, members: Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

fn report_of(state: &str, end: Option<i64>, steps: &[Value], log: &[Value]) -> TaskReport {
    let task = json!({"id": ID, "namespace": "demo", "template": "two", "version": "1.0.0", "state": state,
                      "correlation_id": "c", "created_at": at(0), "finished_at": end.map(at), "error": null});
    let record = json!({"task": task, "steps": steps, "log": log, "as_of": at(1_000)});
    TaskRecord::parse(&record.to_string()).unwrap().report()
}

/// `first` waits 10 ms, fails after 20, runs again after 30 for 40; `second` runs at once for 50.
fn retried() -> TaskReport {
    let error =
        json!({"detail": {"kind": "failed", "code": "declined", "message": "no"}, "cpu_ms": 3.5});
    report_of(
        "complete",
        Some(150),
        &[
            step("first", &[], "complete"),
            step("second", &["first"], "complete"),
        ],
        &[
            row(1, 10, "first", "running"),
            with(row(2, 30, "first", "waiting_for_retry"), error),
            with(row(3, 60, "first", "running"), json!({"attempt": 2})),
            with(
                row(4, 100, "first", "complete"),
                json!({"attempt": 2, "cpu_ms": 1.5, "memory_kib": 64}),
            ),
            row(5, 100, "second", "running"),
            with(
                row(6, 120, "second", "event"),
                json!({"to_state": null, "event": "demo.sent"}),
            ),
            with(row(7, 150, "second", "complete"), json!({"memory_kib": 32})),
        ],
    )
}

#[test]
fn time_is_divided_into_what_a_step_waited_for_and_did() {
    let report = retried();
    let first = report.steps[0].times;
    let expected = Times {
        queued_ms: 10.0,
        running_ms: 60.0,
        backoff_ms: 30.0,
        ..Times::default()
    };
    assert_eq!(first, expected);
    let second = report.steps[1].times;
    assert_eq!((second.blocked_ms, second.running_ms), (100.0, 50.0));
    assert_eq!(report.path_times.total_ms(), report.duration_ms);
    assert_eq!(report.total_times.running_ms, 110.0);
}

#[test]
fn an_attempt_that_failed_is_listed_with_its_error_and_its_host() {
    let report = retried();
    assert_eq!(report.attempt_counts[&AttemptOutcome::Complete], 2);
    let [failed] = &report.attempts[..] else {
        panic!("one attempt failed: {:?}", report.attempts)
    };
    assert_eq!(
        (failed.step.as_str(), failed.attempt, failed.duration_ms),
        ("first", 1, Some(20.0))
    );
    assert_eq!(failed.code.as_deref(), Some("declined"));
    assert_eq!(failed.host.as_deref(), Some("a"));
}

#[test]
fn the_ledger_and_events_are_summed_up() {
    let report = retried();
    assert_eq!(report.resources.cpu_ms, 5.0);
    assert_eq!(report.resources.memory_kib, 64);
    assert_eq!(
        (report.events[0].event.as_str(), report.events[0].count),
        ("demo.sent", 1)
    );
}

#[test]
fn what_has_not_ended_is_counted_up_to_now() {
    let steps = [
        step("first", &[], "running"),
        step("second", &["first"], "waiting"),
    ];
    let report = report_of(
        "in_progress",
        None,
        &steps,
        &[row(1, 10, "first", "running")],
    );
    assert_eq!(report.steps[0].times.running_ms, 990.0);
    assert_eq!(report.steps[1].times, Times::default());
    assert_eq!(report.critical_path.len(), 1);
    assert_eq!(report.attempts[0].outcome, AttemptOutcome::Running);
}

#[test]
fn time_in_quarantine_is_no_wait_for_a_slot() {
    let reason = |reason: &str| json!({"detail": {"reason": reason}});
    let log = [
        row(1, 10, "first", "running"),
        with(row(2, 20, "first", "ready"), reason("quarantined")),
        with(
            row(3, 60, "first", "ready"),
            reason("released from quarantine"),
        ),
        with(row(4, 70, "first", "running"), json!({"attempt": 2})),
        row(5, 90, "first", "complete"),
    ];
    let report = report_of(
        "complete",
        Some(90),
        &[step("first", &[], "complete")],
        &log,
    );
    let times = report.steps[0].times;
    assert_eq!((times.queued_ms, times.suspended_ms), (20.0, 40.0));
    let actions: Vec<&str> = report
        .operations
        .iter()
        .map(|it| it.action.as_str())
        .collect();
    assert_eq!(actions, ["quarantined", "released from quarantine"]);
    assert_eq!(report.attempts[0].outcome, AttemptOutcome::GivenBack);
}

#[test]
fn a_clock_that_was_set_back_makes_no_negative_times() {
    let log = [
        row(1, 50, "first", "running"),
        row(2, 20, "first", "complete"),
    ];
    let report = report_of(
        "complete",
        Some(20),
        &[step("first", &[], "complete")],
        &log,
    );
    assert_eq!(report.steps[0].times.running_ms, 0.0);
}

#[test]
fn a_cut_log_ends_steps_where_the_step_says_so() {
    let steps = [with(
        step("first", &[], "complete"),
        json!({"finished_at": at(500)}),
    )];
    let report = report_of(
        "complete",
        Some(500),
        &steps,
        &[row(1, 10, "first", "running")],
    );
    assert_eq!(report.steps[0].finished_at, Some(at(500)));
    assert_eq!(report.steps[0].times.running_ms, 490.0);
}

#[test]
fn of_many_steps_the_critical_ones_and_the_longest_are_listed_and_the_rest_counted() {
    let name = |no: usize| format!("s{no:05}");
    let steps: Vec<Value> = (0..MAX_STEPS + 5)
        .map(|no| step(&name(no), &[], "complete"))
        .collect();
    let log: Vec<Value> = (0..MAX_STEPS + 5)
        .flat_map(|no| {
            let end = 10 + i64::try_from(no).unwrap();
            [
                row(1, 10, &name(no), "running"),
                row(2, end, &name(no), "complete"),
            ]
        })
        .collect();
    let report = report_of("complete", Some(1_014), &steps, &log);
    assert_eq!((report.steps.len(), report.left_out.steps), (MAX_STEPS, 5));
    assert_eq!(report.steps[0].name, name(5));
    assert_eq!(report.critical_path[0].step, name(MAX_STEPS + 4));
    assert_eq!(
        report.step_counts[&StepState::Complete],
        (MAX_STEPS + 5) as u64
    );
}

#[test]
fn a_long_chain_is_one_critical_path() {
    let parents: Vec<Vec<usize>> = (0..10_000)
        .map(|it: usize| it.checked_sub(1).into_iter().collect())
        .collect();
    let span = |it: i64| {
        Some(Span {
            released_at: at(it),
            ended_at: at(it + 1),
        })
    };
    let spans: Vec<_> = (0..10_000).map(span).collect();
    assert_eq!(
        critical_path(&parents, &spans),
        (0..10_000).collect::<Vec<_>>()
    );
    assert_eq!(levels(&parents)[9_999], 10_000);
}

/// A graph of a few steps, how long each waits and runs after its parents, and which were never released.
fn graphs() -> impl Strategy<Value = (Vec<Vec<usize>>, Vec<i64>)> {
    let sized = (1..9_usize).prop_flat_map(|size| {
        let edges = prop::collection::vec(prop::collection::vec(any::<bool>(), size), size);
        (edges, prop::collection::vec(0..5_i64, size))
    });
    sized.prop_map(|(edges, works)| {
        let below = |child: usize| (0..child).filter(|parent| edges[child][*parent]).collect();
        ((0..works.len()).map(below).collect(), works)
    })
}

fn spans_of(parents: &[Vec<usize>], works: &[i64]) -> Vec<Option<Span>> {
    let mut ends: Vec<i64> = Vec::new();
    let mut spans = Vec::new();
    for (step, own) in parents.iter().enumerate() {
        let released = own.iter().map(|parent| ends[*parent]).max().unwrap_or(0);
        ends.push(released + works[step]);
        spans.push(Some(Span {
            released_at: at(released),
            ended_at: at(ends[step]),
        }));
    }
    spans
}

/// The longest sum of work of all chains that end with the step.
fn longest(parents: &[Vec<usize>], works: &[i64], step: usize) -> i64 {
    let before = parents[step]
        .iter()
        .map(|parent| longest(parents, works, *parent));
    works[step] + before.max().unwrap_or(0)
}

proptest! {
    #[test]
    fn no_chain_of_steps_takes_longer_than_the_critical_path((parents, works) in graphs()) {
        let spans = spans_of(&parents, &works);
        let path = critical_path(&parents, &spans);
        let sum: i64 = path.iter().map(|step| works[*step]).sum();
        let most = (0..works.len()).map(|step| longest(&parents, &works, step)).max();
        prop_assert_eq!(Some(sum), most);
        prop_assert!(parents[path[0]].is_empty());
        for pair in path.windows(2) {
            prop_assert!(parents[pair[1]].contains(&pair[0]));
        }
    }

    #[test]
    fn a_step_is_one_level_above_its_highest_parent((parents, _) in graphs()) {
        let levels = levels(&parents);
        for (step, own) in parents.iter().enumerate() {
            let highest = own.iter().map(|parent| levels[*parent]).max().unwrap_or(0);
            prop_assert_eq!(levels[step], highest + 1);
        }
    }
}
