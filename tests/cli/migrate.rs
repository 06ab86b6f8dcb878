use super::terminal::Terminal;
use crate::harness::basics;
use crate::sandbox::guests::{noted, undescribed};

const MIGRATE: [&str; 3] = ["task", "migrate", "demo/slow"];

/// With a task that waits for a step that sleeps.
async fn sleeping() -> Terminal {
    let terminal = Terminal::with_basics().await;
    let steps = "  - {name: nap, handler: basics/sleep, config: {ms: 600000}, timeout: 15m}
  - {name: end, handler: basics/noop, depends_on: [nap]}";
    terminal.template("slow", steps).await;
    terminal.run(["task", "run", "demo/slow"]).await.succeeds();
    terminal
}

async fn publish(terminal: &Terminal, version: &str, bytes: &[u8]) {
    let file = terminal.file(&format!("{version}.wasm"), bytes);
    let publish = ["component", "publish", &file, "--name", "demo/basics"];
    terminal
        .run(publish.iter().chain(&["--version", version]))
        .await
        .succeeds();
}

#[tokio::test]
async fn a_dry_run_shows_what_would_move_then_it_moves() {
    let terminal = sleeping().await;
    let nothing = terminal.run(MIGRATE).await.succeeds();
    assert_eq!(
        nothing.out,
        "1 open task, none of which would run anything else\n"
    );
    let file = terminal.file("other.wasm", basics());
    let push_other = [
        "component",
        "publish",
        &file,
        "--name",
        "demo/other",
        "--version",
        "1.0.0",
    ];
    terminal.run(push_other).await.succeeds();
    let other = ["--component", "demo/other"];
    let other = terminal.run(MIGRATE.iter().chain(&other)).await.succeeds();
    assert!(
        other.out.contains("none of which runs demo/other"),
        "{other:?}"
    );
    publish(&terminal, "0.2.0", &noted(basics(), "0.2.0")).await;
    let dry = terminal.run(MIGRATE.iter().chain(&["--dry-run"])).await;
    let dry = dry.succeeds();
    for text in [
        "demo/basics  0.1.0  0.2.0  1",
        "1 of 1 open task would move",
    ] {
        assert!(dry.out.contains(text), "{}", dry.out);
    }
    let next = "next: tasker task migrate demo/slow\n";
    assert!(dry.err.contains(next), "{dry:?}");
    let moved = terminal.run(MIGRATE).await.succeeds();
    assert!(moved.out.contains("✔ 1 of 1 open task moved"), "{moved:?}");
}

#[tokio::test]
async fn what_breaks_is_shown_and_has_to_be_forced() {
    let terminal = sleeping().await;
    publish(&terminal, "1.0.0", undescribed()).await;
    let refused = terminal.run(MIGRATE).await.ends_with(4);
    let why = "demo/basics 0.1.0 → 1.0.0 is not compatible";
    assert!(refused.err.contains(why), "{refused:?}");
    let dry = terminal.run(MIGRATE.iter().chain(&["--dry-run"])).await;
    let dry = dry.succeeds();
    assert!(dry.out.contains("major"), "{dry:?}");
    assert!(
        dry.out.contains("would move, but only with --force"),
        "{dry:?}"
    );
    assert!(refused.err.contains("--dry-run"), "{refused:?}");
    assert!(dry.err.contains("demo/slow --force"), "{dry:?}");
    terminal
        .run(MIGRATE.iter().chain(&["--force"]))
        .await
        .succeeds();
}

#[tokio::test]
async fn where_to_is_said_of_one_component_only() {
    let terminal = Terminal::without_host();
    let to = terminal.run(MIGRATE.iter().chain(&["--to", "^1"])).await;
    assert!(to.ends_with(2).err.contains("--component"));
}

#[tokio::test]
async fn many_tasks_are_moved_part_by_part_and_told_as_one() {
    let terminal = sleeping().await;
    for _ in 0..4 {
        terminal.run(["task", "run", "demo/slow"]).await.succeeds();
    }
    publish(&terminal, "0.2.0", &noted(basics(), "0.2.0")).await;
    let by_twos = MIGRATE.iter().chain(&["--batch-size", "2"]);
    let dry = terminal.run(by_twos.clone().chain(&["--dry-run"])).await;
    let dry = dry.succeeds();
    for text in [
        "demo/basics  0.1.0  0.2.0  5",
        "5 of 5 open tasks would move",
    ] {
        assert!(dry.out.contains(text), "{}", dry.out);
    }
    let json = ["--dry-run", "--output", "json"];
    let json = terminal.run(by_twos.clone().chain(&json)).await;
    let json = json.succeeds().json();
    assert_eq!(
        (
            &json["tasks"],
            &json["components"][0]["steps"],
            &json["next"]
        ),
        (&5.into(), &5.into(), &serde_json::Value::Null)
    );
    let moved = terminal.run(by_twos.clone()).await.succeeds();
    assert!(moved.out.contains("✔ 5 of 5 open tasks moved"), "{moved:?}");
    let again = terminal.run(by_twos).await.succeeds();
    assert_eq!(
        again.out,
        "5 open tasks, none of which would run anything else\n"
    );
}
