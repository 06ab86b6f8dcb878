use super::terminal::Terminal;
use crate::harness::wait_until;

const RELEASE: &str = "demo/basics@0.1.0";

#[tokio::test]
async fn what_references_a_version_is_told_with_what_to_do_about_it() {
    let terminal = Terminal::with_basics().await;
    let step = "  - {name: nap, handler: basics/sleep, config: {ms: 600000}, timeout: 15m}";
    terminal.template("endless", step).await;
    let run = ["task", "run", "demo/endless", "--output", "json"];
    let started = terminal.run(run).await.succeeds().json();
    let id = started["task"]["id"].as_str().unwrap();
    let pin = ["pin", "set", "component", "demo/basics", "^0.1"];
    terminal.run(pin).await.succeeds();
    let told = terminal.run(["component", "references", RELEASE]).await;
    let told = told.succeeds();
    for text in [
        "demo/basics@0.1.0 is referenced by 1 open task, 1 pin, 1 template step",
        &format!("open tasks  {id}"),
        "pins        basics in demo: ^0.1",
        "steps       demo/endless@1.0.0 nap: *, no other will do",
    ] {
        assert!(told.out.contains(text), "{text} is not in {}", told.out);
    }
    for next in [
        "tasker pin set component demo/basics REQUIREMENT",
        "tasker component references demo/basics@0.1.0 --wait",
    ] {
        assert!(told.err.contains(next), "{told:?}");
    }
    // To yank it would leave the pin, and with it new tasks, without a version.
    assert!(!told.err.contains("yank"), "{told:?}");
    let running = ["component", "references", RELEASE];
    wait_until("it is told that it runs", async || {
        let told = terminal.run(running).await.succeeds();
        told.out.contains("last used   now").then_some(())
    })
    .await;
    terminal
        .run(["pin", "rm", "--yes", "component", "demo/basics"])
        .await
        .succeeds();
    let told = terminal.run(running).await.succeeds();
    let yank = "tasker component yank demo/basics@0.1.0";
    assert!(told.err.contains(yank), "{told:?}");
}

#[tokio::test]
async fn waiting_ends_when_nothing_references_the_version_and_not_before() {
    let terminal = Terminal::with_basics().await;
    terminal
        .template("one", "  - {name: a, handler: basics/noop}")
        .await;
    let wait = [
        "component",
        "references",
        RELEASE,
        "--wait",
        "--timeout",
        "1ms",
    ];
    let late = terminal.run(wait).await.ends_with(6);
    let held = "demo/basics@0.1.0 is still referenced by 1 template step";
    assert!(late.err.contains(held), "{late:?}");
    let waiting = terminal.command(["component", "references", RELEASE, "--wait"]);
    let waiting = tokio::spawn({
        let mut waiting = waiting;
        async move { waiting.output().await.unwrap() }
    });
    let yank = ["component", "yank", RELEASE];
    terminal.run(yank).await.succeeds();
    let ended = waiting.await.unwrap();
    assert!(ended.status.success(), "{ended:?}");
    let out = String::from_utf8(ended.stdout).unwrap();
    assert!(
        out.contains("✔ nothing references demo/basics@0.1.0"),
        "{out}"
    );
}

#[tokio::test]
async fn a_template_has_references_too() {
    let terminal = Terminal::with_basics().await;
    terminal
        .template("one", "  - {name: a, handler: basics/noop}")
        .await;
    let held = terminal
        .run(["template", "references", "demo/one@1.0.0"])
        .await
        .succeeds();
    let default = "is referenced by new tasks, which take it by default";
    assert!(held.out.contains(default), "{held:?}");
    let yank = ["template", "yank", "demo/one@1.0.0"];
    terminal.run(yank).await.succeeds();
    let json = [
        "template",
        "references",
        "demo/one@1.0.0",
        "--output",
        "json",
    ];
    let json = terminal.run(json).await.succeeds().json();
    assert_eq!(json["is_unreferenced"], true);
}

#[tokio::test]
async fn one_version_is_unreferenced_and_not_a_family() {
    let terminal = Terminal::without_host();
    let ran = terminal
        .run(["component", "references", "demo/basics", "--wait"])
        .await;
    let ran = ran.ends_with(2);
    assert!(ran.err.contains("say which version"), "{ran:?}");
}
