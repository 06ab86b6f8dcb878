//! More at once than a host can do.

use super::{PATIENCE, head, status_of};
use crate::api::server::{Server, yaml};
use crate::harness::wait_until;
use futures::future::join_all;
use serde_json::json;
use std::time::Duration;
use tasker_api::bounds::Bounds;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

const SEATS: usize = 8;
const SPARE_SEATS: usize = 4;

async fn small() -> Server {
    Server::start_within(Bounds {
        max_connections: SEATS,
        max_spare_connections: SPARE_SEATS,
        head_timeout: Duration::from_secs(5),
        ..Bounds::default()
    })
    .await
}

/// A connection that has begun a head, and says nothing more.
async fn hold(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(b"GET /v1/tasks HT").await.unwrap();
    stream
}

/// A connection whose request is under way: its body does not come.
async fn occupy(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let head = head("POST /v1/templates/check HTTP/1.1");
    let request = format!("{head}content-type: application/yaml\r\ncontent-length: 9\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// Takes all connections with requests of the admin.
async fn occupied(server: &Server) -> Vec<TcpStream> {
    let held = join_all((0..SEATS).map(|_| occupy(server))).await;
    wait_until("all are under way", async || {
        let told = ask(server, "/v1/tasks").await;
        (status_of(&told) == 503).then_some(())
    })
    .await;
    held
}

async fn ask(server: &Server, path: &str) -> String {
    let head = head(&format!("GET {path} HTTP/1.1"));
    let request = format!("{head}connection: close\r\n\r\n");
    super::exchange(server.address(), request.as_bytes()).await
}

#[tokio::test]
async fn while_all_connections_are_taken_health_is_answered_and_others_get_503() {
    let server = small().await;
    let holding = occupied(&server).await;
    let told = ask(&server, "/v1/tasks").await;
    assert_eq!(status_of(&told), 503, "{told}");
    assert!(told.contains("retry-after: 1\r\n"), "{told}");
    assert!(told.contains("\"code\":\"overloaded\""), "{told}");
    for path in ["/health/live", "/health/ready"] {
        let answer = ask(&server, path).await;
        assert_eq!(status_of(&answer), 200, "{answer}");
    }
    drop(holding);
    wait_until("there is room again", async || {
        let answer = ask(&server, "/v1/tasks").await;
        (status_of(&answer) == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn while_one_caller_has_all_connections_another_is_served() {
    let server = small().await;
    let body = json!({"name": "other", "permissions": [{"namespace": "*", "actions": ["read"]}]});
    let made = server.post("/v1/keys", &body).await.answered(201);
    let key = made["key"].as_str().unwrap();
    let _holding = occupied(&server).await;
    for _ in 0..10 {
        let request = format!(
            "GET /v1/tasks HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n"
        );
        let answer = super::exchange(server.address(), request.as_bytes()).await;
        assert_eq!(status_of(&answer), 200, "{answer}");
    }
}

#[tokio::test]
async fn a_connection_beyond_all_bounds_is_closed() {
    let server = small().await;
    let _occupied = occupied(&server).await;
    let _holding = join_all((0..SPARE_SEATS).map(|_| hold(&server))).await;
    let answer = ask(&server, "/health/live").await;
    assert_eq!(answer, "");
    // Those beyond the most that are served give their places up soon.
    wait_until("health is answered again", async || {
        let answer = ask(&server, "/health/live").await;
        (status_of(&answer) == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_connection_that_is_idle_for_longest_makes_room_and_no_other() {
    let server = Server::start_within(Bounds {
        max_connections: SEATS,
        head_timeout: PATIENCE,
        ..Bounds::default()
    })
    .await;
    let mut idle = Vec::new();
    for _ in 0..SEATS {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let request = format!("{}\r\n", head("GET /health/live HTTP/1.1"));
        stream.write_all(request.as_bytes()).await.unwrap();
        whole_answer(&mut stream).await;
        idle.push(stream);
    }
    let mut idle = idle.into_iter();
    let oldest = Mutex::new(idle.next().unwrap());
    wait_until("the one that was idle for longest makes room", async || {
        let answer = ask(&server, "/v1/tasks").await;
        assert_eq!(status_of(&answer), 200, "{answer}");
        let ended = timeout(Duration::from_millis(20), async {
            oldest.lock().await.read(&mut [0]).await
        })
        .await;
        ended.is_ok().then_some(())
    })
    .await;
    // The others are served as before.
    let mut last = idle.next_back().unwrap();
    let request = format!("{}\r\n", head("GET /health/live HTTP/1.1"));
    last.write_all(request.as_bytes()).await.unwrap();
    whole_answer(&mut last).await;
}

/// Reads an answer of health and leaves the connection as it is.
async fn whole_answer(stream: &mut TcpStream) {
    let mut text = String::new();
    let reading = async {
        while !text.ends_with("{\"status\":\"live\"}") {
            let mut part = [0; 1_024];
            let count = stream.read(&mut part).await.unwrap();
            assert!(count > 0, "it was cut off: {text}");
            text += std::str::from_utf8(&part[..count]).unwrap();
        }
    };
    timeout(PATIENCE, reading).await.unwrap();
    assert_eq!(status_of(&text), 200, "{text}");
}

#[tokio::test]
async fn a_flood_of_submits_is_served_or_refused_and_nothing_is_half_done() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let submit = json!({"namespace": "shop", "template": "one"});
    let flood = join_all((0..300).map(|_| server.post("/v1/tasks", &submit)));
    let health = async {
        let mut asked = 0;
        while asked < 20 {
            server.get("/health/live").await.answered(200);
            asked += 1;
        }
    };
    let (answers, ()) = timeout(PATIENCE, async { tokio::join!(flood, health) })
        .await
        .expect("the flood is over within a minute");
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(answer.status, 503, "{}", answer.text);
    }
    assert!(created > 0);
    let tasks: i64 = sqlx::query_scalar("select count(*) from tasker.task")
        .fetch_one(server.pool())
        .await
        .unwrap();
    assert_eq!(tasks, created as i64);
}

#[tokio::test]
async fn large_bodies_wait_for_slots_and_small_ones_do_not_wait_for_them() {
    let server = Server::start_within(Bounds {
        max_large_bodies: 1,
        slot_timeout: Duration::from_millis(300),
        ..Bounds::default()
    })
    .await;
    let upload = || {
        let line = "PUT /v1/namespaces/shop/components/c/versions/1.0.0 HTTP/1.1";
        let head = head(line);
        format!("{head}content-type: application/wasm\r\ncontent-length: 8000000\r\n\r\n")
    };
    // One that is not answered has the turn, and keeps it.
    let held = Mutex::new(Vec::new());
    wait_until("one has the only turn", async || {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(upload().as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        let read = timeout(Duration::from_secs(2), stream.read_exact(&mut answer)).await;
        let is_refused = read.is_ok() && &answer == b"HTTP/1.1 503";
        let mut held = held.lock().await;
        held.push(stream);
        (is_refused && held.len() > 1).then_some(())
    })
    .await;
    let small = json!({"requirement": "^1"});
    server
        .put("/v1/namespaces/shop/pins/component/guest", &small)
        .await
        .refused(404, "unknown_component");
}

/// Sends this head and keeps the connection.
async fn begin(server: &Server, head: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn who_sends_no_body_or_sends_large_ones_slowly_keeps_no_other_from_an_upload() {
    let server = Server::start_within(Bounds {
        max_large_bodies: 2,
        max_large_bodies_per_caller: 1,
        slot_timeout: Duration::from_millis(500),
        ..Bounds::default()
    })
    .await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let task = server.submit("one", json!({})).await;
    let actions = json!(["read", "run"]);
    let body = json!({"name": "slow", "permissions": [{"namespace": "*", "actions": actions}]});
    let made = server.post("/v1/keys", &body).await.answered(201);
    let key = made["key"].as_str().unwrap();
    let head = |line: &str, rest: &str| {
        format!("{line} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\n{rest}\r\n\r\n")
    };
    let poll = format!("GET /v1/tasks/{task}?wait_ms=60000");
    let poll = head(&poll, "transfer-encoding: chunked");
    let _polls = join_all((0..4).map(|_| begin(&server, &poll))).await;
    let rest = "content-type: application/json\r\ncontent-length: 8000000";
    let submit = head("POST /v1/tasks", rest);
    let mut submits = join_all((0..4).map(|_| begin(&server, &submit))).await;
    // All but one are told that they are too many.
    let refused = submits.iter_mut().map(async |stream| {
        let mut answer = [0; 12];
        let read = timeout(Duration::from_secs(2), stream.read_exact(&mut answer)).await;
        read.is_ok() && &answer == b"HTTP/1.1 429"
    });
    let refused = join_all(refused).await;
    assert_eq!(refused.iter().filter(|it| **it).count(), 3, "{refused:?}");
    let large = format!("# {}\n", "x".repeat(2 << 20));
    let one = yaml("one", "1.0.1", "steps: [{name: a, handler: guest/noop}]");
    server
        .put_template("one", "1.0.1", &(large + &one))
        .await
        .answered(201);
}
