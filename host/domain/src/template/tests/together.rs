use super::findings::{assert_finding, finding, findings};
use super::*;

#[test]
fn steps_are_checked_against_each_other() {
    let text = with_steps(
        "  - {name: validate, handler: c/h}
  - {name: validate, handler: c/h}
  - name: charge
    handler: c/h
    depends_on: [charge, valdate, 'validate', validate, nowhere]
",
    );
    assert_eq!(
        findings(&text),
        [
            (
                "6:12 steps[1].name",
                "a step `validate` is already defined in line 5; rename one of them"
            ),
            (
                "9:18 steps[2].depends_on[0]",
                "the step `charge` cannot depend on itself; remove it here"
            ),
            (
                "9:26 steps[2].depends_on[1]",
                "there is no step `valdate`; did you mean `validate`"
            ),
            (
                "9:47 steps[2].depends_on[3]",
                "`validate` is named twice; remove one"
            ),
            ("9:57 steps[2].depends_on[4]", "there is no step `nowhere`"),
        ]
        .map(|(place, message)| (place.to_owned(), message.to_owned()))
    );
}

#[test]
fn a_cycle_is_named_step_by_step_where_it_closes() {
    let text = with_steps(
        "  - {name: start, handler: c/h}
  - {name: a, handler: c/h, depends_on: [start, c]}
  - {name: b, handler: c/h, depends_on: [a]}
  - {name: c, handler: c/h, depends_on: [start, b]}
  - {name: after, handler: c/h, depends_on: [c]}
",
    );
    assert_finding(
        &text,
        "6:49 steps[1].depends_on[1]",
        "wait for each other: a → b → c → a; each",
    );
    let two = with_steps(
        "  - {name: a, handler: c/h, depends_on: [b]}
  - {name: b, handler: c/h, depends_on: [a]}
  - {name: c, handler: c/h, depends_on: [d, a]}
  - {name: d, handler: c/h, depends_on: [c]}
",
    );
    let all = findings(&two);
    assert!(all[0].1.contains("a → b → a"), "{all:?}");
}

#[test]
fn a_step_with_a_bad_name_is_still_known_to_others() {
    let text = with_steps(
        "  - {name: a b, handler: c/h}\n  - {name: c, handler: c/h, depends_on: [a b]}\n",
    );
    assert_finding(&text, "5:12 steps[0].name", "contains ' '");
}

#[test]
fn schemas_are_checked_where_they_are_wrong() {
    let text = with_steps("  - {name: x, handler: c/h}\n")
        + "input_schema:\n  type: object\n  properties:\n    amount: {type: integr}\n    size: {minimum: x}\n";
    let all = findings(&text);
    assert_eq!(all[0].0, "9:20 input_schema.properties.amount.type");
    assert!(
        all[0].1.contains("a type is array, boolean, integer"),
        "{all:?}"
    );
    assert_eq!(all[1].0, "10:21 input_schema.properties.size.minimum");
    let step = |schema: &str| {
        with_steps(&format!(
            "  - name: x\n    handler: c/h\n    result_schema: {schema}\n"
        ))
    };
    assert_finding(
        &step("text"),
        "7:20 steps[0].result_schema",
        "not a JSON Schema",
    );
    let remote = step("{$ref: 'http://127.0.0.1:1/x'}");
    assert!(
        finding(&remote).1.contains("http://127.0.0.1:1/x"),
        "{:?}",
        finding(&remote)
    );
    assert!(
        finding(&step("{$ref: 'file:///etc/passwd'}"))
            .1
            .contains("file:///etc/passwd")
    );
    assert_eq!(
        findings(&step("{$schema: 'http://example.com/x'}")).len(),
        1
    );
    assert!(findings(&step("{pattern: '('}"))[0].0.starts_with("7:"));
    assert!(finding(&step("{$ref: '#/$defs/gone'}")).1.contains("gone"));
}

#[test]
fn environments_are_checked_against_the_steps() {
    let text = with_steps("  - {name: charge, handler: c/h, retry: {base: 10s}}\n");
    let with = |environments: &str| format!("{text}environments:\n{environments}");
    assert_finding(
        &with("  test: {steps: [{name: chrge, timeout: 1s}]}\n"),
        "7:25 environments.test.steps[0].name",
        "the template has no step `chrge`; did you mean `charge`",
    );
    assert_finding(
        &with("  test: {steps: [{name: charge, depends_on: []}]}\n"),
        "7:33 environments.test.steps[0].depends_on",
        "unknown key",
    );
    assert_finding(
        &with("  test: {steps: [{name: charge}, {name: charge}]}\n"),
        "7:41 environments.test.steps[1].name",
        "overridden twice",
    );
    assert_finding(
        &with("  test: {defaults: {retry: {max: 2s}}}\n"),
        "7:20 environments.test.defaults",
        "at the step `charge`: base, 10s, is longer than max, 2s",
    );
    assert_finding(
        &with("  test: {steps: [{name: charge, retry: {max: 2s}}]}\n"),
        "7:46 environments.test.steps[0].retry.max",
        "base, 10s, is longer than max, 2s",
    );
    assert_finding(
        &with("  te st: {}\n"),
        "7:3 environments[\"te st\"]",
        "contains ' '",
    );
    let many: String = (0..=MAX_ENVIRONMENTS)
        .map(|no| format!("  e{no}: {{}}\n"))
        .collect();
    assert_finding(&with(&many), "7:3 environments", "the limit is 20");
}

#[test]
fn keys_and_values_that_json_does_not_have_are_refused() {
    let config = |text: &str| {
        with_steps(&format!(
            "  - name: x\n    handler: c/h\n    config: {text}\n"
        ))
    };
    assert_finding(
        &config("{1: a}"),
        "7:14 steps[0].config",
        "`1`, a number; put it in quotes",
    );
    assert_finding(
        &config("{[1]: a}"),
        "7:14 steps[0].config",
        "a key is text, and this is a list",
    );
    assert_finding(&config("!secret a"), "7:13 ", "`!secret` is a tag");
    assert_finding(&config(".inf"), "7:13 ", "JSON has no such number");
}
