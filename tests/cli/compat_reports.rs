use super::terminal::Terminal;
use crate::sandbox::guests;
use serde_json::json;

const NAME: [&str; 2] = ["--name", "shop/charge"];

/// A component whose handler `charge` takes amounts up to this.
fn charge(maximum: u32) -> Vec<u8> {
    let input = json!({"properties": {"amount": {"type": "integer", "maximum": maximum}}});
    guests::described(&json!({"handlers": [{"name": "charge", "input_schema": input}]}))
}

async fn with_charge() -> Terminal {
    let terminal = Terminal::with_host().await;
    let file = terminal.file("first.wasm", charge(100));
    let publish = ["component", "publish", &file, "--version", "1.0.0"];
    terminal
        .run(publish.into_iter().chain(NAME))
        .await
        .succeeds();
    terminal
}

#[tokio::test]
async fn a_refused_number_is_told_with_what_changed_and_what_to_type() {
    let terminal = with_charge().await;
    let file = terminal.file("charge.wasm", charge(50));
    let publish = ["component", "publish", &file, "--version", "1.1.0"];
    let refused = terminal
        .run(publish.into_iter().chain(NAME))
        .await
        .ends_with(2);
    let expected = format!(
        "error: component shop/charge 1.1.0 allows a minor change since 1.0.0, but this \
         is a major one: publish it as 2.0.0\n  handlers.charge.input/amount: maximum 100 → 50 \
         (major)\n  help: tasker component publish {file} --name shop/charge --version 2.0.0\n"
    );
    assert_eq!(refused.err, expected);
}

#[tokio::test]
async fn an_upload_says_what_it_changes() {
    let terminal = with_charge().await;
    let file = terminal.file("charge.wasm", charge(500));
    let publish = ["component", "publish", &file, "--version", "1.1.0"];
    let published = terminal
        .run(publish.into_iter().chain(NAME))
        .await
        .succeeds();
    let told = "  since 1.0.0: minor\n    minor  handlers.charge.input/amount  maximum 100 → 500\n";
    assert!(published.out.ends_with(told), "{published:?}");
    let show = ["component", "show", "shop/charge@1.1.0"];
    let shown = terminal.run(show).await.succeeds();
    assert!(
        shown.out.contains("since 1.0.0: minor\n  minor  handlers"),
        "{shown:?}"
    );
}

#[tokio::test]
async fn versions_and_files_are_compared() {
    let terminal = with_charge().await;
    let file = terminal.file("charge.wasm", charge(50));
    let diff = ["component", "diff", "shop/charge@1.0.0", &file];
    let diff = terminal.run(diff).await.succeeds();
    assert_eq!(
        diff.out,
        format!(
            "shop/charge 1.0.0 → {file}: major, at least 2.0.0\n  \
             major  handlers.charge.input/amount  maximum 100 → 50\n"
        )
    );
    let next =
        format!("next: tasker component publish {file} --name shop/charge --version 2.0.0\n");
    assert_eq!(diff.err, next);
    let same = [
        "component",
        "diff",
        "shop/charge@1.0.0",
        "shop/charge@1.0.0",
    ];
    let same = terminal.run(same).await.succeeds();
    assert_eq!(
        same.out,
        "shop/charge 1.0.0 → 1.0.0: patch, nothing is different\n"
    );
    let as_json = [
        "component",
        "diff",
        "shop/charge@1.0.0",
        &file,
        "--output",
        "json",
    ];
    let as_json = terminal.run(as_json).await.succeeds().json();
    assert_eq!(as_json["level"], "major");
}

#[tokio::test]
async fn what_cannot_be_compared_is_refused() {
    let terminal = with_charge().await;
    let refused = async |from: &str, to: &str| {
        let diff = terminal.run(["component", "diff", from, to]).await;
        diff.ends_with(2).err
    };
    let told = refused("shop/charge", "shop/charge@1.0.0").await;
    assert!(told.contains("`shop/charge` names no version"), "{told}");
    let told = refused("shop/charge@1.0.0", "shop/refund@1.0.0").await;
    assert!(told.contains("not of one name"), "{told}");
    let told = refused("shop/charge@1.0.0", "no-such-file").await;
    assert!(told.contains("neither a file nor a version"), "{told}");
}

#[tokio::test]
async fn templates_are_compared_and_refused_with_what_to_write() {
    let terminal = Terminal::with_basics().await;
    let yaml = |version: &str, required: &str| {
        format!(
            "namespace: demo\nname: add\nversion: {version}\n\
             input_schema: {{type: object, required: [{required}]}}\n\
             steps: [{{name: a, handler: basics/noop}}]\n"
        )
    };
    let first = terminal.file("first.yaml", yaml("1.0.0", ""));
    terminal
        .run(["template", "publish", &first])
        .await
        .succeeds();
    let file = terminal.file("add.yaml", yaml("1.0.1", "amount"));
    let refused = terminal
        .run(["template", "publish", &file])
        .await
        .ends_with(2);
    let help = format!("help: write `version: 2.0.0` into {file} and publish it again");
    assert!(refused.err.contains(&help), "{refused:?}");
    let diff = terminal
        .run(["template", "diff", "demo/add@1.0.0", &file])
        .await;
    let told = "major  input_schema/amount  must be there now";
    assert!(diff.succeeds().out.contains(told));
}
