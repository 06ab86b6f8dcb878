use super::terminal::Terminal;
use crate::harness::basics;
use serde_json::json;

/// A crate of handlers, called `demo/basics`.
const CRATE: &str = "../plugins/handlers/basics";
/// A crate of handlers without a name.
const NAMELESS: &str = "../tests/guests/undescribed";
const SUM: &str = "  - {name: two, handler: basics/sum@^0.1, config: {value: 2}}
  - {name: add, handler: basics/sum, depends_on: [two], config: {value: 40, of: [two]}}";

#[tokio::test]
async fn a_crate_becomes_a_component_and_the_same_bytes_are_no_conflict() {
    let terminal = Terminal::with_host().await;
    let first = terminal
        .run(["component", "publish", CRATE])
        .await
        .succeeds();
    assert!(
        first.out.contains("demo/basics@0.1.0 published"),
        "{first:?}"
    );
    assert!(first.out.contains("handlers: noop, echo, sum"), "{first:?}");
    let again = terminal
        .run(["component", "publish", CRATE])
        .await
        .succeeds();
    assert!(again.out.contains("was there already"), "{again:?}");
    let list = terminal
        .run(["component", "ls", "--output", "json"])
        .await
        .succeeds()
        .json();
    assert_eq!(list["items"][0]["name"], "basics");
    let shown = terminal
        .run(["component", "show", "demo/basics@0.1.0"])
        .await
        .succeeds();
    assert!(shown.out.contains("handler  sum"), "{shown:?}");
}

#[tokio::test]
async fn a_crate_without_a_name_takes_the_one_that_is_given() {
    let terminal = Terminal::with_host().await;
    let publish = ["component", "publish", NAMELESS];
    let refused = terminal.run(publish).await.ends_with(2);
    let told = "Cargo.toml does not say what the component is called";
    assert!(refused.err.contains(told), "{refused:?}");
    assert!(refused.err.contains("help: add --name"), "{refused:?}");
    let named = publish.iter().chain(&["--name", "demo/undescribed"]);
    let published = terminal.run(named).await.succeeds();
    assert!(
        published.out.contains("demo/undescribed@0.1.0 published"),
        "{published:?}"
    );
}

#[tokio::test]
async fn a_template_is_checked_registered_shown_and_drawn() {
    let terminal = Terminal::with_basics().await;
    let yaml = format!("namespace: demo\nname: add\nversion: 1.0.0\nsteps:\n{SUM}\n");
    let file = terminal.file("add.yaml", &yaml);
    let checked = terminal
        .run(["template", "check", &file, "--output", "json"])
        .await
        .succeeds();
    assert_eq!(
        checked.json(),
        json!({"namespace": "demo", "name": "add", "version": "1.0.0", "steps": 2})
    );
    terminal
        .run(["template", "publish", &file])
        .await
        .succeeds();
    let source = terminal
        .run(["template", "show", "demo/add", "--source"])
        .await
        .succeeds();
    assert_eq!(source.out, yaml);
    let registered = terminal
        .run(["template", "graph", "demo/add", "--format", "dot"])
        .await
        .succeeds();
    let of_file = terminal
        .run(["template", "graph", &file, "--format", "dot"])
        .await
        .succeeds();
    assert!(registered.out.contains("digraph"), "{registered:?}");
    assert_eq!(registered.out, of_file.out);
}

#[tokio::test]
async fn a_pin_is_set_listed_and_removed() {
    let terminal = Terminal::with_basics().await;
    let share = ["share", "add", "demo/basics", "--with", "orders"];
    terminal.run(share).await.succeeds();
    let pin = ["component", "demo/basics", "^0.1", "--in", "orders"];
    terminal
        .run(["pin", "set"].iter().chain(&pin))
        .await
        .succeeds();
    let listed = terminal.run(["pin", "ls", "orders"]).await.succeeds();
    assert!(
        listed
            .out
            .contains("orders     component  demo/basics  ^0.1"),
        "{listed:?}"
    );
    let pin = ["component", "demo/basics", "--in", "orders"];
    let why = ["--reason", "0.2 is as good"];
    let removed = terminal
        .run([&["pin", "rm", "--yes"], &pin[..], &why].concat())
        .await;
    removed.succeeds();
    let listed = terminal.run(["pin", "ls"]).await.succeeds();
    assert_eq!(listed.out, "no pins\n");
    let history = terminal
        .run([&["rollout", "history"], &pin[..]].concat())
        .await;
    assert!(history.succeeds().out.contains("0.2 is as good"));
}

#[tokio::test]
async fn a_rollout_is_begun_paused_rolled_back_and_told_in_the_history() {
    let terminal = Terminal::with_basics().await;
    let file = terminal.file("basics.wasm", basics());
    let publish = ["component", "publish", &file, "--name", "demo/basics"];
    let publish = publish.iter().chain(&["--version", "0.2.0"]);
    terminal.run(publish).await.succeeds();
    let pin = async |arguments: &[&str]| {
        let (action, rest) = arguments.split_first().unwrap();
        let group = if *action == "set" { "pin" } else { "rollout" };
        let all = [group, action, "component", "demo/basics"];
        terminal.run(all.iter().chain(rest)).await
    };
    pin(&["set", "=0.1.0"]).await.succeeds();
    let limits = "window=90s,max_error_rate=0.02";
    let begun = pin(&["start", "0.2.0", "--percent", "12.5", "--guard", limits]).await;
    let begun = begun.succeeds();
    assert!(
        begun.out.contains(
            "12.5 % of new tasks in demo take the component demo/basics at =0.2.0, the others at =0.1.0"
        ),
        "{begun:?}"
    );
    assert!(
        begun
            .err
            .contains("tasker rollout rollback component demo/basics"),
        "{begun:?}"
    );
    pin(&["pause", "--reason", "odd logs"]).await.succeeds();
    let listed = terminal.run(["pin", "ls"]).await.succeeds();
    assert!(
        listed.out.contains("=0.1.0 → =0.2.0 12.5 %  paused"),
        "{listed:?}"
    );
    assert!(
        listed
            .err
            .contains("tasker rollout history component demo/basics"),
        "{listed:?}"
    );
    let refused = pin(&["start", "0.2.0", "--percent", "50"]).await;
    assert!(refused.ends_with(4).err.contains("odd logs"));
    pin(&["resume"]).await.succeeds();
    let back = pin(&["rollback", "--reason", "it is broken"])
        .await
        .succeeds();
    assert!(back.out.contains("at =0.1.0 again"), "{back:?}");
    let told = pin(&["history"]).await.succeeds();
    let lines: Vec<_> = told.out.lines().collect();
    assert!(lines[0].starts_with("WHEN"), "{told:?}");
    assert!(
        lines[1].contains("rollback  =0.1.0 → =0.2.0 12.5 %  =0.1.0"),
        "{told:?}"
    );
    assert_eq!(lines[2], "  it is broken");
}

#[tokio::test]
async fn a_task_that_is_waited_for_is_printed_whole() {
    let terminal = Terminal::with_basics().await;
    terminal.template("add", SUM).await;
    let input = terminal.file("order.json", "{\"id\": 7}");
    let run = [
        "task", "run", "demo/add", "--wait", "--output", "json", "--input",
    ];
    let input = format!("@{input}");
    let task = terminal
        .run(run.iter().copied().chain([input.as_str()]))
        .await
        .succeeds()
        .json();
    assert_eq!(
        (&task["state"], &task["result"]),
        (&json!("complete"), &json!(42))
    );
    assert_eq!(task["input"], json!({"id": 7}));
    let step = &task["steps"][0];
    assert_eq!(
        (&step["name"], &step["attempts"]),
        (&json!("two"), &json!(1))
    );
    let id = task["id"].as_str().unwrap();
    let shown = terminal.run(["task", "show", id]).await.succeeds();
    assert!(shown.out.contains("WHERE THE TIME WENT"), "{shown:?}");
    let steps = terminal.run(["task", "steps", id]).await.succeeds();
    assert!(steps.out.contains("add   ✔ complete  1/3"), "{steps:?}");
}

#[tokio::test]
async fn every_page_of_a_list_is_fetched_where_all_is_asked_for() {
    let terminal = Terminal::with_basics().await;
    terminal
        .template("nothing", "  - {name: a, handler: basics/noop}")
        .await;
    for _ in 0..3 {
        terminal
            .run(["task", "run", "demo/nothing"])
            .await
            .succeeds();
    }
    let page = terminal
        .run(["task", "ls", "--limit", "2", "--output", "json"])
        .await
        .succeeds()
        .json();
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    assert!(page["next"].is_string(), "{page}");
    let all = terminal
        .run(["task", "ls", "--all", "--output", "json"])
        .await
        .succeeds()
        .json();
    assert_eq!(all["items"].as_array().unwrap().len(), 3);
}
