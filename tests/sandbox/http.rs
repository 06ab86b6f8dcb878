//! Outgoing HTTP goes where it was granted to go.

use super::attempt::attempt;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use tasker_sandbox::{Executed, LogSource};

/// Answers requests with this status until the test ends.
pub fn server(status: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
        }
    });
    address
}

fn remark(executed: &Executed) -> &str {
    let line = executed
        .log
        .iter()
        .find(|line| line.source == LogSource::Host);
    &line.expect("the host remarked on it").message
}

#[tokio::test]
async fn a_granted_destination_is_reached() {
    let address = server("204 No Content").to_string();
    let fetch = attempt("fetch")
        .input(&format!("\"{address}\""))
        .http(&[&address]);
    assert_eq!(fetch.result().await, "204");
}

#[tokio::test]
async fn a_redirect_is_left_to_the_handler() {
    let address = server("302 Found\r\nlocation: http://127.0.0.1:1/").to_string();
    let fetch = attempt("fetch")
        .input(&format!("\"{address}\""))
        .http(&[&address]);
    assert_eq!(fetch.result().await, "302");
}

#[tokio::test]
async fn without_a_grant_the_request_is_denied_and_the_log_names_the_grant() {
    let address = server("204 No Content").to_string();
    let executed = attempt("fetch")
        .input(&format!("\"{address}\""))
        .http(&["api.example.com"])
        .run()
        .await;
    assert!(
        remark(&executed).ends_with(&format!(
            "tasker grant add orders/misbehaving 'http GET {address}'"
        )),
        "{}",
        remark(&executed)
    );
    let failure = super::attempt::failure(executed);
    assert!(
        failure.message.contains("HttpRequestDenied"),
        "{}",
        failure.message
    );
    let command = format!("tasker grant add orders/misbehaving 'http GET {address}'");
    assert!(failure.message.ends_with(&command), "{}", failure.message);
}

#[tokio::test]
async fn localhost_is_reached_where_it_is_granted_by_that_name() {
    let port = server("204 No Content").port();
    let local = format!("localhost:{port}");
    let fetch = attempt("fetch")
        .input(&format!("\"{local}\""))
        .http(&[&local]);
    assert_eq!(fetch.result().await, "204");
}

#[tokio::test]
async fn a_destination_that_does_not_answer_is_reported_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let executed = attempt("fetch")
        .input(&format!("\"{address}\""))
        .http(&[&address])
        .run()
        .await;
    assert!(
        remark(&executed).contains("failed"),
        "{}",
        remark(&executed)
    );
    let failure = super::attempt::failure(executed);
    assert!(
        failure.message.contains("ConnectionRefused"),
        "{}",
        failure.message
    );
}

#[tokio::test]
async fn cloud_metadata_is_not_reached_even_if_granted() {
    let metadata = "169.254.169.254";
    let executed = attempt("fetch")
        .input(&format!("\"{metadata}\""))
        .http(&[metadata])
        .run()
        .await;
    assert!(
        remark(&executed).contains("link-local"),
        "{}",
        remark(&executed)
    );
}

#[tokio::test]
async fn requests_and_their_bytes_are_counted() {
    let address = server("200 OK\r\ncontent-length: 5\r\n\r\nhello").to_string();
    let fetch = attempt("fetch")
        .input(&format!("\"{address}\""))
        .http(&[&address]);
    let usage = fetch.run().await.usage;
    assert_eq!(usage.http_requests, 1, "{usage:?}");
}
