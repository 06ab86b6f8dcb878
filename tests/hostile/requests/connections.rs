//! Callers that are slow on purpose.

use super::{PATIENCE, head, is_cut_off, status_of};
use crate::api::server::Server;
use crate::harness::ADMIN_KEY;
use std::time::{Duration, Instant};
use tasker_api::bounds::Bounds;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A host that waits for half a second.
async fn impatient() -> Server {
    let soon = Duration::from_millis(500);
    Server::start_within(Bounds {
        head_timeout: soon,
        rate_timeout: soon,
        ..Bounds::default()
    })
    .await
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address()).await.unwrap()
}

/// Sends a byte now and then until the host does not take it any more, or answers.
async fn dribble(stream: &mut TcpStream, bytes: &[u8]) -> String {
    let began = Instant::now();
    for byte in bytes.iter().cycle() {
        assert!(began.elapsed() < PATIENCE, "the host still listens");
        let mut answer = vec![0; 4_096];
        match timeout(Duration::from_millis(20), stream.read(&mut answer)).await {
            Ok(Ok(count)) => return String::from_utf8_lossy(&answer[..count]).into_owned(),
            Ok(Err(_)) => break,
            Err(_) => {}
        }
        if stream.write_all(&[*byte]).await.is_err() {
            break;
        }
    }
    String::new()
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_cut_off() {
    let server = impatient().await;
    is_cut_off(&mut connect(&server).await).await;
    // So is one that said something before.
    let mut stream = connect(&server).await;
    let request = format!("{}\r\n", head("GET /health/live HTTP/1.1"));
    stream.write_all(request.as_bytes()).await.unwrap();
    is_cut_off(&mut stream).await;
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_cut_off_while_others_are_served() {
    let server = impatient().await;
    let mut slow = connect(&server).await;
    slow.write_all(head("GET /v1/tasks HTTP/1.1").as_bytes())
        .await
        .unwrap();
    let header = b"x-more: and more and more and more\r\n";
    let (answer, other) = tokio::join!(
        dribble(&mut slow, header),
        server.get("/v1/tasks?namespace=shop")
    );
    assert_eq!(status_of(&answer), 0, "{answer}");
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn a_body_that_comes_byte_by_byte_times_out() {
    let server = impatient().await;
    for length in ["content-length: 60000", "transfer-encoding: chunked"] {
        let mut slow = connect(&server).await;
        let head = head("POST /v1/tasks HTTP/1.1");
        let request = format!("{head}content-type: application/json\r\n{length}\r\n\r\n");
        slow.write_all(request.as_bytes()).await.unwrap();
        let chunk: &[u8] = match length.starts_with("content") {
            true => b" ",
            false => b"1\r\n \r\n",
        };
        let answer = dribble(&mut slow, chunk).await;
        assert_eq!(status_of(&answer), 408, "{answer}");
        assert!(answer.contains("body_timeout"), "{answer}");
        is_cut_off(&mut slow).await;
    }
}

#[tokio::test]
async fn a_slow_body_of_a_stranger_is_not_waited_for_at_all() {
    let server = Server::start().await;
    let mut slow = connect(&server).await;
    let request = "POST /v1/tasks HTTP/1.1\r\nhost: a\r\ncontent-length: 60000\r\n\r\n";
    slow.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4_096];
    let count = timeout(PATIENCE, slow.read(&mut answer)).await;
    let count = count.expect("it is answered at once").unwrap();
    assert_eq!(status_of(&String::from_utf8_lossy(&answer[..count])), 401);
}

#[tokio::test]
async fn answers_that_nobody_takes_end_the_connection() {
    let server = impatient().await;
    let mut deaf = connect(&server).await;
    let request = format!("{}\r\n", head("GET /v1/access HTTP/1.1")).repeat(100);
    let sending = async { while deaf.write_all(request.as_bytes()).await.is_ok() {} };
    let sent = timeout(PATIENCE, sending).await;
    assert!(
        sent.is_ok(),
        "the host still waits for its answers to be taken"
    );
    assert_eq!(server.get("/v1/access").await.status, 200);
}

#[tokio::test]
async fn a_head_without_end_is_refused_with_the_bound() {
    let server = Server::start().await;
    let long = format!("x-long: {}\r\n\r\n", "x".repeat(40 << 10));
    let many = format!("{}\r\n", "x-one: 1\r\n".repeat(200));
    let path = format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(70_000));
    let start = head("GET /health/live HTTP/1.1");
    for (request, wanted) in [
        (format!("{start}{long}"), 431),
        (format!("{start}{many}"), 431),
        (path, 414),
    ] {
        let answer = super::exchange(server.address(), request.as_bytes()).await;
        let status = status_of(&answer);
        assert!(status == wanted || status == 431, "{status}: {answer}");
    }
}

#[tokio::test]
async fn a_large_upload_at_normal_speed_is_waited_for() {
    let server = impatient().await;
    let mut stream = connect(&server).await;
    let bytes = 512 << 10;
    let line = "PUT /v1/namespaces/shop/components/c/versions/1.0.0 HTTP/1.1";
    let request = format!(
        "{line}\r\nhost: a\r\nauthorization: Bearer {ADMIN_KEY}\r\nconnection: close\r\n\
         content-type: application/wasm\r\ncontent-length: {bytes}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.split();
    let began = Instant::now();
    let part = vec![0; bytes / 64];
    // 8 KiB each twentieth of a second: longer than the host's patience, but fast enough.
    let mut pace = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..64 {
        pace.tick().await;
        writer.write_all(&part).await.unwrap();
    }
    assert!(began.elapsed() > Duration::from_millis(500));
    let mut answer = String::new();
    reader.read_to_string(&mut answer).await.unwrap();
    // It is no component, which is told only of what was read whole.
    assert_eq!(status_of(&answer), 422, "{answer}");
}
