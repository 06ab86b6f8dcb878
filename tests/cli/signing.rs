use super::terminal::Terminal;
use crate::harness::basics;

#[tokio::test]
async fn a_namespace_with_a_policy_takes_what_its_keys_signed_and_nothing_else() {
    let terminal = Terminal::with_host().await;
    let (ours, theirs) = (terminal.path("ours"), terminal.path("theirs"));
    terminal
        .run(["signing-key", "create", &ours])
        .await
        .succeeds();
    terminal
        .run(["signing-key", "create", &theirs])
        .await
        .succeeds();
    let add = ["signing-policy", "add", "demo", &format!("{ours}.pub")];
    let added = terminal.run(add).await.succeeds();
    assert!(
        added
            .out
            .contains("demo takes only components signed by ours ("),
        "{added:?}"
    );

    let file = terminal.file("basics.wasm", basics());
    let publish = [
        "component",
        "publish",
        &file,
        "--name",
        "demo/basics",
        "--version",
        "0.1.0",
    ];
    let unsigned = terminal.run(publish).await.ends_with(2);
    assert!(
        unsigned
            .err
            .contains("is not signed by a key that namespace demo accepts: ours ("),
        "{unsigned:?}"
    );
    let by = |key: &str| {
        publish
            .iter()
            .map(ToString::to_string)
            .chain(["--sign".into(), key.into()])
            .collect::<Vec<_>>()
    };
    terminal.run(by(&theirs)).await.ends_with(2);
    terminal.run(by(&ours)).await.succeeds();
    let shown = terminal
        .run(["component", "show", "demo/basics@0.1.0"])
        .await;
    assert!(shown.succeeds().out.contains("ours ("));
}

#[tokio::test]
async fn a_signature_beside_a_file_is_sent_with_it() {
    let terminal = Terminal::with_host().await;
    let key = terminal.path("ci");
    terminal
        .run(["signing-key", "create", &key])
        .await
        .succeeds();
    let add = ["signing-policy", "add", "demo", &format!("{key}.pub")];
    terminal.run(add).await.succeeds();
    let file = terminal.file("basics.wasm", basics());
    terminal
        .run(["component", "sign", &file, "--key", &key])
        .await
        .succeeds();
    let publish = [
        "component",
        "publish",
        &file,
        "--name",
        "demo/basics",
        "--version",
        "0.1.0",
    ];
    terminal.run(publish).await.succeeds();
    // A signature of other bytes is a mistake, not something to leave out.
    let changed = [basics(), &[0, 2, 1, b'x']].concat();
    std::fs::write(&file, changed).unwrap();
    let publish = [
        "component",
        "publish",
        &file,
        "--name",
        "demo/basics",
        "--version",
        "0.1.1",
    ];
    let ran = terminal.run(publish).await.ends_with(2);
    assert!(
        ran.err.contains("is not a signature of these bytes"),
        "{ran:?}"
    );
}

#[tokio::test]
async fn keys_are_listed_removed_and_never_overwritten() {
    let terminal = Terminal::with_host().await;
    let key = terminal.path("ci");
    let made = terminal
        .run(["signing-key", "create", &key, "--output", "json"])
        .await;
    let id = made.json()["key_id"].as_str().unwrap().to_owned();
    let again = terminal
        .run(["signing-key", "create", &key])
        .await
        .ends_with(2);
    assert!(again.err.contains("keys are not overwritten"), "{again:?}");
    let ls = ["signing-policy", "ls", "demo"];
    let none = terminal.run(ls).await.succeeds();
    assert!(none.out.contains("every component is taken"), "{none:?}");
    let add = [
        "signing-policy",
        "add",
        "demo",
        &format!("{key}.pub"),
        "--name",
        "build",
    ];
    terminal.run(add).await.succeeds();
    let listed = terminal.run(ls).await.succeeds();
    assert!(listed.out.contains(&format!("{id}  build")), "{listed:?}");
    let rm = ["signing-policy", "rm", "--yes", "demo", &id];
    terminal.run(rm).await.succeeds();
    let ran = terminal.run(rm).await.ends_with(3);
    assert!(
        ran.err
            .contains(&format!("namespace demo has no signing key {id}")),
        "{ran:?}"
    );
    let wrong = terminal.file("wrong.pub", "-----BEGIN PUBLIC KEY-----\n");
    let ran = terminal
        .run(["signing-policy", "add", "demo", &wrong])
        .await;
    assert!(
        ran.ends_with(2)
            .err
            .contains("is not an ed25519 public key")
    );
}
