use super::terminal::Terminal;

const STEPS: &str = "  - {name: two, handler: basics/sum@^0.1, config: {value: 2}}
  - {name: add, handler: basics/sum, depends_on: [two], config: {value: 40, of: [two]}}";

#[tokio::test]
async fn the_tree_shows_namespaces_and_all_that_is_in_one() {
    let terminal = Terminal::with_basics().await;
    terminal.template("add", STEPS).await;
    let all = terminal.run(["registry", "tree"]).await.succeeds();
    assert!(
        all.out.contains("demo       1 (1 version)  1 (1 version)"),
        "{all:?}"
    );
    let one = terminal.run(["registry", "tree", "demo"]).await.succeeds();
    for line in [
        "    add\n      1.0.0\n        two → demo/basics/sum@^0.1\n        add → demo/basics/sum@*",
        "    basics\n      0.1.0\n        noop",
    ] {
        assert!(one.out.contains(line), "{}", one.out);
    }
    let ran = terminal
        .run(["registry", "tree", "none"])
        .await
        .ends_with(3);
    assert!(ran.err.contains("there is no namespace none"), "{ran:?}");
}

#[tokio::test]
async fn a_list_of_a_namespace_that_does_not_exist_names_the_nearest_one() {
    let terminal = Terminal::with_basics().await;
    for kind in ["component", "template"] {
        let near = terminal.run([kind, "ls", "deno"]).await.ends_with(3);
        let told = "there is no namespace deno; did you mean `demo`?";
        assert!(near.err.contains(told), "{near:?}");
        let none = terminal.run([kind, "ls", "shipping"]).await.ends_with(3);
        let told = "there is no namespace shipping; list them with: tasker registry tree";
        assert!(none.err.contains(told), "{none:?}");
        terminal.run([kind, "ls", "demo"]).await.succeeds();
    }
}

#[tokio::test]
async fn uses_names_steps_pins_and_open_tasks() {
    let terminal = Terminal::with_basics().await;
    terminal.template("add", STEPS).await;
    let share = ["share", "add", "demo/basics", "--with", "orders"];
    terminal.run(share).await.succeeds();
    let pin = [
        "pin",
        "set",
        "component",
        "demo/basics",
        "^0.1",
        "--in",
        "orders",
    ];
    terminal.run(pin).await.succeeds();
    let uses = terminal
        .run(["component", "references", "demo/basics"])
        .await
        .succeeds();
    assert!(
        uses.out
            .contains("demo/add@1.0.0  two   sum      ^0.1         0.1.0"),
        "{}",
        uses.out
    );
    assert!(uses.out.contains("orders     ^0.1"), "{}", uses.out);
    assert!(
        uses.out.contains("0.1.0    active  0           2"),
        "{}",
        uses.out
    );
    terminal
        .run(["component", "references", "demo/none"])
        .await
        .ends_with(3);
}

#[tokio::test]
async fn the_graph_is_drawn_in_either_language_and_counts_are_told() {
    let terminal = Terminal::with_basics().await;
    terminal.template("add", STEPS).await;
    let graph = ["registry", "graph", "demo", "--format"];
    let dot = terminal.run(graph.iter().chain(&["dot"])).await.succeeds();
    assert!(
        dot.out.contains("t0 -> c0 [label=\"*, ^0.1\"]"),
        "{}",
        dot.out
    );
    let mermaid = terminal
        .run(graph.iter().chain(&["mermaid"]))
        .await
        .succeeds();
    assert!(
        mermaid.out.contains("t0 -->|\"*, ^0.1\"| c0"),
        "{}",
        mermaid.out
    );
    let stats = terminal
        .run(["registry", "stats", "--output", "json"])
        .await;
    let stats = stats.succeeds().json();
    assert_eq!(stats["component_versions"], 1);
    assert_eq!(stats["languages"]["Rust"], 1);
    let shown = terminal
        .run(["component", "show", "demo/basics@0.1.0"])
        .await;
    assert!(
        shown.out.contains("made by    C11\n           Rust\n"),
        "{}",
        shown.out
    );
}
