use super::terminal::Terminal;

#[tokio::test]
async fn a_value_is_set_read_listed_and_removed() {
    let terminal = Terminal::with_host().await;
    let set = ["kv", "set", "orders/counters", "total", "41"];
    let set = terminal.run(set).await.succeeds();
    assert!(set.out.contains("orders/counters total is set"), "{set:?}");
    let get = ["kv", "get", "orders/counters", "total"];
    assert_eq!(terminal.run(get).await.succeeds().out, "41\n");
    let listed = terminal
        .run(["kv", "ls", "orders/counters"])
        .await
        .succeeds();
    assert!(listed.out.contains("total  41"), "{listed:?}");
    let removed = terminal
        .run(["kv", "rm", "--yes", "orders/counters", "total"])
        .await;
    assert!(removed.succeeds().out.contains("is removed"));
    let listed = terminal
        .run(["kv", "ls", "orders/counters"])
        .await
        .succeeds();
    assert_eq!(listed.out, "no entries\n");
    let gone = terminal.run(get).await;
    assert!(gone.err.contains("has no key `total`"), "{gone:?}");
}

#[tokio::test]
async fn a_mistake_in_json_is_told_in_terms_of_the_command() {
    let terminal = Terminal::with_host().await;
    let set = ["kv", "set", "demo/c", "a", "{bad"];
    let refused = terminal.run(set).await.ends_with(2);
    assert!(refused.err.contains("the value is not JSON"), "{refused:?}");
    assert!(!refused.err.contains("--input"), "{refused:?}");
}
