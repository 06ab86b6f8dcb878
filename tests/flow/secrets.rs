//! A secret from the database to the handler, and nowhere else.

use crate::harness::{TestDatabase, TestHost, client};
use crate::sandbox::guests;
use serde_json::json;
use sqlx::{AssertSqlSafe, PgPool};
use std::io::Write;
use std::sync::{Arc, Mutex};

const KEY: &str = "sk_live_4Zq-7Yw1";
const STEPS: &str = "steps:
  - {name: tells, handler: confidant/tells}
  - {name: fails, handler: confidant/fails}
  - {name: checkpoints, handler: confidant/checkpoints}
  - {name: panics, handler: confidant/panics, retry: {max_attempts: 1}}";

/// Every text and every binary column of every table, as one text.
async fn dump(pool: &PgPool) -> String {
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables
         where table_schema = 'tasker' and table_type = 'BASE TABLE'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert!(tables.len() > 10, "{tables:?}");
    let mut dump = String::new();
    for table in tables {
        let rows = format!("select coalesce(string_agg(t::text, E'\\n'), '') from {table} t");
        let rows: String = sqlx::query_scalar(AssertSqlSafe(rows))
            .fetch_one(pool)
            .await
            .unwrap();
        dump.push_str(&rows);
    }
    dump
}

async fn set(url: &str, name: &str, value: &str) {
    let request = client()
        .put(format!("{url}/v1/namespaces/shop/secrets/{name}"))
        .header("content-type", "text/plain")
        .body(value.to_owned());
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[track_caller]
fn assert_silent(what: &str, text: &str) {
    for form in [
        KEY,
        "c2tfbGl2ZV80WnEtN1l3",
        "736b5f6c6976655f345a71",
        "4Zq-7Yw1",
    ] {
        let place = text.find(form).map(|at| &text[at.saturating_sub(200)..at]);
        assert_eq!(place, None, "{form} in {what}");
    }
}

/// What this process logs, down to the last detail.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn start() -> Self {
        let log = Self::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_writer(move || writer.clone());
        lines.init();
        log
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_secret_is_found_in_the_database_in_an_answer_or_in_a_log() {
    let log = Log::start();
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    host.grant("confidant", "secret stripe-key clear").await;
    host.publish_component("confidant", "1.0.0", guests::confidant())
        .await;
    host.publish_template("all", STEPS).await;
    set(&host.host.url(), "stripe-key", KEY).await;
    let task = host.run("all", json!("stripe-key")).await;
    let told = task.to_string();
    assert!(told.contains("[secret stripe-key]"), "{told}");
    for step in ["tells", "checkpoints"] {
        let found = crate::harness::step_of(&task, step);
        assert_eq!(found["state"], "complete", "{found}");
    }
    let id = task["id"].as_str().unwrap();
    let (_, transitions) = host
        .get(&format!("/v1/tasks/{id}/transitions?limit=500"))
        .await;
    let (_, steps) = host.get(&format!("/v1/tasks/{id}/steps")).await;
    for answer in [&task, &transitions, &steps] {
        assert_silent("an answer", &answer.to_string());
    }
    host.host.stop().await.unwrap();
    let dump = dump(database.pool()).await;
    assert!(dump.contains("stdout [secret stripe-key]"), "{dump}");
    assert_silent("the database", &dump);
    let log = log.text();
    assert_silent("the log", &log);
}
