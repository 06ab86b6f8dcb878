use super::terminal::{Ran, Terminal};
use crate::sandbox::guests;
use sqlx::types::Uuid;

/// With a component that sends events, granted or not, and a task that it ran.
async fn ran(granted: bool) -> (Terminal, Ran) {
    let terminal = Terminal::with_host().await;
    let file = terminal.file("confidant.wasm", guests::confidant());
    let publish = [
        "component",
        "publish",
        &file,
        "--name",
        "demo/confidant",
        "--version",
        "1.0.0",
    ];
    terminal.run(publish).await.succeeds();
    if granted {
        let grant = ["grant", "add", "demo/confidant", "events orders"];
        terminal.run(grant).await.succeeds();
    }
    let step = "  - {name: charge, handler: confidant/sends_events, retry: {max_attempts: 1}}";
    terminal.template("pay", step).await;
    let run = [
        "task",
        "run",
        "demo/pay",
        "--input",
        "\"orders.charged\"",
        "--watch",
    ];
    let ran = terminal.run(run).await;
    (terminal, ran)
}

fn id_of(ran: &Ran) -> String {
    let mut words = ran.out.split_whitespace();
    let id = words.find(|word| word.parse::<Uuid>().is_ok());
    id.unwrap().to_owned()
}

#[tokio::test]
async fn events_are_lines_of_a_watched_task_and_can_be_listed() {
    let (terminal, ran) = ran(true).await;
    let ran = ran.succeeds();
    assert!(
        ran.out
            .contains("charge: event orders.charged, {\"n\":1}\n"),
        "{ran:?}"
    );
    let id = id_of(&ran);
    let listed = terminal.run(["task", "events", &id]).await.succeeds();
    let lines: Vec<&str> = listed.out.lines().collect();
    assert!(lines[0].starts_with("SENT"), "{listed:?}");
    assert!(
        lines[1].ends_with("charge  orders.charged       {\"n\":1}"),
        "{listed:?}"
    );
    assert!(lines[2].ends_with("charge  orders.charged.more  null"));
    assert!(listed.err.contains(&format!("tasker task show {id}")));
    let first = ["task", "events", &id, "--limit", "1"];
    let first = terminal.run(first).await.succeeds();
    let (_, next) = first.err.split_once("--after ").unwrap();
    let after = next.split_whitespace().next().unwrap();
    let rest = ["task", "events", &id, "--after", after, "--output", "json"];
    let rest = terminal.run(rest).await.succeeds().json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["items"][0]["event"], "orders.charged.more");
    let all = ["task", "events", &id, "--all", "--output", "json"];
    let all = terminal.run(all).await.succeeds().json();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_task_without_events_says_so() {
    let (terminal, ran) = ran(false).await;
    let id = id_of(&ran.ends_with(1));
    let listed = terminal.run(["task", "events", &id]).await.succeeds();
    assert_eq!(listed.out, "no events\n");
}

#[tokio::test]
async fn a_grant_of_what_is_no_name_of_an_event_says_what_would_be_right() {
    let terminal = Terminal::with_host().await;
    for (wrong, told) in [
        ("events orders.", "such as `orders.charged`"),
        ("events task.complete", "a reserved name"),
    ] {
        let add = ["grant", "add", "demo/confidant", wrong];
        let refused = terminal.run(add).await.ends_with(2);
        assert!(refused.err.contains(told), "{refused:?}");
    }
}
