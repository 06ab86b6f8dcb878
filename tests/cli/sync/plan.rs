use super::super::terminal::Terminal;
use super::{PINS, TEMPLATE, folder};
use crate::harness::basics;
use crate::sandbox::guests::{described, noted};
use serde_json::json;

#[tokio::test]
async fn what_the_host_would_refuse_is_told_by_the_plan_and_nothing_is_changed() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.file("demo/grants.yaml", "components: {basics: [kv x]}\n");
    terminal.file("demo/pins.yaml", "components: {basics: ^9, basicz: =1}\n");
    for command in [
        &["sync", &demo, "--dry-run"][..],
        &["sync", &demo],
        &["sync", &demo, "--prune", "--yes"],
    ] {
        let refused = terminal.run(command).await.ends_with(2);
        for told in [
            "+ grant basics  kv x\n",
            "✘ pin component basics  ^9\n    component demo/basics has 0.1.0; none satisfies ^9; \
             publish one or pin another\n",
            "✘ pin component basicz  =1\n    there is no component demo/basicz;",
        ] {
            assert!(refused.out.contains(told), "{refused:?}");
        }
        let told = "2 changes cannot be made; nothing was changed";
        assert!(refused.err.contains(told), "{refused:?}");
    }
    let grants = ["grant", "ls", "--output", "json"];
    let grants = terminal.run(grants).await.json();
    assert_eq!(grants["items"].as_array().unwrap().len(), 0, "{grants}");
    terminal.file("demo/pins.yaml", PINS);
    let mended = terminal.run(["sync", &demo]).await.succeeds();
    assert!(
        mended.out.ends_with("✔ 5 changes made in demo\n"),
        "{mended:?}"
    );
}

/// A handler that takes amounts up to this.
fn price(maximum: u32) -> Vec<u8> {
    let input = json!({"properties": {"amount": {"type": "integer", "maximum": maximum}}});
    described(&json!({"handlers": [{"name": "price", "input_schema": input}]}))
}

#[tokio::test]
async fn a_version_that_its_number_has_no_room_for_is_an_obstacle() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.file("demo/components/price@1.0.0.wasm", price(100));
    terminal.run(["sync", &demo]).await.succeeds();
    terminal.file("demo/components/price@1.1.0.wasm", price(50));
    let plan = ["sync", &demo, "--dry-run"];
    let refused = terminal.run(plan).await.ends_with(2);
    let told = "component demo/price 1.1.0 leaves room for a minor change since 1.0.0, but this is \
                a major one: publish it as 2.0.0\n";
    assert!(refused.out.contains(told), "{refused:?}");
    terminal.file("demo/components/price@1.1.0.wasm", price(500));
    let planned = terminal.run(plan).await.succeeds();
    assert!(
        planned.out.contains("KiB  minor since 1.0.0"),
        "{planned:?}"
    );
}

#[tokio::test]
async fn what_the_folder_brings_itself_is_no_obstacle() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.file("demo/components/price@1.0.0.wasm", price(50));
    terminal.run(["sync", &demo]).await.succeeds();
    terminal.file("demo/components/price@2.0.0.wasm", price(20));
    terminal.file("demo/components/price@2.1.0.wasm", price(40));
    let second = TEMPLATE.replace("1.0.0", "1.1.0");
    terminal.file(
        "demo/templates/second.yaml",
        second.replace("basics/sum@^0.1", "price/price@2"),
    );
    terminal.file(
        "demo/pins.yaml",
        "components: {price: =2.1.0}\ntemplates: {add: =1.1.0}\n",
    );
    let planned = terminal.run(["sync", &demo, "--dry-run"]).await.succeeds();
    assert!(
        planned.out.contains("to be compared with 2.0.0"),
        "{planned:?}"
    );
    terminal.run(["sync", &demo]).await.succeeds();
}

#[tokio::test]
async fn a_version_that_waits_for_approval_hinders_its_pin_and_says_what_to_do() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    let wants = json!({"handlers": [{"name": "price"}], "capabilities": ["kv totals"]});
    terminal.file("demo/components/price@1.0.0.wasm", described(&wants));
    terminal.file("demo/pins.yaml", "components: {price: =1.0.0}\n");
    let refused = terminal.run(["sync", &demo]).await.ends_with(2);
    for told in [
        "waits for approval of kv totals",
        "push demo/price@1.0.0 by itself and approve it, then sync",
    ] {
        assert!(refused.out.contains(told), "{refused:?}");
    }
    terminal.file("demo/grants.yaml", "components: {price: [kv totals]}\n");
    terminal.run(["sync", &demo]).await.succeeds();
}

#[tokio::test]
async fn a_collected_version_is_brought_back() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    std::fs::remove_file(terminal.path("demo/templates/add.yaml")).unwrap();
    std::fs::remove_file(terminal.path("demo/pins.yaml")).unwrap();
    terminal.file(
        "demo/components/basics@0.2.0.wasm",
        noted(basics(), "newer"),
    );
    terminal.run(["sync", &demo]).await.succeeds();
    let gone = terminal.run(["gc", "--older-than", "0s"]).await.succeeds();
    assert!(gone.out.contains("✔ collected 1 version"), "{gone:?}");
    terminal.file("demo/pins.yaml", "components: {basics: =0.1.0}\n");
    let synced = terminal.run(["sync", &demo]).await.succeeds();
    assert!(synced.out.contains("KiB  brought back\n"), "{synced:?}");
    assert!(
        synced.out.ends_with("✔ 2 changes made in demo\n"),
        "{synced:?}"
    );
}

#[tokio::test]
async fn a_ramp_that_runs_is_told_and_left_alone() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.file(
        "demo/components/basics@0.1.1.wasm",
        noted(basics(), "newer"),
    );
    terminal.file("demo/pins.yaml", "components: {basics: =0.1.0}\n");
    terminal.run(["sync", &demo]).await.succeeds();
    let ramp = ["pin", "ramp", "component", "demo/basics", "=0.1.1"];
    let ramp = ramp.into_iter().chain(["--percent", "10"]);
    terminal.run(ramp).await.succeeds();
    let synced = terminal.run(["sync", &demo]).await.succeeds();
    assert_eq!(
        synced.out,
        "= pin component basics: on a ramp to =0.1.1 10 %\n\
         ✔ demo is as the folder says; nothing to do\n"
    );
}

#[tokio::test]
async fn the_command_to_go_on_with_does_what_was_planned() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.run(["sync", &demo]).await.succeeds();
    terminal.file("demo/pins.yaml", "components: {basics: ^0.1}\n");
    let plan = ["sync", &demo, "--namespace", "demo", "--prune", "--dry-run"];
    let planned = terminal.run(plan).await.succeeds();
    let next = format!("next: tasker sync {demo} --namespace demo --prune --yes\n");
    assert_eq!(planned.err, next);
}
