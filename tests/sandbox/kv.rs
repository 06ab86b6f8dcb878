//! Kv as a handler sees it: what others left, and what it wrote itself.

use super::attempt::attempt;
use super::guests;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;
use tasker_domain::kv::{Expected, KvValue, KvWrite};
use tasker_domain::name::Name;
use tasker_domain::outcome::Outcome;
use tasker_domain::secret::SecretValue;
use tasker_sandbox::{
    Executed, KvEntries, KvUnavailable, LogLine, SecretUnavailable, SecretValues,
};

/// The namespace `orders` has one entry: 41 under `a`, at version 7.
struct Entries;

impl KvEntries for Entries {
    fn entry<'a>(
        &'a self,
        namespace: &'a str,
        bucket: &'a Name,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<KvValue>, KvUnavailable>> {
        assert_eq!((namespace, bucket.as_str()), ("orders", "counters"));
        let entry = KvValue {
            value: "41".to_owned(),
            version: 7,
        };
        Box::pin(async move { Ok((key == "a").then_some(entry)) })
    }

    fn keys<'a>(
        &'a self,
        _namespace: &'a str,
        _bucket: &'a Name,
        _prefix: &'a str,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, KvUnavailable>> {
        assert!(limit >= 10);
        Box::pin(async { Ok(vec!["a".to_owned(), "z".to_owned()]) })
    }
}

impl SecretValues for Entries {
    fn value<'a>(
        &'a self,
        _namespace: &'a str,
        _name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretValue>, SecretUnavailable>> {
        Box::pin(async { Ok(Some(SecretValue::parse("sk_live_1".into()).unwrap())) })
    }
}

async fn run(handler: &str, input: &str, granted: &[&str]) -> Executed {
    let mut attempt = attempt(handler)
        .input(&format!("\"{input}\""))
        .granted(granted);
    attempt.services.kv = Some(Arc::new(Entries));
    attempt.services.secrets = Some(Arc::new(Entries));
    attempt.run_in(guests::confidant()).await
}

fn result(executed: &Executed) -> Value {
    match &executed.outcome {
        Outcome::Completed(result) => serde_json::from_str(result).unwrap(),
        other => panic!("it did not complete: {other:?}"),
    }
}

fn write(key: &str, value: Option<&str>, expected: Expected) -> KvWrite {
    KvWrite {
        bucket: "counters".parse().unwrap(),
        key: key.to_owned(),
        value: value.map(str::to_owned),
        expected,
    }
}

#[tokio::test]
async fn an_attempt_sees_its_own_writes_and_leaves_the_last_of_each_key() {
    let executed = run("keeps", "counters a", &["kv counters"]).await;
    assert_eq!(
        result(&executed),
        json!({"seen": [[41, 7], [4, 0], null], "keys": ["a", "b", "z"]})
    );
    assert_eq!(
        executed.effects.writes,
        [
            write("a", Some("4"), Expected::Anything),
            write("b", Some("{\"n\": 2}"), Expected::Anything),
            write("gone", None, Expected::Anything),
        ]
    );
}

#[tokio::test]
async fn what_was_compared_is_expected_when_the_attempt_ends() {
    let found = run("counts", "counters a", &["kv counters"]).await;
    assert_eq!(
        found.effects.writes,
        [write("a", Some("42"), Expected::Version(7))]
    );
    let absent = run("counts", "counters new", &["kv counters"]).await;
    assert_eq!(
        absent.effects.writes,
        [write("new", Some("1"), Expected::Nothing)]
    );
}

#[tokio::test]
async fn what_is_out_of_bounds_or_not_granted_is_refused_in_words() {
    let told = result(&run("is_refused", "counters a", &["kv counters"]).await);
    let starts = [
        "done",
        "a key has 1 to 200 bytes",
        "the value is not JSON",
        "a value has at most 65536 bytes",
        "conflict",
        "an attempt writes at most 100 keys",
        "not granted",
    ];
    for (told, start) in told.as_array().unwrap().iter().zip(starts) {
        assert!(told.as_str().unwrap().starts_with(start), "{told} {start}");
    }
    let told = result(&run("is_refused", "counters a", &["kv counters read"]).await);
    assert_eq!(told[0], "not granted");
}

#[tokio::test]
async fn a_refusal_names_in_the_log_the_command_that_would_grant_it() {
    let executed = run("is_refused", "counters a", &["kv counters read"]).await;
    for command in [
        "tasker grant add orders/misbehaving 'kv counters'",
        "tasker grant add orders/misbehaving 'kv other read'",
    ] {
        let is_told = |line: &LogLine| line.message.ends_with(command);
        assert!(executed.log.iter().any(is_told), "{command}");
    }
}

#[tokio::test]
async fn a_secret_is_redacted_of_what_is_kept() {
    let granted = ["kv counters", "secret key clear"];
    let executed = run("keeps_secret", "counters key", &granted).await;
    let kept = write(
        "[secret key]",
        Some("\"it is [secret key]\""),
        Expected::Anything,
    );
    assert_eq!(executed.effects.writes, [kept]);
}
