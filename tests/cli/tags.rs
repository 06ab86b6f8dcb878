//! Tags on the command line.

use super::terminal::Terminal;

#[tokio::test]
async fn a_task_is_marked_when_it_is_submitted_and_found_by_its_tag() {
    let terminal = Terminal::with_basics().await;
    terminal
        .template("one", "  - {name: a, handler: basics/noop}")
        .await;
    let run = ["task", "run", "demo/one", "--quiet"];
    let tags = ["--tag", "nightly", "--tag", "customer:7"];
    let tagged = terminal.run(run.iter().chain(&tags)).await.succeeds().out;
    terminal.run(run).await.succeeds();
    let watch = ["task", "watch", tagged.trim()];
    terminal.run(watch).await.succeeds();

    let ls = ["task", "ls", "--tag", "customer:7", "--quiet"];
    assert_eq!(terminal.run(ls).await.succeeds().out, tagged);
    let shown = terminal
        .run(["task", "show", tagged.trim()])
        .await
        .succeeds();
    assert!(shown.out.contains("customer:7, nightly"), "{}", shown.out);
    let events = [
        "events",
        "ls",
        "--tag",
        "nightly",
        "--types",
        "task.completed",
    ];
    let events = terminal.run(events).await.succeeds().out;
    assert_eq!(events.matches("task.completed").count(), 1, "{events}");

    let wrong = terminal
        .run(["task", "ls", "--tag", "a b"])
        .await
        .ends_with(2);
    assert!(
        wrong.err.contains("begins with a letter or digit"),
        "{}",
        wrong.err
    );
}
