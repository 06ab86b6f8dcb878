use super::terminal::Terminal;

#[tokio::test]
async fn the_audit_says_what_each_change_was() {
    let terminal = Terminal::with_basics().await;
    for command in [
        &["grant", "add", "demo/basics", "kv c"][..],
        &["grant", "rm", "--yes", "demo/basics", "kv c"],
        &["limit", "set", "demo/basics", "memory=64MiB"],
        &["retention", "set", "demo", "--complete", "30d"],
        &["retention", "rm", "--yes", "demo"],
        &["pin", "set", "component", "demo/basics", "0.1.0"],
        &["kv", "set", "demo/counters", "a", "1"],
        &["component", "yank", "demo/basics@0.1.0"],
    ] {
        terminal.run(command).await.succeeds();
    }
    let listed = terminal.run(["audit", "ls"]).await.succeeds();
    for (action, change) in [
        ("grant.add", "+ kv c"),
        ("grant.remove", "- kv c"),
        ("limit.set", "memory=64MiB"),
        ("retention.set", "--complete 30d"),
        ("retention.remove", "--complete 30d → -"),
        ("pin.set", "- → ^0.1.0"),
        ("kv.set", "version=1"),
        ("component.yank", "active → yanked"),
    ] {
        let mut lines = listed.out.lines();
        let line = lines.find(|line| line.contains(&format!(" {action} ")));
        assert!(line.unwrap().ends_with(change), "{action}: {}", listed.out);
    }
}

#[tokio::test]
async fn the_command_for_older_changes_keeps_the_filters() {
    let terminal = Terminal::with_basics().await;
    for requirement in ["=0.1.0", "^0.1.0", "*"] {
        let pin = ["pin", "set", "component", "demo/basics", requirement];
        terminal.run(pin).await.succeeds();
    }
    let filters = [
        ("--subject", "pin component basics"),
        ("--action", "pin"),
        ("--limit", "2"),
    ];
    let filters = filters.into_iter().flat_map(|(name, value)| [name, value]);
    let listed = terminal
        .run(["audit", "ls", "demo"].into_iter().chain(filters))
        .await;
    let listed = listed.succeeds();
    let next = "next: tasker audit ls demo --subject 'pin component basics' --action pin \
                --limit 2 --after ";
    let before = listed.err.split_once(next).map(|(_, before)| before.trim());
    assert!(
        before.is_some_and(|id| id.parse::<i64>().is_ok()),
        "{listed:?}"
    );
}

#[tokio::test]
async fn filters_that_nothing_can_match_are_refused_or_told() {
    let terminal = Terminal::with_basics().await;
    let ls = async |name: &str, value: &str| terminal.run(["audit", "ls", name, value]).await;
    let action = ls("--action", "bla").await.ends_with(2);
    assert!(action.err.contains("`bla` is not an action"), "{action:?}");
    assert!(action.err.contains("pin.set"), "{action:?}");
    let namespace = terminal.run(["audit", "ls", "nope"]).await.ends_with(3);
    assert!(
        namespace.err.contains("there is no namespace nope"),
        "{namespace:?}"
    );
    let subject = ls("--subject", "demo/basics").await.succeeds();
    assert!(
        subject.out.contains("'pin component charge'"),
        "{subject:?}"
    );
    for known in ["pin", "component", "component.publish"] {
        ls("--action", known).await.succeeds();
    }
    let graph = ["registry", "graph", "nope"];
    let graph = terminal.run(graph).await.ends_with(3);
    assert!(
        graph.err.contains("there is no namespace nope"),
        "{graph:?}"
    );
}

#[tokio::test]
async fn a_rule_for_a_component_that_is_not_there_is_kept_with_a_warning() {
    let terminal = Terminal::with_basics().await;
    for (component, is_there) in [("demo/basics", true), ("demo/baiscs", false)] {
        for command in [
            ["grant", "add", component, "kv c"],
            ["limit", "set", component, "memory=64MiB"],
        ] {
            let ran = terminal.run(command).await.succeeds();
            let warning = format!("warning: there is no component {component} yet");
            assert_eq!(ran.err.contains(&warning), !is_there, "{ran:?}");
        }
    }
}
