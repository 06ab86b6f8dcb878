use super::terminal::Terminal;
use crate::harness::wait_until;

const RELEASE: &str = "demo/basics@0.1.0";

#[tokio::test]
async fn a_yanked_version_says_so_wherever_it_is_shown() {
    let terminal = Terminal::with_basics().await;
    terminal
        .template("one", "  - {name: a, handler: basics/noop}")
        .await;
    let yank = [
        "component",
        "yank",
        RELEASE,
        "--reason",
        "it rounds wrongly",
    ];
    let yanked = terminal.run(yank).await.succeeds();
    assert_eq!(
        yanked.out,
        "✔ demo/basics@0.1.0 is yanked: new tasks don't take it, tasks that have it keep it\n"
    );
    assert!(
        yanked
            .err
            .contains("next: tasker component show demo/basics\n"),
        "{yanked:?}"
    );
    let family = terminal
        .run(["component", "show", "demo/basics"])
        .await
        .succeeds();
    assert!(family.out.contains("0.1.0    yanked"), "{family:?}");
    let one = terminal
        .run(["component", "show", RELEASE])
        .await
        .succeeds();
    for text in ["status     yanked ", " ago by admin: it rounds wrongly\n"] {
        assert!(one.out.contains(text), "{one:?}");
    }
    assert_eq!(one.out.matches("status").count(), 1, "{one:?}");
    assert!(
        one.err
            .contains("next: tasker component unyank demo/basics@0.1.0"),
        "{one:?}"
    );
    let refused = terminal.run(["task", "run", "demo/one"]).await.ends_with(2);
    assert!(refused.err.contains("0.1.0 (yanked)"), "{refused:?}");
    terminal
        .run(["component", "unyank", RELEASE])
        .await
        .succeeds();
    terminal
        .run(["task", "run", "demo/one", "--wait"])
        .await
        .succeeds();
    terminal
        .run(["template", "yank", "demo/one@1.0.0"])
        .await
        .succeeds();
    let refused = terminal.run(["task", "run", "demo/one"]).await.ends_with(2);
    assert!(refused.err.contains("1.0.0 (yanked)"), "{refused:?}");
    terminal
        .run(["template", "unyank", "demo/one@1.0.0"])
        .await
        .succeeds();
    terminal
        .run(["task", "run", "demo/one", "--wait"])
        .await
        .succeeds();
}

const QUARANTINE: [&str; 6] = [
    "component",
    "quarantine",
    "--yes",
    RELEASE,
    "--reason",
    "it charges twice",
];

#[tokio::test]
async fn code_in_quarantine_is_listed_however_many_pages_it_takes() {
    let terminal = Terminal::with_host().await;
    sqlx::query(
        "insert into tasker.quarantine (digest, actor, reason)
         select sha256(number::text::bytea), 'admin', 'no ' || number from generate_series(1, 501) number",
    )
    .execute(terminal.database().pool())
    .await
    .unwrap();
    let listed = terminal.run(["component", "quarantined"]).await.succeeds();
    for reason in ["no 1\n", "no 501\n"] {
        assert!(listed.out.contains(reason), "{listed:?}");
    }
    assert_eq!(listed.out.lines().count(), 502);
}

#[tokio::test]
async fn a_quarantine_is_told_with_its_names_and_shown_with_the_component() {
    let terminal = Terminal::with_basics().await;
    let told = terminal.run(QUARANTINE).await.succeeds();
    for text in [
        "is quarantined: no host starts it, and what runs of it is ended",
        "known as  demo/basics@0.1.0",
    ] {
        assert!(told.out.contains(text), "{told:?}");
    }
    let next = "next: tasker component references demo/basics@0.1.0\n";
    assert!(told.err.contains(next), "{told:?}");
    let last = "tasker component release demo/basics@0.1.0\n";
    assert!(told.err.ends_with(last), "{told:?}");
    let again = terminal.run(QUARANTINE).await.succeeds();
    assert!(again.out.contains("was quarantined already"), "{again:?}");
    let listed = terminal.run(["component", "quarantined"]).await.succeeds();
    for text in ["demo/basics@0.1.0", "it charges twice"] {
        assert!(listed.out.contains(text), "{listed:?}");
    }
    let family = ["component", "show", "demo/basics"];
    let family = terminal.run(family).await.succeeds();
    assert!(family.out.contains("0.1.0    quarantined"), "{family:?}");
    let tree = terminal.run(["registry", "tree", "demo"]).await.succeeds();
    assert!(tree.out.contains("0.1.0 quarantined\n"), "{}", tree.out);
}

#[tokio::test]
async fn a_task_says_that_it_stands_still_for_a_quarantine_and_goes_on_after_it() {
    let terminal = Terminal::with_basics().await;
    let step = "  - {name: a, handler: basics/sleep, config: {ms: 60000}, timeout: 5m, retry: {max_attempts: 1}}";
    terminal.template("slow", step).await;
    let run = ["task", "run", "demo/slow", "--output", "json"];
    let started = terminal.run(run).await.succeeds().json();
    let id = started["task"]["id"].as_str().unwrap();
    wait_until("the step runs", async || {
        let shown = terminal.run(["task", "show", id]).await.succeeds();
        shown.out.contains("running  1/1  ").then_some(())
    })
    .await;
    terminal.run(QUARANTINE).await.succeeds();
    wait_until("the step stands still", async || {
        let shown = terminal.run(["task", "show", id]).await.succeeds();
        let why = "demo/basics@0.1.0 is quarantined";
        let is_told = shown.out.contains(why);
        assert_eq!(is_told, shown.out.contains("0/1, 1 run  "), "{shown:?}");
        is_told.then_some(())
    })
    .await;
    let shown = terminal.run(["task", "show", id]).await.succeeds();
    for next in [
        "next: tasker task migrate demo/slow --dry-run\n",
        "tasker component release demo/basics@0.1.0\n",
    ] {
        assert!(shown.err.contains(next), "{shown:?}");
    }
    let told = terminal.run(QUARANTINE).await.succeeds();
    let held = "suspended  1 step in 1 task of demo/slow";
    assert!(told.out.contains(held), "{told:?}");
    let migration = "tasker task migrate demo/slow --component demo/basics --dry-run";
    assert!(told.err.contains(migration), "{told:?}");
    let release = ["component", "release", RELEASE];
    let released = terminal.run(release).await.succeeds();
    let ready = "may run again; 1 step that waited for it continues";
    assert!(released.out.contains(ready), "{released:?}");
    let listed = terminal.run(["component", "quarantined"]).await.succeeds();
    assert_eq!(listed.out, "nothing is quarantined\n");
    terminal.run(release).await.ends_with(4);
}

#[tokio::test]
async fn a_pin_that_is_left_without_a_version_is_told_with_what_to_do() {
    let terminal = Terminal::with_basics().await;
    let share = ["share", "add", "demo/basics", "--with", "*"];
    terminal.run(share).await.succeeds();
    let pin = ["pin", "set", "component", "demo/basics", "=0.1.0"];
    terminal.run([&pin[..], &["--in", "shop"]].concat()).await;
    terminal.run(pin).await.succeeds();
    let yank = ["component", "yank", RELEASE];
    let yanked = terminal.run(yank).await.succeeds();
    for text in [
        "✘ pin component demo/basics in demo: =0.1.0 has nothing left: new tasks are refused\n",
        "✘ pin component demo/basics in shop: =0.1.0 has nothing left: new tasks are refused\n",
    ] {
        assert!(yanked.out.contains(text), "{yanked:?}");
    }
    let next = "next: tasker pin set component demo/basics REQUIREMENT\n";
    assert!(yanked.err.contains(next), "{yanked:?}");
    let unyank = ["component", "unyank", RELEASE];
    terminal.run(unyank).await.succeeds();
    let stopped = terminal.run(QUARANTINE).await.succeeds();
    let left = "in shop: =0.1.0 has nothing left: new tasks are refused";
    assert!(stopped.out.contains(left), "{stopped:?}");
    assert!(stopped.err.contains(next), "{stopped:?}");
}

#[tokio::test]
async fn who_uploads_what_is_taken_out_of_use_is_told_so_with_the_way_back() {
    let terminal = Terminal::with_basics().await;
    let file = terminal.file("again.wasm", crate::harness::basics());
    let publish = async |version: &str| {
        let name = ["component", "publish", &file, "--name", "demo/basics"];
        let publish = [&name[..], &["--version", version]].concat();
        terminal.run(publish).await.succeeds()
    };
    terminal.run(QUARANTINE).await.succeeds();
    for version in ["0.1.0", "0.1.1"] {
        let published = publish(version).await;
        let told = "⊘ its code is quarantined: no host starts it";
        assert!(published.out.contains(told), "{published:?}");
        let release = format!("next: tasker component release demo/basics@{version}\n");
        assert!(published.err.contains(&release), "{published:?}");
    }
    terminal
        .run(["component", "release", RELEASE])
        .await
        .succeeds();
    terminal
        .run(["component", "yank", RELEASE])
        .await
        .succeeds();
    let gc = ["gc", "--yes", "--older-than", "0s"];
    let collected = terminal.run(gc).await.succeeds();
    assert!(collected.out.contains("0.1.0"), "{collected:?}");
    let published = publish("0.1.0").await;
    for text in [
        "had been collected; its bytes were brought back",
        "⊘ it is yanked: new tasks don't take it",
    ] {
        assert!(published.out.contains(text), "{published:?}");
    }
    let unyank = "next: tasker component unyank demo/basics@0.1.0\n";
    assert!(published.err.contains(unyank), "{published:?}");
}

#[tokio::test]
async fn a_version_is_taken_out_of_use_by_its_number_only() {
    let terminal = Terminal::without_host();
    for verb in ["yank", "unyank", "quarantine", "release"] {
        let ran = terminal
            .run(["component", verb, "demo/basics"])
            .await
            .ends_with(2);
        assert!(ran.err.contains("say which version"), "{ran:?}");
    }
}
