//! What new tasks of a namespace take that has a signing policy, of whosever components.

use super::server::{Answer, Server, answer, yaml};
use super::signatures::{signature, trust};
use crate::sandbox::guests::{misbehaving, noted};
use serde_json::{Value, json};

const STEPS: &str = "steps: [{name: a, handler: make/price/noop@^1}]";
const SUBMIT: &str = "/v1/tasks";
const PIN: &str = "/v1/namespaces/shop/pins/component/make~price";
const MIGRATIONS: &str = "/v1/namespaces/shop/templates/one/migrations";

/// Publishes a version of `price` in the namespace `make`, signed by these keys.
async fn make(server: &Server, version: &str, keys: &[u8]) -> Answer {
    let bytes = noted(misbehaving(), version);
    let path = format!("/v1/namespaces/make/components/price/versions/{version}");
    let request = server
        .request("PUT", &path)
        .header("content-type", "application/wasm");
    let signed = keys.iter().fold(request, |request, key| {
        request.header("x-tasker-signature", signature(*key, &bytes))
    });
    let answer = answer(signed.body(bytes)).await;
    assert!(answer.status < 300, "{}", answer.text);
    answer
}

/// With a template of `shop` that runs `make/price`.
async fn server() -> Server {
    let server = Server::start().await;
    make(&server, "1.0.0", &[]).await;
    server.share("make", "price", "*").await;
    let yaml = yaml("one", "1.0.0", STEPS);
    let published = server.put_template("one", "1.0.0", &yaml).await;
    assert_eq!(published.answered(201)["warnings"], json!([]));
    server
}

fn task() -> Value {
    json!({"namespace": "shop", "template": "one"})
}

/// What a new task has in its lock.
async fn taken(server: &Server) -> String {
    let id = server.submit("one", json!({})).await;
    version_of(server, &id).await
}

async fn version_of(server: &Server, id: &str) -> String {
    let task = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
    task["lock"][0]["version"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_task_runs_nothing_of_another_namespace_that_no_key_of_its_own_signed() {
    let server = server().await;
    assert_eq!(taken(&server).await, "1.0.0");
    trust(&server, 1, "ci").await;
    let refused = server.post(SUBMIT, &task()).await;
    let detail = refused.refused(422, "unresolved");
    assert!(
        detail.starts_with("make/price has 1.0.0 (not signed for shop); none satisfies ^1;"),
        "{detail}"
    );
    assert!(
        detail.ends_with("(tasker signing-policy ls shop)"),
        "{detail}"
    );
    // Signed by somebody else, it is as good as not signed.
    make(&server, "1.0.0", &[2]).await;
    server
        .post(SUBMIT, &task())
        .await
        .refused(422, "unresolved");
    // The highest is not taken where it is not signed.
    make(&server, "1.0.0", &[1]).await;
    make(&server, "1.1.0", &[]).await;
    assert_eq!(taken(&server).await, "1.0.0");
    make(&server, "1.1.0", &[1]).await;
    assert_eq!(taken(&server).await, "1.1.0");
}

#[tokio::test]
async fn publishing_or_planning_a_template_reports_unsigned_components() {
    let server = server().await;
    trust(&server, 1, "ci").await;
    let two = yaml("two", "1.0.0", STEPS);
    let published = server.put_template_early("two", "1.0.0", &two);
    let warnings = published.await.answered(201)["warnings"].to_string();
    assert!(warnings.contains("(not signed for shop)"), "{warnings}");
    let plan = server
        .request(
            "POST",
            "/v1/namespaces/shop/templates/two/versions/1.1.0/plan",
        )
        .header("content-type", "application/yaml");
    let plan = answer(plan.body(yaml("two", "1.1.0", STEPS))).await;
    let problem = plan.answered(200)["steps"][0]["problem"].to_string();
    assert!(problem.contains("(not signed for shop)"), "{problem}");
}

#[tokio::test]
async fn a_plan_names_the_policies_that_exclude_a_version() {
    let server = server().await;
    trust(&server, 1, "ci").await;
    make(&server, "1.0.0", &[1]).await;
    let impact = async |path: &str, bytes: Vec<u8>| {
        let plan = server
            .request("POST", path)
            .header("content-type", "application/wasm");
        let plan = answer(plan.body(bytes)).await.answered(200);
        let step = &plan["steps"][0];
        (step["impact"].clone(), step["would_take"].clone())
    };
    let path = "/v1/namespaces/make/components/price/versions/1.1.0/plan";
    let bytes = noted(misbehaving(), "1.1.0");
    assert_eq!(
        impact(path, bytes.clone()).await,
        (json!("unsigned"), json!("1.0.0"))
    );
    make(&server, "1.1.0", &[1]).await;
    assert_eq!(impact(path, bytes).await, (json!("stays"), json!("1.1.0")));
}

#[tokio::test]
async fn a_policy_holds_for_what_its_own_namespace_published_before() {
    let server = Server::start().await;
    server
        .publish("own", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let before = server.submit("own", json!({})).await;
    trust(&server, 1, "ci").await;
    let own = json!({"namespace": "shop", "template": "own"});
    server.post(SUBMIT, &own).await.refused(422, "unresolved");
    // Tasks that have it keep it.
    assert_eq!(version_of(&server, &before).await, "1.0.0");
}

#[tokio::test]
async fn without_its_last_key_a_namespace_takes_everything_again() {
    let server = server().await;
    let (first, second) = (
        trust(&server, 1, "ci").await,
        trust(&server, 2, "ada").await,
    );
    make(&server, "1.0.0", &[2]).await;
    assert_eq!(taken(&server).await, "1.0.0");
    let key = |id: &str| format!("/v1/namespaces/shop/signing-keys/{id}");
    // A key that is taken out has its signatures count no longer.
    assert_eq!(server.delete(&key(&second)).await.status, 204);
    server
        .post(SUBMIT, &task())
        .await
        .refused(422, "unresolved");
    assert_eq!(server.delete(&key(&first)).await.status, 204);
    assert_eq!(taken(&server).await, "1.0.0");
}

#[tokio::test]
async fn every_host_holds_to_a_policy_and_to_a_signature_at_once() {
    let server = server().await;
    let other = server.second_host().await;
    for host in [&server, &other] {
        assert_eq!(taken(host).await, "1.0.0");
    }
    trust(&server, 1, "ci").await;
    for host in [&server, &other] {
        host.post(SUBMIT, &task()).await.refused(422, "unresolved");
    }
    make(&other, "1.0.0", &[1]).await;
    for host in [&server, &other] {
        assert_eq!(taken(host).await, "1.0.0");
    }
}

#[tokio::test]
async fn namespaces_with_other_keys_or_none_are_not_held_to_it() {
    let server = server().await;
    trust(&server, 1, "ci").await;
    server
        .post(SUBMIT, &task())
        .await
        .refused(422, "unresolved");
    let yaml = format!("namespace: free\nname: one\nversion: 1.0.0\n{STEPS}\n");
    let published = server
        .request("PUT", "/v1/namespaces/free/templates/one/versions/1.0.0")
        .header("content-type", "application/yaml");
    let published = answer(published.body(yaml)).await.answered(201);
    assert_eq!(published["warnings"], json!([]));
    let free = json!({"namespace": "free", "template": "one"});
    server.post(SUBMIT, &free).await.answered(201);
    server
        .post(SUBMIT, &task())
        .await
        .refused(422, "unresolved");
}

#[tokio::test]
async fn no_pin_leads_to_what_the_namespace_does_not_take() {
    let server = server().await;
    trust(&server, 1, "ci").await;
    make(&server, "1.0.0", &[1]).await;
    make(&server, "1.1.0", &[]).await;
    let detail = server.put(PIN, &json!({"requirement": "=1.1.0"})).await;
    let detail = detail.refused(422, "pin_matches_nothing");
    assert!(
        detail.contains("1.1.0 (not signed for shop), 1.0.0; none that new tasks may take satisfies =1.1.0; pin another, or publish the unsigned one again with --sign"),
        "{detail}"
    );
    server
        .put(PIN, &json!({"requirement": "^1"}))
        .await
        .answered(200);
    assert_eq!(taken(&server).await, "1.0.0");
    // A pin from before the policy refuses new tasks, and says why.
    make(&server, "1.1.0", &[1]).await;
    server
        .put(PIN, &json!({"requirement": "=1.1.0"}))
        .await
        .answered(200);
    let second = trust(&server, 2, "ada").await;
    make(&server, "1.0.0", &[2]).await;
    let first = trust(&server, 1, "ci").await;
    let key = format!("/v1/namespaces/shop/signing-keys/{first}");
    assert_eq!(server.delete(&key).await.status, 204);
    assert_ne!(first, second);
    let detail = server.post(SUBMIT, &task()).await;
    let detail = detail.refused(422, "unresolved");
    assert!(
        detail.contains("1.1.0 (not signed for shop)") && detail.contains("pin =1.1.0"),
        "{detail}"
    );
}

#[tokio::test]
async fn open_tasks_are_not_moved_to_what_the_namespace_does_not_take() {
    let server = server().await;
    let id = server.submit("one", json!({})).await;
    make(&server, "1.1.0", &[]).await;
    trust(&server, 1, "ci").await;
    let to = json!({"component": "make/price", "to": "=1.1.0"});
    let refused = server.post(MIGRATIONS, &to).await;
    assert!(refused.text.contains("not signed for shop"), "{refused:?}");
    assert_eq!(version_of(&server, &id).await, "1.0.0");
    make(&server, "1.1.0", &[1]).await;
    server.post(MIGRATIONS, &to).await.answered(200);
    assert_eq!(version_of(&server, &id).await, "1.1.0");
}

#[tokio::test]
async fn a_version_that_is_used_because_a_higher_one_is_unsigned_is_not_collected() {
    let server = server().await;
    trust(&server, 1, "ci").await;
    make(&server, "1.0.0", &[1]).await;
    make(&server, "1.1.0", &[]).await;
    let held = server
        .get("/v1/namespaces/make/components/price/versions/1.0.0/references")
        .await
        .answered(200);
    assert_eq!(held["is_unreferenced"], false, "{held}");
    server
        .post("/v1/collections", &json!({"older_than_ms": 0}))
        .await
        .answered(200);
    assert_eq!(taken(&server).await, "1.0.0");
}
