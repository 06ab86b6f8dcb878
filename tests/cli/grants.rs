use super::terminal::Terminal;
use crate::sandbox::guests;
use serde_json::json;

#[tokio::test]
async fn a_grant_is_added_listed_and_taken_away() {
    let terminal = Terminal::with_host().await;
    let rule = "http GET,POST api.example.com/v1/*";
    let added = terminal
        .run(["grant", "add", "demo/charge", rule])
        .await
        .succeeds();
    let told = "demo/charge has `http GET,POST api.example.com/v1/*` in tasks of demo";
    assert!(added.out.contains(told), "{added:?}");
    assert!(
        added.err.contains("next: tasker grant ls demo"),
        "{added:?}"
    );
    let again = terminal
        .run(["grant", "add", "demo/charge", rule])
        .await
        .succeeds();
    assert!(again.out.contains("had already"), "{again:?}");
    let star = terminal
        .run(["grant", "add", "demo/*", "kv counters"])
        .await
        .succeeds();
    assert!(
        star.out
            .contains("every component of demo has `kv counters`"),
        "{star:?}"
    );
    let other = ["grant", "add", "demo/charge", "env A=1", "--in", "orders"];
    terminal.run(other).await.succeeds();
    let listed = terminal.run(["grant", "ls"]).await.succeeds();
    for line in [
        "demo       charge       http GET,POST",
        "demo       *            kv counters",
        "orders     demo/charge  env A=1",
    ] {
        assert!(listed.out.contains(line), "{listed:?}");
    }
    terminal
        .run(["grant", "rm", "--yes", "demo/charge", rule])
        .await
        .succeeds();
    terminal
        .run(["grant", "rm", "--yes", "demo/*", "kv counters"])
        .await
        .succeeds();
    let listed = terminal.run(["grant", "ls", "demo"]).await.succeeds();
    assert!(listed.out.starts_with("no grants"), "{listed:?}");
    let gone = terminal
        .run(["grant", "rm", "--yes", "demo/charge", rule])
        .await
        .ends_with(3);
    assert!(gone.err.contains("there is no grant of"), "{gone:?}");
}

#[tokio::test]
async fn a_wrong_capability_ends_with_2_and_the_form() {
    let terminal = Terminal::with_host().await;
    let wrong = terminal
        .run(["grant", "add", "demo/charge", "htp x"])
        .await
        .ends_with(2);
    assert!(
        wrong.err.contains("`http [METHODS] HOST[:PORT][/PATH]`"),
        "{wrong:?}"
    );
    let all = ["grant", "add", "demo/*", "kv a", "--in", "orders"];
    let wrong = terminal.run(all).await.ends_with(2);
    assert!(wrong.err.contains("grant to each of them"), "{wrong:?}");
}

#[tokio::test]
async fn a_version_that_requests_more_waits_until_somebody_approves() {
    let terminal = Terminal::with_host().await;
    let publish = async |version: &str, wants: &[&str]| {
        let file = terminal.file("guest.wasm", guests::wanting(wants));
        let publish = [
            "component",
            "publish",
            &file,
            "--name",
            "demo/guest",
            "--version",
            version,
        ];
        terminal.run(publish).await.succeeds()
    };
    let first = publish("1.0.0", &[]).await;
    assert!(!first.out.contains("approval"), "{first:?}");
    let second = publish("1.1.0", &["kv a", "http"]).await;
    assert!(second.out.contains("it needs approval"), "{second:?}");
    assert!(second.out.contains("    + kv a\n    + http"), "{second:?}");
    assert!(
        second
            .err
            .contains("next: tasker component approve demo/guest@1.1.0"),
        "{second:?}"
    );
    let shown = terminal
        .run(["component", "show", "demo/guest@1.1.0"])
        .await
        .succeeds();
    assert!(shown.out.contains("needs approval"), "{shown:?}");
    assert!(shown.out.contains("kv a  needs approval"), "{shown:?}");
    let pin = ["pin", "set", "component", "demo/guest", "=1.1.0"];
    let waits = terminal.run(pin).await.ends_with(2);
    let way_out = "approve its capabilities: tasker component approve demo/guest@1.1.0";
    assert!(waits.err.contains(way_out), "{waits:?}");
    let approve = ["component", "approve", "demo/guest@1.1.0"];
    let approved = terminal.run(approve).await.succeeds();
    assert!(
        approved.out.contains("demo/guest@1.1.0 is approved"),
        "{approved:?}"
    );
    assert!(
        approved.out.contains("granted in demo: kv a"),
        "{approved:?}"
    );
    assert!(
        approved
            .err
            .contains("next: tasker grant add demo/guest 'http HOST'"),
        "{approved:?}"
    );
    let listed = terminal
        .run(["component", "show", "demo/guest"])
        .await
        .succeeds();
    assert!(listed.out.contains("1.1.0    active"), "{listed:?}");
    terminal.run(approve).await.ends_with(4);
    let unnamed = terminal
        .run(["component", "approve", "demo/guest"])
        .await
        .ends_with(2);
    assert!(unnamed.err.contains("demo/guest@1.4.0"), "{unnamed:?}");
}

#[tokio::test]
async fn an_approval_does_not_hide_a_quarantine() {
    let terminal = Terminal::with_host().await;
    let file = terminal.file("guest.wasm", guests::wanting(&["kv a"]));
    let publish = ["component", "publish", &file, "--name", "demo/guest"];
    let publish = [&publish[..], &["--version", "1.0.0"]].concat();
    terminal.run(publish).await.succeeds();
    let stop = ["component", "quarantine", "--yes", "demo/guest@1.0.0"];
    terminal.run(stop).await.succeeds();
    let approve = ["component", "approve", "demo/guest@1.0.0"];
    let approved = terminal.run(approve).await.succeeds();
    let told = "is approved, but quarantined: new tasks don't take it";
    assert!(approved.out.contains(told), "{approved:?}");
}

#[tokio::test]
async fn a_grant_is_told_as_json_too() {
    let terminal = Terminal::with_host().await;
    let add = ["grant", "add", "demo/charge", "kv a", "--output", "json"];
    let added = terminal.run(add).await.succeeds().json();
    assert_eq!(
        (&added["component"], &added["capability"]),
        (&json!("charge"), &json!("kv a"))
    );
    let id = added["id"].to_string();
    let rm = [
        "grant",
        "rm",
        "--yes",
        "demo/charge",
        &id,
        "--output",
        "json",
    ];
    assert_eq!(terminal.run(rm).await.succeeds().json()["id"], added["id"]);
}
