use super::terminal::Terminal;

#[tokio::test]
async fn limits_are_set_listed_and_removed() {
    let terminal = Terminal::with_host().await;
    let set = ["limit", "set", "demo/charge", "memory=64MiB", "cpu=2s"];
    let set = terminal.run(set).await.succeeds();
    let told = "demo/charge has at most memory=64MiB cpu=2s in tasks of demo";
    assert!(set.out.contains(told), "{set:?}");
    assert!(set.err.contains("next: tasker limit ls demo"), "{set:?}");
    let all = ["limit", "set", "demo", "http_requests=10"];
    let all = terminal.run(all).await.succeeds();
    assert!(
        all.out
            .contains("everything has at most http_requests=10 in tasks of demo"),
        "{all:?}"
    );
    let other = ["limit", "set", "demo/charge", "log=1KiB", "--in", "orders"];
    terminal.run(other).await.succeeds();
    let listed = terminal.run(["limit", "ls"]).await.succeeds();
    for line in [
        "demo       *            http_requests=10",
        "demo       charge       memory=64MiB cpu=2s",
        "orders     demo/charge  log=1KiB",
    ] {
        assert!(listed.out.contains(line), "{listed:?}");
    }
    let names = terminal.run(["limit", "ls", "-q"]).await.succeeds();
    assert_eq!(names.out, "demo\ndemo/charge\ndemo/charge --in orders\n");
    let less = ["limit", "rm", "--yes", "demo/charge", "memory"];
    let less = terminal.run(less).await.succeeds();
    assert!(
        less.out.contains("demo/charge has at most cpu=2s"),
        "{less:?}"
    );
    let gone = terminal
        .run(["limit", "rm", "--yes", "demo"])
        .await
        .succeeds();
    assert!(
        gone.out
            .contains("everything is no longer held to http_requests=10"),
        "{gone:?}"
    );
    terminal
        .run(["limit", "rm", "--yes", "demo"])
        .await
        .ends_with(3);
}

#[tokio::test]
async fn a_wrong_limit_ends_with_2_and_what_would_be_right() {
    let terminal = Terminal::without_host();
    for (arguments, told) in [
        (vec!["limit", "set", "demo", "memory=64"], "such as `64MiB`"),
        (
            vec!["limit", "set", "demo", "speed=1"],
            "there are memory, timeout, cpu",
        ),
        (
            vec!["limit", "set", "demo", "memory=64MiB", "--in", "orders"],
            "say which component",
        ),
        (
            vec!["limit", "rm", "--yes", "demo", "speed"],
            "http_requests",
        ),
        (vec!["serve", "--limit", "cpu=2"], "`2s`"),
    ] {
        let wrong = terminal.run(arguments).await.ends_with(2);
        assert!(wrong.err.contains(told), "{wrong:?}");
    }
}

#[tokio::test]
async fn a_component_is_shown_with_the_limits_of_its_namespace() {
    let terminal = Terminal::with_basics().await;
    for set in [
        ["limit", "set", "demo", "cpu=2s"],
        ["limit", "set", "demo/basics", "memory=64MiB"],
        ["limit", "set", "demo/other", "memory=32MiB"],
    ] {
        terminal.run(set).await.succeeds();
    }
    let shown = terminal
        .run(["component", "show", "demo/basics@0.1.0"])
        .await
        .succeeds();
    assert!(
        shown.out.contains("cpu=2s  as everything in demo"),
        "{shown:?}"
    );
    assert!(shown.out.contains("memory=64MiB\n"), "{shown:?}");
    assert!(!shown.out.contains("32MiB"), "{shown:?}");
}

#[tokio::test]
async fn a_template_is_shown_with_the_limits_of_its_steps() {
    let terminal = Terminal::with_basics().await;
    let step =
        "  - {name: two, handler: basics/sum@^0.1, limits: {memory: 64MiB, http_requests: 0}}";
    terminal.template("add", step).await;
    let shown = terminal
        .run(["template", "show", "demo/add"])
        .await
        .succeeds();
    assert!(
        shown.out.contains("memory=64MiB http_requests=0"),
        "{shown:?}"
    );
}
