//! Bounds per caller: whoever asks for too much keeps no other from anything.

use super::server::{Answer, Server, answer};
use crate::harness::{client_with, wait_until};
use futures::future::join_all;
use serde_json::{Value, json};
use tasker_api::bounds::Bounds;
use tokio::task::JoinHandle;

/// Long polls of one key.
const POLLS: usize = 512;

async fn key(server: &Server, name: &str) -> String {
    let permissions = json!([{"namespace": "shop", "actions": ["read"]}]);
    let body = json!({"name": name, "permissions": permissions});
    let made = server.post("/v1/keys", &body).await.answered(201);
    made["key"].as_str().unwrap().to_owned()
}

async fn with_task(bounds: Bounds) -> (Server, String) {
    let server = Server::start_within(bounds).await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let id = server.submit("one", json!({})).await;
    (server, format!("/v1/tasks/{id}?wait_ms=30000"))
}

/// Long polls, each on a connection of its own.
fn polls(server: &Server, key: &str, path: &str, count: usize) -> Vec<JoinHandle<Option<Answer>>> {
    let poll = |_| {
        let url = format!("http://{}{path}", server.address());
        let request = client_with(Some(key)).get(url);
        tokio::spawn(async move {
            let sent = request.send().await.ok()?;
            let status = sent.status().as_u16();
            let header = |name: &str| {
                let value = sent.headers().get(name)?;
                Some(value.to_str().ok()?.to_owned())
            };
            let content_type = header("content-type").unwrap_or_default();
            let correlation_id = header("retry-after").unwrap_or_default();
            let text = sent.text().await.ok()?;
            let json = serde_json::from_str(&text).unwrap_or_default();
            Some(Answer {
                status,
                content_type,
                correlation_id,
                etag: String::new(),
                text,
                json,
            })
        })
    };
    (0..count).map(poll).collect()
}

async fn ended(polls: Vec<JoinHandle<Option<Answer>>>) -> Vec<Answer> {
    let all = join_all(polls).await.into_iter();
    all.filter_map(|poll| poll.unwrap()).collect()
}

#[tokio::test]
async fn long_polls_of_one_key_shut_nobody_out_and_end_no_connection_of_others() {
    let (server, path) = with_task(Bounds::default()).await;
    let reader = key(&server, "reader").await;
    let other = server.asked_with(Some(&key(&server, "other").await));
    other.get("/v1/tasks").await.answered(200);
    let polls = polls(&server, &reader, &path, POLLS);
    wait_until("most of them are refused", async || {
        let refused = polls.iter().filter(|poll| poll.is_finished()).count();
        (refused >= POLLS - Bounds::default().max_waits_per_caller).then_some(())
    })
    .await;
    for _ in 0..20 {
        server.get("/v1/tasks").await.answered(200);
        other.get("/v1/tasks").await.answered(200);
    }
    let waited = server.get(&path.replace("30000", "1")).await;
    waited.answered(200);
    // Those that are held back end when the host is asked for them no longer.
    server.shutdown.cancel();
    for answer in ended(polls).await {
        match answer.status {
            200 => {}
            429 | 503 => {
                let code = answer.json["code"].as_str().unwrap();
                let known = ["too_many_waits", "too_many_connections", "overloaded"];
                assert!(known.contains(&code), "{}", answer.text);
                assert_eq!(answer.correlation_id, "1", "retry-after");
            }
            status => panic!("{status}: {}", answer.text),
        }
    }
}

#[tokio::test]
async fn waits_are_bounded_in_all_so_that_there_is_room_for_requests() {
    let bounds = Bounds {
        max_waits_per_caller: 2,
        max_waits: 3,
        ..Bounds::default()
    };
    let (server, path) = with_task(bounds).await;
    let (a, b) = (key(&server, "a").await, key(&server, "b").await);
    let first = polls(&server, &a, &path, 4);
    wait_until("two are refused", async || {
        (first.iter().filter(|poll| poll.is_finished()).count() == 2).then_some(())
    })
    .await;
    let second = polls(&server, &b, &path, 2);
    wait_until("one is refused", async || {
        (second.iter().filter(|poll| poll.is_finished()).count() == 1).then_some(())
    })
    .await;
    server
        .asked_with(Some(&a))
        .get("/v1/tasks")
        .await
        .answered(200);
    server.shutdown.cancel();
    let details = |answers: Vec<Answer>| -> Vec<Value> {
        let refused = answers.into_iter().filter(|answer| answer.status == 429);
        refused
            .map(|answer| answer.json["detail"].clone())
            .collect()
    };
    let own = "`a` has as many requests that wait for a task as one caller may: 2; try again when one has ended";
    assert_eq!(details(ended(first).await), [own, own]);
    let all = "the host has reached its limit of long polls: 3; try again";
    assert_eq!(details(ended(second).await), [all]);
}

/// A component whose bytes do not come.
fn slow(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    let body =
        reqwest::Body::wrap_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    request
        .header("content-type", "application/wasm")
        .body(body)
}

#[tokio::test]
async fn plans_of_one_reader_keep_no_other_from_planning() {
    let server = Server::start_within(Bounds {
        max_components_per_caller: 1,
        slot_timeout: std::time::Duration::from_millis(200),
        ..Bounds::default()
    })
    .await;
    let reader = server.asked_with(Some(&key(&server, "reader").await));
    let other = server.asked_with(Some(&key(&server, "other").await));
    let second = "/v1/namespaces/shop/components/c/versions/1.0.0/plan";
    let first = tokio::spawn(slow(reader.request("POST", second)).send());
    wait_until("the first is under way", async || {
        let again = reader.get(second).await;
        (again.status == 429).then(|| again.refused(429, "too_many_component_requests"))
    })
    .await;
    other.get(second).await.refused(404, "unknown_component");
    reader.get("/v1/tasks").await.answered(200);
    first.abort();
}

#[tokio::test]
async fn only_who_asks_for_a_task_waits_and_all_else_is_bounded_as_what_it_is() {
    let server = Server::start_within(Bounds {
        max_waits_per_caller: 0,
        max_components_per_caller: 1,
        slot_timeout: std::time::Duration::from_millis(200),
        ..Bounds::default()
    })
    .await;
    let reader = server.asked_with(Some(&key(&server, "reader").await));
    let versions = "/v1/namespaces/shop/components/c/versions/1.0.0";
    let plan = reader.request("POST", &format!("{versions}/plan?wait_ms=1"));
    let first = tokio::spawn(slow(plan).send());
    wait_until("the plan counts as one of a component", async || {
        let again = reader.get(&format!("{versions}/bytes?wait_ms=1")).await;
        (again.status == 429).then(|| again.refused(429, "too_many_component_requests"))
    })
    .await;
    first.abort();
    let task = "/v1/tasks/0190d6f0-0000-7000-8000-000000000000";
    for (method, path, status) in [
        ("GET", format!("{task}?wait_ms=1"), 429),
        ("HEAD", format!("{task}?wait_ms=1"), 429),
        ("GET", format!("{task}?wait_ms=0"), 404),
        ("GET", format!("{task}/steps?wait_ms=1"), 400),
        ("GET", "/v1/tasks?wait_ms=1".to_owned(), 400),
    ] {
        let asked = answer(reader.request(method, &path)).await;
        assert_eq!(asked.status, status, "{method} {path}: {}", asked.text);
    }
}

#[tokio::test]
async fn a_caller_that_asks_for_more_at_once_waits_for_slots() {
    let (server, _) = with_task(Bounds {
        max_requests_per_caller: 1,
        ..Bounds::default()
    })
    .await;
    let all = join_all((0..50).map(|_| server.get("/v1/tasks"))).await;
    assert!(all.iter().all(|answer| answer.status == 200));
}

#[tokio::test]
async fn answers_to_what_is_refused_say_so_and_are_no_failures_of_the_host() {
    let server = Server::start_within(Bounds {
        max_connections_per_caller: 1,
        ..Bounds::default()
    })
    .await;
    let reader = key(&server, "reader").await;
    let url = format!("http://{}/v1/tasks", server.address());
    let first = client_with(Some(&reader));
    assert_eq!(answer(first.get(&url)).await.status, 200);
    let second = answer(client_with(Some(&reader)).get(&url)).await;
    let detail = second.refused(429, "too_many_connections");
    assert!(
        detail.starts_with("`reader` has as many connections as"),
        "{detail}"
    );
    assert_eq!(answer(first.get(&url)).await.status, 200);
}
