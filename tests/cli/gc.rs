use super::terminal::Terminal;
use crate::harness::basics;
use crate::sandbox::guests::noted;

/// With `demo/basics` 0.1.0 and 0.2.0.
async fn two_versions() -> Terminal {
    let terminal = Terminal::with_basics().await;
    let file = terminal.file("second.wasm", noted(basics(), "to be kept"));
    let publish = ["component", "publish", &file, "--name", "demo/basics"];
    let version = ["--version", "0.2.0"];
    terminal
        .run(publish.iter().chain(&version))
        .await
        .succeeds();
    terminal
}

#[tokio::test]
async fn what_would_go_is_shown_then_it_goes_and_comes_back_when_it_is_published_again() {
    let terminal = two_versions().await;
    let dry = ["gc", "--older-than", "0s", "--dry-run"];
    let dry = terminal.run(dry).await.succeeds();
    assert!(dry.out.contains("demo/basics@0.1.0"), "{dry:?}");
    assert!(dry.out.contains("1 version would go"), "{dry:?}");
    assert!(
        dry.err.contains("next: tasker gc --older-than 0s"),
        "{dry:?}"
    );
    let gone = terminal
        .run(["gc", "--yes", "--older-than", "0s"])
        .await
        .succeeds();
    assert!(gone.out.contains("✔ collected 1 version"), "{gone:?}");
    let show = ["component", "show", "demo/basics"];
    let family = terminal.run(show).await.succeeds();
    assert!(family.out.contains("0.1.0    collected"), "{family:?}");
    let tree = terminal.run(["registry", "tree", "demo"]).await.succeeds();
    assert!(tree.out.contains("      0.1.0 collected\n"), "{}", tree.out);
    assert!(tree.out.contains("      0.2.0\n"), "{}", tree.out);
    let nothing = terminal
        .run(["gc", "--yes", "--older-than", "0s"])
        .await
        .succeeds();
    assert_eq!(nothing.out, "there is nothing to collect\n");
    let file = terminal.file("again.wasm", basics());
    let publish = ["component", "publish", &file, "--name", "demo/basics"];
    let version = ["--version", "0.1.0"];
    terminal
        .run(publish.iter().chain(&version))
        .await
        .succeeds();
    let family = terminal.run(show).await.succeeds();
    assert!(!family.out.contains("collected"), "{family:?}");
}

#[tokio::test]
async fn what_is_younger_than_a_month_stays_unless_one_says_otherwise() {
    let terminal = two_versions().await;
    let nothing = terminal.run(["gc", "--yes"]).await.succeeds();
    assert_eq!(nothing.out, "there is nothing to collect\n");
    let json = ["gc", "--dry-run", "--output", "json"];
    let json = terminal.run(json).await.succeeds().json();
    assert_eq!(json["versions"].as_array().unwrap().len(), 0);
    for wrong in ["soon", "40000d"] {
        terminal
            .run(["gc", "--yes", "--older-than", wrong])
            .await
            .ends_with(2);
    }
}
