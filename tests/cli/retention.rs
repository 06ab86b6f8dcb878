use super::terminal::Terminal;

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
