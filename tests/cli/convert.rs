//! Templates of the predecessors, converted.

use super::terminal::Terminal;
use serde_json::json;

/// As the Ruby gem has them.
const OF_THE_GEM: &str = r#"---
name: orders/process_refund
namespace_name: payments
module_namespace: Payments
task_handler_class: ProcessRefund
version: 2.1.0
default_dependent_system: gateway
named_steps: [check, refund, notify]
schema:
  type: object
  required: [payment_id]
  properties:
    payment_id: {type: string}
step_templates:
  - name: check
    description: Is there anything to refund?
    handler_class: Payments::StepHandlers::CheckHandler
    default_retryable: false
  - name: refund
    handler_class: Payments::StepHandlers::HTTPRefundHandler
    depends_on_step: check
    default_retryable: true
    default_retry_limit: 5
    handler_config:
      url: https://gateway.example.com
      params: {currency: EUR, "on": "yes"}
    custom_events:
      - {name: refund.sent, description: The gateway took it}
      - name: task.sent
  - name: notify
    handler_class: Payments::StepHandlers::NotifyHandler
    depends_on_steps: [check, refund]
    skippable: true
environments:
  development:
    step_templates:
      - name: refund
        handler_config: {url: http://localhost:9000}
"#;
const OF_THE_GEM_HERE: &str = r#"namespace: payments
name: orders_process_refund
version: "2.1.0"
input_schema:
  type: object
  required: [payment_id]
  properties:
    payment_id:
      type: string
events:
  refund.sent:
    description: The gateway took it
environments:
  development:
    steps:
      - name: refund
        config:
          url: "http://localhost:9000"
steps:
  # Is there anything to refund?
  - name: check
    handler: refunds/check
    retry:
      max_attempts: 1
  - name: refund
    handler: refunds/http_refund
    depends_on: [check]
    config:
      url: "https://gateway.example.com"
      params:
        currency: EUR
        "on": "yes"
    retry:
      max_attempts: 5
  - name: notify
    handler: refunds/notify
    depends_on: [check, refund]
"#;

/// As the core in Rust has them.
const OF_THE_CORE: &str = r#"name: routing
namespace_name: approval
version: 1.0.0
description: "Who approves: by the amount"
metadata: {author: somebody}
system_dependencies: {primary: default, secondary: []}
domain_events: []
input_schema: {type: object}
steps:
  - name: route
    handler:
      callable: approval::RouteHandler
      initialization: {thresholds: {small: 1000}}
    type: decision
    dependencies: []
    retry: {retryable: true, limit: 3, backoff: exponential, backoff_base_ms: 1000, max_backoff_ms: 90000}
    timeout_seconds: 45
    publishes_events: []
  - name: finish
    handler: {callable: approval::FinishHandler}
    type: standard
    dependencies: [route]
    retry: {backoff: fibonacci}
environments:
  test:
    steps:
      - {name: ALL, timeout_seconds: 10, retry: {max_attempts: 2}}
"#;
const OF_THE_CORE_HERE: &str = r#"namespace: approval
name: routing
version: "1.0.0"
description: "Who approves: by the amount"
input_schema:
  type: object
environments:
  test:
    defaults:
      retry:
        max_attempts: 2
      timeout: 10s
steps:
  - name: route
    handler: routing/route
    config:
      thresholds:
        small: 1000
    retry:
      max_attempts: 3
      backoff: exponential
      base: 1s
      max: 1m30s
    timeout: 45s
  - name: finish
    handler: routing/finish
    depends_on: [route]
"#;

#[tokio::test]
async fn a_template_of_the_gem_is_a_template_and_what_is_left_out_has_its_line() {
    let terminal = Terminal::without_host();
    let file = terminal.file("process_refund.yaml", OF_THE_GEM);
    let convert = ["convert", "tasker-yaml", &file, "--component", "refunds"];
    let converted = terminal.run(convert).await.succeeds();
    assert_eq!(converted.out, OF_THE_GEM_HERE);
    for note in [
        "line 29: an event was left out: `task.sent` is a reserved name",
        "line 33: `skippable` was left out: a step has nothing like it",
        "line 35: environments are checked and stored; no host applies them yet",
    ] {
        assert!(converted.err.contains(note), "{note}: {}", converted.err);
    }
    assert_eq!(
        converted.err.matches("line ").count(),
        3,
        "{}",
        converted.err
    );
    let here = terminal.file("here.yaml", &converted.out);
    terminal.run(["template", "check", &here]).await.succeeds();
}

#[tokio::test]
async fn a_template_of_the_core_is_a_template_and_its_decisions_are_named() {
    let terminal = Terminal::without_host();
    let file = terminal.file("routing.yaml", OF_THE_CORE);
    let convert = ["convert", "tasker-yaml", &file, "--output", "json"];
    let converted = terminal.run(convert).await.succeeds().json();
    assert_eq!(converted["template"], OF_THE_CORE_HERE);
    let notes = converted["notes"].as_array().unwrap();
    let notes: Vec<&str> = notes.iter().map(|it| it.as_str().unwrap()).collect();
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(
        notes[0].starts_with("line 14: the step is of the type `decision`"),
        "{notes:?}"
    );
    assert!(
        notes[1].contains("line 23: the backoff `fibonacci` is not known"),
        "{notes:?}"
    );
    let here = terminal.file("here.yaml", OF_THE_CORE_HERE);
    terminal.run(["template", "check", &here]).await.succeeds();
}

#[tokio::test]
async fn a_file_that_is_no_template_says_so_and_one_that_is_no_yaml_has_the_place() {
    let terminal = Terminal::without_host();
    let file = terminal.file("other.yaml", "name: other\n");
    let convert = ["convert", "tasker-yaml", &file, "--output", "json"];
    let converted = terminal.run(convert).await.succeeds().json();
    let notes = converted["notes"].to_string();
    assert!(
        notes.contains("there are neither `steps` nor `step_templates`"),
        "{notes}"
    );
    assert!(notes.contains("the template is not valid yet"), "{notes}");
    let file = terminal.file("no.yaml", "name: [other\n");
    let refused = terminal
        .run(["convert", "tasker-yaml", &file])
        .await
        .ends_with(2);
    assert!(refused.err.contains("no.yaml:1:7"), "{}", refused.err);
    assert_eq!(json!(refused.out), json!(""));
}
