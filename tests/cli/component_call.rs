//! `component call`: one attempt of a handler, in the sandbox of the command.

use super::terminal::Terminal;
use crate::harness::{basics, build_guests};
use serde_json::json;
use std::path::Path;

#[tokio::test]
async fn a_handler_of_a_file_runs_without_a_host() {
    let terminal = Terminal::without_host();
    let file = terminal.file("basics.wasm", basics());
    let sum = ["component", "call", "sum", "--component", &file];
    let of = ["--config", r#"{"value": 2, "of": ["a", "b"]}"#];
    let results = ["--dependency", "a=40", "--dependency", "b=0"];
    let called = [&sum[..], &of, &results].concat();
    let called = terminal.run(called).await.succeeds();
    assert_eq!(called.out, "42\n");
    assert!(called.err.contains("complete after "), "{called:?}");

    let json = [&sum[..], &["-o", "json", "--config", r#"{"value": 7}"#]].concat();
    let answer = terminal.run(json).await.succeeds().json();
    assert_eq!(answer["result"], 7);
    assert_eq!(answer["log"], json!([]));
    assert!(answer["elapsed_ms"].as_f64().unwrap() > 0.0);
}

#[tokio::test]
async fn what_is_given_wrong_is_refused_before_anything_is_built() {
    let terminal = Terminal::without_host();
    // Where there is no project to build.
    let call = ["component", "call", "charge", "--project", "nowhere"];
    for (given, told) in [
        (["--input", "{"], "is not JSON"),
        (["--secret", "token=abc"], "--secret token=@FILE"),
        (["--kv", "daily=1"], "names no bucket"),
    ] {
        let refused = terminal
            .run([&call[..], &given].concat())
            .await
            .ends_with(2);
        assert!(refused.err.contains(told), "{refused:?}");
    }
}

#[tokio::test]
async fn a_handler_that_fails_says_how_and_whether_it_would_be_retried() {
    let terminal = Terminal::without_host();
    let file = terminal.file("basics.wasm", basics());
    let call = |handler: &'static str, config: &'static str| {
        let file = file.clone();
        let terminal = &terminal;
        async move {
            let call = ["component", "call", handler, "--component", &file];
            terminal
                .run([&call[..], &["--config", config]].concat())
                .await
        }
    };
    let failed = call("fail", "{}").await.ends_with(1);
    assert_eq!(failed.out, "");
    assert!(failed.err.contains("a permanent failure"), "{failed:?}");
    let panicked = call("panic", r#"{"message": "out of paper"}"#)
        .await
        .ends_with(1);
    assert!(panicked.err.contains("out of paper"), "{panicked:?}");
    let unknown = call("refund", "{}").await.ends_with(3);
    assert!(
        unknown.err.contains("has no handler `refund`"),
        "{unknown:?}"
    );
    assert!(unknown.err.contains("flaky, fail, panic"), "{unknown:?}");
}

#[tokio::test]
async fn a_handler_of_a_host_is_called_here_in_the_version_that_new_tasks_may_use() {
    let terminal = Terminal::with_basics().await;
    let sum = r#"{"value": 3}"#;
    for handler in ["demo/basics/sum", "demo/basics/sum@0.1.0"] {
        let call = ["component", "call", handler, "--config", sum];
        assert_eq!(terminal.run(call).await.succeeds().out, "3\n");
    }
    let other = ["component", "call", "demo/basics/sum@9.0.0"];
    terminal.run(other).await.ends_with(3);
    let yank = ["component", "yank", "demo/basics@0.1.0"];
    let yanked = terminal
        .run(yank.iter().chain(&["--reason", "wrong"]))
        .await;
    yanked.succeeds();
    let none = terminal
        .run(["component", "call", "demo/basics/sum"])
        .await
        .ends_with(3);
    assert!(
        none.err.contains("no version that new tasks may use"),
        "{none:?}"
    );
}

#[tokio::test]
async fn requests_leave_the_machine_only_where_that_is_asked_for() {
    let terminal = Terminal::without_host();
    let built = build_guests(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins"));
    let file = built.join("tasker_handlers_http.wasm");
    let file = file.to_str().unwrap();
    let input = r#"{"url": "http://192.0.2.1/"}"#;
    let fetch = ["component", "call", "fetch", "--component", file];
    let refused = terminal
        .run([&fetch[..], &["--input", input]].concat())
        .await
        .ends_with(1);
    assert!(refused.err.contains("http_denied"), "{refused:?}");
    let granted = [
        "--grant",
        "http GET 192.0.2.1",
        "--grant",
        "http GET 127.0.0.1:9",
    ];
    let fetch = [&fetch[..], &granted].concat();
    let called = terminal
        .run([&fetch[..], &["--input", input]].concat())
        .await
        .ends_with(1);
    assert!(
        called.err.contains("request GET http://192.0.2.1/"),
        "{called:?}"
    );
    assert!(called.err.contains("network is closed"), "{called:?}");
    assert!(called.err.contains("add --network"), "{called:?}");
    // What the sandbox of a host refuses is refused here too.
    let inner = r#"{"url": "http://127.0.0.1:9/"}"#;
    let called = terminal
        .run([&fetch[..], &["--network", "--input", inner]].concat())
        .await
        .ends_with(1);
    assert!(called.err.contains("127.0.0.1"), "{called:?}");
    assert!(!called.err.contains("network is closed"), "{called:?}");
}
