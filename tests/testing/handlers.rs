//! What a handler is given, and what it leaves.

use super::{conformance, passes, wrong};
use crate::harness::build_guests;
use std::path::Path;

#[tokio::test]
async fn a_handler_is_given_what_the_case_says() {
    let cases = r#"
handler: about
cases:
  - name: the context of an attempt
    input: {order: 7}
    config: {currency: EUR}
    checkpoint: [1]
    attempt: 2
    max_attempts: 5
    expect:
      result:
        task_id: 01900000-0000-7000-8000-000000000001
        namespace: demo
        step: about
        attempt: 2
        max_attempts: 5
        key: 01900000-0000-7000-8000-000000000001:about
        correlation_id: test
        traceparent: null
        has_time: true
        input: {order: 7}
        config: {currency: EUR}
        checkpoint: [1]
  - name: results of other steps
    handler: depends
    input: {step: reserve}
    results: {reserve: {shelf: 4.0}}
    expect: {result: {shelf: 4}}
  - name: a result that nothing says
    handler: depends
    input: {step: reserve}
    expect: {failure: {code: missing_dependency, message: "`reserve`", retry: never}}
  - name: a checkpoint
    handler: portions
    checkpoint: 1
    expect: {checkpoint: 2}
  - name: a failure with its details and delay
    handler: fails
    input: {how: details}
    expect: {failure: {code: card_declined, details: {balance: 3}}}
  - name: a failure with a delay
    handler: fails
    input: {how: after}
    expect: {failure: {retry: 1s500ms}}
  - name: lines of the log
    handler: logs
    expect: {log: ["informed order_id=7", "warn: warned"]}
  - name: a limit
    handler: big
    input: {bytes: 2000}
    limits: {result: 1KiB}
    expect: {failure: result_too_large}
"#;
    passes(conformance(), cases).await;
}

#[tokio::test]
async fn secrets_entries_and_events_are_what_the_case_says_within_the_grants() {
    let cases = r#"
cases:
  - name: a secret is redacted from the result
    handler: secret
    input: {name: stripe, clear: true}
    secrets: {stripe: sk_test_1}
    grants: [secret stripe clear]
    expect: {result: "[secret stripe]"}
  - name: a secret that is not granted
    handler: secret
    input: {name: stripe, clear: true}
    secrets: {stripe: sk_test_1}
    expect: {failure: secret_not_granted}
  - name: a secret that is not set
    handler: secret
    input: {name: stripe, clear: true}
    grants: [secret stripe clear]
    expect: {failure: secret_unknown}
  - name: entries are read, written and removed
    handler: keeps
    kv: {counters: {a: 41, b: 1, other: {n: 1}}}
    input:
      - {op: get, key: a}
      - {op: replace, key: a, value: 42}
      - {op: remove, key: b}
      - {op: keys, key: ""}
    expect:
      result: [41, null, null, [a, other]]
      kv: {counters: {a: 42, b: null, other: {n: 1}}}
  - name: a declared event
    handler: sends
    input: {name: orders.charged, payload: null}
    expect:
      events: [{name: orders.charged, payload: {amount: 3}}]
  - name: an event that is not granted is not sent
    handler: sends
    grants: []
    input: {name: orders.charged, payload: null}
    expect: {failure: event_not_granted, events: []}
"#;
    passes(conformance(), cases).await;
}

#[tokio::test]
async fn a_subscriber_is_called_with_an_event() {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
    let totals = build_guests(&plugins).join("tasker_handlers_totals.wasm");
    let cases = r#"
subscriber: totals
cases:
  - name: the first of a day
    event: {type: tasker.task.completed}
    expect: {kv: {totals: {2026-01-01/tasker.task.completed: 1}}}
  - name: another of a day
    event: {type: tasker.task.completed, time: "2026-01-31T12:00:00Z", data: {a: 1}}
    kv: {totals: {2026-01-31/tasker.task.completed: 1}}
    expect: {kv: {totals: {2026-01-31/tasker.task.completed: 2}}}
"#;
    passes(&std::fs::read(totals).unwrap(), cases).await;
}

#[tokio::test]
async fn what_is_not_as_expected_is_shown_beside_what_is() {
    let cases = r#"
cases:
  - name: another result
    handler: echo
    input: {a: 1, b: [2]}
    expect: {result: {a: 1, b: [3]}}
  - name: a failure in place of a result
    handler: fails
    input: {how: permanent}
  - name: another failure
    handler: fails
    input: {how: permanent}
    expect: {failure: {code: card_expired, retry: never}}
  - name: a result in place of a failure
    handler: echo
    expect: {failure: nothing}
  - name: other events and entries, and a line of the log
    handler: keeps
    kv: {counters: {a: 1}}
    input: [{op: set, key: a, value: 2}]
    expect:
      kv: {counters: {a: 3}}
      events: [orders.charged]
      log: [no such line]
"#;
    let wrong = wrong(conformance(), cases).await;
    let expected: [&[&str]; 5] = [
        &[
            "the result differs",
            "  \"b\": [\n    3\n  ]",
            "  \"b\": [\n    2\n  ]",
        ],
        &[
            "the attempt did not complete",
            "card_declined",
            "the bank said no",
        ],
        &["the failure differs", "card_expired", "card_declined"],
        &[
            "the attempt ended otherwise",
            "\"failure\"",
            "\"result\": {}",
        ],
        &[
            "the kv entries differ",
            "\"a\": 3",
            "\"a\": 2",
            "the events differ",
            "the log has no line with `no such line`",
        ],
    ];
    for (wrong, expected) in wrong.iter().zip(expected) {
        for part in expected {
            assert!(wrong.contains(part), "{part}\n{wrong}");
        }
    }
}

#[tokio::test]
async fn cases_that_run_side_by_side_are_reported_in_their_order() {
    let cases: Vec<String> = (0..100)
        .map(|number| {
            format!(
                "  - {{name: number {number}, input: [{number}], expect: {{result: [{number}]}}}}\n"
            )
        })
        .collect();
    let report = super::report(
        conformance(),
        &format!("handler: echo\ncases:\n{}", cases.concat()),
    )
    .await;
    assert_eq!((report.passed(), report.failed()), (100, 0));
    for (number, case) in report.cases.iter().enumerate() {
        assert_eq!(case.case.name, format!("number {number}"));
    }
}
