use super::server::{Answer, Server, answer, yaml};
use super::signatures::trust;
use crate::sandbox::guests;
use serde_json::{Value, json};

const CHARGE: &str = "/v1/namespaces/shop/components/charge";
const PIN: &str = "/v1/namespaces/shop/pins/component/charge";

/// A component whose handler `charge` takes amounts up to this, with these other handlers.
fn charge(maximum: u32, others: &[&str]) -> Vec<u8> {
    let input = json!({"properties": {"amount": {"type": "integer", "maximum": maximum}}});
    let mut handlers = vec![json!({"name": "charge", "input_schema": input})];
    handlers.extend(others.iter().map(|name| json!({"name": name})));
    guests::described(&json!({"handlers": handlers}))
}

/// A host with `shop/charge` 1.0.0 and `shop/fulfil` 1.0.0, which asks for `^1`.
async fn with_charge() -> Server {
    let server = Server::start().await;
    server
        .put_component("charge", "1.0.0", &charge(100, &[]))
        .await
        .answered(201);
    publish(&server, "fulfil", "charge/charge@^1").await;
    server
}

async fn publish(server: &Server, template: &str, handler: &str) {
    let source = yaml(template, "1.0.0", &steps(handler));
    let published = server.put_template(template, "1.0.0", &source).await;
    published.answered(201);
}

async fn publish_early(server: &Server, template: &str, handler: &str) {
    let source = yaml(template, "1.0.0", &steps(handler));
    let published = server.put_template_early(template, "1.0.0", &source);
    published.await.answered(201);
}

fn steps(handler: &str) -> String {
    format!("steps: [{{name: pay, handler: {handler}}}]\n")
}

async fn plan(server: &Server, version: &str, bytes: Vec<u8>) -> Answer {
    let path = format!("{CHARGE}/versions/{version}/plan");
    let request = server.request("POST", &path);
    answer(
        request
            .header("content-type", "application/wasm")
            .body(bytes),
    )
    .await
}

async fn plan_template(server: &Server, name: &str, version: &str, rest: &str) -> Answer {
    let path = format!("/v1/namespaces/shop/templates/{name}/versions/{version}/plan");
    let request = server.request("POST", &path);
    let request = request.header("content-type", "application/yaml");
    answer(request.body(yaml(name, version, rest))).await
}

/// What every table holds, in one text each; the use of keys is recorded whatever is asked.
async fn stored(server: &Server) -> Vec<(String, String)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'tasker' and c.relkind = 'r' and c.relname <> 'api_key' order by 1",
    )
    .fetch_all(server.pool())
    .await
    .unwrap();
    let mut stored = Vec::new();
    for table in tables {
        let rows = format!(
            "select coalesce(string_agg(t::text, e'\\n' order by t::text), '') from tasker.{table} t"
        );
        let rows = sqlx::query_scalar(sqlx::AssertSqlSafe(rows));
        let rows: String = rows.fetch_one(server.pool()).await.unwrap();
        stored.push((table, rows));
    }
    stored
}

#[tokio::test]
async fn an_upload_is_planned_and_nothing_is_stored() {
    let server = with_charge().await;
    let before = stored(&server).await;
    assert!(before.len() > 20, "these are the tables: {before:?}");
    let planned = plan(&server, "1.1.0", charge(100, &["refund"])).await;
    let planned = planned.answered(200);
    let source =
        "steps: [{name: pay, handler: charge/charge}, {name: log, handler: charge/charge}]";
    plan_template(&server, "fulfil", "1.1.0", source)
        .await
        .answered(200);
    assert_eq!(stored(&server).await, before);
    assert_eq!(planned["status"], Value::Null);
    assert_eq!(
        planned["compat_report"],
        json!({"level": "minor", "against": "1.0.0", "changes": [
            {"level": "minor", "path": "handlers.refund", "what": "the handler is new"}]})
    );
    assert_eq!(
        (&planned["allowed"], &planned["lowest_version"]),
        (&json!("minor"), &Value::Null)
    );
    assert_eq!(
        planned["steps"],
        json!([{"namespace": "shop", "template": "fulfil", "template_version": "1.0.0",
            "step": "pay", "handler": "charge", "requirement": "^1", "impact": "moves",
            "takes": "1.0.0", "would_take": "1.1.0", "percent": null, "lacks_handler": false,
            "is_default": true}])
    );
    assert_eq!(planned["obstacles"], json!([]));
}

#[tokio::test]
async fn a_number_that_would_be_refused_is_reported_with_the_right_one() {
    let server = with_charge().await;
    let planned = plan(&server, "1.1.0", charge(50, &[])).await.answered(200);
    assert_eq!(planned["compat_report"]["level"], "major");
    assert_eq!(
        (&planned["allowed"], &planned["lowest_version"]),
        (&json!("minor"), &json!("2.0.0"))
    );
}

#[tokio::test]
async fn a_first_version_reaches_the_steps_that_wait_for_it() {
    let server = Server::start().await;
    publish_early(&server, "fulfil", "charge/charge@^1").await;
    publish_early(&server, "later", "charge/charge@^2").await;
    let planned = plan(&server, "1.0.0", charge(100, &[])).await.answered(200);
    assert_eq!(
        (&planned["compat_report"], &planned["allowed"]),
        (&Value::Null, &Value::Null)
    );
    let step = &planned["steps"][0];
    assert_eq!(
        (&step["takes"], &step["impact"]),
        (&Value::Null, &json!("moves"))
    );
    assert_eq!(planned["unmatched_steps"], 1);
}

#[tokio::test]
async fn what_waits_for_approval_is_reported_before_and_after_it_is_uploaded() {
    let server = Server::start().await;
    server
        .put_component("guest", "1.0.0", &guests::wanting(&[]))
        .await
        .answered(201);
    publish(&server, "one", "guest/noop@1").await;
    let wanting = guests::wanting(&["kv orders", "http"]);
    let path = "/v1/namespaces/shop/components/guest/versions/1.1.0";
    let request = server.request("POST", &format!("{path}/plan"));
    let request = request.header("content-type", "application/wasm");
    let planned = answer(request.body(wanting.clone())).await.answered(200);
    assert_eq!(planned["unapproved"], json!(["kv orders", "http"]));
    assert_eq!(planned["steps"][0]["impact"], "moves");
    let published = server.put_component("guest", "1.1.0", &wanting).await;
    assert_eq!(published.answered(201)["status"], "needs_approval");
    let waiting = server.get(&format!("{path}/plan")).await.answered(200);
    assert_eq!(waiting["status"], "needs_approval");
    for field in ["compat_report", "unapproved", "steps", "digest"] {
        assert_eq!(waiting[field], planned[field], "{field}");
    }
}

#[tokio::test]
async fn pins_and_rollouts_are_reported_that_keep_new_tasks_away() {
    let server = with_charge().await;
    let at = json!({"requirement": "=1.0.0"});
    server.put(PIN, &at).await.answered(200);
    let pinned = plan(&server, "1.1.0", charge(100, &["refund"])).await;
    let pinned = pinned.answered(200);
    assert_eq!(pinned["steps"][0]["impact"], "pinned");
    assert_eq!(pinned["steps"][0]["would_take"], "1.0.0");
    assert_eq!(
        pinned["pins"],
        json!([{"namespace": "shop", "requirement": "=1.0.0", "rollout": null, "percent": null,
            "admits": "nobody"}])
    );
    server
        .put_component("charge", "1.1.0", &charge(100, &["refund"]))
        .await
        .answered(201);
    let rollout = json!({"to": "1.1.0", "percent": 10});
    server
        .post(&format!("{PIN}/rollout"), &rollout)
        .await
        .answered(200);
    let rolled_out = server
        .get(&format!("{CHARGE}/versions/1.1.0/plan"))
        .await
        .answered(200);
    assert_eq!(
        (
            &rolled_out["steps"][0]["impact"],
            &rolled_out["steps"][0]["percent"]
        ),
        (&json!("rollout"), &json!(10.0))
    );
    assert_eq!(rolled_out["pins"][0]["admits"], "rollout");
}

#[tokio::test]
async fn open_tasks_are_counted_that_keep_their_version() {
    let server = with_charge().await;
    for _ in 0..2 {
        server.submit("fulfil", json!({})).await;
    }
    let planned = plan(&server, "1.1.0", charge(100, &["refund"])).await;
    assert_eq!(
        planned.answered(200)["open_tasks"],
        json!([{"version": "1.0.0", "open_tasks": 2}])
    );
    let planned = plan_template(&server, "fulfil", "1.0.1", &steps("charge/charge@^1")).await;
    assert_eq!(
        planned.answered(200)["open_tasks"],
        json!([{"version": "1.0.0", "open_tasks": 2}])
    );
}

#[tokio::test]
async fn a_step_whose_handler_it_lacks_is_reported() {
    let server = with_charge().await;
    publish(&server, "any", "charge/charge@*").await;
    let other = guests::described(&json!({"handlers": [{"name": "refund"}]}));
    let planned = plan(&server, "2.0.0", other).await.answered(200);
    let step = &planned["steps"][0];
    assert_eq!(
        (&step["template"], &step["lacks_handler"]),
        (&json!("any"), &json!(true))
    );
}

#[tokio::test]
async fn what_no_upload_could_be_is_refused_by_a_plan_too() {
    let server = with_charge().await;
    plan(&server, "1.0.0", charge(50, &[]))
        .await
        .refused(409, "version_exists");
    plan(&server, "1.1.0", b"#!/bin/sh".to_vec())
        .await
        .refused(422, "component_refused");
    server
        .get(&format!("{CHARGE}/versions/1.1.0/plan"))
        .await
        .refused(404, "unknown_version");
    let same = plan(&server, "1.0.0", charge(100, &[])).await.answered(200);
    assert_eq!(
        (&same["status"], &same["steps"][0]["impact"]),
        (&json!("active"), &json!("stays"))
    );
    plan_template(&server, "fulfil", "1.0.0", "steps: []")
        .await
        .refused(422, "invalid_template");
    plan_template(&server, "fulfil", "1.0.0", &steps("charge/refund"))
        .await
        .refused(409, "version_exists");
}

#[tokio::test]
async fn unsigned_or_quarantined_bytes_have_obstacles() {
    let server = with_charge().await;
    let obstacles = async || {
        let planned = plan(&server, "1.0.1", charge(100, &[])).await.answered(200);
        let obstacles = planned["obstacles"].as_array().unwrap().clone();
        obstacles.iter().map(Value::to_string).collect::<Vec<_>>()
    };
    trust(&server, 1, "ci").await;
    let found = obstacles().await;
    assert!(
        found.len() == 1 && found[0].contains("is not signed"),
        "{found:?}"
    );
    let reason = json!({"reason": "it loops"});
    let quarantine = format!("{CHARGE}/versions/1.0.0/quarantine");
    server.post(&quarantine, &reason).await.answered(200);
    let found = obstacles().await;
    assert!(found[1].contains("in quarantine"), "{found:?}");
}

#[tokio::test]
async fn a_template_is_planned_with_what_its_steps_would_run() {
    let server = with_charge().await;
    server
        .put_component("charge", "1.1.0", &charge(100, &["refund"]))
        .await
        .answered(201);
    let at = json!({"requirement": "=1.0.0"});
    server.put(PIN, &at).await.answered(200);
    let rollout = json!({"to": "1.1.0", "percent": 25});
    server
        .post(&format!("{PIN}/rollout"), &rollout)
        .await
        .answered(200);
    let source = "input_schema: {type: object, required: [order]}\nsteps:\n\
        - {name: pay, handler: charge/charge@^1}\n\
        - {name: back, handler: charge/refund@^1, depends_on: [pay]}\n\
        - {name: older, handler: charge/charge@=0.9.0, depends_on: [back]}\n";
    let planned = plan_template(&server, "fulfil", "1.1.0", source).await;
    let planned = planned.answered(200);
    assert_eq!(planned["lowest_version"], "2.0.0");
    let changes = planned["compat_report"]["changes"]
        .as_array()
        .unwrap()
        .iter();
    let paths: Vec<_> = changes.map(|it| it["path"].as_str().unwrap()).collect();
    for path in ["input_schema/order", "steps.back", "steps.older"] {
        assert!(paths.contains(&path), "{path}: {paths:?}");
    }
    let steps = &planned["steps"];
    assert_eq!(
        (&steps[0]["takes"], &steps[0]["rollout"]),
        (&json!("1.0.0"), &json!({"takes": "1.1.0", "percent": 25.0}))
    );
    assert_eq!(steps[0]["problem"], Value::Null);
    let problem = |at: usize| steps[at]["problem"].as_str().unwrap();
    assert!(
        problem(1).contains("`refund`, which component shop/charge 1.0.0 does not have"),
        "{steps}"
    );
    assert!(problem(2).contains("requirement =0.9.0"), "{steps}");
    assert_eq!(
        (&planned["takes"], &planned["would_take"]),
        (&json!("1.0.0"), &json!("1.1.0"))
    );
}

#[tokio::test]
async fn a_template_is_planned_with_what_is_not_granted() {
    let server = Server::start().await;
    let wants = guests::wanting(&["env LEVEL"]);
    let published = server.put_component("guest", "1.0.0", &wants).await;
    assert_eq!(published.answered(201)["status"], "active");
    let rest = "steps: [{name: a, handler: guest/noop}, {name: b, handler: shop/guest/noop}]";
    let planned = plan_template(&server, "one", "1.0.0", rest).await;
    assert_eq!(
        planned.answered(200)["ungranted"],
        json!([{"component": "guest", "version": "1.0.0", "capabilities": ["env LEVEL"]}])
    );
    let grant = json!({"component": "guest", "capability": "env LEVEL=info"});
    let granted = server.post("/v1/namespaces/shop/grants", &grant).await;
    granted.answered(201);
    let planned = plan_template(&server, "one", "1.0.0", rest).await;
    assert_eq!(planned.answered(200)["ungranted"], json!([]));
}

#[tokio::test]
async fn a_pin_keeps_new_tasks_from_a_template() {
    let server = with_charge().await;
    let pin = "/v1/namespaces/shop/pins/template/fulfil";
    let at = json!({"requirement": "=1.0.0"});
    server.put(pin, &at).await.answered(200);
    let planned = plan_template(&server, "fulfil", "1.0.1", &steps("charge/charge@^1")).await;
    let planned = planned.answered(200);
    assert_eq!(
        (&planned["impact"], &planned["would_take"]),
        (&json!("pinned"), &json!("1.0.0"))
    );
}
