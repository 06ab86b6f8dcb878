//! `tasker status`.

use super::terminal::Terminal;
use crate::harness::wait_until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_status_is_shown_part_by_part_and_as_json() {
    let terminal = Terminal::with_host().await;
    let shown = wait_until("all is well", async || {
        let shown = terminal.run(["status"]).await.succeeds().out;
        shown.ends_with("tasker 0.1.0: ✔ ok\n").then_some(shown)
    })
    .await;
    let headings: Vec<&str> = shown.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(headings, ["PART", "STATUS", "VALUE", "WHY"]);
    let of = |part: &str| {
        let mut lines = shown.lines();
        let line = lines.find(|line| line.starts_with(part)).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(of("database").starts_with("database ✔ ok "), "{shown}");
    assert!(
        of("migrations").ends_with("are those of tasker 0.1.0"),
        "{shown}"
    );
    assert!(of("disk").contains("iB"), "{shown}");
    let json = terminal
        .run(["status", "-o", "json"])
        .await
        .succeeds()
        .json();
    assert_eq!(json["status"], "ok");
    assert_eq!(json["parts"][0]["part"], "database");
    assert_eq!(terminal.run(["status", "-q"]).await.succeeds().out, "");
    let coloured = terminal
        .run(["status", "--color", "always"])
        .await
        .succeeds();
    assert!(coloured.out.contains("\x1b[32m"), "{coloured:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_exit_code_says_whether_something_is_down() {
    let terminal = Terminal::with_host().await;
    let newer = "update tasker.functions set host_version = '9.0.0', schema_version = 99";
    let pool = terminal.database().pool();
    sqlx::query(newer).execute(pool).await.unwrap();
    let degraded = wait_until("it is degraded", async || {
        let shown = terminal.run(["status"]).await.succeeds();
        shown.out.ends_with("! degraded\n").then_some(shown)
    })
    .await;
    assert_eq!(degraded.err, "next: tasker doctor\n");
    let names = terminal.run(["status", "-q"]).await.succeeds().out;
    assert_eq!(names, "migrations\n");

    let too_new = "update tasker.functions set oldest_host = '9.0.0'";
    sqlx::query(too_new).execute(pool).await.unwrap();
    let down = wait_until("it is down", async || {
        let shown = terminal.run(["status"]).await;
        shown.out.ends_with("✘ down\n").then_some(shown)
    })
    .await;
    let down = down.ends_with(1);
    assert!(
        down.out.contains("for which this host, 0.1.0, is too old"),
        "{down:?}"
    );
    let doctor = terminal.run(["doctor"]).await;
    assert!(
        doctor.out.contains("migrations: the database was upgraded"),
        "{doctor:?}"
    );
}
