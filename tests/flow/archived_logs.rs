//! What attempts logged is archived with their task.

use super::host;
use super::retention::{archived, keep_a_minute, make_old};
use crate::harness::TestDatabase;
use serde_json::{Value, json};
use tasker_archive::{Archive, Location};
use tasker_database::Database;
use tasker_engine::Engine;

/// Chunks of each attempt: together more than are read at once.
const CHUNKS: i64 = 90;
const ATTEMPTS: i64 = 2;
const TWO: &str = "steps:
  - {name: first, handler: basics/noop}
  - {name: second, handler: basics/noop, depends_on: [first]}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_is_archived_once_and_in_order_however_many_there_are() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let one = host(&database).await;
    one.publish_template("two", TWO).await;
    for _ in 0..3 {
        one.run("two", json!({})).await;
    }
    one.host.stop().await.unwrap();
    // One task logs nothing.
    let fill = format!(
        "delete from tasker.attempt_log;
         insert into tasker.attempt_log (task_id, step_no, attempt, last_line, lines)
         select t.task_id, s, a, 2 * c, json_build_array(
                  json_build_object('at', now(), 'level', 'info', 'source', 'handler', 'message', 'odd'),
                  json_build_object('at', now(), 'level', 'warn', 'source', 'stderr', 'message', 'even'))
         from (select t.task_id, row_number() over (order by t.task_id) as nth from tasker.task t) t,
              generate_series(0, 1) s, generate_series(1, {ATTEMPTS}) a, generate_series(1, {CHUNKS}) c
         where t.nth <> 2"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(fill))
        .execute(database.pool())
        .await
        .unwrap();
    make_old(&database).await;
    keep_a_minute(&database).await;
    let engine = Engine::new(Database::open_url(&database.url(), 8).unwrap());
    let location = Location::Folder(folder.path().join("archive"));
    let archive = Archive::create(location).unwrap();
    let mut due = engine.due_tasks(50, false).await.unwrap();
    assert_eq!(due.task_ids.len(), 3);
    tasker_tasks::archive::write(&archive, &mut due)
        .await
        .unwrap();
    let lines = archived(&folder.path().join("archive"));
    let expected: Vec<Value> = ["first", "second"]
        .iter()
        .flat_map(|step| (1..=ATTEMPTS).map(move |attempt| (step, attempt)))
        .flat_map(|(step, attempt)| {
            (1..=CHUNKS).map(move |chunk| json!([step, attempt, 2 * chunk, 2]))
        })
        .collect();
    let of = |task: &Value| -> Vec<Value> {
        let chunks = task["attempt_logs"].as_array().unwrap().iter();
        let brief = |it: &Value| {
            let lines = it["lines"].as_array().unwrap().len();
            json!([it["step"], it["attempt"], it["last_line"], lines])
        };
        chunks.map(brief).collect()
    };
    let mut logs: Vec<Vec<Value>> = lines.iter().map(of).collect();
    logs.sort_by_key(Vec::len);
    assert_eq!(logs, [Vec::new(), expected.clone(), expected]);
    for task in &lines {
        assert_eq!(task["steps"].as_array().unwrap().len(), 2);
        assert_eq!(task["log"].as_array().unwrap().len(), 7, "{task}");
    }
}
