//! What reaches the API and is not meant well, byte by byte.

mod bombs;
mod connections;
mod fields;
mod floods;
mod folders;
mod names;
mod smuggling;

use crate::harness::ADMIN_KEY;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a host may take for what it answers or cuts off, before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A head with the admin's key and this request line; more headers may follow.
fn head(line: &str) -> String {
    format!("{line}\r\nhost: tasker\r\nauthorization: Bearer {ADMIN_KEY}\r\n")
}

/// Sends this as it is and reads until the host closes the connection.
async fn exchange(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    // A reset after the answer says the same as its end.
    read.expect("the host closes the connection").ok();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of one request without a body, of which the path is sent as it is.
async fn status(address: &str, method: &str, path: &str) -> (u16, String) {
    let head = head(&format!("{method} {path} HTTP/1.1"));
    let request = format!("{head}connection: close\r\ncontent-length: 0\r\n\r\n");
    let answer = exchange(address, request.as_bytes()).await;
    (status_of(&answer), answer)
}

/// 0 where there is none.
fn status_of(answer: &str) -> u16 {
    let status = answer
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3));
    status.map_or(0, |status| status.parse().unwrap())
}

/// Waits until the host has cut this connection off.
async fn is_cut_off(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    assert!(read.is_ok(), "the connection is still open");
}
