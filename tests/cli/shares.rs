//! Shares, namespaces, and what a key may not do, as people and scripts meet them.

use super::terminal::{Ran, Terminal};

const FOREIGN: &str =
    "namespace: orders\nname: sum\nversion: 1.0.0\nsteps: [{name: a, handler: demo/basics/sum}]\n";

/// A key with these actions there.
async fn key(terminal: &Terminal, name: &str, only: &str, namespace: &str) -> String {
    let create = [
        "key",
        "create",
        name,
        "--only",
        only,
        "--namespace",
        namespace,
    ];
    let made = terminal.run(create).await.succeeds();
    let key = made.out.lines().find(|line| line.starts_with("tk_"));
    key.unwrap().to_owned()
}

async fn with_key(terminal: &Terminal, key: &str, arguments: &[&str]) -> Ran {
    let mut command = terminal.command(arguments);
    let output = command.env("TASKER_TOKEN", key).output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

#[tokio::test]
async fn a_template_that_runs_what_is_not_shared_is_refused_with_the_command_that_shares_it() {
    let terminal = Terminal::with_basics().await;
    let file = terminal.file("sum.yaml", FOREIGN);
    let publish = ["template", "publish", file.as_str()];
    let refused = terminal.run(publish).await.ends_with(8);
    let share = "tasker share add demo/basics --with orders";
    assert!(refused.err.contains(share), "{refused:?}");
    let nothing = terminal.run(["share", "ls"]).await.succeeds();
    assert!(nothing.out.starts_with("no shares"), "{nothing:?}");

    let arguments: Vec<&str> = share.split(' ').skip(1).collect();
    let shared = terminal.run(&arguments).await.succeeds();
    let told = "namespace orders may use demo/basics\n";
    assert!(shared.out.ends_with(told), "{shared:?}");
    let again = terminal.run(&arguments).await.succeeds();
    assert!(
        again.out.contains("could use demo/basics already"),
        "{again:?}"
    );
    terminal.run(publish).await.succeeds();
    let listed = terminal.run(["share", "ls", "orders"]).await;
    assert!(listed.succeeds().out.contains("demo/basics  orders "));

    let rm = ["share", "rm", "--yes", "demo/basics", "--with", "orders"];
    let removed = terminal.run(rm).await.succeeds();
    assert!(removed.out.contains("may no longer use"), "{removed:?}");
    let run = terminal
        .run(["task", "run", "orders/sum"])
        .await
        .ends_with(8);
    assert!(run.err.contains(share), "{run:?}");
    terminal.run(rm).await.ends_with(3);
}

#[tokio::test]
async fn uses_and_references_count_what_the_reader_may_not_read() {
    let terminal = Terminal::with_basics().await;
    let share = ["share", "add", "demo/*", "--with", "*"];
    terminal.run(share).await.succeeds();
    let file = terminal.file("sum.yaml", FOREIGN);
    terminal
        .run(["template", "publish", &file])
        .await
        .succeeds();
    let key = key(&terminal, "reader", "read", "demo").await;
    let counted = "and 1 step in namespaces that you may not read";
    let uses = with_key(&terminal, &key, &["component", "references", "demo/basics"]).await;
    let uses = uses.succeeds();
    assert!(
        uses.out.contains(counted) && !uses.out.contains("orders"),
        "{uses:?}"
    );
    let shown = ["component", "references", "demo/basics@0.1.0"];
    let shown = with_key(&terminal, &key, &shown).await.succeeds();
    assert!(
        shown.out.contains("is referenced by 1 template step"),
        "{shown:?}"
    );
    assert!(
        shown.out.contains(counted) && !shown.out.contains("orders"),
        "{shown:?}"
    );
    let plan = ["component", "impact", "demo/basics@0.1.0"];
    let plan = with_key(&terminal, &key, &plan).await.succeeds();
    assert!(
        plan.out.contains(counted) && !plan.out.contains("orders"),
        "{plan:?}"
    );
}

#[tokio::test]
async fn no_token_no_permission_and_wrong_input_end_with_codes_of_their_own() {
    let terminal = Terminal::with_basics().await;
    let key = key(&terminal, "ci", "publish", "orders").await;
    let file = terminal.file("sum.yaml", FOREIGN);
    let code = async |key: &str, arguments: &[&str]| with_key(&terminal, key, arguments).await.code;
    assert_eq!(code("tk_wrong", &["pin", "ls"]).await, 7);
    assert_eq!(code(&key, &["pin", "ls"]).await, 8);
    assert_eq!(code(&key, &["pin", "list"]).await, 2);
    let wrong = terminal.file("wrong.yaml", "namespace: orders\n");
    assert_eq!(code(&key, &["template", "publish", &wrong]).await, 2);
    terminal
        .run(["share", "add", "demo/basics", "--with", "orders"])
        .await
        .succeeds();
    let published = with_key(&terminal, &key, &["template", "publish", &file]).await;
    // What the key may not do is no way to go on.
    assert!(!published.succeeds().err.contains("tasker task run"));
}

#[tokio::test]
async fn a_namespace_with_a_name_that_is_nearly_another_is_made_on_purpose_only() {
    let terminal = Terminal::with_host().await;
    let publish = async |namespace: &str| {
        let file = terminal.file("basics.wasm", crate::harness::basics());
        let name = format!("{namespace}/basics");
        let publish = [
            "component",
            "publish",
            &file,
            "--name",
            &name,
            "--version",
            "1.0.0",
        ];
        terminal.run(publish).await
    };
    publish("orders").await.succeeds();
    let refused = publish("ordrs").await.ends_with(3);
    let told = "there is no namespace ordrs; did you mean `orders`?";
    assert!(refused.err.contains(told), "{refused:?}");
    let create = ["namespace", "create", "ordrs"];
    terminal.run(create).await.succeeds();
    publish("ordrs").await.succeeds();
    let listed = terminal.run(["namespace", "ls"]).await.succeeds();
    assert!(listed.out.contains("ordrs      1"), "{listed:?}");
}
