//! A reader of the log whose database is killed.

use super::server::Site;
use crate::harness::wait_until;
use tasker_database::Database;
use tasker_engine::Engine;
use tasker_engine::log_position::{LogHorizon, LogPosition};
use tasker_engine::wanted_rows::WantedRows;

const ROUNDS: i64 = 2;
/// More than a sequence has in its log in advance.
const ROWS: i64 = 40;

/// Rows that a kill may take back, as those of claims.
fn write() -> String {
    format!(
        "set synchronous_commit = off;
         insert into tasker.transition (at, task_id, to_state)
         select now(), tasker.first_id(now()), 'pending' from generate_series(1, {ROWS})"
    )
}

/// The next horizon, once the server answers.
async fn advanced(engine: &Engine, from: &LogHorizon) -> LogHorizon {
    wait_until("the server answers", async || {
        let mut horizon = from.clone();
        let moved = engine.advance_log_horizon(&mut horizon).await;
        moved.ok().map(|()| horizon)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_reader_of_the_log_had_is_there_after_a_kill_and_what_comes_later_is_new_to_it() {
    let site = Site::new();
    let mut server = site.primary(&[]).await;
    tasker_database::migrate(&site.options()).await.unwrap();
    server.run("select tasker.ensure_partitions()").await;
    let engine = Engine::new(Database::open(site.options(), 8));
    let mut horizon = LogHorizon::default();
    let mut seen: Vec<i64> = Vec::new();
    for _ in 0..ROUNDS {
        server.freeze_wal_writer().await;
        server.run(&write()).await;
        horizon = advanced(&engine, &horizon).await;
        let mut after = LogPosition(seen.last().copied().unwrap_or_default());
        while after < horizon.safe() {
            let page = engine
                .read_feed(after, horizon.safe(), 100, &WantedRows::all())
                .await
                .unwrap();
            seen.extend(page.rows.iter().map(|row| row.seq));
            after = page.through;
        }
        server.run(&write()).await;
        server.stop_at_once();
        server.start().await;
        let is_there: bool = server
            .ask(&format!(
                "select count(*) = {} from tasker.transition where seq = any ('{{{}}}')",
                seen.len(),
                seen.iter()
                    .map(i64::to_string)
                    .collect::<Vec<_>>()
                    .join(",")
            ))
            .await;
        assert!(is_there, "what was read was taken back");
    }
    horizon = advanced(&engine, &horizon).await;
    let last = LogPosition(seen.last().copied().unwrap_or_default());
    let rest = engine
        .read_feed(last, horizon.safe(), 1_000, &WantedRows::all())
        .await
        .unwrap();
    seen.extend(rest.rows.iter().map(|row| row.seq));
    let all: String = server
        .ask("select string_agg(seq::text, ' ' order by seq) from tasker.transition")
        .await;
    let seen: Vec<String> = seen.iter().map(i64::to_string).collect();
    assert_eq!(seen.join(" "), all);
}
