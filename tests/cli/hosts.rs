use super::terminal::Terminal;
use crate::harness::{TestHost, wait_until};

/// A host beside that of the terminal, and the ids of both, the newest first.
async fn two_hosts(terminal: &Terminal) -> (TestHost, Vec<String>) {
    let other = TestHost::start(terminal.database()).await;
    let ids = wait_until("both hosts are listed", async || {
        let listed = terminal.run(["host", "ls", "--quiet"]).await.succeeds();
        let ids: Vec<String> = listed.out.lines().map(str::to_owned).collect();
        (ids.len() == 2).then_some(ids)
    })
    .await;
    (other, ids)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_are_listed_with_what_they_do() {
    let terminal = Terminal::with_host().await;
    let (_other, ids) = two_hosts(&terminal).await;
    let listed = terminal.run(["host", "ls"]).await.succeeds();
    let headings = listed.out.lines().next().unwrap();
    let words: Vec<_> = headings.split_whitespace().collect();
    assert_eq!(
        words,
        [
            "ID",
            "HOST",
            "PID",
            "VERSION",
            "STATE",
            "SINCE",
            "RUNNING",
            "STARTED",
            "HEARTBEAT"
        ]
    );
    let line = listed.out.lines().nth(1).unwrap();
    let pid = std::process::id().to_string();
    for part in [&*ids[0], &pid, "0.1.0", "● active", "0 of 16", "s ago"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let next = format!("next: tasker host drain {} --wait\n", ids[0]);
    assert_eq!(listed.err, next);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_is_drained_and_resumed() {
    let terminal = Terminal::with_host().await;
    let (_other, ids) = two_hosts(&terminal).await;
    let drain = [
        "host",
        "drain",
        &ids[1],
        "--wait",
        "--reason",
        "a new kernel",
    ];
    let drained = terminal.run(drain).await.succeeds();
    assert!(
        drained
            .out
            .contains("is drained: nothing that it ran is left"),
        "{drained:?}"
    );
    assert!(
        drained
            .err
            .contains(&format!("tasker host resume {}", ids[1])),
        "{drained:?}"
    );
    let listed = terminal.run(["host", "ls"]).await.succeeds();
    let line = listed.out.lines().nth(2).unwrap();
    assert!(line.contains("✔ drained"), "{line}");

    let again = terminal.run(["host", "drain", &ids[1], "-o", "json"]).await;
    let again = again.succeeds().json();
    assert_eq!(
        (&again["changed"], &again["state"]),
        (&false.into(), &"drained".into())
    );
    let resumed = terminal.run(["host", "resume", &ids[1]]).await.succeeds();
    assert!(resumed.out.contains("claims steps again"), "{resumed:?}");
    let resumed = terminal.run(["host", "resume", &ids[1], "--quiet"]).await;
    assert_eq!(resumed.succeeds().out, "");
    let audit = terminal
        .run(["audit", "ls", "--action", "host"])
        .await
        .succeeds();
    assert!(
        audit.out.contains("host.drain") && audit.out.contains("a new kernel"),
        "{audit:?}"
    );
}

#[tokio::test]
async fn a_host_that_is_not_there_is_not_drained() {
    let terminal = Terminal::with_host().await;
    let told = terminal.run(["host", "drain", "4711"]).await.ends_with(3);
    assert_eq!(
        told.err,
        "error: there is no host 4711; list them with: tasker host ls\n"
    );
    let told = terminal.run(["host", "drain", "db-1"]).await.ends_with(2);
    assert!(
        told.err.contains("list them with: tasker host ls"),
        "{told:?}"
    );
}
