//! What a chapter shows compared with what was printed.

use super::stand_ins::StandIns;
use super::tokens::{Token, matches, tokens};

/// The lines that are shown and were not printed, in the order that they are shown in. More may be printed. What differs in
/// each run, such as ids, digests, times and sizes, is compared by its kind; where it can be typed, what stands for it here is
/// kept.
pub fn missing(shown: &[&str], said: &str, stand_ins: &mut StandIns) -> Vec<String> {
    let said = stand_ins.shown(said);
    let printed: Vec<Vec<Token>> = said.lines().map(tokens).collect();
    let mut rest = &printed[..];
    let mut missing = Vec::new();
    for line in shown {
        let wanted = tokens(line);
        if wanted.is_empty() || wanted == [Token::Any] {
            continue;
        }
        let mut pairs = Vec::new();
        let found = rest.iter().position(|line| {
            pairs.clear();
            matches(&wanted, line, &mut pairs)
        });
        match found {
            Some(at) => rest = &rest[at + 1..],
            None => missing.push((*line).to_owned()),
        }
        if found.is_some() {
            for (shown, real) in pairs.iter().filter(|(shown, real)| shown != real) {
                stand_ins.learn(shown, real);
            }
        }
    }
    missing
}

#[test]
fn what_differs_in_each_run_is_compared_by_its_kind() {
    let shown = [
        "✔ demo/a@0.1.0 published (183.5 KiB, digest 9bf69730e70c)",
        "   +9.8 ms  a: running, attempt 1/3",
        "ended        2026-11-30 00:02:16.716 UTC",
        "8   app-1  977   2 days ago  0 s ago",
        "  task 01a229c2-63b5-71ae-b248-b2dc8ea0dba8",
        "tasker is ready at http://127.0.0.1:7710 on embedded PostgreSQL",
        "        PASS [   0.004s] a: b",
        "tk_…",
        "{\"items\":[…],\"next\":\"orders/a\"}",
    ];
    let said = "✔ demo/a@0.1.0 published (1.2 MiB, digest 0123456789ab)\n  next: more\n\
        \x20  +1.2 s  a: running, attempt 1/3\nended 2027-01-01 10:00:00.1 UTC\n8 app-1 977 just now 3 min ago\n\
        task 01a22a00-63b5-71ae-b248-b2dc8ea0dba9\ntasker is ready at http://127.0.0.1:3333 on embedded PostgreSQL\n\
        PASS [1.5s] a: b\ntk_7e57ab1e_dGVzdHMgYXNr\n{\"items\":[{\"a\":1},{\"b\":[2]}],\"next\":\"orders/a\"}\n";
    let mut stand_ins = StandIns::default();
    assert_eq!(missing(&shown, said, &mut stand_ins), [""; 0]);
    let command = "show 01a229c2-63b5-71ae-b248-b2dc8ea0dba8 tk_…";
    let real = "show 01a22a00-63b5-71ae-b248-b2dc8ea0dba9 tk_7e57ab1e_dGVzdHMgYXNr";
    assert_eq!(stand_ins.real(command), real);
}

#[test]
fn what_is_said_otherwise_or_in_another_order_is_missing() {
    let shown = ["one 1 s", "two 2"];
    let mut stand_ins = StandIns::default();
    assert_eq!(
        missing(&shown, "two 2\none 5 s\n", &mut stand_ins),
        ["two 2"]
    );
    assert_eq!(
        missing(&shown, "one 5 s\ntwo 3\n", &mut stand_ins),
        ["two 2"]
    );
}
