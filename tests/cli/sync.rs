mod plan;

use super::terminal::Terminal;
use crate::harness::basics;

const TEMPLATE: &str = "namespace: demo\nname: add\nversion: 1.0.0\nsteps:\n\
    \x20 - {name: two, handler: basics/sum@^0.1, config: {value: 2}}\n";
const PINS: &str = "components: {basics: ^0.1}\ntemplates: {add: =1.0.0}\n";

/// A folder called `demo` with a component, a template and pins.
fn folder(terminal: &Terminal) -> String {
    let demo = terminal.path("demo");
    std::fs::create_dir_all(format!("{demo}/components")).unwrap();
    std::fs::create_dir_all(format!("{demo}/templates")).unwrap();
    terminal.file("demo/components/basics@0.1.0.wasm", basics());
    terminal.file("demo/templates/add.yaml", TEMPLATE);
    terminal.file("demo/pins.yaml", PINS);
    demo
}

#[tokio::test]
async fn a_namespace_becomes_what_the_folder_says_and_the_second_run_has_nothing_to_do() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    let planned = terminal.run(["sync", &demo, "--dry-run"]).await.succeeds();
    for line in [
        "+ component demo/basics@0.1.0",
        "+ template demo/add@1.0.0",
        "+ pin component basics  ^0.1",
        "+ pin template add  =1.0.0",
    ] {
        assert!(planned.out.contains(line), "{planned:?}");
    }
    terminal
        .run(["component", "show", "demo/basics"])
        .await
        .ends_with(3);
    let synced = terminal.run(["sync", &demo]).await.succeeds();
    assert!(
        synced.out.ends_with("✔ 4 changes made in demo\n"),
        "{synced:?}"
    );
    let run = ["task", "run", "demo/add", "--wait"];
    terminal.run(run).await.succeeds();
    let again = terminal.run(["sync", &demo]).await.succeeds();
    assert_eq!(again.out, "✔ demo is as the folder says; nothing to do\n");
}

#[tokio::test]
async fn a_pin_whose_versions_a_signing_policy_excludes_is_warned_of() {
    let terminal = Terminal::with_host().await;
    let (demo, key) = (folder(&terminal), terminal.path("ci"));
    terminal.run(["sync", &demo]).await.succeeds();
    let create = ["signing-key", "create", &key];
    terminal.run(create).await.succeeds();
    let policy = ["signing-policy", "add", "demo", &format!("{key}.pub")];
    terminal.run(policy).await.succeeds();
    for command in [vec!["sync", &demo, "--dry-run"], vec!["sync", &demo]] {
        let synced = terminal.run(command).await.succeeds();
        assert_eq!(synced.out, "✔ demo is as the folder says; nothing to do\n");
        let told = "warning: pin component basics at ^0.1: new tasks may take no version";
        assert!(synced.err.contains(told), "{synced:?}");
    }
}

#[tokio::test]
async fn pins_are_changed_as_the_file_changes_and_removed_only_when_asked() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.run(["sync", &demo]).await.succeeds();
    terminal.file("demo/pins.yaml", "components: {basics: =0.1.0}\n");
    let changed = terminal.run(["sync", &demo]).await.succeeds();
    assert!(
        changed
            .out
            .starts_with("~ pin component basics  ^0.1 → =0.1.0\n✔ 1 change"),
        "{changed:?}"
    );
    let unsure = terminal.run(["sync", &demo, "--prune"]).await.ends_with(2);
    assert!(
        unsure.out.contains("- pin template add  =1.0.0"),
        "{unsure:?}"
    );
    assert!(unsure.err.contains("add --yes"), "{unsure:?}");
    terminal
        .run(["sync", &demo, "--prune", "--yes"])
        .await
        .succeeds();
    let pins = terminal.run(["pin", "ls", "--output", "json"]).await.json();
    assert_eq!(pins["items"].as_array().unwrap().len(), 1, "{pins}");
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_anything_is_changed() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.file("demo/pins.yaml", "components: {basics: one}\n");
    let wrong = terminal.run(["sync", &demo]).await.ends_with(2);
    assert!(wrong.err.contains("pins.yaml:1:"), "{wrong:?}");
    terminal.file("demo/pins.yaml", PINS);
    let far = terminal
        .run(["sync", &demo, "--namespace", "far"])
        .await
        .ends_with(2);
    assert!(
        far.err
            .contains("is a template of namespace demo, not of far"),
        "{far:?}"
    );
    terminal.file("demo/pinz.yaml", "");
    let stranger = terminal.run(["sync", &demo]).await.ends_with(2);
    assert!(
        stranger.err.contains("pinz.yaml is not understood here"),
        "{stranger:?}"
    );
    std::fs::remove_file(terminal.path("demo/pinz.yaml")).unwrap();
    terminal.run(["sync", &demo]).await.succeeds();
    let other = TEMPLATE.replace("value: 2", "value: 3");
    terminal.file("demo/templates/add.yaml", other);
    let conflict = terminal.run(["sync", &demo]).await.ends_with(4);
    assert!(
        conflict.err.contains("template demo/add@1.0.0"),
        "{conflict:?}"
    );
}

#[tokio::test]
async fn a_folder_to_watch_that_is_not_there_is_refused_when_the_host_starts() {
    let terminal = Terminal::without_host();
    let none = terminal.path("none");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--watch", &none];
    let ran = terminal.run(serve).await.ends_with(1);
    assert!(ran.err.contains("is not a folder to watch"), "{ran:?}");
}

const GRANTS: &str = "namespace: [kv counters]\ncomponents:\n  basics: ['http GET api.example.com/v1/*', 'env LEVEL=info']\n  far/charge: [kv totals]\n";
const LIMITS: &str = "namespace: {http_requests: 10}\ncomponents:\n  basics: {memory: 64MiB, cpu: 2s}\n  far/charge: {log: 1KiB}\n";

#[tokio::test]
async fn grants_and_limits_become_what_the_folder_says_before_anything_is_uploaded() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.file("demo/grants.yaml", GRANTS);
    terminal.file("demo/limits.yaml", LIMITS);
    let synced = terminal.run(["sync", &demo]).await.succeeds();
    let planned: Vec<&str> = synced.out.lines().collect();
    for line in [
        "+ grant *  kv counters",
        "+ grant basics  env LEVEL=info",
        "+ grant basics  http GET api.example.com/v1/*",
        "+ grant far/charge  kv totals",
        "+ limit * http_requests  10",
        "+ limit basics cpu  2s",
        "+ limit far/charge log  1KiB",
    ] {
        let at = planned.iter().position(|planned| *planned == line);
        assert!(at.is_some_and(|at| at < 8), "{line}: {synced:?}");
    }
    let granted = terminal.run(["grant", "ls"]).await.succeeds();
    assert!(granted.out.contains("far/charge"), "{granted:?}");
    let limited = terminal.run(["limit", "ls"]).await.succeeds();
    assert!(limited.out.contains("memory=64MiB cpu=2s"), "{limited:?}");
    let again = terminal.run(["sync", &demo, "--prune"]).await.succeeds();
    assert_eq!(again.out, "✔ demo is as the folder says; nothing to do\n");
}

#[tokio::test]
async fn grants_and_limits_change_with_the_file_and_go_only_when_asked() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal.file("demo/grants.yaml", GRANTS);
    terminal.file("demo/limits.yaml", LIMITS);
    terminal.run(["sync", &demo]).await.succeeds();
    terminal.file(
        "demo/grants.yaml",
        "components: {demo/basics: [env LEVEL=debug]}\n",
    );
    terminal.file(
        "demo/limits.yaml",
        "components: {basics: {memory: 32MiB}}\n",
    );
    let changed = terminal.run(["sync", &demo]).await.succeeds();
    let told = "~ grant basics  env LEVEL=info → env LEVEL=debug\n~ limit basics memory  64MiB → 32MiB\n✔ 2 changes made in demo\n";
    assert_eq!(changed.out, told);
    let unsure = terminal.run(["sync", &demo, "--prune"]).await.ends_with(2);
    assert!(
        unsure.out.contains("- grant far/charge  kv totals"),
        "{unsure:?}"
    );
    assert!(unsure.out.contains("- limit basics cpu  2s"), "{unsure:?}");
    assert!(
        unsure.err.contains("remove 6 settings of demo"),
        "{unsure:?}"
    );
    let pruned = ["sync", &demo, "--prune", "--yes"];
    terminal.run(pruned).await.succeeds();
    let listed = terminal.run(["limit", "ls"]).await.succeeds();
    assert!(
        listed.out.contains("memory=32MiB") && !listed.out.contains("cpu"),
        "{listed:?}"
    );
    let granted = terminal
        .run(["grant", "ls", "--output", "json"])
        .await
        .json();
    assert_eq!(granted["items"].as_array().unwrap().len(), 1, "{granted}");
}

#[tokio::test]
async fn rules_on_recordings_become_what_the_folder_says() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    let file = |text: &str| terminal.file("demo/recordings.yaml", text);
    file(
        "namespace: {percent: 1, only_failures: true}\ncomponents: {basics: {percent: 100}, far/charge: {percent: 0}}\n",
    );
    let synced = terminal.run(["sync", &demo]).await.succeeds();
    for line in [
        "+ record *  1 % only failures\n",
        "+ record basics  100 %\n",
        "+ record far/charge  0 %\n",
    ] {
        assert!(synced.out.contains(line), "{line}: {synced:?}");
    }
    let again = terminal.run(["sync", &demo, "--prune"]).await.succeeds();
    assert_eq!(again.out, "✔ demo is as the folder says; nothing to do\n");
    file("components: {demo/basics: {percent: 0.5}}\n");
    let changed = terminal.run(["sync", &demo]).await.succeeds();
    let told = "~ record basics  100 % → 0.5 %\n✔ 1 change made in demo\n";
    assert_eq!(changed.out, told);
    let pruned = ["sync", &demo, "--prune", "--yes"];
    let pruned = terminal.run(pruned).await.succeeds();
    for line in [
        "- record *  1 % only failures\n",
        "- record far/charge  0 %\n",
    ] {
        assert!(pruned.out.contains(line), "{line}: {pruned:?}");
    }
    let names = terminal.run(["record", "ls", "-q"]).await.succeeds();
    assert_eq!(names.out, "demo/basics\n");
    for (text, told) in [
        ("namespace: {percent: 200}\n", "from 0 to 100"),
        ("namespace: {share: 1}\n", "unknown field `share`"),
    ] {
        file(text);
        let wrong = terminal.run(["sync", &demo]).await.ends_with(2);
        assert!(wrong.err.contains(told), "{wrong:?}");
    }
}

#[tokio::test]
async fn what_there_is_no_file_for_is_left_alone() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    terminal
        .run(["grant", "add", "demo/basics", "kv counters"])
        .await
        .succeeds();
    terminal
        .run(["limit", "set", "demo", "cpu=1s"])
        .await
        .succeeds();
    terminal.run(["sync", &demo]).await.succeeds();
    std::fs::remove_file(terminal.path("demo/pins.yaml")).unwrap();
    let again = terminal.run(["sync", &demo, "--prune"]).await.succeeds();
    assert_eq!(again.out, "✔ demo is as the folder says; nothing to do\n");
}

#[tokio::test]
async fn a_wrong_grant_or_limit_is_told_with_its_place_before_anything_is_changed() {
    let terminal = Terminal::without_host();
    let demo = folder(&terminal);
    for (file, text, told) in [
        (
            "grants.yaml",
            "components: {basics: [htp x]}\n",
            "grants.yaml:1:",
        ),
        (
            "grants.yaml",
            "components: {basics: [http]}\n",
            "`http` does not say enough to be granted",
        ),
        (
            "grants.yaml",
            "component: {}\n",
            "unknown field `component`",
        ),
        (
            "limits.yaml",
            "namespace: {memory: 64}\n",
            "such as `64MiB`",
        ),
        (
            "limits.yaml",
            "namespace: {speed: 1}\n",
            "there are memory, timeout, cpu",
        ),
    ] {
        let path = terminal.file(&format!("demo/{file}"), text);
        let wrong = terminal.run(["sync", &demo]).await.ends_with(2);
        assert!(wrong.err.contains(told), "{wrong:?}");
        std::fs::remove_file(path).unwrap();
    }
}

#[tokio::test]
async fn subscriptions_become_what_the_folder_says() {
    let terminal = Terminal::with_host().await;
    let demo = folder(&terminal);
    std::fs::remove_dir_all(format!("{demo}/components")).unwrap();
    std::fs::remove_dir_all(format!("{demo}/templates")).unwrap();
    std::fs::remove_file(format!("{demo}/pins.yaml")).unwrap();
    let hook = "hook: {to: https://example.com, secrets: [signing], types: task.*}\n";
    let file = |text: &str| terminal.file("demo/subscriptions.yaml", text);
    file(&format!("{hook}bus: {{to: nats}}\n"));
    let early = terminal.run(["sync", &demo]).await.ends_with(2);
    assert!(
        early.out.contains("✘ subscription hook")
            && early.out.contains("tasker secret set demo/signing"),
        "{early:?}"
    );
    let secret = terminal.path("secret");
    terminal.file("secret", "whsec_c2VjcmV0");
    let set = ["secret", "set", "demo/signing", "--file", &secret];
    terminal.run(set).await.succeeds();
    let synced = terminal.run(["sync", &demo]).await.succeeds();
    assert_eq!(
        synced.out,
        "+ subscription bus  nats\n+ subscription hook  https://example.com task.*\n\
         ✔ 2 changes made in demo\n"
    );
    let again = terminal.run(["sync", &demo]).await.succeeds();
    assert_eq!(again.out, "✔ demo is as the folder says; nothing to do\n");

    file(&hook.replace("task.*", "step.*"));
    let changed = terminal.run(["sync", &demo]).await.succeeds();
    assert!(
        changed.out.starts_with("~ subscription hook"),
        "{changed:?}"
    );
    let prune = ["sync", &demo, "--prune", "--yes"];
    let pruned = terminal.run(prune).await.succeeds();
    assert!(pruned.out.starts_with("- subscription bus"), "{pruned:?}");
    let left = terminal.run(["subscription", "ls", "--output", "json"]);
    let left = left.await.json();
    assert_eq!(left["items"][0]["types"], "step.*", "{left}");
    assert_eq!(left["items"].as_array().unwrap().len(), 1, "{left}");
}
