//! A failure on a host, replayed and made a test.

use super::terminal::{Ran, Terminal};
use crate::harness::{basics, wait_until_sql};
use crate::languages::services::server;
use crate::testing::{code_dir, conformance_file};
use serde_json::Value;
use std::ffi::OsStr;

impl Terminal {
    /// The same as `run`; what it compiles is kept for other tests.
    async fn run_sandbox(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        let mut command = self.command(arguments);
        command.env("TASKER_DATA_DIR", code_dir());
        Ran::of(command.output().await.unwrap())
    }

    /// Runs a task of the template to its end; its id, once all its attempts are recorded.
    async fn recorded(&self, template: &str, recordings: usize) -> String {
        let ran = self.run(["task", "run", template, "-q"]).await;
        let id = ran.out.trim().to_owned();
        let stored =
            format!("select count(*) >= {recordings} from tasker.recording where task_id = '{id}'");
        wait_until_sql(self.database().pool(), &stored).await;
        id
    }

    /// Makes a test of the step's attempt and runs it.
    async fn exported_case_passes(&self, component: &str, task: &str, step: &str) -> String {
        let case = self
            .run(["step", "export", task, step])
            .await
            .succeeds()
            .out;
        let folder = self.path(step);
        std::fs::create_dir_all(format!("{folder}/tests")).unwrap();
        std::fs::write(format!("{folder}/tests/{step}.yaml"), &case).unwrap();
        let test = ["test", &folder, "--component", component];
        let tested = self.run_sandbox(test).await;
        assert_eq!(tested.code, 0, "{step}: {tested:?}\n{case}");
        case
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_is_replayed_and_becomes_a_test() {
    let terminal = Terminal::with_recording().await;
    let steps = "  - {name: quiet, handler: basics/echo}
  - {name: boom, handler: basics/fail, config: {code: card_declined, message: no}, depends_on: [quiet]}";
    terminal.template("fails", steps).await;
    let task = terminal.recorded("demo/fails", 2).await;

    let replay = ["step", "replay", &task, "boom"];
    let same = terminal.run_sandbox(replay).await.succeeds();
    assert!(same.out.starts_with("same: attempt 1 of boom"), "{same:?}");
    assert!(same.out.contains("card_declined"), "{same:?}");
    let json = replay.into_iter().chain(["--json"]);
    let json: Value = terminal.run_sandbox(json).await.succeeds().json();
    assert_eq!(json["same"], true);
    assert_eq!(json["recorded"], json["replayed"]);

    let other = conformance_file();
    let other = other.to_str().unwrap();
    let other = replay.into_iter().chain(["--component", other]);
    let differs = terminal.run_sandbox(other).await.ends_with(1);
    for part in ["different: the other component", "unknown_handler"] {
        assert!(differs.out.contains(part), "{part}: {differs:?}");
    }

    let component = terminal.file("basics.wasm", basics());
    let case = terminal
        .exported_case_passes(&component, &task, "boom")
        .await;
    assert!(case.contains("\"code\":\"card_declined\""), "{case}");
    terminal
        .exported_case_passes(&component, &task, "quiet")
        .await;

    let none = ["step", "replay", &task, "boom", "--attempt", "9"];
    let none = terminal.run(none).await.ends_with(3);
    assert!(none.err.contains("serve --record"), "{none:?}");
    let unknown = ["step", "export", &task, "none"];
    let unknown = terminal.run(unknown).await.ends_with(3);
    assert!(unknown.err.contains("has no step `none`"), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_has_failures_recorded_and_replayed_until_it_is_removed() {
    let terminal = Terminal::with_basics().await;
    let set = [
        "record",
        "set",
        "demo/basics",
        "100%",
        "--only-failures",
        "--reason",
        "a bug",
    ];
    let set = terminal.run(set).await.succeeds();
    let told = "100 % of the attempts of demo/basics in tasks of demo are recorded, and kept where they failed";
    assert!(set.out.contains(told), "{set:?}");
    assert!(set.err.contains("next: tasker record ls demo"), "{set:?}");
    assert!(!set.err.contains("there is no component"), "{set:?}");
    let all = ["record", "set", "demo", "0.1"];
    let all = terminal.run(all).await.succeeds();
    let told = "0.1 % of all attempts in tasks of demo are recorded";
    assert!(all.out.contains(told), "{all:?}");
    let listed = terminal.run(["record", "ls", "demo"]).await.succeeds();
    for line in [
        "demo       *          0.1 %",
        "demo       basics     100 % only failures",
    ] {
        assert!(listed.out.contains(line), "{listed:?}");
    }
    let names = terminal.run(["record", "ls", "-q"]).await.succeeds();
    assert_eq!(names.out, "demo\ndemo/basics\n");

    let steps = "  - {name: quiet, handler: basics/echo}
  - {name: boom, handler: basics/fail, depends_on: [quiet]}";
    terminal.template("fails", steps).await;
    let task = terminal.recorded("demo/fails", 1).await;
    let replay = |step| ["step", "replay", &task, step];
    terminal.run_sandbox(replay("boom")).await.succeeds();
    let quiet = terminal.run(replay("quiet")).await.ends_with(3);
    assert!(quiet.err.contains("tasker record set"), "{quiet:?}");

    let rm = ["record", "rm", "--yes", "demo/basics"];
    let rm = terminal.run(rm).await.succeeds();
    let told = "the rule is removed that had 100 % of the attempts of demo/basics in tasks of demo recorded";
    assert!(rm.out.contains(told), "{rm:?}");
    let audit = terminal.run(["audit", "ls", "demo"]).await.succeeds();
    for part in ["100 % only failures", "a bug"] {
        assert!(audit.out.contains(part), "{part}: {audit:?}");
    }
}

#[tokio::test]
async fn a_wrong_rule_is_refused_with_what_would_be_right() {
    let terminal = Terminal::with_basics().await;
    for (arguments, code, told) in [
        (vec!["set", "demo", "101%"], 2, "from 0 to 100"),
        (vec!["set", "demo", "0.001%"], 2, "two decimals"),
        (vec!["set", "demo", "some"], 2, "such as `1%`"),
        (vec!["set", "demo"], 2, "SHARE"),
        (
            vec!["set", "demo", "1%", "--in", "orders"],
            2,
            "say which component",
        ),
        (
            vec!["rm", "--yes", "demo/basics"],
            3,
            "tasker record ls demo",
        ),
    ] {
        let all = ["record"].into_iter().chain(arguments);
        let wrong = terminal.run(all).await.ends_with(code);
        assert!(wrong.err.contains(told), "{told}: {wrong:?}");
    }
    let near = ["record", "set", "demo/bascis", "1%"];
    let near = terminal.run(near).await.succeeds();
    let told = "there is no component demo/bascis yet; the rule holds once there is; did you mean demo/basics?";
    assert!(near.err.contains(told), "{near:?}");
    let other = ["record", "set", "demo/basics", "1%", "--in", "orders"];
    terminal.run(other).await.succeeds();
    let names = terminal.run(["record", "ls", "-q"]).await.succeeds();
    assert_eq!(names.out, "demo/bascis\ndemo/basics --in orders\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_attempt_saw_of_the_world_stands_in_the_case() {
    let terminal = Terminal::with_recording().await;
    let component = conformance_file().to_str().unwrap().to_owned();
    let publish = ["component", "publish", &component, "--name", "demo/suite"];
    let publish = publish.into_iter().chain(["--version", "1.0.0"]);
    terminal.run(publish).await.succeeds();
    let approve = ["component", "approve", "demo/suite@1.0.0"];
    terminal.run(approve).await.succeeds();
    let server = server();
    let http = format!("http {server}");
    for grant in [http.as_str(), "kv counters", "secret stripe-key"] {
        let grant = ["grant", "add", "demo/suite", grant];
        terminal.run(grant).await.succeeds();
    }
    let set = ["secret", "set", "demo/stripe-key"];
    terminal.run_with_input(set, "sk_live_77").await.succeeds();
    let set = ["kv", "set", "demo/counters", "a", "41"];
    terminal.run(set).await.succeeds();
    for (step, input) in [
        ("fetches", format!("{{\"method\": \"POST\", \"url\": \"http://{server}/echo?q=1\", \"headers\": {{\"x-order\": \"7\"}}, \"body\": \"{{\\\"n\\\":1}}\"}}")),
        ("keeps", r#"[{"op": "get", "key": "a"}, {"op": "set", "key": "b", "value": 1}, {"op": "keys", "key": ""}]"#.to_owned()),
        ("secret", r#"{"name": "stripe-key", "clear": false}"#.to_owned()),
        ("random", "{}".to_owned()),
        ("clock", "{}".to_owned()),
    ] {
        terminal.template(step, &format!("  - {{name: {step}, handler: suite/{step}}}")).await;
        let template = format!("demo/{step}");
        let run = ["task", "run", &template, "--input", &input, "-q"];
        let task = terminal.run(run).await.succeeds().out.trim().to_owned();
        let stored = format!("select exists (select from tasker.recording where task_id = '{task}')");
        wait_until_sql(terminal.database().pool(), &stored).await;
        let replayed = terminal.run_sandbox(["step", "replay", &task, step]).await;
        assert_eq!(replayed.code, 0, "{step}: {replayed:?}");
        let case = terminal.exported_case_passes(&component, &task, step).await;
        assert!(!case.contains("sk_live_77"), "{case}");
    }
    let clear = "select not exists (select from tasker.recording where key_id is null)";
    wait_until_sql(terminal.database().pool(), clear).await;
}
