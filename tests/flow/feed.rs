//! Types of the catalog that a real host fires, each with data that holds to its schema.

use super::forget_description;
use crate::harness::{ADMIN_KEY, EventStream, TestDatabase, TestHost, client, client_with};
use crate::sandbox::guests::{self, noted};
use ed25519_dalek::{Signer as _, SigningKey};
use schema_compat::Schema;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tasker_domain::digest::Digest;
use tasker_domain::signature::{PublicKey, Signature, signed_text};
use tasker_engine::secret::{KeyRing, SecretKeys};
use tasker_events::catalog::{self, HANDLER};
use tasker_events::schema::schema;

/// Fired by tests/sql/feed.rs, from the functions that hosts call when a worker ends, is lost, or cannot run a step; and
/// by tests/webhooks/failures.rs.
const BY_FUNCTIONS: [&str; 5] = [
    "attempt.given_back",
    "attempt.lost",
    "attempt.released",
    "step.postponed",
    "subscription.end",
];

const NAMESPACE: &str = "/v1/namespaces/shop";
const STEPS: &str = "steps:
- {name: a, handler: guest/echo}
- {name: b, handler: guest/echo, depends_on: [a]}
- {name: c, handler: guest/echo, depends_on: [a]}";

async fn ask(host: &TestHost, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = match method {
        "PUT" => host.put(path, &body).await,
        "PATCH" => host.patch(path, &body).await,
        "DELETE" => host.delete(path).await,
        _ => host.post(path, &body).await,
    };
    assert!(
        (200..300).contains(&status),
        "{method} {path}: {status} {answer}"
    );
    answer
}

fn one(handler: &str, rest: &str) -> String {
    format!("steps: [{{name: it, handler: {handler}, {rest}}}]")
}

async fn run_tasks(host: &TestHost) {
    host.publish_template("three", STEPS).await;
    // One of two children gets the slot, and the other is in the queue.
    for (limit, is_run) in [(json!(1), true), (json!(null), false)] {
        let limit = json!({"max_running": limit});
        ask(host, "PATCH", &format!("{NAMESPACE}/queue"), limit).await;
        if is_run {
            host.run("three", json!({})).await;
        }
    }
    let twice = "retry: {max_attempts: 2, base: 1ms}";
    host.publish_template("fails", &one("guest/returns_failure_policy", twice))
        .await;
    host.run("fails", json!({})).await;
    host.grant("confidant", "events orders").await;
    host.publish_template(
        "sends",
        &one("confidant/sends_events_on", "retry: {max_attempts: 1}"),
    )
    .await;
    host.run("sends", json!("orders")).await;
    host.publish_template("endless", &one("guest/endless_loop", "timeout: 10m"))
        .await;
    let endless = host.submit("endless", json!({})).await;
    host.step_in(&endless, "it", "running").await;
    let guest = format!("{NAMESPACE}/components/guest/versions/1.0.0");
    ask(
        host,
        "POST",
        &format!("{guest}/quarantine"),
        json!({"reason": "a test"}),
    )
    .await;
    host.step_in(&endless, "it", "ready").await;
    ask(host, "POST", &format!("{guest}/release"), json!({})).await;
    host.step_in(&endless, "it", "running").await;
    ask(
        host,
        "POST",
        &format!("/v1/tasks/{endless}/cancel"),
        json!({"reason": "a test"}),
    )
    .await;
    host.finished(&endless).await;
}

async fn change_subscriptions(host: &TestHost, database: &TestDatabase) {
    let hook = format!("{NAMESPACE}/subscriptions/hook");
    let secret = format!("{NAMESPACE}/secrets/signing");
    host.put_secret(&secret, "some value").await;
    let body =
        json!({"to": "https://example.com/", "secrets": ["signing"], "types": "orders.none"});
    ask(host, "PUT", &hook, body).await;
    ask(host, "POST", &format!("{hook}/test"), json!({})).await;
    ask(host, "POST", &format!("{hook}/pause"), json!({})).await;
    let from = json!({"from": "2000-01-01T00:00:00Z"});
    ask(host, "POST", &format!("{hook}/replay"), from).await;
    let letter = "insert into tasker.dead_letter (subscription_id, seq, seq_index, type, reason, attempts, at)
                  select subscription_id, 1, 0, 'a', '', 1, now() from tasker.subscription";
    sqlx::query(letter).execute(database.pool()).await.unwrap();
    let redeliver = format!("{hook}/dead-letters/replay");
    ask(host, "POST", &redeliver, json!({})).await;
    ask(host, "POST", &format!("{hook}/resume"), json!({})).await;
    ask(host, "DELETE", &hook, json!(null)).await;
    ask(host, "DELETE", &secret, json!(null)).await;
}

async fn change_rules(host: &TestHost) {
    let pin = format!("{NAMESPACE}/pins/component/guest");
    host.publish_component("guest", "1.1.0", &noted(guests::misbehaving(), "next"))
        .await;
    let limits = json!({"limits": {"events": 1}});
    for (method, path, body) in [
        ("PUT", pin.clone(), json!({"requirement": "=1.0.0"})),
        (
            "POST",
            format!("{pin}/rollout"),
            json!({"to": "=1.1.0", "percent": 50}),
        ),
        ("POST", format!("{pin}/pause"), json!({})),
        ("POST", format!("{pin}/resume"), json!({})),
        ("POST", format!("{pin}/rollback"), json!({})),
        ("DELETE", pin, json!(null)),
        ("PATCH", format!("{NAMESPACE}/limits/guest"), limits),
        ("DELETE", format!("{NAMESPACE}/limits/guest"), json!(null)),
        (
            "PATCH",
            format!("{NAMESPACE}/queue"),
            json!({"max_running": 50}),
        ),
        ("PATCH", format!("{NAMESPACE}/queue"), json!({"weight": 2})),
        (
            "PATCH",
            format!("{NAMESPACE}/queue"),
            json!({"is_paused": true}),
        ),
        (
            "PATCH",
            format!("{NAMESPACE}/queue"),
            json!({"is_paused": false}),
        ),
        (
            "PUT",
            format!("{NAMESPACE}/retention"),
            json!({"complete_ms": 2_592_000_000_u64}),
        ),
        ("DELETE", format!("{NAMESPACE}/retention"), json!(null)),
        ("PUT", format!("{NAMESPACE}/kv/orders/one"), json!(1)),
        ("DELETE", format!("{NAMESPACE}/kv/orders/one"), json!(null)),
    ] {
        ask(host, method, &path, body).await;
    }
    for what in ["templates/three", "components/guest"] {
        for verb in ["yank", "unyank"] {
            let path = format!("{NAMESPACE}/{what}/versions/1.0.0/{verb}");
            ask(host, "POST", &path, json!({"reason": "a test"})).await;
        }
    }
}

async fn change_recordings(host: &TestHost) {
    let path = format!("{NAMESPACE}/recording-rules/guest");
    ask(host, "PUT", &path, json!({"percent": 1})).await;
    ask(host, "DELETE", &path, json!(null)).await;
}

/// Keys for secrets, each of the same bytes; the first encrypts.
fn secret_keys(bytes: &[u8]) -> Option<SecretKeys> {
    let lines: Vec<String> = bytes
        .iter()
        .map(|byte| format!("{byte:02x}").repeat(32))
        .collect();
    Some(SecretKeys::given(
        KeyRing::parse(&lines.join("\n")).unwrap(),
    ))
}

/// Secrets, signatures and approvals.
async fn change_trust(host: &TestHost, database: &TestDatabase) {
    let secret = format!("{NAMESPACE}/secrets/stripe-key");
    host.put_secret(&secret, "sk_live_1").await;
    // A host that has another key before.
    let rotating = TestHost::start_with(database, |config| {
        config.secret_keys = secret_keys(&[2, 1]);
        config.worker = None;
    });
    ask(&rotating.await, "POST", "/v1/secrets/rotation", json!({})).await;
    ask(host, "DELETE", &secret, json!(null)).await;
    let key = SigningKey::from_bytes(&[7; 32]);
    let public: PublicKey = key.verifying_key().try_into().unwrap();
    let body = json!({"name": "ci", "public_key": public.to_string()});
    let keys = format!("{NAMESPACE}/signing-keys");
    let added = ask(host, "POST", &keys, body).await;
    let bytes = guests::undescribed();
    let signed = key.sign(signed_text(Digest::of(bytes)).as_bytes());
    let signature = Signature::new(public, signed.to_bytes()).to_string();
    host.put_signed(
        &format!("{NAMESPACE}/components/signed/versions/1.0.0"),
        bytes,
        &signature,
    )
    .await;
    let key_id = added["key_id"].as_str().unwrap();
    ask(host, "DELETE", &format!("{keys}/{key_id}"), json!(null)).await;
    host.publish_component("guest", "1.2.0", &guests::wanting(&["kv a"]))
        .await;
    let approve = format!("{NAMESPACE}/components/guest/versions/1.2.0/approve");
    ask(host, "POST", &approve, json!({"reason": "a test"})).await;
}

/// Moves an open task to another version, and collects what nothing needs any more.
async fn move_and_collect(host: &TestHost) {
    let pin = format!("{NAMESPACE}/pins/component/guest");
    ask(host, "PUT", &pin, json!({"requirement": "=1.0.0"})).await;
    let steps = "steps:
- {name: a, handler: guest/endless_loop, timeout: 10m}
- {name: b, handler: guest/echo, depends_on: [a]}";
    host.publish_template("moved", steps).await;
    let moved = host.submit("moved", json!({})).await;
    host.step_in(&moved, "a", "running").await;
    let to = json!({"component": "guest", "to": "=1.2.0", "reason": "a test"});
    ask(
        host,
        "POST",
        &format!("{NAMESPACE}/templates/moved/migrations"),
        to,
    )
    .await;
    ask(
        host,
        "POST",
        &format!("/v1/tasks/{moved}/cancel"),
        json!({}),
    )
    .await;
    host.finished(&moved).await;
    ask(host, "POST", "/v1/collections", json!({"older_than_ms": 0})).await;
    host.publish_component("guest", "1.1.0", &noted(guests::misbehaving(), "next"))
        .await;
}

async fn change_access(host: &TestHost) {
    ask(host, "PUT", "/v1/namespaces/bakery", json!({})).await;
    let grant = json!({"component": "guest", "capability": "kv orders"});
    let granted = ask(host, "POST", &format!("{NAMESPACE}/grants"), grant).await;
    ask(
        host,
        "DELETE",
        &format!("{NAMESPACE}/grants/{}", granted["id"]),
        json!(null),
    )
    .await;
    host.share("guest", "bakery").await;
    let share = format!("{NAMESPACE}/shares/guest/bakery");
    ask(host, "DELETE", &share, json!(null)).await;
    let key =
        json!({"name": "reader", "permissions": [{"namespace": "shop", "actions": ["read"]}]});
    ask(host, "POST", "/v1/keys", key).await;
    ask(host, "DELETE", "/v1/keys/reader", json!(null)).await;
    sign_in_and_out(host).await;
    let (_, hosts) = host.get("/v1/hosts").await;
    let id = &hosts["items"][0]["id"];
    for verb in ["drain", "resume"] {
        ask(host, "POST", &format!("/v1/hosts/{id}/{verb}"), json!({})).await;
    }
}

/// As a browser does it.
async fn sign_in_and_out(host: &TestHost) {
    let session = format!("{}/v1/session", host.host.url());
    let begun = client().post(&session).send();
    let begun = begun.await.unwrap();
    let cookie = begun.headers()["set-cookie"].to_str().unwrap();
    let ended = client_with(None)
        .delete(&session)
        .header("cookie", cookie.split(';').next().unwrap())
        .header("sec-fetch-site", "same-origin")
        .send();
    assert_eq!(ended.await.unwrap().status(), 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_type_that_a_host_fires_comes_by_the_stream_and_its_data_holds_to_its_schema() {
    let database = TestDatabase::new().await;
    let host =
        TestHost::start_with(&database, |config| config.secret_keys = secret_keys(&[1])).await;
    let request = client()
        .get(format!(
            "{}/v1/events/stream?from=2000-01-01T00:00:00Z",
            host.host.url()
        ))
        .bearer_auth(ADMIN_KEY);
    let mut stream = EventStream::open(request).await;
    host.publish_component("guest", "1.0.0", guests::misbehaving())
        .await;
    host.publish_component("confidant", "1.0.0", guests::confidant())
        .await;
    forget_description(&database).await;
    run_tasks(&host).await;
    change_rules(&host).await;
    change_recordings(&host).await;
    change_subscriptions(&host, &database).await;
    change_trust(&host, &database).await;
    forget_description(&database).await;
    move_and_collect(&host).await;
    change_access(&host).await;
    let mut fired = BTreeSet::new();
    while !fired.contains("host.resume") {
        let message = stream.next().await.expect("the stream goes on");
        let own = message.event.strip_prefix("tasker.");
        let name = own.unwrap_or(HANDLER).to_owned();
        let known = catalog::find(&name).unwrap_or_else(|| panic!("{name} is in the catalog"));
        let compiled = Schema::compile(&schema(known)).unwrap();
        let data = &message.data["data"];
        assert_eq!(compiled.check(data).map_err(|_| (&name, data)), Ok(()));
        fired.insert(name);
    }
    let missing: Vec<&str> = catalog::all()
        .map(|known| known.name)
        .filter(|name| !fired.contains(*name) && !BY_FUNCTIONS.contains(name))
        .collect();
    assert!(missing.is_empty(), "fired by nothing: {missing:?}");
}
