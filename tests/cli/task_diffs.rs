//! `tasker task diff`: what differed between two runs.

use super::terminal::Terminal;
use serde_json::json;

const ECHO: &str = "  - {name: first, handler: basics/echo}
  - {name: try, handler: basics/flaky, depends_on: [first], config: {failures: 1}, retry: {max_attempts: 2, base: 1ms, max: 1ms}}";

async fn run(terminal: &Terminal, input: &str) -> String {
    let ran = ["task", "run", "demo/echo", "--input", input, "-q"];
    let id = terminal.run(ran).await.succeeds().out.trim().to_owned();
    terminal.run(["task", "watch", &id]).await.succeeds();
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runs_differ_in_their_input_their_steps_and_their_results() {
    let terminal = Terminal::with_basics().await;
    terminal.template("echo", ECHO).await;
    let a = run(&terminal, r#"{"name": "ada", "deep": {"n": [1, 2]}}"#).await;
    let b = run(&terminal, r#"{"name": "bob", "deep": {"n": [1, 3]}}"#).await;
    let diff = ["task", "diff", &a, &b];
    let json = terminal.run(diff.into_iter().chain(["-o", "json"])).await;
    let json = json.succeeds().json();
    assert_eq!(
        json["input"],
        json!([
            {"at": "/deep/n/1", "a": 2, "b": 3},
            {"at": "/name", "a": "ada", "b": "bob"},
        ])
    );
    let step = &json["steps"][0];
    assert_eq!(
        (&step["step"], &step["at"]),
        (&json!("first"), &json!("/result/deep/n/1"))
    );
    assert_eq!(json["versions"], json!([]));
    assert_eq!(json["is_same"], false);
    assert_eq!(json["times"].as_array().unwrap().len(), 2);
    let text = terminal.run(diff).await.succeeds().out;
    for part in [
        "INPUT",
        "deep.n.1",
        "first result.name",
        "TIME OF THE LAST ATTEMPT",
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runs_of_the_same_input_differ_in_nothing_but_times() {
    let terminal = Terminal::with_basics().await;
    terminal.template("echo", ECHO).await;
    let large = "x".repeat(100_000);
    let input = json!({ "large": large }).to_string();
    let (a, b) = (run(&terminal, &input).await, run(&terminal, &input).await);
    assert_ne!(a, b);
    let same = terminal.run(["task", "diff", &a, &b]).await.succeeds().out;
    assert!(same.contains("nothing differs but times"), "{same}");
    let other = run(&terminal, &input.replace("xx\"", "xy\"")).await;
    let json = ["task", "diff", &a, &other, "-o", "json"];
    let json = terminal.run(json).await.succeeds().json();
    assert_eq!(json["input"][0]["at"], "/large");
    assert_eq!(json["steps"][0]["at"], "/result/large");
}
