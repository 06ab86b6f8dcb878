use super::terminal::Terminal;
use crate::harness::basics;

/// A host with the sample handlers under these versions.
async fn with_versions(versions: &[&str]) -> Terminal {
    let terminal = Terminal::with_host().await;
    let file = terminal.file("basics.wasm", basics());
    for version in versions {
        let publish = [
            "component",
            "publish",
            &file,
            "--name",
            "shop/price",
            "--version",
            version,
        ];
        terminal.run(publish).await.succeeds();
    }
    terminal
}

const PRICE: [&str; 2] = ["component", "shop/price"];

/// `tasker pin <verb> component shop/price <rest>`
fn pin<'a>(verb: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    [&["pin", verb][..], &PRICE, rest].concat()
}

/// `tasker rollout <verb> component shop/price <rest>`
fn of_rollout<'a>(verb: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    [&["rollout", verb][..], &PRICE, rest].concat()
}

#[tokio::test]
async fn a_command_that_is_printed_is_one_that_a_shell_takes() {
    let terminal = with_versions(&["1.0.0", "1.1.0"]).await;
    terminal.run(pin("set", &["=1.0.0"])).await.succeeds();
    let range = ">=1.1, <2";
    let rollout = terminal
        .run(of_rollout("start", &[range, "--percent", "10"]))
        .await;
    let next = "next: tasker rollout start component shop/price '>=1.1, <2' --percent 100\n";
    assert!(rollout.succeeds().err.contains(next));
}

#[tokio::test]
async fn a_pin_is_told_as_it_is_meant_with_the_version_that_it_leads_to() {
    let terminal = with_versions(&["1.0.0", "1.1.0", "1.2.0"]).await;
    let set = terminal.run(pin("set", &["1.0.0"])).await.succeeds();
    assert_eq!(
        set.out,
        "✔ new tasks in shop take the component shop/price at ^1.0.0 (now 1.2.0)\n  \
         to keep it at 1.0.0: tasker pin set component shop/price@1.0.0\n"
    );
    let listed = terminal.run(["pin", "ls"]).await.succeeds();
    assert!(listed.out.contains("^1.0.0 (now 1.2.0)"), "{listed:?}");
    let json = terminal.run(["pin", "ls", "--output", "json"]).await.json();
    assert_eq!(json["items"][0]["requirement"], "1.0.0");
    assert_eq!(json["items"][0]["version"], "1.2.0");
    let rollout = terminal
        .run(of_rollout("start", &["1.1.0", "--percent", "50"]))
        .await;
    let told = "50 % of new tasks in shop take the component shop/price at =1.1.0, \
                the others at ^1.0.0 (now 1.2.0)\n";
    assert!(rollout.out.contains(told), "{rollout:?}");
    let back = terminal.run(of_rollout("rollback", &[])).await.succeeds();
    assert!(
        back.out.contains("at ^1.0.0 (now 1.2.0) again\n"),
        "{back:?}"
    );
    let history = terminal.run(of_rollout("history", &[])).await.succeeds();
    assert!(history.out.contains("^1.0.0 → =1.1.0 50 %"), "{history:?}");
    let set = terminal.run(pin("set", &["=1.0.0"])).await.succeeds();
    assert!(set.out.ends_with("at =1.0.0\n"), "{set:?}");
}

#[tokio::test]
async fn a_pin_that_leads_nowhere_any_more_says_so() {
    let terminal = with_versions(&["1.0.0"]).await;
    terminal.run(pin("set", &["=1.0.0"])).await.succeeds();
    terminal
        .run(["component", "yank", "shop/price@1.0.0"])
        .await
        .succeeds();
    let listed = terminal.run(["pin", "ls"]).await.succeeds();
    assert!(listed.out.contains("=1.0.0 (now none)"), "{listed:?}");
}

#[tokio::test]
async fn a_guard_is_shown_wherever_its_rollout_is() {
    let terminal = with_versions(&["1.0.0", "1.1.0"]).await;
    terminal.run(pin("set", &["=1.0.0"])).await.succeeds();
    let usual = "guarded: window=5m min_attempts=20 max_error_rate=0.05";
    let rollout = terminal
        .run(of_rollout("start", &["1.1.0", "--percent", "10"]))
        .await;
    assert!(rollout.succeeds().out.contains(usual));
    for command in [vec!["pin", "ls"], of_rollout("history", &[])] {
        let shown = terminal.run(command).await.succeeds();
        assert!(shown.out.contains(usual), "{shown:?}");
    }
    let own = [
        "1.1.0",
        "--percent",
        "20",
        "--guard",
        "window=90s,action=pause",
    ];
    let rollout = terminal.run(of_rollout("start", &own)).await.succeeds();
    assert!(
        rollout.out.contains("window=1m30s") || rollout.out.contains("window=90s"),
        "{rollout:?}"
    );
    assert!(rollout.out.contains("; pauses\n"), "{rollout:?}");
    let none = ["1.1.0", "--percent", "30", "--no-guard"];
    let rollout = terminal.run(of_rollout("start", &none)).await.succeeds();
    assert!(rollout.out.contains("guarded: by nothing\n"), "{rollout:?}");
    let wrong = ["1.1.0", "--percent", "30", "--guard", "windo=5m"];
    let refused = terminal.run(of_rollout("start", &wrong)).await.ends_with(2);
    assert!(refused.err.contains("--guard <NAME=VALUE>"), "{refused:?}");
    assert!(refused.err.contains("unknown field `windo`"), "{refused:?}");
}

#[tokio::test]
async fn a_paused_rollout_that_is_forced_goes_on_under_its_guard() {
    let terminal = with_versions(&["1.0.0", "1.1.0"]).await;
    terminal.run(pin("set", &["=1.0.0"])).await.succeeds();
    let to = |percent| of_rollout("start", &["1.1.0", "--percent", percent]);
    terminal.run(to("10")).await.succeeds();
    let paused = of_rollout("pause", &["--reason", "it is slow"]);
    let paused = terminal.run(paused).await.succeeds();
    assert!(
        paused.out.contains("paused: by admin: it is slow"),
        "{paused:?}"
    );
    let history = terminal.run(of_rollout("history", &[])).await.succeeds();
    assert!(
        history.out.contains("=1.0.0 → =1.1.0 10 %  paused\n"),
        "{history:?}"
    );
    terminal.run(to("20")).await.ends_with(4);
    let lower = terminal.run(to("5")).await.succeeds();
    assert!(
        lower.out.contains("paused: by admin: it is slow"),
        "{lower:?}"
    );
    assert!(
        lower
            .err
            .contains("next: tasker rollout resume component shop/price\n"),
        "{lower:?}"
    );
    let forced = terminal
        .run([to("20"), vec!["--force"]].concat())
        .await
        .succeeds();
    assert!(forced.out.contains("guarded: window=5m"), "{forced:?}");
    let next = "next: tasker rollout start component shop/price 1.1.0 --percent 100\n";
    assert!(forced.err.contains(next), "{forced:?}");
    terminal.run(to("100")).await.succeeds();
}

#[tokio::test]
async fn figures_of_a_rollout_stand_beside_what_its_guard_allows() {
    let terminal = with_versions(&["1.0.0", "1.1.0"]).await;
    terminal.run(pin("set", &["=1.0.0"])).await.succeeds();
    let none = terminal.run(of_rollout("figures", &[])).await.ends_with(4);
    assert!(none.err.contains("has no rollout"), "{none:?}");
    let guard = ["1.1.0", "--percent", "10", "--guard", "max_trap_rate=0.005"];
    terminal.run(of_rollout("start", &guard)).await.succeeds();
    let shown = terminal.run(of_rollout("figures", &[])).await.succeeds();
    for row in [
        ["FIGURE", "WITHOUT IT", "ROLLOUT", "GUARD ALLOWS"],
        ["attempts", "0", "0", "counts from 20"],
        ["failed", "", "", "5 points more"],
        ["trapped or over a limit", "", "", "0.5 points more"],
        ["p95 of time", "", "", "2 times as much"],
        ["p95 of memory", "", "", "2 times as much"],
    ] {
        let has_all = |line: &str| row.iter().all(|cell| line.contains(cell));
        assert!(shown.out.lines().any(has_all), "{row:?}: {shown:?}");
    }
    let next = "next: tasker rollout history component shop/price\n";
    assert_eq!(shown.err, next);
    terminal
        .run(of_rollout(
            "start",
            &["1.1.0", "--percent", "20", "--no-guard"],
        ))
        .await
        .succeeds();
    let unguarded = terminal.run(of_rollout("figures", &[])).await.succeeds();
    assert!(unguarded.out.contains("NO GUARD"), "{unguarded:?}");
}

#[tokio::test]
async fn a_removal_is_taken_back_as_any_change_is() {
    let terminal = with_versions(&["1.0.0", "1.1.0"]).await;
    let first = terminal.run(pin("set", &["=1.0.0"])).await.succeeds();
    assert!(first.out.contains("at =1.0.0\n"));
    let history = terminal.run(of_rollout("history", &[])).await.succeeds();
    assert_eq!(history.err, "", "there is nothing to go back to");
    terminal.run(pin("set", &["=1.1.0"])).await.succeeds();
    let removed = terminal.run(pin("rm", &["--yes"])).await.succeeds();
    let next = "next: tasker rollout rollback component shop/price\n";
    assert_eq!(removed.err, next);
    let history = terminal.run(of_rollout("history", &[])).await.succeeds();
    assert_eq!(history.err, next);
    for requirement in ["=1.1.0", "=1.0.0"] {
        let back = terminal.run(of_rollout("rollback", &[])).await.succeeds();
        assert!(
            back.out.contains(&format!("at {requirement} again\n")),
            "{back:?}"
        );
    }
    terminal.run(of_rollout("rollback", &[])).await.ends_with(4);
}

#[tokio::test]
async fn a_refusal_says_how_to_have_the_version_all_the_same() {
    let terminal = with_versions(&["1.0.0", "1.1.0"]).await;
    let unpinned = terminal
        .run(of_rollout("start", &["1.0.0", "--percent", "10"]))
        .await;
    let unpinned = unpinned.ends_with(3);
    let first = "tasker pin set component shop/price@1.1.0";
    assert!(unpinned.err.contains(first), "{unpinned:?}");
    for (word, lift) in [("yank", "unyank"), ("quarantine", "release")] {
        let withdraw = ["component", word, "shop/price@1.1.0"];
        let is_asked = (word == "quarantine").then_some("--yes");
        terminal
            .run(withdraw.into_iter().chain(is_asked))
            .await
            .succeeds();
        let refused = terminal.run(pin("set", &["=1.1.0"])).await.ends_with(2);
        let way_out = format!("tasker component {lift} shop/price@1.1.0");
        assert!(refused.err.contains(&way_out), "{refused:?}");
        let lifted = ["component", lift, "shop/price@1.1.0"];
        terminal.run(lifted).await.succeeds();
    }
    let refused = terminal.run(pin("set", &["=3.0.0"])).await.ends_with(2);
    assert!(
        refused.err.contains("publish one or pin another"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_pin_that_somebody_else_changed_stays_where_its_tag_is_given() {
    let terminal = with_versions(&["1.0.0", "1.1.0"]).await;
    terminal.run(pin("set", &["=1.0.0"])).await.succeeds();
    let shown = terminal.run(pin("show", &["--output", "json"])).await;
    let tag = shown.json()["etag"].as_str().unwrap().to_owned();
    let text = terminal.run(pin("show", &[])).await.succeeds();
    assert!(text.out.contains(&format!("tag {tag}")), "{text:?}");
    let changed = terminal
        .run(pin("set", &["=1.1.0", "--if-match", &tag]))
        .await;
    changed.succeeds();
    let lost = terminal
        .run(pin("rm", &["--yes", "--if-match", &tag]))
        .await;
    assert_eq!(lost.code, 4, "{lost:?}");
    assert!(lost.err.contains("nothing was changed"), "{lost:?}");
}
