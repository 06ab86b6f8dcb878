use super::terminal::Terminal;
use crate::harness::wait_until;
use crate::sandbox::guests;

const HOOK: &str = "orders/billing";
const URL: &str = "https://billing.example.com/events";

const ADD: [&str; 9] = [
    "subscription",
    "add",
    HOOK,
    "--to",
    URL,
    "--secret",
    "signing",
    "--types",
    "task.failed",
];

async fn set_secret(terminal: &Terminal) {
    let key = terminal.file("key.txt", "some value");
    let set = ["secret", "set", "orders/signing", "--file", &key];
    terminal.run(set).await.succeeds();
}

async fn with_subscription() -> Terminal {
    let terminal = Terminal::with_host().await;
    set_secret(&terminal).await;
    terminal.run(ADD).await.succeeds();
    terminal
}

#[tokio::test]
async fn a_subscription_is_added_shown_paused_and_set_to_another_time() {
    let terminal = Terminal::with_host().await;
    let nothing = terminal.run(["subscription", "ls"]).await.succeeds();
    assert!(nothing.out.starts_with("no subscriptions"), "{nothing:?}");
    let refused = terminal.run(ADD).await.ends_with(3);
    assert!(refused.err.contains("orders/signing"), "{refused:?}");
    set_secret(&terminal).await;
    let added = terminal.run(ADD).await.succeeds();
    assert!(
        added.out.contains("events are delivered to orders/billing"),
        "{added:?}"
    );
    assert!(
        added
            .err
            .contains("tasker subscription show orders/billing"),
        "{added:?}"
    );
    let again = terminal.run(ADD).await.succeeds();
    assert!(again.out.contains("keeps its position"), "{again:?}");

    let listed = terminal
        .run(["subscription", "ls", "orders"])
        .await
        .succeeds();
    assert!(listed.out.contains("orders/billing  active"), "{listed:?}");
    let paused = terminal
        .run(["subscription", "pause", HOOK])
        .await
        .succeeds();
    assert!(paused.out.contains("is paused"), "{paused:?}");
    let shown = terminal
        .run(["subscription", "show", HOOK])
        .await
        .succeeds();
    for line in ["state", "paused", URL, "task.failed", "signing"] {
        assert!(shown.out.contains(line), "{line}: {shown:?}");
    }
    terminal
        .run(["subscription", "resume", HOOK])
        .await
        .succeeds();
    let replay = [
        "subscription",
        "replay",
        HOOK,
        "--from",
        "2026-01-31T12:00:00Z",
    ];
    let moved = terminal.run(replay).await.succeeds();
    assert!(
        moved.out.contains("goes on from 2026-01-31T12:00:00Z"),
        "{moved:?}"
    );
}

#[tokio::test]
async fn dead_letters_are_listed_and_a_subscription_is_removed_with_them() {
    let terminal = with_subscription().await;
    let letters = terminal.run(["subscription", "dead-letters", HOOK]).await;
    assert_eq!(letters.succeeds().out, "no dead letters\n");
    let replay = ["subscription", "dead-letters", HOOK, "--replay"];
    let replayed = terminal.run(replay).await.succeeds();
    assert!(replayed.out.contains("has no dead letters"), "{replayed:?}");
    let rm = ["subscription", "rm", "--yes", HOOK];
    let removed = terminal.run(rm).await.succeeds();
    assert!(removed.out.contains("is removed"), "{removed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_of_a_component_are_listed_and_one_is_shown_with_what_it_logged() {
    const TOTALS: &str = "orders/totals";
    let terminal = Terminal::with_host().await;
    let file = terminal.file("counter.wasm", guests::subscribing());
    let named = ["--name", "orders/counter", "--version", "1.0.0"];
    let publish = ["component", "publish", &file].into_iter().chain(named);
    terminal.run(publish).await.succeeds();
    let to = "component:counter/count";
    let add = [
        "subscription",
        "add",
        TOTALS,
        "--to",
        to,
        "--types",
        "queue.weight",
    ];
    terminal.run(add).await.succeeds();
    let runs = ["subscription", "runs", TOTALS];
    assert_eq!(terminal.run(runs).await.succeeds().out, "no runs\n");

    // It may not write what it counts.
    let event = ["queue", "weight", "orders", "2"];
    terminal.run(event).await.succeeds();
    let listed = wait_until("a run is listed", async || {
        let listed = terminal.run(runs).await.succeeds();
        (listed.out != "no runs\n").then_some(listed)
    })
    .await;
    for part in ["orders/counter@1.0.0", "failed: kv_not_granted:"] {
        assert!(listed.out.contains(part), "{part}: {listed:?}");
    }
    let shown = terminal
        .run(["subscription", "runs", TOTALS, "--run", "1"])
        .await
        .succeeds();
    for part in ["outcome", "failed: kv_not_granted:", "processor", "memory"] {
        assert!(shown.out.contains(part), "{part}: {shown:?}");
    }
    let unknown = terminal
        .run(["subscription", "runs", TOTALS, "--run", "7"])
        .await
        .ends_with(3);
    assert!(unknown.err.contains("has no run 7"), "{unknown:?}");
}
