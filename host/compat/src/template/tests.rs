use super::*;

const FULFIL: &str = "namespace: orders
name: fulfil
version: 1.0.0
input_schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}
environments: {test: {}}
steps:
  - {name: reserve, handler: stock/reserve@^2}
  - {name: charge, handler: payments/charge@^1.4, timeout: 10s}
  - {name: ship, handler: parcels/ship, depends_on: [reserve, charge], result_schema: {type: object}}
";

/// What is told where the first text stands in place of the second.
#[track_caller]
fn told(from: &str, to: &str) -> Vec<String> {
    assert!(FULFIL.contains(from), "{from}");
    let parse = |text: &str| Template::parse(text).unwrap();
    let changes = compare(&parse(FULFIL), &parse(&FULFIL.replace(from, to)));
    changes.iter().map(ToString::to_string).collect()
}

#[test]
fn a_narrowed_input_is_major_and_a_widened_one_minor() {
    assert_eq!(
        told("required: [order_id]", "required: [order_id, amount]"),
        ["major: input_schema/amount: must be there now"]
    );
    assert_eq!(
        told("required: [order_id]", "required: []"),
        ["minor: input_schema/order_id: need not be there any more"]
    );
}

#[test]
fn an_input_that_is_required_and_has_a_default_is_no_narrowing() {
    assert_eq!(
        told(
            "required: [order_id], properties: {",
            "required: [order_id, unit], properties: {unit: {type: string, default: EUR}, "
        ),
        ["minor: input_schema/unit: has a name and a schema now"]
    );
}

#[test]
fn a_renamed_step_is_gone_and_new() {
    let renamed = FULFIL
        .replace("name: reserve", "name: hold")
        .replace("[reserve,", "[hold,");
    let renamed = Template::parse(&renamed).unwrap();
    let changes = compare(&Template::parse(FULFIL).unwrap(), &renamed);
    let told: Vec<String> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "major: steps.reserve: the step is no longer there under this name",
            "patch: steps.ship.depends_on: is different",
            "minor: steps.hold: the step is new",
        ]
    );
}

#[test]
fn another_handler_is_minor_and_another_range_of_it_a_patch() {
    assert_eq!(
        told("charge@^1.4", "charge@^1.5"),
        ["patch: steps.charge.handler: payments/charge@^1.4 → payments/charge@^1.5"]
    );
    assert_eq!(
        told("charge@^1.4", "charge@^2"),
        ["minor: steps.charge.handler: payments/charge@^1.4 → payments/charge@^2"]
    );
    assert_eq!(
        told("payments/charge@^1.4", "billing/charge@^1.4"),
        ["minor: steps.charge.handler: payments/charge@^1.4 → billing/charge@^1.4"]
    );
}

#[test]
fn a_widened_result_of_the_last_step_is_major() {
    assert_eq!(
        told("result_schema: {type: object}", "timeout: 5s"),
        [
            "patch: steps.ship.retry: retry or timeout are different",
            "major: steps.ship.result_schema: type object → any",
        ]
    );
}

#[test]
fn a_result_of_other_steps_is_major() {
    assert_eq!(
        told("depends_on: [reserve, charge]", "depends_on: [reserve]"),
        [
            "patch: steps.ship.depends_on: is different",
            "major: result: of 1 steps → of 2",
        ]
    );
}

#[test]
fn retries_timeouts_limits_and_descriptions_are_patches() {
    assert_eq!(
        told("timeout: 10s", "timeout: 20s"),
        ["patch: steps.charge.retry: retry or timeout are different"]
    );
    assert_eq!(
        told("timeout: 10s", "timeout: 10s, limits: {cpu: 1s}"),
        ["patch: steps.charge.limits: are different"]
    );
    assert_eq!(
        told("version: 1.0.0\n", "version: 1.0.0\ndescription: Sends\n"),
        ["patch: description: is different"]
    );
}

#[test]
fn identity_and_environments_are_promises() {
    assert_eq!(
        told("version: 1.0.0\n", "version: 1.0.0\nidentity: strict\n"),
        ["major: identity: duplicates are recognized in another way"]
    );
    assert_eq!(
        told("{test: {}}", "{live: {}}"),
        [
            "major: environments.test: is no longer there",
            "minor: environments.live: is new",
        ]
    );
}

#[test]
fn the_same_template_under_another_number_has_no_changes() {
    assert_eq!(told("version: 1.0.0", "version: 1.0.1").len(), 0);
}
