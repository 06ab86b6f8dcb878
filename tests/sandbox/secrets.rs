//! Secrets: as placeholders in requests, in clear where that was granted, and nowhere else.

use super::attempt::{Attempt, attempt, failure, prepared, sandbox};
use super::guests;
use futures::future::BoxFuture;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use tasker_domain::outcome::{FailureKind, Outcome};
use tasker_domain::secret::SecretValue;
use tasker_sandbox::{
    Executed, HostServices, LogSource, RecordingUse, SecretUnavailable, SecretValues,
};

/// With characters that JSON, URLs and base64 each write in their own way.
const KEY: &str = "sk_live/\"7Zq+é &x";

/// The namespace `orders` has the secret `key`; the secret `lost` cannot be read.
struct Secrets;

impl SecretValues for Secrets {
    fn value<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretValue>, SecretUnavailable>> {
        Box::pin(async move {
            assert_eq!(namespace, "orders");
            match name {
                "key" => Ok(Some(SecretValue::parse(KEY.into()).unwrap())),
                "plain" => Ok(Some(SecretValue::parse("sk_live_1".into()).unwrap())),
                "lost" => Err(SecretUnavailable::Unreadable("the row is broken".into())),
                _ => Ok(None),
            }
        })
    }
}

/// An attempt of a handler of `confidant`, with these capabilities.
fn confiding(handler: &str, input: &str, granted: &[&str]) -> Attempt {
    let mut attempt = attempt(handler)
        .input(&format!("\"{input}\""))
        .granted(granted);
    attempt.services.secrets = Some(Arc::new(Secrets));
    attempt
}

async fn run(handler: &str, input: &str, granted: &[&str]) -> Executed {
    confiding(handler, input, granted)
        .run_in(guests::confidant())
        .await
}

async fn result(handler: &str, input: &str, granted: &[&str]) -> String {
    match run(handler, input, granted).await.outcome {
        Outcome::Completed(result) => result,
        other => panic!("it did not complete: {other:?}"),
    }
}

/// A body, if there is one, is JSON and comes last.
fn is_whole(request: &[u8]) -> bool {
    match request.starts_with(b"GET") {
        true => request.ends_with(b"\r\n\r\n"),
        false => request.ends_with(b"}"),
    }
}

/// Answers one request with what it said.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !is_whole(&request) {
            let mut piece = [0; 4096];
            let read = stream.read(&mut piece).unwrap();
            request.extend_from_slice(&piece[..read]);
            if read == 0 {
                break;
            }
        }
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            request.len()
        );
        let _ = stream.write_all(&[head.as_bytes(), &request].concat());
    });
    address
}

/// The remarks of the host.
fn remarks(executed: &Executed) -> String {
    let of_host = executed
        .log
        .iter()
        .filter(|line| line.source == LogSource::Host);
    of_host.map(|line| line.message.as_str()).collect()
}

/// Nothing that an attempt leaves has the secret in any form.
#[track_caller]
fn assert_silent(left: &str) {
    let forms = [
        "sk_live",
        "736b5f6c697665",
        "c2tfbGl2ZS8iN1pxK8OpICZ4",
        "c2tfbGl2ZS8",
        "NrX2xpdmUv",
        "za19saXZlL",
        "%73%6B",
        "7Zq",
        "7zq",
    ];
    for form in forms {
        assert!(!left.contains(form), "{form} in {left}");
    }
}

#[tokio::test]
async fn what_was_not_granted_is_not_had() {
    let not_granted = "\"not granted\"";
    assert_eq!(result("asks", "key", &[]).await, not_granted);
    assert_eq!(result("asks", "key", &["secret other"]).await, not_granted);
    assert_eq!(result("reveals", "key", &["secret key"]).await, not_granted);
    assert_eq!(
        result("asks", "gone", &["secret gone"]).await,
        "\"unknown\""
    );
}

#[tokio::test]
async fn a_refusal_names_in_the_log_the_command_that_would_grant_it() {
    for (handler, command) in [
        ("asks", "tasker grant add orders/misbehaving 'secret key'"),
        (
            "reveals",
            "tasker grant add orders/misbehaving 'secret key clear'",
        ),
    ] {
        let log = run(handler, "key", &[]).await.log;
        assert_eq!(log.len(), 1);
        assert!(log[0].message.ends_with(command), "{}", log[0].message);
    }
}

#[tokio::test]
async fn a_secret_is_a_placeholder_that_stays_within_the_attempt() {
    let placeholder_length = "{\"length\":46}";
    let granted = ["secret key"];
    assert_eq!(result("asks", "key", &granted).await, placeholder_length);
    assert_eq!(result("asks_twice", "key", &granted).await, "true");
    let clear_length = format!("{{\"length\":{}}}", KEY.len());
    let granted = ["secret key clear"];
    assert_eq!(result("reveals", "key", &granted).await, clear_length);
}

#[tokio::test]
async fn a_secret_in_a_header_is_redacted_in_the_response() {
    for handler in ["sends", "sends_basic"] {
        let address = echo();
        let http = format!("http {address}");
        let granted = ["secret plain for 127.0.0.1", http.as_str()];
        let came = result(handler, &format!("plain {address}"), &granted).await;
        let read: String = serde_json::from_str(&came).unwrap();
        assert!(read.contains("authorization: B"), "{read}");
        assert!(read.contains("[secret plain]"), "{read}");
        assert!(!read.contains("tasker-secret-"), "{read}");
        assert_silent(&came);
    }
}

#[tokio::test]
async fn a_recording_has_no_secret_in_any_form_and_replays_unless_the_handler_encodes_one() {
    for (handler, secret, granted, ends_the_same) in [
        ("sends", "plain", "secret plain", true),
        ("sends_basic", "plain", "secret plain", true),
        ("posts", "key", "secret key", true),
        // It encodes a secret that it has in clear itself, and in a replay what stands for the secret.
        ("fails", "key", "secret key clear", false),
    ] {
        let address = echo();
        let http = format!("http {address}");
        let input = format!("{secret} {address}");
        let mut attempt = confiding(handler, &input, &[granted, &http]);
        attempt.services.recording = RecordingUse::Record;
        let recording = attempt.run_in(guests::confidant()).await.recording.unwrap();
        assert_silent(&serde_json::to_string(&recording).unwrap());
        let services = HostServices {
            recording: RecordingUse::Replay(Arc::new(recording.clone())),
            ..HostServices::default()
        };
        let invocation = Arc::new(recording.attempt.invocation().unwrap());
        let prepared = prepared(guests::confidant()).await;
        let again = sandbox().execute(&prepared, invocation, services).await;
        let again = again.replayed.unwrap();
        assert_eq!(again.divergence, None, "{handler}");
        let end = again.end.unwrap();
        assert_eq!(
            end.is_same(&recording.end),
            ends_the_same,
            "{handler}: {end:?} {:?}",
            recording.end
        );
    }
}

#[tokio::test]
async fn a_secret_in_a_json_body_is_escaped() {
    let address = echo();
    let http = format!("http {address}");
    let granted = ["secret key", http.as_str()];
    let came = result("posts", &format!("key {address}"), &granted).await;
    let read: String = serde_json::from_str(&came).unwrap();
    assert!(read.ends_with("{\"key\":\"[secret key]\"}"), "{read}");
    let escaped = serde_json::Value::from(KEY).to_string();
    let length = "{\"key\":}".len() + escaped.len();
    assert!(
        read.contains(&format!("content-length: {length}")),
        "{read}"
    );
    assert_silent(&came);
}

#[tokio::test]
async fn a_host_that_the_grant_of_the_secret_does_not_name_is_refused() {
    for handler in ["sends", "sends_basic", "posts"] {
        let address = echo();
        let http = format!("http {address}");
        let granted = ["secret plain for api.example.com", http.as_str()];
        let executed = run(handler, &format!("plain {address}"), &granted).await;
        let said = remarks(&executed);
        assert!(
            said.contains("secret `plain` may not be sent to `127.0.0.1`"),
            "{said}"
        );
        assert!(failure(executed).message.contains("HttpRequestDenied"));
    }
}

#[tokio::test]
async fn nothing_that_an_attempt_leaves_contains_a_secret() {
    let granted = ["secret key clear"];
    for handler in ["tells", "fails", "checkpoints", "panics"] {
        let executed = run(handler, "key", &granted).await;
        let left = format!("{executed:?}");
        assert!(left.contains("[secret key]"), "{handler}: {left}");
        assert_silent(&left);
        if let Outcome::Completed(json) | Outcome::Checkpointed(json) = &executed.outcome {
            assert!(
                serde_json::from_str::<serde_json::Value>(json).is_ok(),
                "{json}"
            );
        }
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_the_fault_of_the_host() {
    let failure = failure(run("asks", "lost", &["secret lost"]).await);
    assert_eq!(
        (failure.kind, failure.code.as_str()),
        (FailureKind::Host, "secret_unavailable")
    );
    assert!(failure.message.contains("the row is broken"), "{failure:?}");
}
