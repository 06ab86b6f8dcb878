use super::terminal::Terminal;
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;

const VALUE: &str = "sk_live_1";

/// `tasker secret set` with the value on standard input.
async fn set_by_pipe(terminal: &Terminal, value: &str) -> std::process::Output {
    let mut command = terminal.command(["secret", "set", "orders/stripe-key"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(value.as_bytes()).await.unwrap();
    drop(stdin);
    process.wait_with_output().await.unwrap()
}

#[tokio::test]
async fn a_secret_is_set_from_a_pipe_or_a_file_listed_and_removed() {
    let terminal = Terminal::with_host().await;
    let piped = set_by_pipe(&terminal, &format!("{VALUE}\n")).await;
    let told = String::from_utf8(piped.stdout).unwrap();
    assert!(
        told.contains("secret orders/stripe-key is set, version 1"),
        "{told}"
    );
    let file = terminal.file("key.txt", VALUE);
    let set = ["secret", "set", "orders/stripe-key", "--file", &file];
    let set = terminal.run(set).await.succeeds();
    assert!(set.out.contains("version 2"), "{set:?}");
    assert!(set.err.contains("tasker secret ls orders"), "{set:?}");
    let list = terminal.run(["secret", "ls"]).await.succeeds();
    assert!(list.out.contains("orders/stripe-key  2"), "{list:?}");
    let rotated = terminal.run(["secret", "rotate"]).await.succeeds();
    assert!(
        rotated.out.contains("0 secrets encrypted anew"),
        "{rotated:?}"
    );
    let removed = terminal
        .run(["secret", "rm", "--yes", "orders/stripe-key"])
        .await
        .succeeds();
    assert!(removed.out.contains("is removed"), "{removed:?}");
    let list = terminal.run(["secret", "ls"]).await.succeeds();
    assert_eq!(list.out, "no secrets\n");
}

#[tokio::test]
async fn a_value_is_no_argument() {
    let terminal = Terminal::without_host();
    let refused = terminal
        .run(["secret", "set", "orders/stripe-key", VALUE])
        .await;
    refused.ends_with(2);
}

#[tokio::test]
async fn what_is_too_short_is_refused_without_being_quoted() {
    let terminal = Terminal::with_host().await;
    let refused = set_by_pipe(&terminal, "12345\n").await;
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success());
    assert!(
        told.contains("has 5 bytes") && !told.contains("12345"),
        "{told}"
    );
}

#[tokio::test]
async fn secrets_are_listed_in_either_order_and_set_only_as_they_are_known() {
    let terminal = Terminal::with_host().await;
    let file = terminal.file("key.txt", VALUE);
    for name in ["orders/a", "orders/b", "payments/a", "stock/a"] {
        let set = ["secret", "set", name, "--file", &file];
        terminal.run(set).await.succeeds();
    }
    let listed = async |options: &[&str]| {
        let list = ["secret", "ls", "orders,payments", "--quiet"];
        let names = terminal.run(list.iter().chain(options)).await.succeeds();
        names.out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let mut names = vec!["orders/a", "orders/b", "payments/a"];
    assert_eq!(listed(&[]).await, names);
    assert_eq!(listed(&["--order", "name"]).await, names);
    names.reverse();
    assert_eq!(listed(&["--order=-name"]).await, names);
    assert_eq!(listed(&["--order", "-name"]).await, names);
    let wrong = terminal.run(["secret", "ls", "--order", "version"]).await;
    let wrong = wrong.ends_with(2);
    assert!(wrong.err.contains("use `name` or `-name`"), "{wrong:?}");

    let json = ["secret", "ls", "orders", "--output", "json"];
    let json = terminal.run(json).await.json();
    let tag = json["items"][0]["etag"].as_str().unwrap();
    let set = [
        "secret",
        "set",
        "orders/a",
        "--file",
        &file,
        "--if-match",
        tag,
    ];
    terminal.run(set).await.succeeds();
    let lost = terminal.run(set).await;
    assert_ne!(lost.code, 0, "{lost:?}");
    assert!(lost.err.contains("nothing was changed"), "{lost:?}");
    let rm = ["secret", "rm", "orders/a", "--yes", "--if-match", tag];
    assert_ne!(terminal.run(rm).await.code, 0);
    terminal
        .run(["secret", "rm", "orders/a", "--yes"])
        .await
        .succeeds();
}
