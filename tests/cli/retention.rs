use super::terminal::Terminal;
use crate::flow::retention::make_old;
use crate::harness::wait_until_sql;
use serde_json::json;
use std::collections::HashSet;

#[tokio::test]
async fn retention_is_set_listed_and_removed() {
    let terminal = Terminal::with_host().await;
    let none = terminal.run(["retention", "ls"]).await.succeeds();
    assert!(none.out.contains("kept for ever"), "{none:?}");
    let set = [
        "retention",
        "set",
        "orders",
        "--complete",
        "30d",
        "--error",
        "36h",
    ];
    let set = terminal.run(set).await.succeeds();
    let told = "orders keeps tasks: complete 30d, error 36h, cancelled for ever";
    assert!(set.out.contains(told), "{set:?}");
    assert!(
        set.err.contains("next: tasker retention ls orders"),
        "{set:?}"
    );
    let listed = terminal.run(["retention", "ls"]).await.succeeds();
    assert!(
        listed.out.contains("orders     30d       36h    for ever"),
        "{listed:?}"
    );
    terminal
        .run(["retention", "rm", "orders"])
        .await
        .ends_with(2);
    let gone = ["retention", "rm", "--yes", "orders"];
    let gone = terminal.run(gone).await.succeeds();
    assert!(
        gone.out.contains("before: --complete 30d --error 36h"),
        "{gone:?}"
    );
    terminal
        .run(["retention", "set", "orders"])
        .await
        .ends_with(2);
}

#[tokio::test]
async fn a_time_for_idempotency_keys_is_set_listed_and_removed() {
    let terminal = Terminal::with_host().await;
    for of in ["orders", "*"] {
        let set = ["retention", "set", of, "--keys", "7d"];
        let set = terminal.run(set).await.succeeds();
        assert!(set.out.contains("; idempotency keys 7d"), "{set:?}");
        let listed = terminal.run(["retention", "ls"]).await.succeeds();
        assert!(listed.out.contains(" 7d "), "{listed:?}");
        let gone = ["retention", "rm", "--yes", of];
        let gone = terminal.run(gone).await.succeeds();
        assert!(gone.out.contains("before: --keys 7d"), "{gone:?}");
        let none = terminal.run(["retention", "ls"]).await.succeeds();
        assert!(none.out.contains("kept for ever"), "{none:?}");
    }
}

#[tokio::test]
async fn a_rule_for_all_namespaces_is_set_overridden_and_removed() {
    let terminal = Terminal::with_host().await;
    let all = ["retention", "set", "*", "--complete", "30d"];
    let all = terminal.run(all).await.succeeds();
    let told = "every namespace without a rule of its own keeps tasks: complete 30d";
    assert!(all.out.contains(told), "{all:?}");
    let own = ["retention", "set", "orders", "--for-ever"];
    let own = terminal.run(own).await.succeeds();
    let told = "orders keeps tasks: complete for ever, error for ever";
    assert!(own.out.contains(told), "{own:?}");
    let listed = terminal.run(["retention", "ls"]).await.succeeds();
    let lines: Vec<_> = listed.out.lines().skip(1).collect();
    assert!(lines[0].starts_with("*          30d"), "{listed:?}");
    assert!(lines[1].starts_with("orders     for ever"), "{listed:?}");
    for (of, was) in [("orders", "--for-ever"), ("*", "--complete 30d")] {
        let gone = ["retention", "rm", "--yes", of];
        let gone = terminal.run(gone).await.succeeds();
        assert!(gone.out.contains(&format!("before: {was}")), "{gone:?}");
    }
    let both = ["retention", "set", "orders", "--for-ever", "--error", "1d"];
    terminal.run(both).await.ends_with(2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_task_is_shown_from_the_archive_as_it_was_shown_before() {
    let terminal = Terminal::with_archive().await;
    let steps = "
  - {name: first, handler: basics/echo}
  - {name: second, handler: basics/echo, depends_on: [first]}";
    terminal.template("two", steps).await;
    let ran = [
        "task",
        "run",
        "demo/two",
        "--input",
        "{\"n\": 1.50}",
        "--output",
        "json",
    ];
    terminal.run(ran).await.succeeds();
    let complete = "select bool_and(state = 'complete') from tasker.task";
    wait_until_sql(terminal.database().pool(), complete).await;
    make_old(terminal.database()).await;
    let ids = terminal.run(["task", "ls", "demo", "-q"]).await.succeeds();
    let id = ids.out.trim();
    let before = terminal.run(["task", "show", id, "-o", "json"]).await;
    let before = before.succeeds().json();

    let set = ["retention", "set", "demo", "--complete", "30d"];
    terminal.run(set).await.succeeds();
    let deleted = "select not exists (select from tasker.task)";
    wait_until_sql(terminal.database().pool(), deleted).await;
    terminal.run(["task", "show", id]).await.ends_with(3);
    let archive = terminal.path("archive");
    let from = ["task", "show", id, "--from", &archive];
    let text = terminal.run(from).await.succeeds();
    assert!(
        text.out.contains("demo/two@1.0.0") && text.out.contains("second"),
        "{text:?}"
    );
    let json = from.into_iter().chain(["-o", "json"]);
    let after = terminal.run(json).await.succeeds().json();
    let differing: HashSet<&String> = before
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, value)| after[name] != **value)
        .map(|(name, _)| name)
        .collect();
    assert!(differing.is_empty(), "{differing:?}\n{before}\n{after}");
    assert_eq!(after["result"], json!({"n": 1.50}));
    let other = "0190aaaa-0000-7000-8000-000000000000";
    let other = ["task", "show", other, "--from", &archive];
    terminal.run(other).await.ends_with(3);
}
