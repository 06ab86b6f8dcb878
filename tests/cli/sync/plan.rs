use super::super::terminal::{Ran, Terminal};
use super::{PINS, TEMPLATE, folder};
use crate::harness::basics;
use crate::sandbox::guests::{described, noted};
use serde_json::json;
use std::os::unix::fs::symlink;

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
        let told = "3 changes cannot be made; nothing was changed";
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
    let told = "component demo/price 1.1.0 allows a minor change since 1.0.0, but this is \
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
        planned.out.contains("KiB  minor since 2.0.0"),
        "{planned:?}"
    );
    terminal.run(["sync", &demo]).await.succeeds();
}

#[tokio::test]
async fn a_new_version_is_held_to_another_new_one_of_the_folder_before_anything_is_changed() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.file("demo/components/price@1.0.0.wasm", price(100));
    terminal.file("demo/components/price@1.1.0.wasm", price(50));
    let second = TEMPLATE.replace("version: 1.0.0", "version: 1.0.1");
    let second = second.replace("name: two", "name: three");
    terminal.file("demo/templates/second.yaml", second);
    let refused = terminal.run(["sync", &demo]).await.ends_with(2);
    for told in [
        "component demo/price 1.1.0 allows a minor change since 1.0.0, but this is a major \
         one: publish it as 2.0.0\n",
        "template demo/add 1.0.1 allows a patch change since 1.0.0, but this is a major one",
    ] {
        assert!(refused.out.contains(told), "{refused:?}");
    }
    let all = terminal.run(["component", "ls"]).await.succeeds();
    assert_eq!(all.out, "no components yet\n");
}

#[tokio::test]
async fn a_template_that_could_not_run_in_the_end_is_an_obstacle_with_its_place() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    let far = TEMPLATE.replace("name: add", "name: far");
    let far = far.replace("basics/sum@^0.1", "elsewhere/sum");
    let file = terminal.file("demo/templates/far.yaml", far);
    let lacking = TEMPLATE.replace("name: add", "name: lacking");
    let lacking = lacking.replace("basics/sum@^0.1", "basics/nothing");
    terminal.file("demo/templates/lacking.yaml", lacking);
    let refused = terminal.run(["sync", &demo]).await.ends_with(2);
    let place = format!("    {file}:5:26: there is no component demo/elsewhere");
    assert!(refused.out.contains(&place), "{refused:?}");
    let handler = "runs handler `nothing`, which component demo/basics 0.1.0 does not have";
    assert!(refused.out.contains(handler), "{refused:?}");
    assert!(
        refused.err.contains("2 changes cannot be made"),
        "{refused:?}"
    );
    let early = terminal.run(["sync", &demo, "--allow-missing"]).await;
    let early = early.succeeds();
    assert!(
        early
            .out
            .contains("+ template demo/far@1.0.0  no task of it could run yet\n"),
        "{early:?}"
    );
}

#[tokio::test]
async fn a_template_may_need_the_pins_of_the_folder() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.file("demo/pins.yaml", "components: {basics: =0.1.0}\n");
    terminal.run(["sync", &demo]).await.succeeds();
    let newer = noted(basics(), "newer");
    terminal.file("demo/components/basics@0.2.0.wasm", newer);
    let second = TEMPLATE.replace("version: 1.0.0", "version: 1.1.0");
    let second = second.replace("@^0.1", "@^0.2");
    terminal.file("demo/templates/add.yaml", second);
    let refused = terminal.run(["sync", &demo]).await.ends_with(2);
    let told = "the namespace's pin =0.1.0 and the requirement ^0.2 at step `two` have no version in common";
    assert!(refused.out.contains(told), "{refused:?}");
    terminal.file("demo/pins.yaml", "components: {basics: ^0.2}\n");
    terminal.run(["sync", &demo]).await.succeeds();
    let run = ["task", "run", "demo/add", "--wait"];
    terminal.run(run).await.succeeds();
    // The same by taking the pin away.
    terminal.file("demo/pins.yaml", "components: {}\n");
    let newest = noted(basics(), "newest");
    terminal.file("demo/components/basics@0.3.0.wasm", newest);
    let third = TEMPLATE.replace("version: 1.0.0", "version: 1.2.0");
    terminal.file("demo/templates/add.yaml", third.replace("@^0.1", "@^0.3"));
    terminal.run(["sync", &demo]).await.ends_with(2);
    let prune = ["sync", &demo, "--prune", "--yes"];
    terminal.run(prune).await.succeeds();
}

#[tokio::test]
async fn rights_that_the_caller_lacks_are_told_before_anything_is_changed() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.file("demo/grants.yaml", "namespace: [kv counters]\n");
    terminal.file("demo/limits.yaml", "namespace: {cpu: 5s}\n");
    let create = "key create ci --only read,publish --namespace demo --output json";
    let key = terminal.run(create.split(' ')).await.json();
    let mut command = terminal.command(["sync", &demo]);
    command.env("TASKER_TOKEN", key["key"].as_str().unwrap());
    let refused = Ran::of(command.output().await.unwrap()).ends_with(2);
    for told in [
        "✘ grant *  kv counters\n    ci may not grant in demo\n",
        "✘ limit * cpu  5s\n    ci may not operate in demo\n",
        "✘ pin template add  =1.0.0\n    ci may not pin in demo\n",
        "+ component demo/basics@0.1.0",
    ] {
        assert!(refused.out.contains(told), "{refused:?}");
    }
    let all = terminal.run(["component", "ls"]).await.succeeds();
    assert_eq!(all.out, "no components yet\n");
}

#[tokio::test]
async fn a_pin_of_what_is_shared_and_cannot_be_read_is_left_to_the_host() {
    let terminal = Terminal::with_basics().await;
    let share = ["share", "add", "demo/basics", "--with", "orders"];
    terminal.run(share).await.succeeds();
    let create = "key create ci --only read,pin --namespace orders --output json";
    let key = terminal.run(create.split(' ')).await.json();
    let key = key["key"].as_str().unwrap();
    let orders = terminal.path("orders");
    std::fs::create_dir_all(&orders).unwrap();
    let sync = async |pins: &str, arguments: &[&str]| {
        terminal.file("orders/pins.yaml", pins);
        let mut command = terminal.command(["sync", &orders].iter().chain(arguments));
        command.env("TASKER_TOKEN", key);
        Ran::of(command.output().await.unwrap())
    };
    let wrong = "components: {demo/basics: ^9}\n";
    let planned = sync(wrong, &["--dry-run"]).await.succeeds();
    let told = "+ pin component demo/basics  ^9  whether it can be set cannot be told beforehand: you \
                may not read demo\n";
    assert!(planned.out.contains(told), "{planned:?}");
    let refused = sync(wrong, &[]).await.ends_with(2);
    assert!(refused.err.contains("none satisfies ^9"), "{refused:?}");
    let synced = sync("components: {demo/basics: ^0.1}\n", &[]).await;
    let synced = synced.succeeds();
    assert!(
        synced.out.ends_with("✔ 1 change made in orders\n"),
        "{synced:?}"
    );
}

#[tokio::test]
async fn links_are_followed_within_the_folder_and_not_out_of_it() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    let (data, old) = (format!("{demo}/..data"), format!("{demo}/..1"));
    std::fs::create_dir(&old).unwrap();
    std::fs::rename(format!("{demo}/templates"), format!("{old}/templates")).unwrap();
    std::fs::rename(format!("{demo}/pins.yaml"), format!("{old}/pins.yaml")).unwrap();
    symlink("..1", data).unwrap();
    symlink("..data/templates", format!("{demo}/templates")).unwrap();
    symlink("..data/pins.yaml", format!("{demo}/pins.yaml")).unwrap();
    let synced = terminal.run(["sync", &demo]).await.succeeds();
    assert!(
        synced.out.ends_with("✔ 4 changes made in demo\n"),
        "{synced:?}"
    );
    let outside = terminal.file("outside.yaml", TEMPLATE);
    symlink(outside, format!("{old}/templates/other.yaml")).unwrap();
    let refused = terminal.run(["sync", &demo]).await.ends_with(2);
    let told = "templates/other.yaml: it is a link that leads out of the folder";
    assert!(refused.err.contains(told), "{refused:?}");
}

#[tokio::test]
async fn a_byte_order_mark_in_a_file_of_the_folder_is_no_mistake() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.file("demo/pins.yaml", format!("\u{feff}{PINS}"));
    terminal.file("demo/templates/add.yaml", format!("\u{feff}{TEMPLATE}"));
    terminal.run(["sync", &demo]).await.succeeds();
    terminal.file("demo/templates/add.yaml", TEMPLATE);
    let again = terminal.run(["sync", &demo]).await.succeeds();
    assert_eq!(again.out, "✔ demo is as the folder says; nothing to do\n");
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
        "publish demo/price@1.0.0 by itself and approve it, then sync",
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
    let gone = terminal
        .run(["gc", "--yes", "--older-than", "0s"])
        .await
        .succeeds();
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
async fn a_rollout_that_runs_is_told_and_left_alone() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.file(
        "demo/components/basics@0.1.1.wasm",
        noted(basics(), "newer"),
    );
    terminal.file("demo/pins.yaml", "components: {basics: =0.1.0}\n");
    terminal.run(["sync", &demo]).await.succeeds();
    let rollout = ["rollout", "start", "component", "demo/basics", "=0.1.1"];
    let rollout = rollout.into_iter().chain(["--percent", "10"]);
    terminal.run(rollout).await.succeeds();
    let synced = terminal.run(["sync", &demo]).await.succeeds();
    assert_eq!(
        synced.out,
        "= pin component basics: on a rollout to =0.1.1 10 %\n\
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
