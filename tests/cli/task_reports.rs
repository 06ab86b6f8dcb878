//! `tasker task report`, and how `tasker task show` leads with the cause.

use super::terminal::Terminal;
use crate::flow::retention::make_old;
use crate::harness::wait_until_sql;

const FAILING: &str = "  - {name: first, handler: basics/echo}
  - {name: try, handler: basics/flaky, depends_on: [first], config: {failures: 5}, retry: {max_attempts: 2, base: 1ms, max: 1ms}}";

async fn failed(terminal: &Terminal) -> String {
    terminal.template("failing", FAILING).await;
    let ran = terminal
        .run(["task", "run", "demo/failing", "-q"])
        .await
        .succeeds();
    let ended = "select bool_and(state = 'error') from tasker.task";
    wait_until_sql(terminal.database().pool(), ended).await;
    ran.out.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_text_markdown_or_json() {
    let terminal = Terminal::with_basics().await;
    let id = failed(&terminal).await;
    let text = terminal.run(["task", "report", &id]).await.succeeds().out;
    for part in [
        "demo/failing@1.0.0 error after",
        "try, attempt 2: flaky",
        "WHERE THE TIME WENT",
        "CRITICAL PATH",
        "STEPS BY LEVEL",
        "ATTEMPTS THAT DID NOT COMPLETE",
        "VERSIONS",
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    assert!(!text.contains('\x1b'), "{text}");
    let markdown = ["task", "report", &id, "--output", "markdown"];
    let markdown = terminal.run(markdown).await.succeeds().out;
    assert!(markdown.starts_with("# "), "{markdown}");
    assert!(
        markdown.contains("## Critical path\n\n| step |"),
        "{markdown}"
    );
    let json = terminal.run(["task", "report", &id, "-o", "json"]).await;
    let json = json.succeeds().json();
    assert_eq!(json["critical_path"][1]["step"], "try");
}

#[tokio::test]
async fn markdown_is_refused_by_commands_that_do_not_write_it() {
    let terminal = Terminal::without_host();
    for command in [["task", "ls"], ["version", "-q"]] {
        let refused = terminal
            .run(command.into_iter().chain(["-o", "markdown"]))
            .await;
        let refused = refused.ends_with(2);
        assert!(
            refused.err.contains("does not write markdown"),
            "{refused:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_task_is_shown_with_its_cause_first_and_how_to_run_it_again() {
    let terminal = Terminal::with_basics().await;
    let id = failed(&terminal).await;
    let shown = terminal.run(["task", "show", &id]).await.succeeds().out;
    let (cause, again) = (
        shown.find("try failed after 2 attempts"),
        shown.find("run it again"),
    );
    assert!(cause.is_some_and(|at| at < 8), "{shown}");
    assert!(
        again < shown.find("correlation") && again.is_some(),
        "{shown}"
    );
    let command = format!("tasker task input {id} | tasker task run demo/failing@1.0.0 --input @-");
    assert!(shown.contains(&command), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_report_of_a_deleted_task_is_made_from_the_archive() {
    let terminal = Terminal::with_archive().await;
    failed(&terminal).await;
    make_old(terminal.database()).await;
    let ids = terminal.run(["task", "ls", "demo", "-q"]).await.succeeds();
    let report = ["task", "report", ids.out.trim(), "-o", "json"];
    let before = terminal.run(report).await.succeeds().json();
    let set = ["retention", "set", "demo", "--error", "30d"];
    terminal.run(set).await.succeeds();
    let deleted = "select not exists (select from tasker.task)";
    wait_until_sql(terminal.database().pool(), deleted).await;
    let archive = terminal.path("archive");
    let from = report.into_iter().chain(["--from", &archive]);
    let after = terminal.run(from).await.succeeds().json();
    for member in [
        "critical_path",
        "attempts",
        "attempt_counts",
        "components",
        "resources",
    ] {
        assert_eq!(before[member], after[member], "{member}");
    }
    assert!(!after["attempts"][0]["host"].is_null(), "{after}");
}
