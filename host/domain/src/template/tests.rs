use super::*;
use crate::requirement::HandlerRef;
use serde_json::json;
use std::time::Duration;

mod bounds;
mod findings;
mod graphs;
mod together;

const FULFIL: &str = r#"
namespace: orders
name: fulfil
version: 1.2.0
description: Takes an order to the customer.
input_schema:
  type: object
  properties:
    amount: {type: integer, minimum: 1}
    currency: {type: string, default: EUR}
  required: [amount]
identity: strict
defaults: {retry: {max_attempts: 4}, timeout: 20s}
environments:
  test:
    defaults: {timeout: 5s}
    steps:
      - name: charge
        handler: payments/pretend
        config: {gateway: null, dry_run: true}
        retry: {max_attempts: 1}
steps:
  - name: ship
    handler: logistics/ship@~2.1
    depends_on: [charge, reserve]
  - name: validate
    handler: checks/validate
  - name: reserve
    handler: stock/reserve@^0.9
    depends_on: [validate]
  - name: charge
    handler: other/payments/charge@^1.4
    depends_on: [validate]
    config: {gateway: fast, limit: 5}
    retry: {max_attempts: 5, backoff: linear, base: 500ms, max: 1m30s, jitter: 0.5}
    timeout: 10s
    result_schema: {type: object, required: [receipt]}
"#;

fn fulfil() -> Template {
    Template::parse(FULFIL).unwrap()
}

/// A template with these steps.
fn with_steps(steps: &str) -> String {
    format!("namespace: a\nname: b\nversion: 1.0.0\nsteps:\n{steps}")
}

#[test]
fn a_template_is_read_as_it_is_written() {
    let template = fulfil();
    assert_eq!(template.namespace.as_str(), "orders");
    assert_eq!(template.version.to_string(), "1.2.0");
    assert_eq!(template.identity, Identity::Strict);
    assert_eq!(
        template.input_schema.as_ref().unwrap()["required"],
        json!(["amount"])
    );
    let charge = &template.steps[3];
    assert_eq!(
        charge.handler,
        "other/payments/charge@^1.4".parse::<HandlerRef>().unwrap()
    );
    assert_eq!(charge.config, json!({"gateway": "fast", "limit": 5}));
    assert_eq!(charge.depends_on[0].as_str(), "validate");
    assert_eq!(
        charge.result_schema,
        Some(json!({"type": "object", "required": ["receipt"]}))
    );
}

#[test]
fn a_step_has_what_it_says_then_the_defaults_then_the_defaults_of_the_product() {
    let template = fulfil();
    let charge = template.policy(&template.steps[3]);
    assert_eq!(charge.timeout, Duration::from_secs(10));
    assert_eq!(
        charge.retry,
        RetryPolicy {
            max_attempts: 5,
            backoff: Backoff::Linear,
            base: Duration::from_millis(500),
            max: Duration::from_secs(90),
            jitter: 0.5
        }
    );
    let ship = template.policy(&template.steps[0]);
    assert_eq!(ship.timeout, Duration::from_secs(20));
    assert_eq!(ship.retry.max_attempts, 4);
    assert_eq!(ship.retry.backoff, Backoff::Exponential);
    let plain = Template::parse(&with_steps("  - {name: x, handler: c/h}\n")).unwrap();
    assert_eq!(plain.policy(&plain.steps[0]), Policy::default());
    assert_eq!(plain.identity, Identity::Caller);
}

#[test]
fn an_environment_is_merged_by_step_name() {
    let test = fulfil().for_environment("test").unwrap();
    let charge = &test.steps[3];
    assert_eq!(charge.handler.to_string(), "payments/pretend@*");
    assert_eq!(charge.config, json!({"limit": 5, "dry_run": true}));
    assert_eq!(test.policy(charge).retry.max_attempts, 1);
    assert_eq!(test.policy(charge).retry.backoff, Backoff::Linear);
    assert_eq!(test.policy(charge).timeout, Duration::from_secs(10));
    assert_eq!(test.policy(&test.steps[0]).timeout, Duration::from_secs(5));
    assert_eq!(test.policy(&test.steps[0]).retry.max_attempts, 4);
    assert!(test.environments.is_empty());
    let error = fulfil().for_environment("prod").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the template has no environment `prod`; it has test"
    );
}

#[test]
fn the_json_of_a_template_is_the_same_template_as_json_and_as_yaml() {
    let template = fulfil();
    let json = serde_json::to_string(&template).unwrap();
    assert_eq!(serde_json::from_str::<Template>(&json).unwrap(), template);
    assert_eq!(Template::parse(&json).unwrap(), template);
}

#[test]
fn steps_are_numbered_parents_first_and_otherwise_as_they_stand() {
    let template = fulfil();
    let ordered = template.ordered();
    let names: Vec<_> = ordered
        .iter()
        .map(|step| (step.no, step.step.name.as_str()))
        .collect();
    assert_eq!(
        names,
        [(0, "validate"), (1, "reserve"), (2, "charge"), (3, "ship")]
    );
    assert_eq!(ordered[3].parents, [1, 2]);
    let sinks: Vec<_> = ordered.iter().map(|step| step.is_sink).collect();
    assert_eq!(sinks, [false, false, false, true]);
    assert_eq!(ordered[2].policy.timeout, Duration::from_secs(10));
}

#[test]
fn anchors_are_followed_within_bounds() {
    let text = with_steps(
        "  - {name: x, handler: c/h, config: &shared {a: 1}}\n  - {name: y, handler: c/h, config: *shared}\n",
    );
    assert_eq!(
        Template::parse(&text).unwrap().steps[1].config,
        json!({"a": 1})
    );
}
