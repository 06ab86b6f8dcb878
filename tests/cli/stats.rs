//! `tasker stats`.

use super::terminal::Terminal;
use crate::harness::wait_until_sql;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statistics_are_shown_as_tables_with_bars_and_as_json() {
    let terminal = Terminal::with_basics().await;
    terminal
        .template("one", "  - {name: a, handler: basics/echo}")
        .await;
    terminal
        .template(
            "bad",
            "  - {name: b, handler: basics/flaky, config: {failures: 5}, retry: {max_attempts: 1}}",
        )
        .await;
    for template in ["demo/one", "demo/one", "demo/bad"] {
        terminal
            .run(["task", "run", template, "-q"])
            .await
            .succeeds();
    }
    let counted = "select coalesce(sum(count), 0) = 3 from tasker.statistic where measure = 'task' and width = 60";
    wait_until_sql(terminal.database().pool(), counted).await;

    let shown = terminal.run(["stats", "performance"]).await.succeeds().out;
    for part in [
        "3 tasks ended, 66.7 % complete",
        "demo/one",
        "##########",
        "100.0 %",
        "by the hour",
    ] {
        assert!(shown.contains(part), "no `{part}` in\n{shown}");
    }
    assert!(shown.is_ascii() || !shown.contains('█'), "{shown}");
    let by_step = [
        "stats",
        "performance",
        "--by",
        "step",
        "--since",
        "1h",
        "--namespace",
        "demo",
    ];
    let by_step = terminal.run(by_step).await.succeeds().out;
    assert!(
        by_step.contains("demo/one@1.0.0 a") && by_step.contains("by the minute"),
        "{by_step}"
    );
    let bottlenecks = terminal.run(["stats", "bottlenecks"]).await.succeeds().out;
    assert!(
        bottlenecks.contains("MOST FAILED ATTEMPTS") && bottlenecks.contains("flaky"),
        "{bottlenecks}"
    );
    let errors = ["stats", "errors", "--template", "bad", "-o", "json"];
    let errors = terminal.run(errors).await.succeeds().json();
    assert_eq!(errors["groups"][0]["code"], "flaky");
    let none = terminal
        .run(["stats", "errors", "--template", "one"])
        .await
        .succeeds();
    assert!(none.out.contains("no attempt failed"), "{none:?}");
}
