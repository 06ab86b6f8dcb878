//! Payloads of tasks on the command line, and what lists say of a task.

use super::terminal::Terminal;

const SUM: &str = "  - {name: two, handler: basics/sum, config: {value: 40}}\n  - {name: last, handler: basics/noop, depends_on: [two]}";

#[tokio::test]
async fn each_payload_of_a_task_has_its_command() {
    let terminal = Terminal::with_basics().await;
    let step = "  - {name: it, handler: basics/noop}";
    terminal.template("one", step).await;
    let numbers = r#"{"a":18446744073709551616,"b":0.10}"#;
    let run = ["task", "run", "demo/one", "--wait", "--input", numbers];
    let ran = terminal.run(run).await.succeeds();
    let (_, rest) = ran.out.split_once("task ").unwrap();
    let id = rest.split_whitespace().next().unwrap();
    let input = terminal.run(["task", "input", id]).await.succeeds();
    assert_eq!(
        input.out,
        "{\n  \"a\": 18446744073709551616,\n  \"b\": 0.10\n}\n"
    );
    let json = ["task", "input", id, "--output", "json"];
    assert_eq!(terminal.run(json).await.succeeds().out.trim(), numbers);
    let shown = terminal.run(["task", "show", id]).await.succeeds();
    assert!(shown.out.contains("18446744073709551616"), "{shown:?}");
    for of in [vec!["task", "result", id], vec!["task", "result", id, "it"]] {
        terminal.run(of).await.succeeds();
    }
    let missing = terminal.run(["task", "error", id]).await.ends_with(3);
    assert!(missing.err.contains("has no error"), "{missing:?}");
}

#[tokio::test]
async fn steps_are_listed_by_state_page_by_page_with_what_ran() {
    let terminal = Terminal::with_basics().await;
    terminal.template("two", SUM).await;
    let ran = terminal
        .run(["task", "run", "demo/two", "--wait"])
        .await
        .succeeds();
    let (_, rest) = ran.out.split_once("task ").unwrap();
    let id = rest.split_whitespace().next().unwrap();
    let listed = terminal.run(["task", "steps", id]).await.succeeds();
    let lines: Vec<&str> = listed.out.lines().collect();
    assert!(lines[0].contains("COMPONENT") && lines[0].contains("RESULT"));
    assert!(lines[1].contains("demo/basics@0.1.0"), "{listed:?}");
    let first = terminal
        .run(["task", "steps", id, "--limit", "1"])
        .await
        .succeeds();
    assert_eq!(first.out.lines().count(), 2, "{first:?}");
    let (_, next) = first.err.split_once("next: tasker ").unwrap();
    let second = terminal.run(next.trim().split(' ')).await.succeeds();
    assert!(second.out.contains("last"), "{second:?}");
    let failed = terminal
        .run(["task", "steps", id, "--state", "error"])
        .await
        .succeeds();
    assert_eq!(failed.out.trim(), "no steps");
    let all = terminal
        .run(["task", "steps", id, "--all", "--state", "complete"])
        .await
        .succeeds();
    assert_eq!(all.out.lines().count(), 3, "{all:?}");
}

#[tokio::test]
async fn a_list_of_tasks_says_why_one_failed_or_was_cancelled() {
    let terminal = Terminal::with_basics().await;
    let pay = "  - {name: pay, handler: basics/fail, config: {code: declined, message: no money}}";
    terminal.template("broke", pay).await;
    terminal
        .run(["task", "run", "demo/broke", "--wait"])
        .await
        .ends_with(1);
    let nap = "  - {name: nap, handler: basics/sleep, config: {ms: 600000}, timeout: 15m}";
    terminal.template("endless", nap).await;
    let ran = terminal
        .run(["task", "run", "demo/endless", "--output", "json"])
        .await
        .succeeds();
    let ran = ran.json();
    let id = ran["task"]["id"].as_str().unwrap();
    terminal
        .run(["task", "cancel", "--yes", id, "--reason", "a mistake"])
        .await
        .succeeds();
    let listed = terminal.run(["task", "ls"]).await.succeeds();
    let lines: Vec<&str> = listed.out.lines().collect();
    assert!(lines[1].ends_with("a mistake"), "{listed:?}");
    assert!(lines[2].ends_with("pay: declined: no money"), "{listed:?}");
}

#[tokio::test]
async fn an_input_with_a_member_that_stands_twice_is_refused_where_it_stands() {
    let terminal = Terminal::without_host();
    let input = r#"{"order": {"id": 1, "id": 2}}"#;
    let run = ["task", "run", "demo/one", "--input", input];
    let refused = terminal.run(run).await.ends_with(2);
    assert!(refused.err.contains("/order/id"), "{refused:?}");
}
