use super::call::EVENT_KEYS;
use super::expect::{EVENT_KEYS as SENT_EVENT_KEYS, EXPECT_KEYS, FAILURE_KEYS, STEP_KEYS};
use super::http::{HTTP_KEYS, REPLY_KEYS, REQUEST_KEYS};
use super::*;
use crate::case::{Answer, Callee, ExpectedEnd, ExpectedRetry, Random};
use serde_json::{Value, json};
use std::time::Duration;

fn cases(text: &str) -> Vec<Case> {
    parse(Path::new("tests/charge.yaml"), text).unwrap()
}

/// What is wrong, each as `line: message`.
fn wrong(text: &str) -> Vec<String> {
    let error = parse(Path::new("tests/charge.yaml"), text).unwrap_err();
    let findings = error.findings.iter();
    findings
        .map(|it| format!("{}: {}", it.line, it.message))
        .collect()
}

const WHOLE: &str = "
handler: charge
defaults:
  secrets: {stripe: sk_test_1}
  clock: 2026-02-03T04:05:06Z
cases:
  - name: charges the card
    input: {amount: 12.50}
    results: {order: {id: 7}}
    attempt: 2
    http:
      - method: post
        url: https://api.example.com/*
        json: {amount: 12.5}
        times: 1
        delay: 2s
        reply: {status: 201, headers: {X-Id: a}, json: {id: ch_1}}
      - {url: 'https://*', failure: connection_refused}
    expect:
      result: {charge: ch_1}
      events: [orders.charged, {name: orders.paid, payload: {id: 7}}]
      kv: {counters: {charges: 1}}
  - name: a declined card
    handler: other
    random: 7
    expect: {failure: {code: card_declined, retry: 30s}}
";

#[test]
fn a_file_is_read_with_what_the_file_and_the_defaults_say() {
    let [first, second] = &cases(WHOLE)[..] else {
        panic!("two cases")
    };
    assert_eq!(first.id(), "charge: charges the card");
    assert_eq!(
        (first.at.line, first.call.attempt, first.call.max_attempts),
        (7, 2, 3)
    );
    assert!(matches!(&first.call.callee, Callee::Handler { name, .. } if name == "charge"));
    assert_eq!(first.call.results["order"], json!({"id": 7}));
    assert_eq!(first.fakes.http.len(), 2);
    let fake = &first.fakes.http[0];
    assert_eq!(
        (fake.method.as_deref(), fake.times),
        (Some("POST"), Some(1))
    );
    assert_eq!(fake.delay, Duration::from_secs(2));
    assert!(
        matches!(&fake.answer, Answer::Reply { status: 201, headers, .. } if headers[0].0 == "x-id")
    );
    assert_eq!(first.expect.events.as_ref().unwrap().len(), 2);
    assert!(matches!(&second.call.callee, Callee::Handler { name, .. } if name == "other"));
    assert_eq!(second.fakes.random, Random::Seed(7));
    for case in [first, second] {
        assert_eq!(case.fakes.secrets.len(), 1);
        assert_eq!(case.fakes.clock.to_rfc3339(), "2026-02-03T04:05:06+00:00");
    }
    let Some(ExpectedEnd::Failure(failure)) = &second.expect.end else {
        panic!("a failure")
    };
    assert_eq!(
        failure.retry,
        Some(ExpectedRetry::After(Duration::from_secs(30)))
    );
}

#[test]
fn every_mistake_is_reported_with_its_line_and_what_would_be_right() {
    let text = "
handler: charge
cases:
  - name: a
    inptu: {}
  - name: A
    expect: {reslt: 1}
  - name: c
    http:
      - {url: api.example.com, reply: {}}
      - {url: https://x, reply: {stauts: 1}}
      - {url: https://x}
      - {url: https://x, failure: refused}
    secrets: {key: short}
    grants: [env LEVEL, gpu]
    timeout: 30
    limits: {memroy: 1MiB}
    clock: yesterday
    expect: {result: 1, failure: x}
";
    let wrong = wrong(text);
    let expected = [
        "5: unknown key `inptu`; did you mean `input`",
        "6: another case of the file has this name",
        "7: unknown key `reslt`; did you mean `result`",
        "10: a URL begins with https://",
        "11: unknown key `stauts`; did you mean `status`",
        "12: nothing answers the request; write for example `reply: {status: 200}`",
        "13: `refused` is none of: connection_refused",
        "14: the value has 5 bytes",
        "15: this names no value or destination",
        "15: `gpu` is not a capability",
        "16: `30` has no unit",
        "17: unknown key `memroy`; did you mean `memory`",
        "18: this is not a time after 1969",
        "19: an attempt has one end; remove `result` or `failure`",
    ];
    for start in expected {
        let is_there = wrong.iter().any(|it| it.starts_with(start));
        assert!(is_there, "{start}\n{}", wrong.join("\n"));
    }
    assert_eq!(wrong.len(), expected.len(), "{}", wrong.join("\n"));
}

#[test]
fn a_file_without_cases_or_a_case_without_a_handler_is_refused() {
    assert!(wrong("# nothing\n")[0].contains("the file has no cases"));
    assert!(wrong("handler: a\ncases: []\n")[0].contains("there are 0 cases"));
    assert!(wrong("handler: a\n")[0].contains("`cases` is missing"));
    assert!(wrong("cases: [{name: a}]\n")[0].contains("nothing is called"));
    let both = wrong("handler: a\nsubscriber: b\ncases: [{name: a}]\n");
    assert!(
        both[0].contains("a case has one of `handler` and `subscriber`"),
        "{both:?}"
    );
    let event = wrong("subscriber: b\ncases: [{name: a}]\n");
    assert!(event[0].contains("`event` is missing"), "{event:?}");
}

#[test]
fn the_schema_has_the_keys_that_are_read() {
    let schema = case_file_schema();
    let keys = |pointer: &str| {
        let mapping = schema.pointer(pointer).unwrap();
        assert_eq!(
            mapping["additionalProperties"],
            Value::Bool(false),
            "{pointer}"
        );
        let mut keys: Vec<_> = mapping["properties"].as_object().unwrap().keys().collect();
        keys.sort();
        keys.into_iter().cloned().collect::<Vec<_>>()
    };
    let sorted = |known: &[&str]| {
        let mut known: Vec<_> = known.iter().map(|it| (*it).to_owned()).collect();
        known.sort();
        known
    };
    let shared = [&CALL_KEYS[..], &FAKE_KEYS[..]].concat();
    assert_eq!(keys(""), sorted(&FILE_KEYS));
    assert_eq!(keys("/properties/defaults"), sorted(&shared));
    assert_eq!(
        keys("/$defs/case"),
        sorted(&[&shared[..], &["name", "expect"]].concat())
    );
    assert_eq!(keys("/$defs/event"), sorted(&EVENT_KEYS));
    assert_eq!(keys("/$defs/http_fake"), sorted(&HTTP_KEYS));
    assert_eq!(keys("/$defs/reply"), sorted(&REPLY_KEYS));
    assert_eq!(keys("/$defs/request"), sorted(&REQUEST_KEYS));
    assert_eq!(keys("/$defs/expect"), sorted(&EXPECT_KEYS));
    assert_eq!(keys("/$defs/failure"), sorted(&FAILURE_KEYS));
    assert_eq!(keys("/$defs/step"), sorted(&task::STEP_KEYS));
    assert_eq!(keys("/$defs/attempt"), sorted(&task::ATTEMPT_KEYS));
    assert_eq!(keys("/$defs/fake_failure"), sorted(&task::FAILURE_KEYS));
    assert_eq!(keys("/$defs/expected_step"), sorted(&STEP_KEYS));
    assert_eq!(keys("/$defs/sent_event"), sorted(&SENT_EVENT_KEYS));
}

const TASKS: &str = "
template: template.yaml
defaults:
  steps: {order: {result: {id: 7}}}
cases:
  - name: a step that fails twice
    input: {order_id: o-9}
    steps:
      charge:
        attempts:
          - {failure: upstream_down, takes: 2s}
          - {failure: {code: busy, retry: 30s}}
          - result: {charge: ch_1}
      notify: {failure: {code: gone, message: nobody, retry: never}}
    expect:
      failure: gone
      steps: {order: waiting, charge: {state: complete, attempts: 3}}
      elapsed: 33s
";

#[test]
fn a_case_of_a_template_says_what_steps_do() {
    let [case] = &cases(TASKS)[..] else {
        panic!("one case")
    };
    let Callee::Task(call) = &case.call.callee else {
        panic!("a task")
    };
    assert_eq!(call.template, Path::new("template.yaml"));
    // What the case says takes the place of what `defaults` say.
    assert_eq!(call.steps.keys().collect::<Vec<_>>(), ["charge", "notify"]);
    let charge = &call.steps["charge"].attempts;
    assert_eq!((charge.len(), charge[0].takes), (3, Duration::from_secs(2)));
    assert_eq!(case.expect.steps["charge"].attempts, Some(3));
    assert_eq!(case.expect.elapsed, Some(Duration::from_secs(33)));
}

#[test]
fn what_is_wrong_with_a_case_of_a_template_is_reported_too() {
    let text = "
template: ../other/template.yaml
cases:
  - name: a
  - {name: b, template: a.yaml, attempt: 2, config: {}}
  - name: c
    template: a.yaml
    steps:
      one: {takes: 1s}
      two: {result: 1, failure: x}
      three: {attempts: [], result: 1}
      four: {rseult: 1}
    expect: {steps: {one: done, two: {stae: complete}}}
";
    let wrong = wrong(text);
    let expected = [
        "2: a template is a file of the project",
        "5: `attempt` belongs to a single attempt",
        "5: `config` belongs to a single attempt",
        "9: this says no end of the attempt",
        "10: an attempt has one end",
        "11: `result` stands beside `attempts`",
        "11: there are 0 attempts",
        "12: unknown key `rseult`; did you mean `result`",
        "12: this says no end of the attempt",
        "13: `done` is not a state",
        "13: unknown key `stae`; did you mean `state`",
    ];
    for start in expected {
        let is_there = wrong.iter().any(|it| it.starts_with(start));
        assert!(is_there, "{start}\n{}", wrong.join("\n"));
    }
    assert_eq!(wrong.len(), expected.len(), "{}", wrong.join("\n"));
}

#[test]
fn the_schema_accepts_what_is_read() {
    let schema = schema_compat::Schema::compile(&case_file_schema()).unwrap();
    let mut findings = Findings::default();
    for text in [WHOLE, TASKS] {
        let read = yaml::read(text, &mut findings).unwrap().to_json();
        schema.check(&read).unwrap();
    }
}
