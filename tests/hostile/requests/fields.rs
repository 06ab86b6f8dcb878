//! SQL, NUL and other odd text in every field of every body: refused, or kept as it is.

use crate::api::server::{Answer, Server, answer, yaml};
use serde_json::{Value, json};

const TEXTS: [&str; 9] = [
    "'; drop table tasker.task cascade; --",
    "\\'; select pg_sleep(600); --",
    "$$; delete from tasker.api_key; $$",
    "%s %n ${jndi:ldap://a} {{7*7}}",
    "\0",
    "a\0b",
    "\u{202e}\u{feff}\u{7}\u{1b}[2J",
    "\u{10ffff}\u{1f4a9}\u{301}",
    "../../../etc/passwd",
];

/// Bodies that are right, with the requests that take them.
fn bodies(task: &str) -> Vec<(&'static str, String, Value)> {
    let below = |path: &str| format!("/v1/namespaces/shop/{path}");
    let reason = json!({"reason": "a reason"});
    let permissions = json!([{"namespace": "shop", "actions": ["read"]}]);
    let submit = json!({
        "namespace": "shop", "template": "one", "version": "=1.0.0", "input": {"text": "a"},
        "idempotency_key": "key", "correlation_id": "id",
    });
    let version = below("components/guest/versions/1.0.0");
    let pin = below("pins/component/guest");
    vec![
        (
            "POST",
            "/v1/keys".to_owned(),
            json!({"name": "ci", "permissions": permissions}),
        ),
        ("POST", "/v1/tasks".to_owned(), submit.clone()),
        ("POST", "/v1/tasks".to_owned(), json!([submit])),
        (
            "PUT",
            pin.clone(),
            json!({"requirement": "=1.0.0", "reason": "a reason"}),
        ),
        (
            "POST",
            format!("{pin}/rollout"),
            json!({"to": "1.0.0", "percent": 10, "guard": {"window": "10m", "action": "pause"}, "reason": "a"}),
        ),
        ("POST", format!("{pin}/pause"), reason.clone()),
        ("POST", format!("{pin}/resume"), reason.clone()),
        ("POST", format!("{pin}/rollback"), reason.clone()),
        (
            "POST",
            below("grants"),
            json!({"component": "guest", "capability": "env A=b", "reason": "a reason"}),
        ),
        (
            "POST",
            below("shares"),
            json!({"component": "guest", "shared_with": "bakery", "reason": "a reason"}),
        ),
        (
            "POST",
            below("signing-keys"),
            json!({"name": "ci", "public_key": "AAAA"}),
        ),
        ("POST", format!("{version}/approve"), reason.clone()),
        ("POST", format!("{version}/yank"), reason.clone()),
        ("POST", format!("{version}/unyank"), reason.clone()),
        (
            "POST",
            below("templates/one/versions/1.0.0/yank"),
            reason.clone(),
        ),
        (
            "POST",
            below("templates/one/versions/1.0.0/unyank"),
            reason.clone(),
        ),
        ("POST", format!("{version}/quarantine"), reason.clone()),
        ("POST", format!("{version}/release"), reason.clone()),
        ("POST", format!("/v1/tasks/{task}/cancel"), reason),
    ]
}

/// The body with another text in place of each of its texts and names, one at a time.
fn changed(body: &Value, text: &str) -> Vec<Value> {
    let mut all = Vec::new();
    match body {
        Value::String(_) => all.push(json!(text)),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                for other in changed(item, text) {
                    let mut items = items.clone();
                    items[at] = other;
                    all.push(Value::Array(items));
                }
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                for other in changed(member, text) {
                    let mut members = members.clone();
                    members.insert(name.clone(), other);
                    all.push(Value::Object(members));
                }
                let mut members = members.clone();
                members.remove(name);
                members.insert(text.to_owned(), member.clone());
                all.push(Value::Object(members));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    all
}

#[tokio::test]
async fn odd_text_in_any_field_is_refused_or_kept_and_runs_nothing() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let task = server.submit("one", json!({})).await;
    for (method, path, body) in bodies(&task) {
        for text in TEXTS {
            for body in changed(&body, text) {
                let request = server.request(method, &path).json(&body);
                let Answer { status, text, .. } = answer(request).await;
                assert!(
                    (200..500).contains(&status),
                    "{method} {path} {body}: {text}"
                );
            }
        }
    }
    let tables: i64 = sqlx::query_scalar(
        "select count(*) from pg_tables where schemaname = 'tasker' and tablename in ('task', 'api_key')",
    )
    .fetch_one(server.pool())
    .await
    .unwrap();
    assert_eq!(tables, 2);
    server.get("/v1/keys").await.answered(200);
}

#[tokio::test]
async fn odd_text_is_kept_as_it_is() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    for text in TEXTS {
        let id = server.submit("one", json!({"text": text, (text): 1})).await;
        let task = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
        assert_eq!(task["input"], json!({"text": text, (text): 1}));
        let key = percent(text);
        let path = format!("/v1/namespaces/shop/kv/texts/{key}");
        let set = server.put(&path, &json!(text)).await;
        match text.contains(|c: char| c.is_control()) {
            true => assert!((400..500).contains(&set.status), "{text:?}: {}", set.text),
            false => {
                set.answered(200);
                let entry = server.get(&path).await.answered(200);
                assert_eq!(
                    (&entry["key"], &entry["value"]),
                    (&json!(text), &json!(text))
                );
            }
        }
    }
    let kept = TEXTS.iter().filter(|text| !text.contains('\0'));
    for (at, text) in kept.enumerate() {
        let (version, reason) = (format!("1.0.{}", at + 1), json!({"reason": text}));
        let steps = "steps: [{name: a, handler: guest/noop}]";
        let described = format!("description: {}\n{steps}", json!(text));
        let published = server
            .put_template("one", &version, &yaml("one", &version, &described))
            .await;
        assert_eq!(published.status, 201, "{}", published.text);
        let path = format!("/v1/namespaces/shop/templates/one/versions/{version}/yank");
        let yanked = server.post(&path, &reason).await;
        match text.contains(char::is_control) {
            true => assert_eq!(yanked.status, 400, "{text:?}: {}", yanked.text),
            false => assert!(yanked.status < 300, "{text:?}: {}", yanked.text),
        }
    }
    let audit = server.get("/v1/audit?action=template.yank").await;
    let audit = audit.answered(200).to_string();
    for text in TEXTS.iter().filter(|text| !text.contains(char::is_control)) {
        let written = json!(text).to_string();
        assert!(
            audit.contains(written.trim_matches('"')),
            "{text:?}: {audit}"
        );
    }
}

#[tokio::test]
async fn bodies_that_are_text_or_bytes_are_taken_or_refused_whole() {
    let server = Server::start().await;
    for text in TEXTS {
        for (path, media_type) in [
            (
                "/v1/namespaces/shop/secrets/one",
                "application/octet-stream",
            ),
            ("/v1/namespaces/shop/secrets/one", "text/plain"),
            ("/v1/namespaces/shop/kv/texts/one", "application/json"),
            (
                "/v1/namespaces/shop/templates/one/versions/1.0.0",
                "application/yaml",
            ),
            (
                "/v1/namespaces/shop/components/one/versions/1.0.0",
                "application/wasm",
            ),
        ] {
            let request = server
                .request("PUT", path)
                .header("content-type", media_type);
            let answer = answer(request.body(text.to_owned())).await;
            assert!(answer.status < 500, "{path} {text:?}: {}", answer.text);
        }
    }
}

/// Every byte in its percent-encoded form.
fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}
