//! A task of as many steps as there may be is shown in part, and the rest is a command away.

use super::terminal::Terminal;
use serde_json::json;

const STEPS: usize = 10_000;

/// The largest answer about it, in bytes.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// Of 10,000 steps, the one before the last failed.
async fn large_task(terminal: &Terminal) -> String {
    let step = |no: usize| format!("  - {{name: s{no}, handler: basics/noop}}\n");
    let steps: String = (0..STEPS).map(step).collect();
    terminal.template("wide", &steps).await;
    let run = ["task", "run", "demo/wide", "-q"];
    let id = terminal.run(run).await.succeeds().out.trim().to_owned();
    let fail = "
        update tasker.step
        set state = 'error', ready_at = null, attempt = 1, started_at = now(), finished_at = now(),
            error = '{\"code\": \"declined\", \"message\": \"no cover\"}'
        where step_no = 9998;
        delete from tasker.queue where step_no = 9998";
    sqlx::raw_sql(fail)
        .execute(terminal.database().pool())
        .await
        .unwrap();
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_of_ten_thousand_steps_is_shown_in_part() {
    let terminal = Terminal::with_idle_host().await;
    let id = large_task(&terminal).await;

    let json = terminal.run(["task", "show", &id, "-o", "json"]).await;
    let json = json.succeeds();
    assert!(json.out.len() < MAX_ANSWER_BYTES, "{}", json.out.len());
    let task = json.json();
    assert_eq!(task["steps"].as_array().unwrap().len(), 100);
    assert_eq!(task["steps_next"], "99");
    assert_eq!(task["step_counts"], json!({"ready": 9_999, "error": 1}));

    let shown = terminal.run(["task", "show", &id]).await.succeeds();
    let lines = shown.out.lines().count();
    assert!((100..200).contains(&lines), "{lines}");
    assert!(
        shown.out.contains("s9998 failed after 1 attempt"),
        "{shown:?}"
    );
    let more = format!("… and 9899 other steps: tasker task steps {id} --limit 500 --after 99\n");
    assert!(shown.out.contains(&more), "{shown:?}");

    let next = [
        "task", "steps", &id, "--limit", "500", "--after", "99", "-q",
    ];
    let next = terminal.run(next).await.succeeds();
    let (first, last) = (next.out.lines().next(), next.out.lines().last());
    assert_eq!((first, last), (Some("s100"), Some("s599")));
    let all = terminal
        .run(["task", "show", &id, "--all"])
        .await
        .succeeds();
    assert!(all.out.lines().count() > STEPS);
    assert!(
        !all.out.contains("other steps: tasker"),
        "every step is there"
    );
}
