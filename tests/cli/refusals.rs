use super::terminal::Terminal;
use serde_json::Value;
use std::process::Stdio;
use tokio::io::AsyncReadExt as _;

const UNKNOWN_TASK: &str = "01890000-0000-7000-8000-000000000000";

#[tokio::test]
async fn what_does_not_exist_ends_every_command_with_3() {
    let terminal = Terminal::with_host().await;
    for command in [
        vec!["component", "show", "demo/none"],
        vec!["component", "show", "demo/none@1.0.0"],
        vec!["template", "show", "demo/none"],
        vec!["template", "graph", "demo/none"],
        vec!["pin", "set", "template", "demo/none", "^1"],
        vec!["pin", "rm", "--yes", "component", "demo/none"],
        vec!["task", "run", "demo/none"],
        vec!["task", "show", UNKNOWN_TASK],
        vec!["task", "watch", UNKNOWN_TASK],
        vec!["task", "cancel", "--yes", UNKNOWN_TASK],
        vec!["task", "steps", UNKNOWN_TASK],
    ] {
        let ran = terminal.run(&command).await.ends_with(3);
        assert!(
            ran.out.is_empty() && ran.err.starts_with("error: there is no "),
            "{command:?}: {ran:?}"
        );
    }
}

#[tokio::test]
async fn other_content_under_the_same_version_ends_with_4() {
    let terminal = Terminal::with_basics().await;
    let handler = "  - {name: a, handler: basics/noop}";
    terminal.template("one", handler).await;
    let other = format!("namespace: demo\nname: one\nversion: 1.0.0\nsteps:\n{handler}\n# other\n");
    let other = terminal.file("other.yaml", other);
    terminal
        .run(["template", "publish", &other])
        .await
        .ends_with(4);
    let key = [
        "task",
        "run",
        "demo/one",
        "--idempotency-key",
        "k",
        "--input",
    ];
    terminal
        .run(key.iter().copied().chain(["{}"]))
        .await
        .succeeds();
    terminal
        .run(key.iter().copied().chain(["{}"]))
        .await
        .succeeds();
    terminal
        .run(key.iter().copied().chain(["{\"a\": 1}"]))
        .await
        .ends_with(4);
}

#[tokio::test]
async fn without_a_host_the_command_says_how_to_start_one() {
    let terminal = Terminal::without_host();
    let ran = terminal.run(["task", "ls"]).await.ends_with(5);
    assert!(
        ran.err
            .contains("help: is the host running? start one with: tasker serve"),
        "{ran:?}"
    );
    let ran = terminal
        .run(["task", "ls", "--output", "json"])
        .await
        .ends_with(5);
    let error: Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(error["code"], "host_unreachable");
    let ran = terminal
        .run(["--url", "127.0.0.1:1", "task", "ls"])
        .await
        .ends_with(2);
    assert!(ran.err.contains("is not the URL of a host"), "{ran:?}");
}

#[tokio::test]
async fn a_wrong_template_is_shown_with_its_lines_and_needs_no_host() {
    let terminal = Terminal::without_host();
    let yaml =
        "namespace: demo\nname: x\nversion: 1.0.0\nsteps:\n  - name: a\n    handlr: basics/noop\n";
    let file = terminal.file("wrong.yaml", yaml);
    for command in ["check", "publish", "graph"] {
        let ran = terminal
            .run(["template", command, &file])
            .await
            .ends_with(2);
        assert!(ran.err.contains("wrong.yaml:6:5: "), "{ran:?}");
        assert!(
            ran.err
                .contains("6 |     handlr: basics/noop\n      |     ^"),
            "{ran:?}"
        );
    }
}

#[tokio::test]
async fn wrong_input_is_told_with_its_place() {
    let terminal = Terminal::with_basics().await;
    let ran = terminal
        .run(["task", "run", "demo/x", "--input", "{\"a\": }"])
        .await
        .ends_with(2);
    assert!(ran.err.contains("--input:1:7: expected value"), "{ran:?}");
    let schema = "  - {name: a, handler: basics/noop}\ninput_schema: {required: [amount]}";
    terminal.template("strict", schema).await;
    let ran = terminal
        .run(["task", "run", "demo/strict"])
        .await
        .ends_with(2);
    assert!(
        ran.err
            .contains("/input: \"amount\" is a required property"),
        "{ran:?}"
    );
}

#[tokio::test]
async fn what_is_no_component_is_refused_with_the_reason() {
    let terminal = Terminal::with_host().await;
    let file = terminal.file("note.wasm", "not wasm");
    let publish = [
        "component",
        "publish",
        &file,
        "--name",
        "demo/note",
        "--version",
        "1.0.0",
    ];
    let ran = terminal.run(publish).await.ends_with(2);
    assert!(ran.err.contains("not WebAssembly"), "{ran:?}");
    let ran = terminal
        .run(["component", "publish", &file])
        .await
        .ends_with(2);
    assert!(ran.err.contains("--name orders/charge"), "{ran:?}");
    let named = ["component", "publish", &file, "--name", "basics"];
    assert!(
        terminal
            .run(named)
            .await
            .ends_with(2)
            .err
            .contains("orders/basics")
    );
}

#[tokio::test]
async fn a_reader_that_goes_away_is_no_error() {
    let terminal = Terminal::without_host();
    let mut command = terminal.command(["completions", "bash"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .await
        .unwrap();
    assert!(child.wait().await.unwrap().success());
    assert_eq!(errors, "");
}

#[tokio::test]
async fn a_host_whose_heartbeats_are_too_rare_to_tell_it_from_a_dead_one_does_not_start() {
    let mut command = tokio::process::Command::new(crate::harness::tasker());
    command
        .args(["serve", "--database-url", "postgres://127.0.0.1:1/none"])
        .args(["--heartbeat-interval", "6000", "--dead-after", "10000"]);
    let refused = command.output().await.unwrap();
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success(), "{error}");
    assert!(
        error.contains("make --dead-after at least 18000 ms"),
        "{error}"
    );
}
