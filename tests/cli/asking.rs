//! Commands that ask before they remove or stop something, and commands that print names alone.

use super::terminal::Terminal;

#[tokio::test]
async fn what_removes_or_stops_is_refused_where_nobody_can_be_asked() {
    let terminal = Terminal::with_basics().await;
    let set = ["kv", "set", "demo/counters", "total", "1"];
    terminal.run(set).await.succeeds();
    let id = "01890000-0000-7000-8000-000000000000";
    for command in [
        &["kv", "rm", "demo/counters", "total"][..],
        &["secret", "rm", "demo/key"],
        &["pin", "rm", "component", "demo/basics"],
        &["grant", "rm", "demo/basics", "kv c"],
        &["limit", "rm", "demo"],
        &["share", "rm", "demo/basics", "--with", "orders"],
        &["signing-policy", "rm", "demo", "0123456789abcdef"],
        &["key", "revoke", "admin"],
        &["component", "quarantine", "demo/basics@0.1.0"],
        &["task", "cancel", id],
        &["gc"],
    ] {
        let refused = terminal.run(command).await.ends_with(2);
        assert!(
            refused.err.starts_with("error: not confirmed: ") && refused.err.contains("--yes"),
            "{command:?}: {refused:?}"
        );
    }
    let get = ["kv", "get", "demo/counters", "total"];
    assert_eq!(terminal.run(get).await.succeeds().out, "1\n");
}

#[tokio::test]
async fn only_names_and_ids_are_printed_where_that_is_wanted() {
    let terminal = Terminal::with_basics().await;
    let step = "  - {name: a, handler: basics/noop}";
    terminal.template("one", step).await;
    let quiet = async |command: &[&str]| {
        let quiet = command.iter().chain(&["--quiet"]);
        let ran = terminal.run(quiet).await.succeeds();
        assert_eq!(ran.err, "", "{command:?}");
        ran.out
    };
    assert_eq!(quiet(&["component", "ls"]).await, "demo/basics\n");
    assert_eq!(quiet(&["template", "ls", "demo"]).await, "demo/one\n");
    assert_eq!(quiet(&["namespace", "create", "other"]).await, "");
    assert_eq!(quiet(&["template", "ls", "other"]).await, "");
    let pin = ["pin", "set", "component", "demo/basics@0.1.0"];
    assert_eq!(quiet(&pin).await, "");
    assert_eq!(quiet(&["pin", "ls"]).await, "component demo/basics\n");
    let id = quiet(&["task", "run", "demo/one"]).await;
    assert_eq!(quiet(&["task", "ls", "demo/one"]).await, id);
    assert_eq!(quiet(&["task", "steps", id.trim()]).await, "a\n");
    let file = terminal.path("basics.wasm");
    let publish = ["component", "publish", &file, "--name", "demo/basics"];
    let publish = [&publish[..], &["--version", "0.1.0"]].concat();
    assert_eq!(quiet(&publish).await, "demo/basics@0.1.0\n");
    let key = [
        "key",
        "create",
        "ci",
        "--only",
        "run",
        "--namespace",
        "demo",
    ];
    assert!(quiet(&key).await.starts_with("tk_"));
}

#[tokio::test]
async fn what_references_a_template_is_shown_version_by_version() {
    let terminal = Terminal::with_basics().await;
    let step = "  - {name: a, handler: basics/noop}";
    terminal.template("one", step).await;
    let pin = ["pin", "set", "template", "demo/one@1.0.0"];
    terminal.run(pin).await.succeeds();
    let all = ["template", "references", "demo/one"];
    let all = terminal.run(all).await.succeeds();
    assert!(
        all.out
            .contains("1.0.0    active  0           one in demo: =1.0.0"),
        "{all:?}"
    );
    let next = "next: tasker template references demo/one@1.0.0\n";
    assert_eq!(all.err, next);
    let none = ["template", "references", "demo/none"];
    terminal.run(none).await.ends_with(3);
}
