//! What whoever tries it for the first time meets.

use super::terminal::{Ran, Terminal};
use crate::harness::{basics, wait_until};
use serde_json::{Value, json};
use std::process::Stdio;

/// A crate of handlers, called `demo/basics`.
const CRATE: &str = "../plugins/handlers/basics";

/// A crate with a subscriber, called `demo/totals`.
const TOTALS: &str = "../plugins/handlers/totals";

const GREET: &str = "namespace: demo\nname: greet\nversion: 1.0.0\ninput_schema:\n  type: object\n  \
    required: [name, times]\n  properties:\n    name: {type: string, minLength: 1}\n    \
    times: {type: integer, minimum: 2}\nsteps:\n  - {name: one, handler: basics/echo}\n";

#[tokio::test]
async fn no_command_panics_where_nobody_reads_what_it_prints() {
    let terminal = Terminal::with_host().await;
    let dir = terminal.path("greet");
    for command in [
        &["new", "handler", "demo/greet", "--dir", &dir][..],
        &["build", CRATE],
        &["version"],
        &["completions", "bash"],
        &["--help"],
        &["pin", "ls"],
        &["template", "ls", "--output", "json"],
        &["task", "show"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = terminal.command(command);
        command.stdout(writer.try_clone().unwrap());
        let child = command.stderr(Stdio::piped()).spawn().unwrap();
        let ran = child.wait_with_output().await.unwrap();
        let told = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(!told.contains("panicked"), "{command:?}: {told}");
        // Nor where standard error is gone as well.
        command.stdout(writer.try_clone().unwrap()).stderr(writer);
        let code = command.status().await.unwrap().code();
        assert!(code.is_some_and(|code| code < 100), "{command:?}: {code:?}");
    }
}

#[tokio::test]
async fn json_is_printed_by_every_command_that_takes_the_option() {
    let terminal = Terminal::without_host();
    let dir = terminal.path("greet");
    let json = async |command: &[&str]| {
        let command = command.iter().chain(&["--output", "json"]);
        terminal.run(command).await.succeeds().json()
    };
    let made = json(&["new", "handler", "demo/greet", "--dir", &dir]).await;
    assert_eq!(
        made,
        json!({"folder": dir, "namespace": "demo", "name": "greet"})
    );
    let built = json(&["build", CRATE]).await;
    assert_eq!(
        (&built["name"], &built["version"]),
        (&json!("demo/basics"), &json!("0.1.0"))
    );
    let path = std::path::PathBuf::from(built["path"].as_str().unwrap());
    assert!(path.is_file(), "{built}");
    let script = json(&["completions", "bash"]).await;
    assert!(script["script"].as_str().unwrap().contains("_tasker"));
    let psql = ["psql", "--output", "json"];
    let refused = terminal.run(psql).await.ends_with(2);
    let problem: Value = serde_json::from_str(&refused.err).unwrap();
    assert!(problem["help"].as_str().unwrap().contains("--csv"));
}

#[tokio::test]
async fn a_new_crate_may_have_a_subscriber() {
    let terminal = Terminal::without_host();
    let dir = terminal.path("totals");
    let new = ["new", "subscriber", "demo/totals", "--dir", &dir];
    let made = terminal.run(new).await.succeeds();
    let told = format!("{}{}", made.out, made.err);
    assert!(told.contains("--to component:totals/totals@^0.1"), "{told}");
    assert!(!std::path::Path::new(&dir).join("template.yaml").exists());
}

/// What a new crate with a subscriber has.
#[tokio::test]
async fn a_component_with_a_subscriber_is_published_and_counts_events() {
    let terminal = Terminal::with_basics().await;
    let grant = ["grant", "add", "demo/totals", "kv totals"];
    terminal.run(grant).await.succeeds();
    let published = terminal
        .run(["component", "publish", TOTALS])
        .await
        .succeeds();
    assert!(
        published.out.contains("subscribers: totals"),
        "{published:?}"
    );
    let shown = ["component", "show", "demo/totals@0.1.0"];
    let shown = terminal.run(shown).await.succeeds();
    assert!(
        shown.out.contains("Counts the events of each day"),
        "{shown:?}"
    );
    let to = ["--to", "component:totals/totals@^0.1", "--types", "task.*"];
    let add = ["subscription", "add", "demo/totals"].into_iter().chain(to);
    terminal.run(add).await.succeeds();
    let file = terminal.file("greet.yaml", GREET);
    terminal
        .run(["template", "publish", &file])
        .await
        .succeeds();
    let run = [
        "task",
        "run",
        "demo/greet",
        "--wait",
        "--input",
        r#"{"name": "x", "times": 2}"#,
    ];
    terminal.run(run).await.succeeds();
    wait_until("the end of the task is counted", async || {
        let ls = ["kv", "ls", "demo/totals"];
        let listed = terminal.run(ls).await.succeeds();
        listed.out.contains("tasker.task.completed").then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_command_that_is_named_after_a_publish_runs_as_it_stands() {
    let terminal = Terminal::with_basics().await;
    let file = terminal.file("greet.yaml", GREET);
    let published = terminal
        .run(["template", "publish", &file])
        .await
        .succeeds();
    let line = published.err.lines().next().unwrap();
    let command = line.strip_prefix("next: tasker ").unwrap();
    assert_eq!(
        command,
        r#"task run demo/greet --input '{"name":"text","times":2}' --watch"#
    );
    let shown = terminal.run(["template", "show", "demo/greet"]).await;
    assert!(shown.err.contains(command), "{shown:?}");
    let mut shell = tokio::process::Command::new("sh");
    let tasker = terminal.command([""; 0]);
    let tasker = tasker.as_std();
    for (name, value) in tasker.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    let script = format!("{} {command}", tasker.get_program().display());
    let ran = shell.args(["-c", &script]).output().await.unwrap();
    Ran::of(ran).succeeds();
}

#[tokio::test]
async fn nothing_is_advised_where_nobody_sits_at_a_terminal() {
    let terminal = Terminal::with_basics().await;
    let mut command = terminal.command(["component", "ls"]);
    command.env_remove("TASKER_HINTS");
    let ran = Ran::of(command.output().await.unwrap()).succeeds();
    assert_eq!(ran.err, "");
    let asked = ["component", "ls", "--hints", "always"];
    let asked = terminal.run(asked).await.succeeds();
    assert!(asked.err.starts_with("next: "), "{asked:?}");
}

#[tokio::test]
async fn a_pin_takes_the_version_behind_the_name_as_every_shell_does() {
    let terminal = Terminal::with_basics().await;
    let set = ["pin", "set", "component", "demo/basics@0.1.0"];
    let set = terminal.run(set).await.succeeds();
    assert!(set.out.contains("at =0.1.0\n"), "{set:?}");
    let both = ["pin", "set", "component", "demo/basics@0.1.0", "^0.1"];
    let both = terminal.run(both).await.ends_with(2);
    assert!(both.err.contains("both say a version"), "{both:?}");
    let neither = ["pin", "set", "component", "demo/basics"];
    let neither = terminal.run(neither).await.ends_with(2);
    let told = "write demo/basics@1.2.0 for that version, or demo/basics '^1.2'";
    assert!(neither.err.contains(told), "{neither:?}");
}

#[tokio::test]
async fn a_list_says_how_many_versions_are_out_of_use_and_which_is_taken() {
    let terminal = Terminal::with_basics().await;
    for (version, verb) in [("0.2.0", "yank"), ("0.3.0", "quarantine")] {
        let bytes = crate::sandbox::guests::noted(basics(), version);
        let file = terminal.file(&format!("{version}.wasm"), bytes);
        let publish = ["component", "publish", &file, "--name", "demo/basics"];
        let publish = publish.into_iter().chain(["--version", version]);
        terminal.run(publish).await.succeeds();
        let release = format!("demo/basics@{version}");
        let is_asked = (verb == "quarantine").then_some("--yes");
        let taken = ["component", verb, &release].into_iter().chain(is_asked);
        terminal.run(taken).await.succeeds();
    }
    let list = terminal.run(["component", "ls"]).await.succeeds();
    let line = list.out.lines().nth(1).unwrap();
    assert!(
        line.starts_with("demo/basics  0.1.0   3         1 quarantined, 1 yanked"),
        "{list:?}"
    );
}

#[tokio::test]
async fn a_diff_advises_no_number_that_exists() {
    let terminal = Terminal::with_basics().await;
    for version in ["0.1.1", "0.1.2"] {
        let bytes = crate::sandbox::guests::noted(basics(), version);
        let file = terminal.file(&format!("{version}.wasm"), bytes);
        let publish = ["component", "publish", &file, "--name", "demo/basics"];
        let publish = publish.into_iter().chain(["--version", version]);
        terminal.run(publish).await.succeeds();
    }
    let bytes = crate::sandbox::guests::noted(basics(), "other");
    let file = terminal.file("other file.wasm", bytes);
    let diff = ["component", "diff", "demo/basics@0.1.0", &file];
    let diff = terminal.run(diff).await.succeeds();
    let next =
        format!("next: tasker component publish '{file}' --name demo/basics --version 0.1.3\n");
    assert_eq!(diff.err, next);
}
