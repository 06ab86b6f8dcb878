//! Requests that two readers could take for different ones.

use super::{exchange, head, status_of};
use crate::api::server::Server;
use crate::harness::ADMIN_KEY;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Each is a head after the first lines, and a body.
const AMBIGUOUS: [(&str, &str); 13] = [
    (
        "two lengths",
        "content-length: 2\r\ncontent-length: 30\r\n\r\n{}",
    ),
    ("a length with a sign", "content-length: +2\r\n\r\n{}"),
    ("a negative length", "content-length: -2\r\n\r\n{}"),
    ("a length in hex", "content-length: 0x2\r\n\r\n{}"),
    (
        "a length beyond 64 bits",
        "content-length: 18446744073709551618\r\n\r\n{}",
    ),
    ("a length of two numbers", "content-length: 2 2\r\n\r\n{}"),
    (
        "an unknown coding",
        "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "a coding behind chunked",
        "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    ),
    (
        "a blank before the colon",
        "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "a folded header",
        "x-one: 1\r\n two\r\ncontent-length: 2\r\n\r\n{}",
    ),
    (
        "a NUL in a header",
        "x-one: 1\x002\r\ncontent-length: 2\r\n\r\n{}",
    ),
    (
        "a lone carriage return",
        "x-one: 1\rx-two: 2\r\ncontent-length: 2\r\n\r\n{}",
    ),
    (
        "a name of two words",
        "x one: 1\r\ncontent-length: 2\r\n\r\n{}",
    ),
];

#[tokio::test]
async fn what_can_be_read_in_two_ways_is_refused_and_the_connection_ends() {
    let server = Server::start().await;
    let start = head("POST /v1/templates/check HTTP/1.1");
    for (what, rest) in AMBIGUOUS {
        let behind = head("GET /health/live HTTP/1.1");
        let request = format!("{start}content-type: application/yaml\r\n{rest}{behind}\r\n");
        let answer = exchange(server.address(), request.as_bytes()).await;
        assert_eq!(status_of(&answer), 400, "{what}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{what}: {answer}");
    }
}

#[tokio::test]
async fn a_head_that_is_not_clear_is_refused_with_the_reason_and_the_connection_ends() {
    let server = Server::start().await;
    let behind = head("GET /v1/tasks HTTP/1.1");
    let authorization = format!("authorization: Bearer {ADMIN_KEY}\r\n");
    let line = "GET /v1/tasks HTTP/1.1\r\n";
    for (what, request, why) in [
        (
            "two tokens",
            format!("{line}host: a\r\n{authorization}{authorization}"),
            "Authorization",
        ),
        (
            "no host",
            format!("{line}{authorization}"),
            "`Host` is missing",
        ),
        (
            "two hosts",
            format!("{line}host: a\r\nhost: a\r\n{authorization}"),
            "more than one header `Host`",
        ),
        (
            "a list of hosts",
            format!("{line}host: a, b\r\n{authorization}"),
            "no host name",
        ),
        (
            "a bare line feed",
            format!("{line}host: a\n{authorization}"),
            "carriage return",
        ),
        (
            "a header behind one",
            format!("{line}host: a\r\nx-one: 1\n{authorization}"),
            "carriage return",
        ),
    ] {
        let request = format!("{request}\r\n{behind}\r\n");
        let answer = exchange(server.address(), request.as_bytes()).await;
        assert_eq!(status_of(&answer), 400, "{what}: {answer}");
        assert!(
            answer.contains("\"code\":\"unclear_head\"") && answer.contains(why),
            "{what}: {answer}"
        );
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{what}: {answer}");
    }
    // The same holds for whoever is not asked who they are.
    let answer = exchange(server.address(), b"GET /health/live HTTP/1.1\n\n").await;
    assert_eq!(status_of(&answer), 400, "{answer}");
    let old = exchange(server.address(), b"GET /health/live HTTP/1.0\r\n\r\n").await;
    assert!(
        old.starts_with("HTTP/1.0 200") || old.starts_with("HTTP/1.1 200"),
        "{old}"
    );
}

#[tokio::test]
async fn line_feeds_in_bodies_and_between_requests_on_one_connection_are_as_they_may_be() {
    let server = Server::start().await;
    let start = head("POST /v1/templates/check HTTP/1.1");
    let yaml =
        "namespace: shop\nname: one\nversion: 1.0.0\nsteps: [{name: a, handler: guest/noop}]\n";
    let length = format!(
        "{start}content-type: application/yaml\r\ncontent-length: {}\r\n\r\n{yaml}",
        yaml.len()
    );
    let chunked = format!(
        "{start}content-type: application/yaml\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{yaml}\r\n0\r\n\r\n",
        yaml.len()
    );
    let last = format!(
        "{}connection: close\r\n\r\n",
        head("GET /v1/tasks HTTP/1.1")
    );
    let request = format!("{length}{chunked}{length}{last}");
    let answer = exchange(server.address(), request.as_bytes()).await;
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 4, "{answer}");
}

#[tokio::test]
async fn lines_that_are_no_request_are_refused() {
    let server = Server::start().await;
    for line in [
        "GET  /v1/tasks HTTP/1.1",
        "GET /v1/tasks HTTP/1.1 ",
        "GET /v1/tasks HTTP/3.7",
        "GET /v1/ta\x00sks HTTP/1.1",
        "G\u{e9}T /v1/tasks HTTP/1.1",
        "/v1/tasks",
        "PRI * HTTP/2.0",
    ] {
        let request = format!("{}\r\n", head(line));
        let answer = exchange(server.address(), request.as_bytes()).await;
        assert!(
            matches!(status_of(&answer), 0 | 400 | 505),
            "{line}: {answer}"
        );
    }
}

#[tokio::test]
async fn bytes_after_a_chunked_body_are_a_separate_request_without_rights() {
    let server = Server::start().await;
    let start = head("POST /v1/templates/check HTTP/1.1");
    let hidden = "GET /v1/keys HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let request = format!(
        "{start}content-type: application/yaml\r\ncontent-length: {}\r\n\
         transfer-encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
        5 + hidden.len()
    );
    let answer = exchange(server.address(), request.as_bytes()).await;
    assert!(!answer.contains("\"prefix\""), "{answer}");
    for part in answer.split("HTTP/1.1 ").skip(2) {
        assert!(part.starts_with("401"), "{answer}");
    }
}

#[tokio::test]
async fn a_chunk_that_lies_about_its_size_is_refused() {
    let server = Server::start().await;
    let start = head("POST /v1/templates/check HTTP/1.1");
    for chunk in [
        "FFFFFFFFFFFFFFFFFF\r\n{}",
        "-1\r\n{}",
        "2;\n{}",
        "zz\r\n{}",
        "5\r\n{}\r\n0\r\n\r\n",
    ] {
        let request = format!(
            "{start}content-type: application/yaml\r\ntransfer-encoding: chunked\r\n\r\n{chunk}"
        );
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok();
        let answer = String::from_utf8_lossy(&answer);
        assert!(matches!(status_of(&answer), 0 | 400), "{chunk:?}: {answer}");
    }
}

#[tokio::test]
async fn other_writings_of_a_path_are_no_way_around_the_rules() {
    let server = Server::start().await;
    for path in [
        "//v1/keys",
        "/v1//keys",
        "/v1/keys/",
        "/v1/./keys",
        "/v1/x/../keys",
        "/health/live/../../v1/keys",
        "/health/live/..%2f..%2fv1/keys",
        "/health/live;/v1/keys",
        "/V1/keys",
        "/v1/%6beys",
        "/v1/keys%00",
        "\\v1\\keys",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let answer = exchange(server.address(), request.as_bytes()).await;
        assert!(matches!(status_of(&answer), 400 | 401), "{path}: {answer}");
        let (status, answer) = super::status(server.address(), "GET", path).await;
        assert!(matches!(status, 400 | 404), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_body_that_would_have_to_be_unpacked_is_refused() {
    let server = Server::start().await;
    let start = head("POST /v1/tasks HTTP/1.1");
    for coding in ["gzip", "br", "deflate", "zstd", "gzip, gzip"] {
        let request = format!(
            "{start}content-type: application/json\r\ncontent-encoding: {coding}\r\n\
             connection: close\r\ncontent-length: 2\r\n\r\n{{}}"
        );
        let answer = exchange(server.address(), request.as_bytes()).await;
        assert_eq!(status_of(&answer), 415, "{answer}");
        assert!(answer.contains("unsupported_content_encoding"), "{answer}");
    }
}
