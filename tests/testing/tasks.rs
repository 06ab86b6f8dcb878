//! Cases of templates: whole tasks, by the functions of a real database, in virtual time.

use super::projects::Project;
use serde_json::{Value, json};

/// What is tested is called `default/tasker_conformance`.
const TEMPLATE: &str = "namespace: default
name: fulfil
version: 1.0.0
input_schema:
  type: object
  required: [step]
  properties:
    step: {type: string}
    rush: {type: boolean, default: false}
steps:
  - name: order
    handler: tasker_conformance/echo
  - name: charge
    handler: payments/charge@^1.4
    depends_on: [order]
    retry: {max_attempts: 3, backoff: exponential, base: 10s, max: 1h}
    timeout: 1m
    result_schema: {type: object}
  - name: ship
    handler: tasker_conformance/depends
    depends_on: [charge]
  - name: count
    handler: tasker_conformance/portions
    depends_on: [order]
";

fn project(cases: &str) -> Project {
    let project = Project::new(&[("fulfil.yaml", cases)]);
    std::fs::write(project.path("template.yaml"), TEMPLATE).unwrap();
    project
}

#[tokio::test]
async fn steps_run_in_their_order_with_the_results_of_those_before() {
    let project = project(
        r#"
template: template.yaml
cases:
  - name: everything goes well
    input: {step: charge}
    steps: {charge: {result: {id: ch_1}, takes: 5s}}
    expect:
      result: {ship: {id: ch_1}, count: 3}
      elapsed: 5s
      steps:
        order: {state: complete, attempts: 1, result: {step: charge, rush: false}}
        charge: complete
        # Two checkpoints, and the result.
        count: {state: complete, attempts: 3, result: 3}
  - name: an input that the schema refuses
    input: {}
    steps: {charge: {result: {}}}
    expect: {failure: {code: input_invalid, message: step}, steps: {}}
"#,
    );
    let ran = project.test(&[]).await.succeeds();
    assert!(ran.out.contains("2 cases run: 2 passed"), "{ran:?}");
    let coverage = "    Coverage template.yaml: 4 of 4 steps ran\n             failed in no case: order, charge, ship, count\n";
    assert!(ran.out.contains(coverage), "{}", ran.out);
}

#[tokio::test]
async fn a_failed_attempt_is_repeated_as_the_template_says_in_virtual_time() {
    let project = project(
        r#"
template: template.yaml
cases:
  - name: the third attempt completes
    input: {step: charge}
    steps:
      charge:
        attempts:
          - {failure: upstream_down, takes: 2s}
          - {failure: {code: busy, retry: 30s}}
          - {result: {id: 7}}
    expect:
      # 2 s, the delay of the policy, and what the handler asked for.
      elapsed: 42s
      steps: {charge: {state: complete, attempts: 3, failure: busy}, ship: {attempts: 1}}
  - name: attempts are used up
    input: {step: charge}
    steps: {charge: {failure: {code: upstream_down, message: nobody answers}}}
    expect:
      failure: {code: upstream_down, message: nobody answers}
      elapsed: 30s
      steps: {charge: {state: error, attempts: 3}, ship: {state: waiting, attempts: 0}, count: complete}
  - name: a permanent failure is not repeated
    input: {step: charge}
    steps: {charge: {failure: {code: card_declined, retry: never}}}
    expect: {failure: card_declined, elapsed: 0s, steps: {charge: {attempts: 1}}}
  - name: an attempt does not take longer than its timeout
    input: {step: charge}
    steps: {charge: {attempts: [{result: {}, takes: 2m}, {result: {}}]}}
    expect: {elapsed: 1m10s, steps: {charge: {attempts: 2, failure: deadline_exceeded}}}
  - name: a result that its schema refuses
    input: {step: charge}
    steps: {charge: {result: 7}}
    expect: {failure: result_schema_mismatch, steps: {charge: {attempts: 1}}}
"#,
    );
    let ran = project.test(&["--json"]).await;
    let report: Value = ran.json();
    assert_eq!(report["failed"], 0, "{report:#}");
    assert_eq!(report["passed"], 5);
    let coverage = json!([{
        "template": "template.yaml", "steps": 4,
        "never_ran": [], "never_failed": ["order", "ship", "count"],
    }]);
    assert_eq!(report["templates"], coverage);
}

#[tokio::test]
async fn what_differs_in_a_task_is_shown_step_by_step() {
    let project = project(
        r#"
template: template.yaml
cases:
  - name: a wrong expectation
    input: {step: charge}
    steps: {charge: {failure: {code: gone, retry: never}}}
    expect:
      failure: gone
      elapsed: 1s
      steps: {charge: {state: complete}, ship: waiting}
"#,
    );
    let ran = project.test(&[]).await.ends_with(1);
    for part in [
        "the steps differ",
        "\"state\": \"complete\"",
        "\"state\": \"error\"",
        "\"code\": \"gone\"",
        "\"state\": \"waiting\"",
        "the task took another time",
        "ran in no case: ship",
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
}

#[tokio::test]
async fn steps_that_nothing_runs_and_names_of_no_step_are_refused() {
    let project = project(
        r#"
template: template.yaml
cases:
  - name: nobody charges
    steps: {chagre: {result: 1}}
    expect: {steps: {shipp: complete}}
"#,
    );
    let ran = project.test(&[]).await.ends_with(2);
    for part in [
        "fulfil.yaml:4:5: the template has no step `chagre`; did you mean `charge`",
        "the template has no step `shipp`; did you mean `ship`",
        "step `charge` runs default/payments/charge, and default/tasker_conformance is tested; say what it does: `steps: {charge: {result: …}}`",
    ] {
        assert!(ran.err.contains(part), "{part}\n{}", ran.err);
    }
}

#[tokio::test]
async fn a_mistake_in_the_template_is_shown_with_its_line() {
    let project = project("template: template.yaml\ncases: [{name: a}]\n");
    let wrong = TEMPLATE.replace("depends_on: [charge]", "depends_on: [chrage]");
    std::fs::write(project.path("template.yaml"), wrong).unwrap();
    let ran = project.test(&[]).await.ends_with(2);
    assert!(ran.err.contains("template.yaml:21:"), "{ran:?}");
    assert!(ran.err.contains("did you mean `charge`"), "{ran:?}");
}

#[tokio::test]
async fn requests_entries_and_events_of_all_steps_are_compared() {
    let project = Project::new(&[(
        "all.yaml",
        r#"
template: all.yaml
cases:
  - name: all of them
    input:
      method: GET
      url: https://api.example.com/x
      name: orders.charged
      payload: null
    grants: [http api.example.com, events orders]
    http:
      - {url: "*", delay: 5s, reply: {status: 204}}
    expect:
      elapsed: 5s
      requests: [{method: GET, url: https://api.example.com/x}]
      events: [{name: orders.charged, payload: {amount: 3}}]
      steps: {fetch: {result: {status: 204, type: null, body: ""}}}
"#,
    )]);
    let template = "namespace: default
name: all
version: 1.0.0
steps:
  - {name: fetch, handler: tasker_conformance/fetches}
  - {name: send, handler: tasker_conformance/sends, depends_on: [fetch]}
";
    std::fs::write(project.path("all.yaml"), template).unwrap();
    project.test(&[]).await.succeeds();
}

#[tokio::test]
async fn steps_share_the_entries_of_their_namespace_and_the_secrets_of_the_case() {
    let project = Project::new(&[(
        "kept.yaml",
        r#"
template: kept.yaml
cases:
  - name: one step sees what another wrote
    grants: [kv counters]
    kv: {counters: {a: 1}}
    input: [{op: get, key: a}, {op: replace, key: a, value: 2}]
    expect:
      result: [2, null]
      kv: {counters: {a: 2}}
      steps: {first: {result: [1, null]}}
  - name: an entry that is not granted
    grants: []
    kv: {counters: {a: 1}}
    input: [{op: get, key: a}]
    expect: {failure: kv_not_granted, kv: {counters: {a: 1}}}
  - name: everything of it
    grants: [kv counters]
    input: [{op: set, key: a, value: 1}]
    expect: {snapshot: true}
"#,
    )]);
    let template = "namespace: default
name: kept
version: 1.0.0
steps:
  - {name: first, handler: tasker_conformance/keeps}
  - {name: second, handler: tasker_conformance/keeps, depends_on: [first]}
";
    std::fs::write(project.path("kept.yaml"), template).unwrap();
    project.test(&["--update"]).await.succeeds();
    project.test(&["everything"]).await.succeeds();
    let snapshot = project.path("tests/snapshots/kept/everything-of-it.json");
    let snapshot: Value = serde_json::from_slice(&std::fs::read(snapshot).unwrap()).unwrap();
    let step = json!({"state": "complete", "attempts": 1, "result": [null]});
    let expected = json!({
        "result": [null], "kv": {"counters": {"a": 1}}, "elapsed": "0s",
        "steps": {"first": step, "second": step},
    });
    assert_eq!(snapshot, expected);
}

#[tokio::test]
async fn a_step_that_never_ends_ends_its_case() {
    let project = project(
        r#"
template: template.yaml
cases:
  - name: checkpoints for ever
    input: {step: charge}
    steps: {charge: {result: {}}, count: {checkpoint: 1}}
"#,
    );
    let ran = project.test(&[]).await.ends_with(1);
    assert!(
        ran.out
            .contains("step `count` does not end: 1000 attempts ran"),
        "{ran:?}"
    );
}
