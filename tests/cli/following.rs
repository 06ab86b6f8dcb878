use super::terminal::Terminal;
use serde_json::Value;

const FLAKY: &str = "  - {name: try, handler: basics/flaky, config: {failures: 1}, \
                     retry: {max_attempts: 2, backoff: none, base: 1ms}}";
const ENDLESS: &str = "  - {name: nap, handler: basics/sleep, config: {ms: 600000}, timeout: 15m}";

#[tokio::test]
async fn every_change_of_a_watched_task_has_its_line() {
    let terminal = Terminal::with_basics().await;
    terminal.template("flaky", FLAKY).await;
    let ran = terminal
        .run(["task", "run", "demo/flaky", "--watch"])
        .await
        .succeeds();
    let changes: Vec<&str> = ran
        .out
        .lines()
        .filter(|line| line.contains("  try: "))
        .collect();
    for (change, expected) in changes.iter().zip([
        "try: running, attempt 1/2",
        "try: waiting_for_retry, attempt 1/2, flaky: ",
        "try: running, attempt 2/2",
        "try: complete, attempt 2/2",
    ]) {
        assert!(change.contains(expected), "{change} is not {expected}");
    }
    assert_eq!(changes.len(), 4, "{ran:?}");
    assert!(
        ran.out.contains("✔ demo/flaky@1.0.0 complete after"),
        "{ran:?}"
    );
}

#[tokio::test]
async fn a_task_that_fails_ends_the_command_with_1_and_names_the_step() {
    let terminal = Terminal::with_basics().await;
    let steps =
        "  - {name: pay, handler: basics/fail, config: {code: declined, message: no money}}";
    terminal.template("broke", steps).await;
    let ran = terminal
        .run(["task", "run", "demo/broke", "--wait"])
        .await
        .ends_with(1);
    assert!(
        ran.out
            .contains("✘ pay failed after 1 attempt\n    declined: no money"),
        "{ran:?}"
    );
    let ran = terminal
        .run(["task", "run", "demo/broke", "--wait", "--output", "json"])
        .await
        .ends_with(1);
    assert_eq!(ran.json()["steps"][0]["error"]["code"], "declined");
}

#[tokio::test]
async fn a_timeout_ends_the_command_with_6_and_the_task_can_still_be_cancelled() {
    let terminal = Terminal::with_basics().await;
    terminal.template("endless", ENDLESS).await;
    let run = [
        "task",
        "run",
        "demo/endless",
        "--wait",
        "--timeout",
        "100ms",
        "--output",
        "json",
    ];
    let ran = terminal.run(run).await.ends_with(6);
    let error: Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(error["code"], "timed_out");
    let task = ran.json();
    let id = task["id"].as_str().unwrap();
    terminal
        .run(["task", "cancel", "--yes", id, "--reason", "too long"])
        .await
        .succeeds();
    let watched = terminal.run(["task", "watch", id]).await.ends_with(1);
    assert!(watched.out.contains("⊘ too long"), "{watched:?}");
    terminal
        .run(["task", "cancel", "--yes", id])
        .await
        .ends_with(4);
}

#[tokio::test]
async fn the_log_of_a_step_is_shown_and_followed_until_it_has_ended() {
    let terminal = Terminal::with_basics().await;
    let steps = "  - {name: boom, handler: basics/panic, config: {message: empty till}, \
                 retry: {max_attempts: 2, base: 1ms}}";
    terminal.template("panics", steps).await;
    let run = ["task", "run", "demo/panics", "--quiet"];
    let ran = terminal.run(run).await.succeeds();
    let id = ran.out.trim();
    let followed = terminal.run(["step", "logs", id, "boom", "--follow"]);
    let followed = followed.await.succeeds().out;
    for attempt in ["#1  ERROR  panicked at ", "#2  ERROR  panicked at "] {
        assert!(followed.contains(attempt), "{followed}");
    }
    let shown = terminal.run(["step", "logs", id, "boom"]).await.succeeds();
    assert_eq!(shown.out, followed);
    let json = ["step", "logs", id, "boom", "--attempt", "2", "-o", "json"];
    let page = terminal.run(json).await.succeeds().json();
    assert_eq!(page["is_complete"], true, "{page}");
    assert_eq!(page["items"][0]["attempt"], 2, "{page}");
    let unknown = terminal.run(["step", "logs", id, "none"]).await;
    assert!(!unknown.ends_with(3).err.is_empty());
}
