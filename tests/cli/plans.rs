use super::terminal::Terminal;
use crate::sandbox::guests;
use serde_json::json;

/// A component whose handler `charge` takes amounts up to this.
fn charge(maximum: u32) -> Vec<u8> {
    let input = json!({"properties": {"amount": {"type": "integer", "maximum": maximum}}});
    guests::described(&json!({"handlers": [{"name": "charge", "input_schema": input}]}))
}

fn fulfil(version: &str, requirement: &str) -> String {
    format!(
        "namespace: shop\nname: fulfil\nversion: {version}\n\
         steps: [{{name: pay, handler: \"charge/charge@{requirement}\"}}]\n"
    )
}

/// A host with `shop/charge` 1.0.0, pinned nowhere, and a template that asks for it.
async fn with_charge() -> Terminal {
    let terminal = Terminal::with_host().await;
    let file = terminal.file("first.wasm", charge(100));
    let publish = ["component", "publish", &file, "--name", "shop/charge"];
    let publish = publish.into_iter().chain(["--version", "1.0.0"]);
    terminal.run(publish).await.succeeds();
    let file = terminal.file("fulfil.yaml", fulfil("1.0.0", "^1"));
    terminal
        .run(["template", "publish", &file])
        .await
        .succeeds();
    terminal
}

#[tokio::test]
async fn an_upload_is_planned_as_a_person_reads_it() {
    let terminal = with_charge().await;
    let file = terminal.file("charge.wasm", charge(500));
    let plan = [
        "component",
        "publish",
        &file,
        "--name",
        "shop/charge",
        "--version",
        "1.1.0",
        "--dry-run",
    ];
    let plan = terminal.run(plan).await.succeeds();
    assert_eq!(
        plan.out,
        "shop/charge@1.1.0, not published yet\n\
         since 1.0.0: minor\n  \
           ✔ the version number allows this\n    \
             minor  handlers.charge.input/amount  maximum 100 → 500\n\
         ✔ it requests no new capabilities\n\
         TEMPLATE           STEP  ASKS FOR  NOW    THEN   NEW TASKS\n\
         shop/fulfil@1.0.0  pay   ^1        1.0.0  1.1.0  move to it\n\
         no open tasks\n\
         nothing was changed\n"
    );
    let next =
        format!("next: tasker component publish {file} --name shop/charge --version 1.1.0\n");
    assert_eq!(plan.err, next);
    let shown = terminal.run(["component", "show", "shop/charge@1.1.0"]);
    shown.await.ends_with(3);
}

#[tokio::test]
async fn a_number_without_room_is_told_with_the_one_to_use() {
    let terminal = with_charge().await;
    let file = terminal.file("charge.wasm", charge(50));
    let plan = [
        "component",
        "publish",
        &file,
        "--name",
        "shop/charge",
        "--version",
        "1.1.0",
        "--dry-run",
    ];
    let plan = terminal.run(plan).await.ends_with(2);
    let refused = "  ✘ refused: the version number allows a minor change only; use 2.0.0\n";
    assert!(plan.out.contains(refused), "{plan:?}");
    assert!(plan.err.contains("--version 2.0.0\n"), "{plan:?}");
    assert!(
        plan.err.contains("error: publishing it would be refused"),
        "{plan:?}"
    );
}

#[tokio::test]
async fn pins_are_told_that_keep_new_tasks_away() {
    let terminal = with_charge().await;
    let pin = ["pin", "set", "component", "shop/charge", "=1.0.0"];
    terminal.run(pin).await.succeeds();
    let file = terminal.file("charge.wasm", charge(500));
    let plan = [
        "component",
        "publish",
        &file,
        "--name",
        "shop/charge",
        "--version",
        "1.1.0",
        "--dry-run",
    ];
    let plan = terminal.run(plan).await.succeeds();
    for told in [
        "1.0.0  1.0.0  are held back by the pin\n",
        "pin =1.0.0 of namespace shop excludes it\n",
    ] {
        assert!(plan.out.contains(told), "{plan:?}");
    }
}

#[tokio::test]
async fn a_version_that_waits_is_planned_by_its_name() {
    let terminal = Terminal::with_host().await;
    let file = terminal.file("guest.wasm", guests::wanting(&["kv orders"]));
    let publish = ["component", "publish", &file, "--name", "shop/guest"];
    let publish = publish.into_iter().chain(["--version", "1.0.0"]);
    terminal.run(publish).await.succeeds();
    let plan = ["component", "impact", "shop/guest@1.0.0"];
    let plan = terminal.run(plan).await.succeeds();
    for told in [
        "shop/guest@1.0.0, which needs approval\n",
        "it needs approval: it requests new capabilities\n  + kv orders\n",
        "no template step would use it\n",
    ] {
        assert!(plan.out.contains(told), "{plan:?}");
    }
    assert_eq!(
        plan.err,
        "next: tasker component approve shop/guest@1.0.0\n"
    );
    let missing = ["component", "impact", "shop/guest@2.0.0"];
    terminal.run(missing).await.ends_with(3);
}

#[tokio::test]
async fn a_template_is_planned_from_its_file() {
    let terminal = with_charge().await;
    let file = terminal.file("new.yaml", fulfil("1.0.1", ">=1, <2"));
    let plan = terminal
        .run(["template", "publish", &file, "--dry-run"])
        .await
        .succeeds();
    assert_eq!(
        plan.out,
        "shop/fulfil@1.0.1, not published yet\n\
         since 1.0.0: patch\n  \
           ✔ the version number allows this\n    \
             patch  steps.pay.handler  charge/charge@^1 → charge/charge@>=1, <2\n\
         STEP  RUNS                   TAKES\n\
         pay   charge/charge@>=1, <2  1.0.0\n\
         new tasks move to it; now they take 1.0.0\n\
         no open tasks\n\
         nothing was changed\n"
    );
    assert_eq!(plan.err, format!("next: tasker template publish {file}\n"));
    let as_json = [
        "template",
        "publish",
        &file,
        "--dry-run",
        "--output",
        "json",
    ];
    let as_json = terminal.run(as_json).await.succeeds().json();
    assert_eq!(as_json["steps"][0]["takes"], "1.0.0");
}

#[tokio::test]
async fn what_a_template_lacks_is_told_and_how_to_grant_it() {
    let terminal = Terminal::with_host().await;
    let file = terminal.file("guest.wasm", guests::wanting(&["env LEVEL"]));
    let publish = ["component", "publish", &file, "--name", "shop/guest"];
    let publish = publish.into_iter().chain(["--version", "1.0.0"]);
    terminal.run(publish).await.succeeds();
    let yaml = "namespace: shop\nname: two\nversion: 1.0.0\nsteps:\n\
                - {name: a, handler: guest/noop}\n- {name: b, handler: absent/noop}\n";
    let file = terminal.file("two.yaml", yaml);
    let plan = terminal
        .run(["template", "publish", &file, "--dry-run"])
        .await
        .ends_with(2);
    for told in [
        "b     absent/noop@*  nothing\n",
        "✘ there is no component shop/absent, which step `b` runs",
        "not granted to guest@1.0.0: env LEVEL\n",
    ] {
        assert!(plan.out.contains(told), "{plan:?}");
    }
    let next = format!(
        "next: tasker grant add shop/guest 'env LEVEL=VALUE'\n      \
         tasker template publish {file} --allow-missing\n"
    );
    assert!(plan.err.starts_with(&next), "{plan:?}");
    let wrong = terminal.file("wrong.yaml", "namespace: shop\n");
    terminal
        .run(["template", "publish", &wrong, "--dry-run"])
        .await
        .ends_with(2);
}

#[tokio::test]
async fn what_is_in_the_way_of_an_upload_is_followed_by_what_mends_it() {
    let terminal = with_charge().await;
    let key = terminal.path("ci");
    terminal
        .run(["signing-key", "create", &key])
        .await
        .succeeds();
    let public = format!("{key}.pub");
    let add = ["signing-policy", "add", "shop", &public];
    terminal.run(add).await.succeeds();
    let file = terminal.file("charge.wasm", charge(500));
    let plan = [
        "component",
        "publish",
        &file,
        "--name",
        "shop/charge",
        "--version",
        "1.1.0",
        "--dry-run",
    ];
    let unsigned = terminal.run(plan).await.ends_with(2);
    assert!(
        unsigned.err.contains("--version 1.1.0 --sign KEY\n"),
        "{unsigned:?}"
    );
    let sign = ["component", "sign", &file, "--key", &key];
    terminal.run(sign).await.succeeds();
    let signed = terminal.run(plan).await.succeeds();
    assert!(!signed.out.contains("✘"), "{signed:?}");
    let quarantine = ["component", "quarantine", "--yes", "shop/charge@1.0.0"];
    terminal.run(quarantine).await.succeeds();
    let first = terminal.path("first.wasm");
    let plan = [
        "component",
        "publish",
        &first,
        "--name",
        "shop/charge",
        "--version",
        "1.0.1",
        "--dry-run",
    ];
    let ineligible = terminal.run(plan).await.ends_with(2);
    let next = "next: tasker component quarantined\n";
    assert!(ineligible.err.starts_with(next), "{ineligible:?}");
}

#[tokio::test]
async fn a_rollout_to_another_version_keeps_its_share_of_new_tasks() {
    let terminal = with_charge().await;
    for (maximum, version) in [(200, "1.1.0"), (300, "1.2.0")] {
        let file = terminal.file(&format!("{version}.wasm"), charge(maximum));
        let publish = ["component", "publish", &file, "--name", "shop/charge"];
        let publish = publish.into_iter().chain(["--version", version]);
        terminal.run(publish).await.succeeds();
    }
    let pin = ["pin", "set", "component", "shop/charge", "1.0.0"];
    terminal.run(pin).await.succeeds();
    let rollout = ["rollout", "start", "component", "shop/charge", "=1.1.0"];
    let rollout = rollout.into_iter().chain(["--percent", "30"]);
    terminal.run(rollout).await.succeeds();
    let file = terminal.file("third.wasm", charge(500));
    let plan = [
        "component",
        "publish",
        &file,
        "--name",
        "shop/charge",
        "--version",
        "1.3.0",
        "--dry-run",
    ];
    let plan = terminal.run(plan).await.succeeds();
    for told in ["70 % of them move to it", "lets 70 % of new tasks take it"] {
        assert!(plan.out.contains(told), "{plan:?}");
    }
}
