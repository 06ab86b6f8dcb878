//! `tasker events tail`, `ls` and `catalog`.

use super::terminal::Terminal;
use serde_json::Value;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

const ONE: &str = "  - {name: a, handler: basics/echo}";
const FAILS: &str = "  - {name: pay, handler: basics/fail, config: {code: declined, message: no money}, \
                     retry: {max_attempts: 1}}";

/// A command that goes on until it is dropped, and what it prints.
struct Tail {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Tail {
    fn start(terminal: &Terminal, arguments: &[&str]) -> Self {
        let mut command = terminal.command(["events", "tail"].iter().chain(arguments));
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            _child: child,
            lines,
        }
    }

    async fn next(&mut self) -> String {
        self.lines.next_line().await.unwrap().expect("it goes on")
    }

    /// The lines up to the one with this part.
    async fn until(&mut self, part: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            lines.push(self.next().await);
            if lines.last().unwrap().contains(part) {
                return lines;
            }
        }
    }
}

async fn run(terminal: &Terminal, template: &str) -> String {
    let ran = terminal
        .run(["task", "run", template, "--wait", "-q"])
        .await;
    ran.out.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tail_has_a_line_an_event_and_filters_them() {
    let terminal = Terminal::with_basics().await;
    let mut all = Tail::start(&terminal, &["--since", "1h"]);
    let published = all.until("component.publish").await;
    assert!(
        published.last().unwrap().contains("component basics@0.1.0"),
        "{published:?}"
    );
    terminal.template("one", ONE).await;
    terminal.template("fails", FAILS).await;
    let mut failed = Tail::start(
        &terminal,
        &["--types", "task.failed,step.failed", "--since", "1h"],
    );
    run(&terminal, "demo/one").await;
    run(&terminal, "demo/fails").await;
    let lines = all.until("task.completed").await;
    let names: Vec<&str> = lines
        .iter()
        .map(|line| line.split(' ').nth(1).unwrap())
        .collect();
    for name in [
        "task.created",
        "task.started",
        "step.completed",
        "task.completed",
    ] {
        assert!(names.contains(&name), "no {name} in {names:?}");
    }
    let first = failed.next().await;
    assert!(
        first.contains(" step.failed ") && first.contains("no money"),
        "{first}"
    );
    assert!(failed.next().await.contains(" task.failed "));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tail_as_json_has_a_cloudevent_a_line_and_goes_on_from_a_cursor() {
    let terminal = Terminal::with_basics().await;
    terminal.template("one", ONE).await;
    run(&terminal, "demo/one").await;
    let options = ["-o", "json", "--template", "one", "--since", "1h"];
    let mut tail = Tail::start(&terminal, &options);
    let first: Value = serde_json::from_str(&tail.next().await).unwrap();
    assert_eq!(first["type"], "tasker.task.created");
    let second = tail.next().await;
    let cursor = first["sequence"].as_str().unwrap();
    let mut rest = Tail::start(
        &terminal,
        &["-o", "json", "--template", "one", "--from", cursor],
    );
    assert_eq!(rest.next().await, second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tail_ends_behind_as_many_events_as_are_wanted() {
    let terminal = Terminal::with_basics().await;
    terminal.template("one", ONE).await;
    run(&terminal, "demo/one").await;
    let types = "task.created,task.completed";
    let tail = ["events", "tail", "--since", "1h", "--types", types];
    let tail = tail.into_iter().chain(["--limit", "2"]);
    let tail = terminal.run(tail).await.succeeds();
    assert_eq!(tail.out.lines().count(), 2, "{tail:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_listed_page_by_page_with_the_command_for_the_next() {
    let terminal = Terminal::with_basics().await;
    terminal.template("one", ONE).await;
    run(&terminal, "demo/one").await;
    let first = ["events", "ls", "--template", "one", "--limit", "2"];
    let first = terminal.run(first).await.succeeds();
    let headings: Vec<&str> = first
        .out
        .lines()
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    assert_eq!(headings, ["WHEN", "TYPE", "SOURCE", "SUBJECT", "WHY"]);
    assert_eq!(first.out.lines().count(), 3, "{first:?}");
    assert!(
        first.out.contains("tasker.task.created  /namespaces/demo"),
        "{first:?}"
    );
    let next = first.err.trim().strip_prefix("next: tasker ").unwrap();
    let mut page = terminal.run(next.split(' ')).await.succeeds();
    while let Some(next) = page.err.trim().strip_prefix("next: tasker events ls") {
        let words = ["events", "ls"].into_iter().chain(next.split_whitespace());
        page = terminal.run(words).await.succeeds();
    }
    assert!(
        page.err.contains("next: tasker events tail --template one"),
        "{page:?}"
    );
    let json = ["events", "ls", "--types", "task.completed", "-o", "json"];
    let json = terminal.run(json).await.succeeds().json();
    assert_eq!(json["items"].as_array().unwrap().len(), 1);
    let none = ["events", "ls", "--types", "orders.charged"];
    let none = terminal.run(none).await.succeeds();
    assert_eq!(none.out, "no events here\n");
    let wrong = ["events", "ls", "--types", "task.complete"];
    let wrong = terminal.run(wrong).await.ends_with(2);
    assert!(wrong.err.contains("task.completed"), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_catalog_lists_types_and_describes_one() {
    let terminal = Terminal::with_host().await;
    let all = terminal.run(["events", "catalog"]).await.succeeds();
    assert!(all.out.lines().count() > 60, "{all:?}");
    assert!(all.out.contains("task.completed"), "{all:?}");
    let one = terminal
        .run(["events", "catalog", "task.completed"])
        .await
        .succeeds();
    assert!(
        one.out.contains("task.completed") && one.out.contains("duration_ms"),
        "{one:?}"
    );
    let json = ["events", "catalog", "task.completed", "-o", "json"];
    let json = terminal.run(json).await.succeeds().json();
    assert_eq!(json["name"], "task.completed");
    assert!(
        json["schema"].is_object() && json["example"].is_object(),
        "{json}"
    );
    let wrong = terminal
        .run(["events", "catalog", "task.complete"])
        .await
        .ends_with(3);
    assert!(
        wrong.err.contains("did you mean `task.completed`"),
        "{wrong:?}"
    );
}
