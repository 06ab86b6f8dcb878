//! A host that is asked for everything that it does.

use crate::graphql::asking::Asks as _;
use crate::harness::{TestDatabase, TestHost, wait_until, wait_until_sql};
use crate::sandbox::guests::{self, noted};
use serde_json::{Value, json};
use sqlx::types::chrono::Utc;
use std::time::Duration;
use tasker_domain::digest::Digest;
use tasker_domain::ids::TaskId;
use tasker_domain::limits::Limits;
use tasker_domain::order::Seek;
use tasker_domain::recording::{RECORDING_FORMAT, RecordedEnd, RecordedOutcome, Recording, Seen};
use tasker_engine::Engine;
use tasker_engine::attempt_log::{LogChunk, LogCursor};
use tasker_engine::log_position::{LogHorizon, LogPosition};
use tasker_engine::recording::RECORDINGS_KEPT;
use tasker_engine::task_list::TaskFilter;
use tasker_engine::wanted_rows::WantedRows;
use tasker_registry::Registry;

const ONE: &str = "steps: [{name: a, handler: guest/echo}]";
const TWO: &str =
    "steps: [{name: a, handler: guest/echo}, {name: b, handler: guest/echo, depends_on: [a]}]";

/// What tasks are of: the templates `filled`, whose lock exists since one task was created, `one` and `two`.
pub async fn publish(host: &TestHost) {
    host.publish_component("guest", "1.0.0", guests::undescribed())
        .await;
    for (name, steps) in [("filled", ONE), ("one", ONE), ("two", TWO)] {
        host.publish_template(name, steps).await;
    }
    for _ in 0..100 {
        host.submit_all(&["filled", "one", "two"]).await;
    }
}

/// One that answers as it should, whatever that is.
async fn ask(host: &TestHost, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = match method {
        "GET" => host.get(path).await,
        "PATCH" => host.patch(path, &body).await,
        "DELETE" => host.delete(path).await,
        _ => host.post(path, &body).await,
    };
    assert!(
        (200..300).contains(&status),
        "{method} {path}: {status} {answer}"
    );
    answer
}

const GUEST: &str = "/v1/namespaces/shop/components/guest/versions/1.0.0";

/// Anything with an id, in GraphQL.
const NODE: &str = "query ($id: ID!) {node(id: $id) {id}}";

/// Lists with each of their filters, and what else is read as a whole.
const LISTS: &[&str] = &[
    "/health/status",
    "/metrics",
    "/v1/tasks",
    "/v1/tasks?limit=500",
    "/v1/tasks?state=pending",
    "/v1/tasks?state=in_progress",
    "/v1/tasks?state=error",
    "/v1/tasks?state=cancelled",
    "/v1/tasks?namespace=shop",
    "/v1/tasks?namespace=shop&state=pending",
    "/v1/tasks?namespace=shop&state=cancelled",
    "/v1/tasks?namespace=shop&template=filled&state=in_progress",
    "/v1/tasks?namespace=shop&template=one",
    "/v1/tasks?template=two&state=complete",
    "/v1/tasks?order=created_at",
    "/v1/tasks?order=created_at&state=pending",
    "/v1/tasks?order=created_at&state=error",
    "/v1/tasks?order=created_at&namespace=shop&state=cancelled",
    "/v1/tasks?order=created_at&tag=red",
    "/v1/tasks?tag=red",
    "/v1/tasks?count=exact",
    "/v1/tasks?count=estimate",
    "/v1/tasks?namespace=shop&count=exact",
    "/v1/tasks?namespace=shop&state=pending&count=exact",
    "/v1/tasks?state=error&count=exact",
    "/v1/tasks?state=complete&count=estimate",
    "/v1/tasks?tag=red&count=exact",
    "/v1/tasks?namespace=shop&state=error,cancelled&count=exact",
    "/v1/tasks?until=2020-01-01T00:00:00Z&count=exact",
    "/v1/tasks?state=error&until=2020-01-01T00:00:00Z&count=exact",
    "/v1/tasks?namespace=shop&until=2020-01-01T00:00:00Z&count=exact",
    "/v1/tasks?namespace=shop&state=error,cancelled&until=2020-01-01T00:00:00Z&count=exact",
    "/v1/tasks?tag=red&until=2020-01-01T00:00:00Z&count=exact",
    "/v1/tasks?namespace=shop,bakery&template=one,two",
    "/v1/tasks?namespace=shop,bakery&template=one,two&count=exact",
    "/v1/audit",
    "/v1/audit?order=at",
    "/v1/audit?order=at&namespace=shop,bakery&action=template,pin",
    "/v1/audit?order=at&action=pin",
    "/v1/audit?order=at&namespace=shop",
    "/v1/audit?namespace=shop",
    "/v1/audit?count=exact",
    "/v1/audit?namespace=bakery",
    "/v1/audit?action=pin",
    "/v1/audit?action=component.publish",
    "/v1/audit?namespace=shop&action=template",
    "/v1/namespaces",
    "/v1/namespaces?order=-name&count=exact",
    "/v1/events?count=exact",
    "/v1/namespaces/shop/tree",
    "/v1/namespaces/shop/components/guest/references",
    "/v1/registry/graph",
    "/v1/registry/stats",
    "/v1/analytics/performance?by=step",
    "/v1/analytics/bottlenecks?namespace=shop",
    "/v1/analytics/errors",
    "/v1/quarantine",
    "/v1/hosts",
    "/v1/namespaces/shop/components/guest/versions/1.0.0/references",
    "/v1/namespaces/shop/templates/filled/versions/1.0.0/references",
    "/v1/namespaces/shop/templates/one/versions/1.0.0/graph",
];

/// Lists, and single things.
async fn read(host: &TestHost, open: &str, over: &str) {
    for path in LISTS {
        ask(host, "GET", path, json!(null)).await;
    }
    host.ask(NODE, json!({"id": "Namespace/shop"})).await.data();
    for id in [open, over] {
        for path in [
            "",
            "?wait_ms=10",
            "/steps?limit=500",
            "/steps?order=-step&count=exact",
            "/input",
            "/transitions",
            "/transitions?order=-seq&count=exact",
            "/transitions?only_events=true",
            "/report",
        ] {
            let path = format!("/v1/tasks/{id}{path}");
            ask(host, "GET", &path, json!(null)).await;
        }
        let step = json!({"id": format!("Step/{id}/a")});
        host.ask(NODE, step).await.data();
    }
}

/// What a template of one more version would change.
async fn plan(host: &TestHost) {
    let yaml = format!("namespace: shop\nname: one\nversion: 1.0.1\n{ONE}\n");
    let path = "/v1/namespaces/shop/templates/one/versions/1.0.1/plan";
    let (status, planned) = host.post_yaml(path, yaml).await;
    assert_eq!(status, 200, "{planned}");
}

/// Payloads, whether there are any or not.
async fn read_payloads(host: &TestHost, id: &str) {
    for of in [
        "",
        "/result",
        "/error",
        "/steps/a/result",
        "/steps/a/checkpoint",
        "/steps/a/error",
        "/transitions/1/detail",
    ] {
        let (status, answer) = host.get(&format!("/v1/tasks/{id}{of}")).await;
        assert!(status == 200 || status == 404, "{of}: {status} {answer}");
    }
}

/// Rules of all kinds come and go, while open tasks have what they are about.
async fn change(host: &TestHost) {
    let pin = "/v1/namespaces/shop/pins/component/guest";
    host.pin_component("guest", "=1.0.0").await;
    host.publish_component("guest", "1.1.0", &noted(guests::undescribed(), "next"))
        .await;
    host.pin_component("guest", "=1.1.0").await;
    let guard = json!({"to": "=1.0.0", "percent": 50, "guard": {}});
    ask(host, "POST", &format!("{pin}/rollout"), guard).await;
    ask(host, "GET", &format!("{pin}/figures"), json!(null)).await;
    for _ in 0..20 {
        host.submit_all(&["one"; 10]).await;
    }
    for limit in [json!({"max_running": 5}), json!({"max_running": null})] {
        ask(host, "PATCH", "/v1/namespaces/shop/queue", limit).await;
    }
    let body = || json!({"reason": "as a test"});
    for what in ["quarantine", "release", "yank"] {
        ask(host, "POST", &format!("{GUEST}/{what}"), body()).await;
    }
    ask(host, "GET", GUEST, json!(null)).await;
    let again = json!({"reason": "for another reason"});
    ask(host, "POST", &format!("{GUEST}/yank"), again).await;
    ask(host, "POST", &format!("{GUEST}/unyank"), json!({})).await;
    ask(
        host,
        "POST",
        "/v1/namespaces/shop/templates/two/versions/1.0.0/yank",
        body(),
    )
    .await;
    ask(
        host,
        "POST",
        "/v1/namespaces/shop/templates/two/versions/1.0.0/unyank",
        body(),
    )
    .await;
    let to = json!({"component": "guest", "to": "=1.0.0", "force": true});
    ask(
        host,
        "POST",
        "/v1/namespaces/shop/templates/one/migrations",
        to,
    )
    .await;
    for dry_run in [true, false] {
        let collect = json!({"older_than_ms": 0, "dry_run": dry_run});
        ask(host, "POST", "/v1/collections", collect).await;
    }
    let kv = "/v1/namespaces/shop/kv/orders/one";
    host.put(kv, &json!({"value": 1})).await;
    ask(host, "DELETE", pin, json!(null)).await;
}

/// What only some callers and some handlers ask for.
async fn ask_the_store(store: &Engine, over: &str) {
    let id = TaskId(over.parse().unwrap());
    let namespace = store.namespace_of_task(id).await.unwrap();
    assert_eq!(namespace.as_deref(), Some("shop"));
    assert!(
        store
            .ancestor_result(id, 1, "a", 1 << 20)
            .await
            .unwrap()
            .is_some()
    );
}

/// Archives and deletes a batch, where it is not the turn of the host itself.
async fn delete_finished(host: &TestHost) {
    let path = "/v1/namespaces/shop/retention";
    let rule = json!({"complete_ms": 2_592_000_000_u64, "error_ms": 2_592_000_000_u64});
    host.put(path, &rule).await;
    for _ in 0..2 {
        let mut due = wait_until("tasks are due", async || {
            let due = host.host.engine.due_tasks(100, false).await.unwrap();
            (!due.task_ids.is_empty()).then_some(due)
        })
        .await;
        due.ended_on().await.unwrap();
        let tasks = due.task_ids[..32].to_vec();
        let parts = due.parts(&tasks, None).await.unwrap();
        due.parts(&tasks, parts.last()).await.unwrap();
        due.delete().await.unwrap();
    }
    ask(host, "DELETE", path, json!(null)).await;
}

/// Reads the log at its end and in its middle, as a reader does that follows it.
async fn follow_log(store: &Engine) {
    let horizon = wait_until("the log is complete up to somewhere", async || {
        let mut next = LogHorizon::default();
        store.advance_log_horizon(&mut next).await.unwrap();
        (next.safe() > LogPosition::default()).then_some(next)
    })
    .await;
    let end = horizon.safe().0;
    for after in [0, end / 2, end - 100] {
        let page = store
            .read_feed(LogPosition(after), horizon.safe(), 500, &WantedRows::all())
            .await;
        page.unwrap();
    }
    let since = Utc::now() - Duration::from_secs(60);
    store.feed_position(since, horizon.safe()).await.unwrap();
    store.last_number().await.unwrap();
    store.summarize_log().await.unwrap();
    drop(store.partition_to_archive(100).await.unwrap());
}

/// Stores and reads what an attempt logged.
async fn log_of_attempt(store: &Engine) {
    let (all, newest) = (TaskFilter::default(), Seek::highest(1));
    let newest = store.list_tasks(&all, newest).await.unwrap();
    let task_id = TaskId(newest[0].task_id);
    let chunk = LogChunk {
        task_id,
        step_no: 0,
        attempt: 1,
        last_line: 1,
        lines: "[{}]".to_owned(),
    };
    store.append_attempt_logs(&[chunk]).await.unwrap();
    for attempt in [None, Some(1)] {
        store.log_progress(task_id, "a", attempt).await.unwrap();
        let read = store.attempt_log(task_id, 0, attempt, LogCursor::default(), 100);
        read.await.unwrap();
    }
}

/// A recording of the first attempt of the first step of a task.
fn recording(task_id: TaskId) -> Recording {
    let attempt = json!({
        "lease": {"task_id": task_id, "step_no": 0, "attempt": 1},
        "namespace": "shop", "step": "a", "component": "guest", "component_version_id": 1, "digest": Digest::of(b""),
        "handler": "echo", "config": "null", "max_attempts": 1, "limits": Limits::default(), "grants": [],
        "event_schemas": [], "input": "{}", "dependencies": [], "correlation_id": "",
    });
    Recording {
        format: RECORDING_FORMAT,
        incomplete: None,
        attempt: serde_json::from_value(attempt).unwrap(),
        seen: Seen::default(),
        end: RecordedEnd {
            outcome: RecordedOutcome::Result("{}".to_owned()),
            events: Vec::new(),
            writes: Vec::new(),
        },
    }
}

/// Keeps what an attempt saw, reads it, and deletes what is old.
async fn recording_of_attempt(store: &Engine) {
    let (all, newest) = (TaskFilter::default(), Seek::highest(1));
    let newest = store.list_tasks(&all, newest).await.unwrap();
    let task_id = TaskId(newest[0].task_id);
    let packed = store.pack_recording(&recording(task_id)).unwrap();
    store.keep_recording(&packed).await.unwrap();
    for attempt in [None, Some(1)] {
        store.recording(task_id, 0, attempt).await.unwrap();
    }
    store.ran_version(1).await.unwrap();
    store.expire_recordings(RECORDINGS_KEPT).await.unwrap();
    let removed = store.trim_recordings(1_000).await.unwrap();
    assert_eq!(removed, 100, "one batch of many");
}

pub async fn drive(database: &TestDatabase) {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().to_owned();
    let idle = TestHost::start_idle(database).await;
    let open = idle.submit("two", json!({})).await;
    idle.put("/v1/namespaces/bakery", &json!({})).await;
    change(&idle).await;
    read(&idle, &open, &open).await;
    let cancel = format!("/v1/tasks/{open}/cancel");
    ask(&idle, "POST", &cancel, json!({})).await;
    idle.host.stop().await.unwrap();

    // So little room for compiled code that it asks what open tasks need of it.
    let host = TestHost::start_with(database, |config| {
        config.data_dir = data_dir;
        config.maintenance.cache_bytes = 1;
    })
    .await;
    follow_log(&host.host.engine).await;
    log_of_attempt(&host.host.engine).await;
    recording_of_attempt(&host.host.engine).await;
    let over = host.run("two", json!({})).await;
    let over = over["id"].as_str().unwrap().to_owned();
    // Put off and suspended steps stay.
    let none_due = "select not exists (select from tasker.queue where ready_at <= now())";
    wait_until_sql(database.pool(), none_due).await;
    read(&host, &over, &over).await;
    let complete = "select task_id::text from tasker.task where state = 'complete' limit 1";
    let complete: String = sqlx::query_scalar(complete)
        .fetch_one(database.pool())
        .await
        .unwrap();
    // Each counts what was complete at the look before.
    for _ in 0..3 {
        host.host.engine.observe(Duration::ZERO).await.unwrap();
    }
    plan(&host).await;
    for id in [&over, &complete] {
        read_payloads(&host, id).await;
    }
    ask_the_store(&host.host.engine, &over).await;
    delete_finished(&host).await;
    let registry = Registry::new(host.host.engine.clone(), host.host.sandbox.clone());
    registry.sweep(1).await.unwrap();
    host.host.stop().await.unwrap();
}
