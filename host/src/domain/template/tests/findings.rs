use super::*;
use proptest::prelude::*;
use std::fmt::Write as _;

/// The findings as `line:column path` and message.
fn findings(text: &str) -> Vec<(String, String)> {
    let error = Template::parse(text).unwrap_err();
    let shown = error.findings.into_iter();
    shown
        .map(|f| (format!("{}:{} {}", f.line, f.column, f.path), f.message))
        .collect()
}

/// The only finding.
fn finding(text: &str) -> (String, String) {
    let mut all = findings(text);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

#[track_caller]
fn assert_finding(text: &str, place: &str, message: &str) {
    let (found, said) = finding(text);
    assert_eq!(found, place, "{said}");
    assert!(
        said.contains(message),
        "{said:?} should contain {message:?}"
    );
}

#[test]
fn what_is_not_yaml_is_refused_where_it_breaks() {
    assert_finding(
        "namespace: a\nname: [b\nversion: 1.0.0\n",
        "3:8 ",
        "this is not YAML",
    );
    assert_finding("", "1:1 ", "the source is empty");
    assert_finding("  \n# nothing\n", "1:1 ", "the source is empty");
    assert_finding("a: 1\n---\nb: 2\n", "1:1 ", "more than one document");
    assert_finding(
        "- a\n",
        "1:1 ",
        "expected a mapping with the keys `namespace`",
    );
    assert_finding("just text", "1:1 ", "found the text `just text`");
    assert_finding("a: *gone\n", "1:4 ", "unknown anchor");
}

#[test]
fn an_unknown_key_is_told_at_the_key_with_what_was_meant() {
    let text = with_steps("  - name: x\n    handler: c/h\n    depend_on: [x]\n");
    assert_finding(
        &text,
        "7:5 steps[0].depend_on",
        "did you mean `depends_on`; allowed here: name,",
    );
    let text = with_steps("  - {name: x, handler: c/h, retry: {attempts: 3}}\n");
    assert_finding(
        &text,
        "5:37 steps[0].retry.attempts",
        "unknown key `attempts`; allowed here: max_",
    );
    let text = with_steps("  - {name: x, handler: c/h}\n") + "<<: {a: 1}\n";
    assert_finding(&text, "6:1 [\"<<\"]", "merge keys");
}

#[test]
fn everything_that_is_missing_is_told() {
    let all = findings("description: nothing\n");
    let places: Vec<_> = all.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(
        places,
        ["1:1 name", "1:1 namespace", "1:1 steps", "1:1 version"]
    );
    assert_eq!(
        all[3].1,
        "`version` is missing; write for example `version: 1.0.0`"
    );
    let text = with_steps("  - name: x\n    timeout: 1s\n  - handler: c/h\n");
    let places: Vec<_> = findings(&text)
        .into_iter()
        .map(|(place, _)| place)
        .collect();
    assert_eq!(places, ["5:5 steps[0].handler", "7:5 steps[1].name"]);
    assert_finding(
        &with_steps("  - {name: x, handler: }\n"),
        "5:15 steps[0].handler",
        "`handler` is missing",
    );
}

#[test]
fn a_repeated_key_is_told_at_the_second() {
    let text = with_steps("  - name: x\n    handler: c/h\n    'name': y\n");
    assert_finding(
        &text,
        "7:5 steps[0].name",
        "the key `name` stands already in line 5",
    );
}

#[test]
fn names_versions_and_ranges_are_told_where_they_stand() {
    let step = "steps: [{name: x, handler: c/h}]\n";
    let head = |namespace: &str, version: &str| {
        format!("namespace: {namespace}\nname: b\nversion: {version}\n{step}")
    };
    assert_finding(&head("or ders", "1.0.0"), "1:12 namespace", "has ' ' in it");
    assert_finding(
        &head("12", "1.0.0"),
        "1:12 namespace",
        "`12`, a number; put it in quotes",
    );
    assert_finding(&head("a", "1.2"), "3:10 version", "`1.2` is not a version");
    assert_finding(
        &head("a", "v1.2.0"),
        "3:10 version",
        "write three numbers, such as `1.2.0`",
    );
    let handler = |text: &str| with_steps(&format!("  - name: x\n    handler: {text}\n"));
    assert_finding(
        &handler("charge"),
        "6:14 steps[0].handler",
        "`payments/charge@^1.4`",
    );
    assert_finding(
        &handler("c/h@one"),
        "6:14 steps[0].handler",
        "`one` is not a version range",
    );
    assert_finding(&handler("[c/h]"), "6:14 steps[0].handler", "found a list");
}

#[test]
fn places_are_right_in_every_style() {
    let broken = "1x";
    for (steps, place) in [
        (
            format!("- {{name: x, handler: c/h, timeout: {broken}}}\n"),
            "5:36",
        ),
        (
            format!("- {{name: x, handler: c/h,\n   timeout:   '{broken}'}}\n"),
            "6:15",
        ),
        (
            format!("- name: x\n  handler: c/h\n  timeout: \"{broken}\"\n"),
            "7:12",
        ),
        (
            format!("-\n  name: x\n  handler: c/h\n  timeout:\n    {broken}\n"),
            "9:5",
        ),
        (
            format!("- {{\"name\": \"ä: [\", handler: c/h, timeout: {broken}}}\n"),
            "5:12",
        ),
        (
            format!("- &a\n  name: x # c/h {{\n  handler: c/h\n  timeout: {broken}\n"),
            "8:12",
        ),
        (
            format!("- name: x\n  handler: c/h\n  config: |\n    a: [\n  timeout: {broken}\n"),
            "9:12",
        ),
        (
            format!("- ? timeout\n  : {broken}\n  ? name\n  : x\n  ? handler\n  : c/h\n"),
            "6:5",
        ),
    ] {
        let all = findings(&with_steps(&steps));
        assert!(
            all[0].0.starts_with(&format!("{place} ")),
            "{steps}: {all:?}"
        );
    }
    let crlf = "namespace: a\r\nname: b\r\nversion: x\r\nsteps: [{name: x, handler: c/h}]\r\n";
    assert_finding(crlf, "3:10 version", "not a version");
}

#[test]
fn lists_and_mappings_are_told_at_their_bracket_or_dash() {
    let step = |rest: &str| with_steps(&format!("  - name: x\n    handler: c/h\n    {rest}\n"));
    assert_finding(
        &step("timeout: [1s]"),
        "7:14 steps[0].timeout",
        "found a list",
    );
    assert_finding(
        &step("timeout: { a: 1}"),
        "7:14 steps[0].timeout",
        "found a mapping",
    );
    assert_finding(
        &step("timeout:\n    - 1s"),
        "8:5 steps[0].timeout",
        "found a list",
    );
    assert_finding(&step("timeout: []"), "7:5 steps[0].timeout", "found a list");
    assert_finding(
        &step("depends_on: x"),
        "7:17 steps[0].depends_on",
        "write `[x]`",
    );
}

#[test]
fn numbers_and_durations_have_their_bounds() {
    let retry = |text: &str| {
        with_steps(&format!(
            "  - name: x\n    handler: c/h\n    retry: {{{text}}}\n"
        ))
    };
    for (text, place, message) in [
        (
            "max_attempts: 0",
            "7:27 steps[0].retry.max_attempts",
            "a whole number from 1 to 100",
        ),
        (
            "max_attempts: 101",
            "7:27 steps[0].retry.max_attempts",
            "found `101`, a number",
        ),
        (
            "max_attempts: 1.5",
            "7:27 steps[0].retry.max_attempts",
            "a whole number",
        ),
        (
            "max_attempts: many",
            "7:27 steps[0].retry.max_attempts",
            "the text `many`",
        ),
        (
            "jitter: 1.1",
            "7:21 steps[0].retry.jitter",
            "a number from 0 to 1",
        ),
        (
            "jitter: -0.1",
            "7:21 steps[0].retry.jitter",
            "a number from 0 to 1",
        ),
        ("jitter: .nan", "7:21 ", "JSON has no such number"),
        (
            "backoff: expnential",
            "7:22 steps[0].retry.backoff",
            "did you mean `exponential`",
        ),
        (
            "base: 5",
            "7:19 steps[0].retry.base",
            "`5` has no unit; write for example `5s`",
        ),
        (
            "base: 10m",
            "7:19 steps[0].retry.base",
            "base, 10m, is longer than max, 5m",
        ),
        (
            "max: 10ms",
            "7:18 steps[0].retry.max",
            "base, 1s, is longer than max, 10ms",
        ),
        (
            "base: 2s, max: 1s",
            "7:19 steps[0].retry.base",
            "longer than max, 1s",
        ),
        ("max: 25h", "7:18 steps[0].retry.max", "longer than 24h"),
    ] {
        assert_finding(&retry(text), place, message);
    }
    let timeout =
        |text: &str| with_steps(&format!("  - {{name: x, handler: c/h, timeout: {text}}}\n"));
    assert_finding(
        &timeout("0s"),
        "5:38 steps[0].timeout",
        "too short; allowed: 1ms to 24h",
    );
    assert_finding(
        &timeout("24h1ms"),
        "5:38 steps[0].timeout",
        "longer than 24h",
    );
    assert!(Template::parse(&timeout("1ms")).is_ok() && Template::parse(&timeout("24h")).is_ok());
}

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
                "a step `validate` stands already in line 5; rename one of them"
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
    assert_finding(&text, "5:12 steps[0].name", "has ' ' in it");
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
        "has ' ' in it",
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
    assert_finding(
        &config("99999999999999999999999999"),
        "7:13 ",
        "JSON has no such number",
    );
}

#[test]
fn findings_are_counted_beyond_their_limit() {
    let mut text = with_steps("  - {name: x, handler: c/h}\n");
    (0..150).for_each(|no| writeln!(text, "key{no}: 1").unwrap());
    let all = findings(&text);
    assert_eq!(all.len(), 101);
    assert_eq!(all[100].1, "and 50 more; correct these first");
}

#[test]
fn sources_are_bounded() {
    let long = format!("# {}\n", "x".repeat(MAX_SOURCE_BYTES));
    assert_finding(&long, "1:1 ", "the limit is 4194304");
    let step = |no: usize| format!("  - {{name: s{no}, handler: c/h}}\n");
    let full: String = (0..MAX_STEPS).map(step).collect();
    assert_eq!(
        Template::parse(&with_steps(&full)).unwrap().ordered().len(),
        MAX_STEPS
    );
    let more = full + &step(MAX_STEPS);
    assert_finding(
        &with_steps(&more),
        "4:1 steps",
        "there are 10001 steps; the limit is 10000",
    );
    assert_finding(&with_steps("  []\n"), "4:1 steps", "at least one step");
    assert_finding(
        &("[".repeat(2000)),
        "1:1 ",
        "more than 1000 brackets are open",
    );
    let deep = format!("config: {}{}", "[".repeat(100), "]".repeat(100));
    assert!(finding(&deep).1.contains("nested deeper than 64"));
}

#[test]
fn aliases_cannot_be_made_into_a_bomb() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        writeln!(bomb, "a{level}: &a{level} [{before}]").unwrap();
    }
    let (_, message) = finding(&bomb);
    assert!(
        message.contains("aliases followed") || message.contains("repetition limit"),
        "{message}"
    );
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1 << 20),
        "*a, ".repeat(1000)
    );
    assert!(finding(&long).1.contains("aliases followed"));
    let step = |no: usize| format!("  - {{name: s{no}, handler: c/h, depends_on: *d}}\n");
    let names: Vec<_> = (0..1000).map(|no| format!("s{no}")).collect();
    let many: String = (0..101).map(step).collect();
    let edges = format!("description: &d [{}]\n", names.join(", ")) + &with_steps(&many);
    let all = findings(&edges);
    assert!(
        all.iter()
            .any(|(_, message)| message.contains("more than 100000 dependencies")),
        "{all:?}"
    );
}

/// Texts made of what means something in YAML.
fn yamlish() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a",
        "steps",
        "name",
        ": ",
        ":",
        "- ",
        "-",
        "\n",
        "\n  ",
        "\n    ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "&a ",
        "*a",
        "!t ",
        "!!int ",
        "'",
        "\"",
        "|",
        ">",
        "#",
        "? ",
        "---",
        "...",
        "1",
        "1.5",
        "null",
        "~",
        "true",
        "%YAML 1.2",
        "@",
        "`",
        "\t",
        "é",
        "\u{1}",
        "\u{85}",
        "<<",
        "\\",
        "0x1f",
        ".inf",
        "\r\n",
        "\u{feff}",
    ]);
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(?s).*") {
        let error = Template::parse(&text).unwrap_err();
        prop_assert!(!error.findings.is_empty());
    }

    #[test]
    fn no_yaml_makes_it_panic(text in yamlish()) {
        let _ = Template::parse(&text);
        let _ = Template::parse(&with_steps(&text));
    }

    #[test]
    fn no_cut_or_mangled_template_makes_it_panic(
        at in 0..FULFIL.len(), put in yamlish(), gone in 0..20usize,
    ) {
        let end = (at + gone).min(FULFIL.len());
        if FULFIL.is_char_boundary(at) && FULFIL.is_char_boundary(end) {
            let text = format!("{}{put}{}", &FULFIL[..at], &FULFIL[end..]);
            if let Err(error) = Template::parse(&text) {
                let lines = text.lines().count();
                prop_assert!(error.findings.iter().all(|f| f.line >= 1 && f.column >= 1 && f.line <= lines + 2));
            }
        }
    }
}
