//! What a handler may return, ask and say.

use super::attempt::{attempt, prepared, sandbox};
use super::guests;
use crate::harness::wait_until;
use futures::future::BoxFuture;
use schema_compat::Schema;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tasker_domain::invocation::Lease;
use tasker_domain::limits::{Limit, LimitSource};
use tasker_domain::outcome::{FailureKind, Outcome, Retry};
use tasker_sandbox::{
    AncestorError, AncestorResult, AncestorResults, HostServices, LogLevel, LogLine, LogSink,
    LogSource,
};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_handler_gets_the_tasks_input_and_returns_a_result() {
    let input = json!({"order": 7, "note": "ünïcödé \u{1f600}"}).to_string();
    assert_eq!(attempt("echo").input(&input).result().await, input);
}

#[tokio::test]
async fn a_handler_learns_about_its_attempt() {
    let mut about = attempt("about").input("{\"order\":7}");
    about.checkpoint = Some("[1]".to_owned());
    let invocation = about.invocation();
    let prepared = prepared(guests::misbehaving()).await;
    let executed = sandbox()
        .execute(&prepared, invocation.clone(), HostServices::default())
        .await;
    let Outcome::Completed(result) = executed.outcome else {
        panic!("{executed:?}")
    };
    let expected = json!({
        "task_id": invocation.lease.task_id.to_string(),
        "namespace": "orders",
        "step": "charge",
        "attempt": 2,
        "max_attempts": 3,
        "key": invocation.idempotency_key(),
        "correlation_id": "request-1",
        "remaining": true,
        "input": {"order": 7},
        "config": {"currency": "EUR"},
        "checkpoint": [1],
    });
    assert_eq!(serde_json::from_str::<Value>(&result).unwrap(), expected);
}

#[tokio::test]
async fn what_a_handler_says_is_in_the_attempts_log() {
    let executed = attempt("talks").run().await;
    let said: Vec<_> = executed
        .log
        .iter()
        .map(|line| (line.source, line.level, line.message.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (LogSource::Stdout, LogLevel::Info, "to stdout"),
            (LogSource::Stderr, LogLevel::Warn, "to stderr"),
            (LogSource::Handler, LogLevel::Info, "to the log"),
        ]
    );
    assert_eq!(
        executed.log[2].fields,
        [("order".to_owned(), "7".to_owned())]
    );
}

#[tokio::test]
async fn every_attempt_has_a_fresh_instance() {
    for _ in 0..3 {
        assert_eq!(attempt("remembers").result().await, "0");
    }
}

#[tokio::test]
async fn a_failure_keeps_its_code_its_message_its_details_and_its_word_on_retries() {
    let retries = [
        ("returns_failure_policy", Retry::Policy),
        ("returns_failure_never", Retry::Never),
        (
            "returns_failure_after",
            Retry::After(Duration::from_millis(1_500)),
        ),
    ];
    for (handler, retry) in retries {
        let failure = attempt(handler).failure().await;
        assert_eq!(failure.kind, FailureKind::Failed);
        assert_eq!(failure.code, "card_declined");
        assert_eq!(failure.message, "the bank said no");
        assert_eq!(failure.details.as_deref(), Some("{\"bank\": \"first\"}"));
        assert_eq!(failure.retry, retry);
    }
}

#[tokio::test]
async fn a_code_that_is_none_is_told_and_the_failure_stays() {
    for code in ["Card Declined", "caf\u{e9}", "a-b", &"x".repeat(101)] {
        let failing = attempt("returns_code").input(&format!("\"{code}\""));
        let failure = failing.failure().await;
        assert_eq!(failure.code, "invalid_code");
        assert!(
            failure.message.ends_with("the bank said no"),
            "{}",
            failure.message
        );
        assert!(failure.message.contains(&code[..3]), "{}", failure.message);
        assert_eq!(failure.details.as_deref(), Some("{\"bank\": \"first\"}"));
        assert_eq!(failure.retry, Retry::After(Duration::from_millis(1_500)));
    }
    for code in ["card_declined", "http.404", "a"] {
        let failing = attempt("returns_code").input(&format!("\"{code}\""));
        assert_eq!(failing.failure().await.code, code);
    }
}

/// Keeps lines as they come.
#[derive(Default)]
struct Lines(Mutex<Vec<LogLine>>);

impl LogSink for Lines {
    fn take(&self, line: LogLine) -> bool {
        self.0.lock().unwrap().push(line);
        true
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_are_handed_on_while_the_attempt_runs_with_the_time_when_they_were_written() {
    let lines = Arc::new(Lines::default());
    let mut talking = attempt("logs_and_sleeps");
    talking.services.log = Some(lines.clone());
    let before = SystemTime::now();
    let running = tokio::spawn(talking.run());
    wait_until("both lines are there", async || {
        (lines.0.lock().unwrap().len() == 2).then_some(())
    })
    .await;
    assert!(!running.is_finished());
    running.abort();
    let lines = lines.0.lock().unwrap();
    assert_eq!(lines[0].message, "about to sleep");
    assert_eq!(lines[0].fields, [("order".to_owned(), "7".to_owned())]);
    assert!(lines[0].at <= lines[1].at);
    assert!(before <= SystemTime::from(lines[0].at));
}

#[tokio::test]
async fn a_failure_survives_what_is_wrong_in_it() {
    let executed = attempt("failure_with_bad_details").run().await;
    assert!(
        executed
            .log
            .iter()
            .any(|line| line.message.contains("`details` is not JSON")),
        "{:?}",
        executed.log
    );
    let Outcome::Failed(failure) = executed.outcome else {
        panic!("it failed")
    };
    assert_eq!(failure.code, "failed");
    assert_eq!(failure.message, "odd\u{fffd}ly");
    assert_eq!(failure.details, None);
}

#[tokio::test]
async fn a_checkpoint_is_handed_on() {
    let executed = attempt("checkpoint").run().await;
    assert_eq!(
        executed.outcome,
        Outcome::Checkpointed("{\"page\": 3}".to_owned())
    );
}

#[tokio::test]
async fn a_result_that_is_nested_too_deep_to_be_kept_is_refused_for_good() {
    for depth in [101, 30_000] {
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let failure = attempt("echo").input(&deep).failure().await;
        assert_eq!(
            (failure.code.as_str(), failure.retry),
            ("invalid_result", Retry::Never)
        );
        let told = format!("nested {depth} deep; 100 is the most");
        assert!(failure.message.contains(&told), "{}", failure.message);
    }
}

#[tokio::test]
async fn a_result_with_a_member_that_stands_twice_is_refused_for_good() {
    let twice = r#"{"a": [{"b": 1, "b": 2}]}"#;
    let failure = attempt("echo").input(twice).failure().await;
    assert_eq!(
        (failure.code.as_str(), failure.retry),
        ("invalid_result", Retry::Never)
    );
    let told = "`/a/0/b` stands in it twice";
    assert!(failure.message.contains(told), "{}", failure.message);
}

#[tokio::test]
async fn a_result_that_is_not_json_is_refused_for_good() {
    for handler in ["not_json", "half_json"] {
        let failure = attempt(handler).failure().await;
        assert_eq!(
            (failure.code.as_str(), failure.retry),
            ("invalid_result", Retry::Never)
        );
        assert!(
            failure.message.contains("is not JSON"),
            "{}",
            failure.message
        );
    }
}

#[tokio::test]
async fn a_result_that_does_not_match_the_steps_schema_is_refused_for_good() {
    let schema = json!({"type": "object", "required": ["receipt"], "properties": {"amount": {"type": "integer"}}});
    let mut charge = attempt("echo").input("{\"amount\": \"a lot\"}");
    charge.plan.result_schema = Some(Arc::new(Schema::compile(&schema).unwrap()));
    let failure = charge.failure().await;
    assert_eq!(
        (failure.code.as_str(), failure.retry),
        ("result_schema_mismatch", Retry::Never)
    );
    assert!(
        failure.message.contains("at `/amount`"),
        "{}",
        failure.message
    );
    assert!(failure.message.contains("receipt"), "{}", failure.message);
}

#[tokio::test]
async fn outcomes_that_this_host_does_not_do_fail_for_good() {
    for (handler, name) in [
        ("choose", "choose"),
        ("fan_out", "fan-out"),
        ("extension", "tasker.later"),
    ] {
        let failure = attempt(handler).failure().await;
        assert_eq!(
            (failure.code.as_str(), failure.retry),
            ("unsupported_outcome", Retry::Never)
        );
        assert!(
            failure.message.contains(&format!("`{name}`")),
            "{}",
            failure.message
        );
    }
}

#[tokio::test]
async fn an_unknown_handler_fails_for_good() {
    let failure = attempt("no_such").failure().await;
    assert_eq!(
        (failure.code.as_str(), failure.retry),
        ("unknown_handler", Retry::Never)
    );
}

#[tokio::test]
async fn a_heartbeat_tells_when_nobody_waits_any_more() {
    assert_eq!(attempt("heartbeat").result().await, "true");
    let cancelled = CancellationToken::new();
    cancelled.cancel();
    let mut late = attempt("heartbeat");
    late.services.cancelled = Some(cancelled);
    let executed = late.run().await;
    assert_eq!(executed.outcome, Outcome::Completed("false".to_owned()));
    assert_eq!(executed.log[0].message, "progress: {\"done\": 1}");
}

/// Knows one ancestor; reading another fails.
struct Ancestors;

impl AncestorResults for Ancestors {
    fn result<'a>(
        &'a self,
        lease: Lease,
        step: &'a str,
        bytes_max: u64,
    ) -> BoxFuture<'a, Result<Option<AncestorResult>, AncestorError>> {
        assert_eq!((lease.step_no, lease.attempt), (2, 2));
        Box::pin(async move {
            tokio::task::yield_now().await;
            let result = |text: String| {
                let bytes = text.len() as u64;
                let text = Some(text).filter(|_| bytes <= bytes_max);
                Ok(Some(AncestorResult { text, bytes }))
            };
            match step {
                "validate" => result("{\"valid\":true}".to_owned()),
                "large" => result(format!("\"{}\"", "x".repeat(998))),
                "lost" => Err(AncestorError("the connection is gone".into())),
                _ => Ok(None),
            }
        })
    }
}

fn asking(step: &str) -> super::attempt::Attempt {
    let mut asking = attempt("dependency").input(&format!("\"{step}\""));
    asking.dependencies = vec![("reserve".into(), "{\"shelf\":4}".into())];
    asking.services.ancestors = Some(Arc::new(Ancestors));
    asking
}

async fn dependency(step: &str) -> tasker_sandbox::Executed {
    asking(step).run().await
}

#[tokio::test]
async fn what_an_attempt_is_handed_is_limited_as_a_sum() {
    // The task's input, and the result that is asked for.
    for (step, bytes) in [
        ("reserve", 9 + 11),
        ("validate", 10 + 14),
        ("large", 7 + 1_000),
    ] {
        let limited = |bytes| asking(step).limits(|limits| limits.input_bytes = bytes);
        limited(bytes).result().await;
        let failure = limited(bytes - 1).failure().await;
        assert_eq!(
            (failure.kind, failure.code.as_str()),
            (FailureKind::OverLimit, "input_limit"),
            "{failure:?}"
        );
        assert!(
            failure
                .message
                .contains(&format!("was handed {bytes} bytes in all")),
            "{}",
            failure.message
        );
    }
}

#[tokio::test]
async fn an_attempt_whose_input_and_checkpoint_are_more_than_its_limit_is_not_begun() {
    let mut large = attempt("echo").input("\"12345678\"");
    large.checkpoint = Some("\"12345678\"".to_owned());
    let limit = (Limit::Input, 19);
    let failure = large
        .limits(|limits| limits.narrow(&[limit].into_iter().collect(), LimitSource::Namespace))
        .failure()
        .await;
    assert_eq!(failure.code, "input_limit", "{failure:?}");
    assert!(
        failure
            .message
            .ends_with("which namespace orders sets: tasker limit set orders input=38B"),
        "{}",
        failure.message
    );
}

#[tokio::test]
async fn the_results_of_direct_and_indirect_dependencies_are_found() {
    for (step, result) in [
        ("reserve", "{\"shelf\":4}"),
        ("validate", "{\"valid\":true}"),
        ("other", "null"),
    ] {
        assert_eq!(
            dependency(step).await.outcome,
            Outcome::Completed(result.to_owned())
        );
    }
}

#[tokio::test]
async fn a_result_that_cannot_be_read_is_the_hosts_fault() {
    let failure = super::attempt::failure(dependency("lost").await);
    assert_eq!(
        (failure.kind, failure.code.as_str()),
        (FailureKind::Host, "host_unavailable")
    );
    assert!(
        failure.message.contains("the connection is gone"),
        "{}",
        failure.message
    );
}
