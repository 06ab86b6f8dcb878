use super::*;

/// The findings as `line:column path` and message.
pub fn findings(text: &str) -> Vec<(String, String)> {
    let error = Template::parse(text).unwrap_err();
    let shown = error.findings.into_iter();
    shown
        .map(|f| (format!("{}:{} {}", f.line, f.column, f.path), f.message))
        .collect()
}

/// The only finding.
pub fn finding(text: &str) -> (String, String) {
    let mut all = findings(text);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

#[track_caller]
pub fn assert_finding(text: &str, place: &str, message: &str) {
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
fn an_unknown_key_is_reported_at_the_key_with_what_was_meant() {
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
fn a_wrong_limit_is_reported_with_its_position() {
    let limits = |limits: &str| {
        with_steps(&format!(
            "  - {{name: x, handler: c/h, limits: {limits}}}\n"
        ))
    };
    assert_finding(
        &limits("{memory: 64}"),
        "5:46 steps[0].limits.memory",
        "such as `64MiB`",
    );
    assert_finding(
        &limits("{cpu: [1s]}"),
        "5:43 steps[0].limits.cpu",
        "expected text such as `10s`",
    );
    assert_finding(
        &limits("{timeout: 1s}"),
        "5:38 steps[0].limits.timeout",
        "unknown key `timeout`",
    );
    assert_finding(
        &limits("{memery: 1MiB}"),
        "5:38 steps[0].limits.memery",
        "did you mean `memory`",
    );
    assert_finding(
        &limits("{http_requests: many}"),
        "5:53 steps[0].limits.http_requests",
        "`100`",
    );
}

#[test]
fn everything_that_is_missing_is_reported() {
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
fn a_repeated_key_is_reported_at_the_second() {
    let text = with_steps("  - name: x\n    handler: c/h\n    'name': y\n");
    assert_finding(
        &text,
        "7:5 steps[0].name",
        "the key `name` is already defined in line 5",
    );
}

#[test]
fn mistakes_in_names_versions_and_ranges_have_positions() {
    let step = "steps: [{name: x, handler: c/h}]\n";
    let head = |namespace: &str, version: &str| {
        format!("namespace: {namespace}\nname: b\nversion: {version}\n{step}")
    };
    assert_finding(&head("or ders", "1.0.0"), "1:12 namespace", "contains ' '");
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
fn lists_and_mappings_are_reported_at_their_bracket_or_dash() {
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
    assert_finding(
        &step("timeout: []"),
        "7:14 steps[0].timeout",
        "found a list",
    );
    assert_finding(
        &step("depends_on: x"),
        "7:17 steps[0].depends_on",
        "write `[x]`",
    );
}

/// A template whose only step has this in its `retry`, which stands at 7:13.
fn with_retry(text: &str) -> String {
    with_steps(&format!(
        "  - name: x\n    handler: c/h\n    retry: {{{text}}}\n"
    ))
}

#[test]
fn numbers_have_their_bounds() {
    let share = "a number from 0 to 1";
    for (text, column, key, message) in [
        (
            "max_attempts: 0",
            27,
            "max_attempts",
            "a whole number from 1 to 100",
        ),
        (
            "max_attempts: 101",
            27,
            "max_attempts",
            "found `101`, a number",
        ),
        ("max_attempts: 1.5", 27, "max_attempts", "a whole number"),
        ("max_attempts: many", 27, "max_attempts", "the text `many`"),
        ("jitter: 1.1", 21, "jitter", share),
        ("jitter: -0.1", 21, "jitter", share),
        (
            "backoff: expnential",
            22,
            "backoff",
            "did you mean `exponential`",
        ),
    ] {
        let place = format!("7:{column} steps[0].retry.{key}");
        assert_finding(&with_retry(text), &place, message);
    }
    assert_finding(
        &with_retry("jitter: .nan"),
        "7:21 ",
        "JSON has no such number",
    );
}

#[test]
fn durations_have_their_bounds() {
    for (text, column, key, message) in [
        (
            "base: 5",
            19,
            "base",
            "`5` has no unit; write for example `5s`",
        ),
        ("base: 10m", 19, "base", "base, 10m, is longer than max, 5m"),
        ("max: 10ms", 18, "max", "base, 1s, is longer than max, 10ms"),
        ("base: 2s, max: 1s", 19, "base", "longer than max, 1s"),
        ("max: 25h", 18, "max", "longer than 24h"),
    ] {
        let place = format!("7:{column} steps[0].retry.{key}");
        assert_finding(&with_retry(text), &place, message);
    }
    let timeout =
        |text: &str| with_steps(&format!("  - {{name: x, handler: c/h, timeout: {text}}}\n"));
    let place = "5:38 steps[0].timeout";
    assert_finding(&timeout("0s"), place, "too short; allowed: 1ms to 24h");
    assert_finding(&timeout("24h1ms"), place, "longer than 24h");
    for allowed in ["1ms", "24h"] {
        assert!(Template::parse(&timeout(allowed)).is_ok());
    }
}

#[test]
fn a_wrong_queue_key_is_reported_with_its_position() {
    let keyed = |key: &str| with_steps("  - {name: x, handler: c/h}\n") + "queue_key: " + key;
    for (key, message) in [
        (
            "customer/id",
            "a JSON pointer, which begins with `/`, such as `/customer/id`",
        ),
        ("/customer~id", "write `~0` for a tilde"),
        ("''", "from 1 to 256 bytes; this one has 0"),
        ("[customer]", "such as `customer_id`"),
    ] {
        assert_finding(&keyed(key), "6:12 queue_key", message);
    }
    let template = Template::parse(&keyed("/customer/id")).unwrap();
    assert_eq!(template.queue_key, "/customer/id".parse().ok());
}
