use super::server::Server;
use super::worker::Worker;
use serde_json::{Value, json};
use sqlx::types::chrono::{DateTime, Utc};
use std::time::Duration;
use tasker_domain::outcome::Retry;

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";

/// Two tasks complete, one fails, and the log is counted.
async fn counted() -> Server {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    for _ in 0..3 {
        server.submit("one", json!({})).await;
    }
    let worker = Worker::register(&server.engine).await;
    let leases = worker.claim().await;
    worker.complete(&leases[..2], "1").await;
    worker.fail(leases[2], "declined", Retry::Never).await;
    count(&server).await;
    server
}

async fn count(server: &Server) {
    let until = server.engine.settled_position().await.unwrap();
    while server.engine.add_statistics(until).await.unwrap() {}
}

async fn get(server: &Server, path: &str) -> Value {
    server
        .get(&format!("/v1/analytics/{path}"))
        .await
        .answered(200)
}

#[tokio::test]
async fn performance_has_throughput_success_and_times_by_template() {
    let server = counted().await;
    let found = get(&server, "performance").await;
    assert_eq!(
        (&found["minutes"], &found["relative_error"]),
        (&json!(60), &json!(0.01))
    );
    assert!(
        found["as_of"].is_string() && found["is_behind"] == false,
        "{found}"
    );
    let group = &found["groups"][0];
    assert_eq!(
        (&group["namespace"], &group["template"]),
        (&json!("shop"), &json!("one"))
    );
    let tasks = ["complete", "failed", "cancelled"].map(|it| group["tasks"][it].as_i64());
    assert_eq!(tasks, [Some(2), Some(1), Some(0)]);
    assert!(
        group["tasks"]["duration"]["p95"].as_f64() > Some(0.0),
        "{group}"
    );
    assert_eq!(group["claims"]["count"], 3);
    let parts = found["throughput"].as_array().unwrap().iter();
    let ended: i64 = parts.map(|it| it["complete"].as_i64().unwrap()).sum();
    assert_eq!(ended, 2);
}

#[tokio::test]
async fn performance_is_divided_by_what_is_asked_for() {
    let server = counted().await;
    for (by, members) in [
        ("namespace", ["namespace", "namespace"]),
        ("template", ["template", "namespace"]),
        ("version", ["version", "template"]),
        ("step", ["step", "version"]),
    ] {
        let found = get(
            &server,
            &format!("performance?by={by}&namespace=shop&template=one"),
        )
        .await;
        let groups = found["groups"].as_array().unwrap();
        assert_eq!(groups.len(), 1, "{found}");
        assert!(
            members.iter().all(|it| groups[0][it].is_string()),
            "{by}: {found}"
        );
        assert_eq!(groups[0]["tasks"].is_null(), by == "step");
    }
    let other = get(&server, "performance?template=other").await;
    assert_eq!(other["groups"], json!([]));
}

#[tokio::test]
async fn a_short_window_is_counted_by_the_minute_and_an_old_one_by_the_day() {
    let server = counted().await;
    // Later by more than the fraction that the format leaves out: a window that ends at 10:53:00 has nothing of 10:53.
    let now = Utc::now() + Duration::from_secs(1);
    for (ago, length, minutes) in [(1, 1, 1), (30, 1, 60), (24 * 7, 24 * 7, 1_440)] {
        let since = now - Duration::from_secs(ago * 3_600);
        let until = since + Duration::from_secs(length * 3_600);
        let time = |at: DateTime<Utc>| at.format("%FT%TZ").to_string();
        let path = format!("performance?since={}&until={}", time(since), time(until));
        let found = get(&server, &path).await;
        assert_eq!(found["minutes"], json!(minutes), "{found}");
        let all = found["groups"].as_array().unwrap().len();
        assert_eq!(all, usize::from(ago != 30), "{found}");
    }
}

#[tokio::test]
async fn bottlenecks_name_the_steps_and_the_errors() {
    let server = counted().await;
    let found = get(&server, "bottlenecks").await;
    assert_eq!(found["longest_waits"][0]["step"], "a");
    assert_eq!(found["most_retries"][0]["attempts"]["failed"], 1);
    assert_eq!(found["errors"][0]["code"], "declined");
}

#[tokio::test]
async fn errors_have_a_count_and_an_example() {
    let server = counted().await;
    let found = get(&server, "errors").await;
    let group = &found["groups"][0];
    let members = ["code", "message", "count"].map(|it| &group[it]);
    assert_eq!(members, [&json!("declined"), &json!("no"), &json!(1)]);
    assert_eq!(group["steps"], json!(["one/a"]));
    let task = group["task_id"].as_str().unwrap();
    let task = server.get(&format!("/v1/tasks/{task}")).await.answered(200);
    assert_eq!(task["state"], "error");
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused_with_what_can_be() {
    let server = counted().await;
    for (query, says) in [
        (
            "since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z",
            "before the end",
        ),
        ("since=2000-01-01T00:00:00Z", "kept for 800 days"),
        ("limit=0", "1 to 500"),
        ("since=yesterday", "since"),
        ("by=colour", "by"),
    ] {
        let answer = server
            .get(&format!("/v1/analytics/performance?{query}"))
            .await;
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
        let is_said = answer.text.contains(says);
        assert!(is_said || says.len() < 6, "{query}: {answer:?}");
    }
}

#[tokio::test]
async fn statistics_are_for_those_who_may_read_the_namespace() {
    let server = counted().await;
    let key = |name: &str, namespace: &str| json!({"name": name, "permissions": [{"namespace": namespace, "actions": ["read"]}]});
    let shop = server
        .post("/v1/keys", &key("a", "shop"))
        .await
        .answered(201);
    let other = server
        .post("/v1/keys", &key("b", "other"))
        .await
        .answered(201);
    let path = "/v1/analytics/errors?namespace=shop";
    let shop = server.asked_with(shop["key"].as_str());
    assert_eq!(
        shop.get(path).await.answered(200)["groups"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(shop.get("/v1/analytics/performance").await.status, 200);
    let other = server.asked_with(other["key"].as_str());
    assert_eq!(other.get(path).await.status, 403);
}
