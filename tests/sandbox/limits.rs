//! What goes over a limit ends as such, and tells which one it was, how much it is, and how to raise it.

use super::attempt::{Attempt, attempt, failure};
use super::guests;
use super::http::server;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use tasker_domain::limits::{Limit, LimitSource};
use tasker_domain::outcome::FailureKind;
use tasker_sandbox::Executed;

/// Answers each request with a body of this size, once it has read all that comes at first.
fn giving(body_bytes: usize) -> SocketAddr {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {body_bytes}\r\n\r\n");
    answering(head + &"y".repeat(body_bytes))
}

/// Answers each connection with this, and reads until its end.
fn answering(answer: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(answer.as_bytes());
                while stream.read(&mut [0; 4096]).is_ok_and(|bytes| bytes > 0) {}
            });
        }
    });
    address
}

/// Reads what comes and never answers.
fn silent() -> SocketAddr {
    answering(String::new())
}

#[tokio::test]
async fn a_body_that_falls_silent_is_given_up_after_the_time_that_the_guest_gives_it() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nyy";
    let address = answering(head.to_owned()).to_string();
    let fetch = attempt("fetch_between")
        .input(&format!("\"{address}\""))
        .http(&[&address]);
    let failure = fetch.failure().await;
    assert!(
        failure.message.contains("ConnectionReadTimeout"),
        "{failure:?}"
    );
}

/// The attempt, with this limit as that source sets it.
fn limited(attempt: Attempt, setting: &str, source: LimitSource) -> Attempt {
    let setting = Limit::parse_setting(setting).unwrap();
    attempt.limits(|limits| limits.narrow(&[setting].into_iter().collect(), source))
}

/// A request `METHOD / BODY_BYTES` to the server.
fn request(server: SocketAddr, method: &str, body_bytes: usize) -> Attempt {
    let address = server.to_string();
    attempt("request")
        .input(&format!("\"{method} {address} / {body_bytes}\""))
        .http(&[&address])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_requests_is_ended_at_the_limit_and_none_beyond_it_leaves() {
    let address = server("204 No Content").to_string();
    let flood = attempt("fetch_flood")
        .input(&format!("\"{address}\""))
        .http(&[&address]);
    let flood = limited(flood, "http_requests=3", LimitSource::Component);
    let executed = flood.run().await;
    assert_eq!(executed.usage.http_requests, 3);
    let failure = failure(executed);
    assert_eq!(
        (failure.kind, failure.code.as_str()),
        (FailureKind::OverLimit, "http_request_limit"),
        "{failure:?}"
    );
    assert!(
        failure.message.contains("more than 3 HTTP requests"),
        "{}",
        failure.message
    );
}

#[tokio::test]
async fn as_many_requests_as_the_limit_allows_are_sent() {
    let address = server("204 No Content").to_string();
    let fetch = attempt("fetch")
        .input(&format!("\"{address}\""))
        .http(&[&address]);
    let fetch = limited(fetch, "http_requests=1", LimitSource::Namespace);
    assert_eq!(fetch.result().await, "204");
    let none = attempt("fetch")
        .input(&format!("\"{address}\""))
        .http(&[&address]);
    let failure = limited(none, "http_requests=0", LimitSource::Namespace)
        .failure()
        .await;
    assert_eq!(failure.code, "http_request_limit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_that_is_too_large_is_not_read_to_its_end() {
    let large = request(giving(8 << 20), "GET", 0);
    let large = limited(large, "http_in=64KiB", LimitSource::Namespace);
    let executed = large.run().await;
    assert!(executed.usage.in_bytes < 1 << 20, "{:?}", executed.usage);
    let failure = failure(executed);
    assert_eq!(
        (failure.kind, failure.code.as_str()),
        (FailureKind::OverLimit, "http_in_limit"),
        "{failure:?}"
    );
    assert!(
        failure.message.contains("more than 64KiB"),
        "{}",
        failure.message
    );
    let whole = limited(
        request(giving(64 << 10), "GET", 0),
        "http_in=64KiB",
        LimitSource::Host,
    );
    assert_eq!(whole.result().await, "65536");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_too_large_is_not_sent_to_its_end() {
    let large = request(silent(), "POST", 8 << 20);
    let large = limited(large, "http_out=64KiB", LimitSource::Step);
    let executed = large.run().await;
    assert!(executed.usage.out_bytes < 1 << 20, "{:?}", executed.usage);
    let failure = failure(executed);
    assert_eq!(
        (failure.kind, failure.code.as_str()),
        (FailureKind::OverLimit, "http_out_limit"),
        "{failure:?}"
    );
    let small = limited(
        request(giving(0), "POST", 1_000),
        "http_out=64KiB",
        LimitSource::Step,
    );
    assert_eq!(small.result().await, "0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_breach_names_its_limit_and_how_it_is_raised_where_it_was_set() {
    use LimitSource::{Component, Host, Namespace, Step};
    for (handler, setting, source, told) in [
        (
            "memory_bomb",
            "memory=16MiB",
            Namespace,
            "raise `memory`, which namespace orders sets: tasker limit set orders memory=32MiB",
        ),
        (
            "endless_loop",
            "cpu=20ms",
            Component,
            "raise `cpu`, which namespace orders sets for misbehaving: tasker limit set orders/misbehaving cpu=40ms",
        ),
        (
            "endless_loop",
            "timeout=50ms",
            Step,
            "give the step a longer `timeout` in its template, such as `timeout: 100ms`",
        ),
        (
            "sleeps",
            "timeout=50ms",
            Namespace,
            "raise `timeout`, which namespace orders sets: tasker limit set orders timeout=100ms",
        ),
        (
            "host_call_flood",
            "host_calls=500",
            Step,
            "raise `host_calls`, which the step sets in its template: `limits: {host_calls: 1000}`",
        ),
        (
            "oversized_result",
            "result=1KiB",
            Component,
            "tasker limit set orders/misbehaving result=4MiB",
        ),
    ] {
        let failure = limited(attempt(handler), setting, source).failure().await;
        assert!(
            failure.message.contains(told),
            "{handler}: {}",
            failure.message
        );
    }
    let failure = attempt("oversized_result").failure().await;
    assert!(
        failure
            .message
            .ends_with("which this host sets: tasker serve --limit result=4MiB"),
        "{}",
        failure.message
    );
    let other = limited(attempt("oversized_result"), "result=1KiB", Component);
    let mut other = limited(other, "memory=64MiB", Host);
    other.plan.component = "payments/charge".into();
    let failure = other.failure().await;
    assert!(
        failure
            .message
            .ends_with("tasker limit set payments/charge --in orders result=4MiB"),
        "{}",
        failure.message
    );
}

#[tokio::test]
async fn a_log_is_cut_where_its_limit_says() {
    let flood = limited(attempt("log_flood"), "log=1KiB", LimitSource::Step);
    let executed = flood.run().await;
    let note = &executed.log.last().unwrap().message;
    assert!(note.contains("limited to 1024 bytes"), "{note}");
}

/// An attempt that sends so many events of so many bytes.
fn sending(times: usize, bytes: usize) -> Attempt {
    let mut sending = attempt("floods_with_events")
        .input(&format!("\"orders.charged {times} {bytes}\""))
        .granted(&["events orders"]);
    sending.plan.component = "confidant".into();
    sending
}

async fn sent(sending: Attempt) -> Executed {
    sending.run_in(guests::confidant()).await
}

#[tokio::test]
async fn as_many_and_as_large_events_as_a_host_allows_are_sent() {
    let most = sent(sending(100, 16 << 10)).await;
    assert_eq!(most.effects.events.len(), 100);
    assert_eq!(failure(sent(sending(101, 10)).await).code, "event_limit");
    let larger = sending(1, (16 << 10) + 1);
    assert_eq!(failure(sent(larger).await).code, "event_too_large");
}

#[tokio::test]
async fn one_event_too_many_ends_the_attempt_with_the_way_to_allow_it() {
    let most = limited(sending(3, 10), "events=3", LimitSource::Component);
    assert_eq!(sent(most).await.effects.events.len(), 3);
    let more = limited(sending(4, 10), "events=3", LimitSource::Component);
    let failure = failure(sent(more).await);
    assert_eq!(
        (failure.kind, failure.code.as_str()),
        (FailureKind::OverLimit, "event_limit"),
        "{failure:?}"
    );
    assert!(
        failure.message.contains("more than 3 events")
            && failure.message.ends_with(
                "raise `events`, which namespace orders sets for confidant: tasker limit set orders/confidant events=6"
            ),
        "{}",
        failure.message
    );
}

#[tokio::test]
async fn an_event_that_is_too_large_ends_the_attempt_with_the_way_to_allow_it() {
    let large = limited(sending(1, 1_024), "event=1KiB", LimitSource::Step);
    assert_eq!(sent(large).await.effects.events.len(), 1);
    let larger = limited(sending(1, 1_025), "event=1KiB", LimitSource::Step);
    let failure = failure(sent(larger).await);
    assert_eq!(
        (failure.kind, failure.code.as_str()),
        (FailureKind::OverLimit, "event_too_large"),
        "{failure:?}"
    );
    assert!(
        failure
            .message
            .contains("an event of 1025 bytes where the limit is 1024")
            && failure
                .message
                .ends_with("which the step sets in its template: `limits: {event: 2KiB}`"),
        "{}",
        failure.message
    );
}

#[tokio::test]
async fn what_the_host_keeps_is_held_to_its_limit_and_reported_how_to_raise_it() {
    for (hoarder, setting, code, raised) in [
        (
            "hoard_fields",
            "host_memory=1MiB",
            "host_memory_limit",
            "host_memory=2MiB",
        ),
        (
            "hoard_log_message",
            "host_memory=1MiB",
            "host_memory_limit",
            "host_memory=2MiB",
        ),
        (
            "hoard_pollables",
            "resources=100",
            "resource_limit",
            "resources=200",
        ),
    ] {
        let hoard = limited(attempt(hoarder), setting, LimitSource::Namespace);
        let failure = hoard.failure().await;
        assert_eq!(
            (failure.kind, failure.code.as_str()),
            (FailureKind::OverLimit, code),
            "{failure:?}"
        );
        let command = format!("tasker limit set orders {raised}");
        assert!(failure.message.ends_with(&command), "{}", failure.message);
    }
}

#[tokio::test]
async fn many_log_fields_that_fit_into_one_call_cost_the_log_and_not_the_attempt() {
    let hoard = attempt("hoard_log_fields").limits(|limits| limits.host_memory_bytes = 1 << 30);
    let executed = hoard.run().await;
    assert_eq!(executed.log.len(), 1, "{:?}", executed.outcome);
    let note = &executed.log[0].message;
    assert!(note.contains("bytes of the log were dropped"), "{note}");
}
