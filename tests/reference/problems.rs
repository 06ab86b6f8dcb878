//! What goes wrong, by code, with what to do.

use super::{cell, code, hold_chapter, root, table};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use tasker_domain::failure_code::FAILURE_CODES;
use tasker_wire::problem_code::PROBLEM_CODES;

/// Codes that the document of the API does not have, since they belong to no request of it or are seen by nobody who
/// reads JSON: each with its status.
const UNDECLARED: [(&str, u16); 6] = [
    ("method_not_allowed", 405),
    ("no_authentication", 409),
    ("open_on_replica", 404),
    ("sign_in_finished", 409),
    ("too_many_sessions", 409),
    ("unknown_route", 404),
];

const INTRODUCTION: &str = "\
# Errors

Every error has a code that does not change, and a text that says what is wrong, where, and often the command that helps.
The text is for people: compare codes.

## Problems of the API

A refused request is answered with [a problem](../rest.md#problems), whose `code` is one of these. The codes of
[GraphQL](../graphql.md#refusals) are the same, with some of its own.
";

const ATTEMPTS: &str = "
## Failures of attempts

A handler fails with [codes of its own](../handlers.md#failures-and-retry). These come from the host. `tasker task error`
has the code and the message, and [a backtrace](../handlers.md#failures-and-retry) where there is one. Failures of the kind
`host` are not the fault of the handler; those that only one host has do not count as attempts.
";

#[test]
fn the_chapter_on_errors_has_every_code() {
    let declared = declared();
    let known: BTreeSet<&str> = PROBLEM_CODES.iter().map(|it| it.code).collect();
    assert!(PROBLEM_CODES.is_sorted_by_key(|it| it.code) && known.len() == PROBLEM_CODES.len());
    let unknown: Vec<_> = declared
        .keys()
        .filter(|it| !known.contains(it.as_str()))
        .collect();
    assert!(unknown.is_empty(), "without a meaning: {unknown:?}");
    let mut by_status: BTreeMap<u16, Vec<Vec<String>>> = BTreeMap::new();
    for problem in PROBLEM_CODES {
        let undeclared = UNDECLARED.iter().find(|(code, _)| *code == problem.code);
        let status = undeclared.map(|(_, status)| *status);
        let status = status.or(declared.get(problem.code).copied());
        let status = status.unwrap_or_else(|| panic!("nothing is refused with {}", problem.code));
        let remedy = match problem.remedy.contains("](") {
            true => problem.remedy.to_owned(),
            false => cell(problem.remedy),
        };
        let row = vec![code(problem.code), cell(problem.meaning), remedy];
        by_status.entry(status).or_default().push(row);
    }
    let mut text = INTRODUCTION.to_owned();
    for (status, rows) in by_status {
        text += &format!(
            "\n### {status}\n\n{}",
            table(&["code", "meaning", "what to do"], &rows)
        );
    }
    text += ATTEMPTS;
    text += &format!("\n{}", failures());
    text += "\n## Exit codes\n\n";
    text += &table(&["code", "meaning"], &exits());
    hold_chapter("errors.md", &text);
}

fn failures() -> String {
    let rows: Vec<Vec<String>> = FAILURE_CODES
        .iter()
        .map(|it| {
            let kind: &str = it.kind.into_str();
            vec![code(it.code), code(kind), cell(it.meaning), cell(it.remedy)]
        })
        .collect();
    table(&["code", "kind", "meaning", "what to do"], &rows)
}

/// Those that `--help` lists.
fn exits() -> Vec<Vec<String>> {
    let table = tasker_cli::exit_codes();
    let lines = table.lines().skip(1).map(str::trim);
    let rows = lines.filter_map(|line| line.split_once("  "));
    rows.map(|(code, meaning)| vec![code.to_owned(), cell(meaning)])
        .collect()
}

/// The codes of the document of the API, each with its status.
fn declared() -> BTreeMap<String, u16> {
    let text = fs::read_to_string(root().join("host/openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let shared = document["components"]["responses"]
        .as_object()
        .unwrap()
        .values();
    let operations = document["paths"].as_object().unwrap().values();
    let operations = operations.flat_map(|path| path.as_object().unwrap().values());
    let own = operations.filter_map(|operation| operation["responses"].as_object());
    let own = own.flat_map(|responses| responses.values());
    let mut found = BTreeMap::new();
    for response in shared.chain(own) {
        let schema = &response["content"]["application/problem+json"]["schema"]["properties"];
        let codes = schema["code"]["enum"].as_array().into_iter().flatten();
        for code in codes {
            let status = schema["status"]["const"].as_u64().unwrap();
            let status = u16::try_from(status).unwrap();
            let before = found.insert(code.as_str().unwrap().to_owned(), status);
            assert!(
                before.is_none_or(|it| it == status),
                "{code} has two statuses"
            );
        }
    }
    assert!(found.len() > 80, "{found:?}");
    found
}

/// Codes that the source of sandbox, worker and database gives to failures.
#[test]
fn every_code_of_a_failed_attempt_has_a_meaning() {
    let known: BTreeSet<&str> = FAILURE_CODES.iter().map(|it| it.code).collect();
    let mut texts = Vec::new();
    for path in [
        "host/sandbox/src/outcome.rs",
        "host/sandbox/src/outcome/answer.rs",
        "host/sandbox/src/outcome/over_limit.rs",
        "host/worker/src/attempt.rs",
        "host/worker/src/round.rs",
        "host/worker/src/unreadable.rs",
        "host/worker/src/watchdog.rs",
    ] {
        let text = fs::read_to_string(root().join(path)).unwrap();
        texts.push(text.split("#[cfg(test)]").next().unwrap().to_owned());
    }
    let source = texts.concat();
    let is_code =
        |text: &&str| text.len() > 5 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let found: BTreeSet<&str> = source
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(is_code)
        .collect();
    let missing: Vec<_> = found
        .difference(&known)
        .copied()
        .filter(|it| !NO_CODES.contains(it))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    for code in &known {
        let of_elsewhere = OF_ELSEWHERE.contains(code);
        assert!(
            found.contains(code) || of_elsewhere,
            "nothing fails with {code}"
        );
    }
}

/// Words of these sources that are no codes.
const NO_CODES: [&str; 5] = ["checkpoint", "choose", "fan-out", "result", "sandbox"];
/// Codes of SQL functions and of the SDK.
const OF_ELSEWHERE: [&str; 5] = [
    "lost_too_often",
    "forgotten",
    "too_many_attempts",
    "internal",
    "invalid_input",
];
