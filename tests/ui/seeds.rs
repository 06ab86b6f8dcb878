//! A host with something to look at.

use crate::harness::{TestDatabase, TestHost, basics};
use crate::sandbox::guests;
use serde_json::{Value, json};
use tasker::host::AuthConfig;

/// The text of strangers: markup, marks of writing direction, a quote.
pub const STRANGE: &str = "<script>alert('stranger')</script> \u{202e}dlrow <b>bold</b> \"'";

/// A host without authentication, so that nobody has to sign in.
pub async fn open_host(database: &TestDatabase) -> TestHost {
    TestHost::start_with(database, |config| config.auth = AuthConfig::Off).await
}

/// Components and templates for all tests.
pub async fn publish(host: &TestHost) {
    host.publish_component("basics", "1.0.0", basics()).await;
    host.publish_component("guest", "1.0.0", &guests::wanting(&[]))
        .await;
    host.publish_component("guest", "1.1.0", &guests::wanting(&[]))
        .await;
    let form = "description: Has a form of every kind.\n\
        input_schema:\n  type: object\n  required: [name, size]\n  properties:\n    \
        name: {type: string, minLength: 2, description: Who it is for}\n    \
        size: {enum: [small, large], default: small}\n    \
        count: {type: integer, minimum: 1, maximum: 9}\n    \
        address: {type: object, required: [city], properties: {city: {type: string}, mail: {type: string, format: email}}}\n    \
        tags: {type: array, items: {type: string}}\n    \
        gift: {type: boolean}\n\
        steps:\n  - {name: first, handler: basics/echo}\n  \
        - {name: slow, handler: basics/sleep, depends_on: [first], config: {ms: 1500}}\n  \
        - {name: last, handler: basics/echo, depends_on: [slow]}";
    host.publish_template("form", form).await;
    host.publish_template("echo", "steps: [{name: it, handler: basics/echo}]")
        .await;
    let failing = "steps:\n  - {name: fine, handler: basics/noop}\n  - {name: charge, handler: basics/fail, depends_on: [fine], \
        config: {code: card_declined, message: 'the card was declined'}}\n  - {name: after, handler: basics/noop, depends_on: [charge]}";
    host.publish_template("failing", failing).await;
    host.publish_template("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    host.publish_template("wide", &wide(100)).await;
    let strange = format!(
        "steps: [{{name: it, handler: basics/fail, retry: {{max_attempts: 1}}, config: {{code: strange, message: {}}}}}]",
        json!(STRANGE)
    );
    host.publish_template("strange", &strange).await;
}

/// A task of each state, a rollout, a version that waits for approval, rules of every kind. What the pages need to know.
pub async fn populate(host: &TestHost) -> Value {
    publish(host).await;
    host.publish_component(
        "guest",
        "1.2.0",
        &guests::wanting(&["http api.example.com"]),
    )
    .await;
    let input = json!({"name": "Ada", "size": "large", "tags": ["a", "b"]});
    let complete = host.run("form", input).await["id"].clone();
    let failed = host.run("failing", json!({})).await["id"].clone();
    let wide = host.run("wide", json!({})).await["id"].clone();
    let strange = host.run("strange", json!({"text": STRANGE})).await["id"].clone();
    host.pin_component("guest", "=1.0.0").await;
    let rollout = json!({"to": "1.1.0", "percent": 20, "reason": "<b>a look</b>"});
    let path = "/v1/namespaces/shop/pins/component/guest/rollout";
    let (status, answer) = host.post(path, &rollout).await;
    assert_eq!(status, 200, "{answer}");
    host.run("one", json!({})).await;
    host.grant("basics", "kv orders").await;
    host.share("basics", "mail").await;
    host.put_secret(
        "/v1/namespaces/shop/secrets/hook-key",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    .await;
    let limits = json!({"limits": {"memory": "64MiB"}, "reason": "small"});
    let (status, answer) = host
        .patch("/v1/namespaces/shop/limits/basics", &limits)
        .await;
    assert_eq!(status, 200, "{answer}");
    let rule = json!({"percent": 1, "only_failures": true});
    let (status, answer) = host
        .put("/v1/namespaces/shop/recording-rules/basics", &rule)
        .await;
    assert_eq!(status, 200, "{answer}");
    let subscription = json!({"to": "https://hooks.example.com/tasker", "secrets": ["hook-key"], "types": "task.failed"});
    let (status, answer) = host
        .put("/v1/namespaces/shop/subscriptions/hook", &subscription)
        .await;
    assert!(matches!(status, 200 | 201), "{answer}");
    json!({"complete": complete, "failed": failed, "wide": wide, "strange": strange, "text": STRANGE})
}

/// One step, so many that depend on it, and one that depends on those.
pub fn wide(count: usize) -> String {
    let names: Vec<String> = (0..count).map(|index| format!("part-{index}")).collect();
    let step = |name: &String| {
        format!("  - {{name: {name}, handler: basics/noop, depends_on: [begin]}}\n")
    };
    let parts: String = names.iter().map(step).collect();
    format!(
        "steps:\n  - {{name: begin, handler: basics/noop}}\n{parts}  - {{name: end, handler: basics/noop, depends_on: [{}]}}\n",
        names.join(", ")
    )
}
