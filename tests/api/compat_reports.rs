use super::server::{Answer, Server, answer, yaml};
use crate::sandbox::guests;
use serde_json::{Value, json};

const CHARGE: &str = "/v1/namespaces/shop/components/charge";
const FULFIL: &str = "/v1/namespaces/shop/templates/fulfil";

/// A component whose handler `charge` takes amounts up to this, and may have a handler `refund`.
fn charge(maximum: u32, has_refund: bool) -> Vec<u8> {
    let input = json!({"type": "object", "required": ["amount"],
                       "properties": {"amount": {"type": "integer", "maximum": maximum}}});
    let mut handlers = vec![json!({"name": "charge", "input_schema": input})];
    if has_refund {
        handlers.push(json!({"name": "refund"}));
    }
    guests::described(&json!({"handlers": handlers}))
}

fn steps(input_schema: &Value) -> String {
    format!("input_schema: {input_schema}\nsteps: [{{name: a, handler: charge/charge}}]\n")
}

async fn publish(server: &Server, version: &str, bytes: &[u8]) -> Answer {
    server.put_component("charge", version, bytes).await
}

async fn post_diff(server: &Server, path: &str, media_type: &str, body: Vec<u8>) -> Answer {
    let request = server.request("POST", path);
    answer(request.header("content-type", media_type).body(body)).await
}

#[tokio::test]
async fn a_first_version_has_nothing_to_be_compared_with() {
    let server = Server::start().await;
    let first = publish(&server, "1.0.0", &charge(100, false))
        .await
        .answered(201);
    assert_eq!(first.get("compat_report"), None);
}

#[tokio::test]
async fn a_semver_violation_is_refused_with_the_lowest_version_that_fits() {
    let server = Server::start().await;
    publish(&server, "1.0.0", &charge(100, false))
        .await
        .answered(201);
    let refused = publish(&server, "1.0.1", &charge(100, true)).await;
    let detail = refused.refused(422, "semver_violation");
    assert_eq!(
        detail,
        "component shop/charge 1.0.1 allows a patch change since 1.0.0, but this is a \
         minor one: publish it as 1.1.0"
    );
    assert_eq!(refused.json["lowest_version"], "1.1.0");
    assert_eq!(
        refused.json["errors"],
        json!([{"path": "handlers.refund", "message": "the handler is new (minor)"}])
    );
    server
        .get(&format!("{CHARGE}/versions/1.0.1"))
        .await
        .refused(404, "unknown_version");
}

#[tokio::test]
async fn the_compat_report_is_kept_and_shown() {
    let server = Server::start().await;
    publish(&server, "1.0.0", &charge(100, false))
        .await
        .answered(201);
    let published = publish(&server, "1.1.0", &charge(100, true))
        .await
        .answered(201);
    let compat_report = json!({"level": "minor", "against": "1.0.0", "changes": [
        {"level": "minor", "path": "handlers.refund", "what": "the handler is new"}]});
    assert_eq!(published["compat_report"], compat_report);
    let shown = server.get(&format!("{CHARGE}/versions/1.1.0")).await;
    assert_eq!(shown.answered(200)["compat_report"], compat_report);
}

#[tokio::test]
async fn a_narrowed_input_needs_a_major_version() {
    let server = Server::start().await;
    publish(&server, "1.0.0", &charge(100, false))
        .await
        .answered(201);
    for version in ["1.0.1", "1.1.0", "1.1.0-rc.1"] {
        let refused = publish(&server, version, &charge(50, false)).await;
        let detail = refused.refused(422, "semver_violation");
        assert!(
            detail.contains("a major one: publish it as 2.0.0"),
            "{detail}"
        );
        assert_eq!(
            refused.json["errors"],
            json!([{"path": "handlers.charge.input/amount", "message": "maximum 100 → 50 (major)"}])
        );
    }
    publish(&server, "2.0.0", &charge(50, false))
        .await
        .answered(201);
}

#[tokio::test]
async fn before_1_0_the_second_number_may_break_and_the_third_not() {
    let server = Server::start().await;
    publish(&server, "0.1.0", &charge(100, false))
        .await
        .answered(201);
    publish(&server, "0.1.1", &charge(100, true))
        .await
        .answered(201);
    let refused = publish(&server, "0.1.2", &charge(50, true)).await;
    refused.refused(422, "semver_violation");
    assert_eq!(refused.json["lowest_version"], "0.2.0");
    publish(&server, "0.2.0", &charge(50, true))
        .await
        .answered(201);
}

#[tokio::test]
async fn a_version_is_compared_with_the_last_below_it_wherever_it_is_put_in() {
    let server = Server::start().await;
    publish(&server, "1.0.0", &charge(100, false))
        .await
        .answered(201);
    publish(&server, "2.0.0", &charge(50, true))
        .await
        .answered(201);
    let between = publish(&server, "1.0.1", &charge(100, false))
        .await
        .answered(201);
    assert_eq!(
        between["compat_report"],
        json!({"level": "patch", "against": "1.0.0", "changes": []})
    );
    let refused = publish(&server, "1.0.2", &charge(50, true)).await;
    refused.refused(422, "semver_violation");
    assert_eq!(refused.json["lowest_version"], "3.0.0");
}

#[tokio::test]
async fn a_component_may_begin_to_describe_itself_in_a_minor_version_but_not_cease_to() {
    let server = Server::start().await;
    publish(&server, "1.0.0", guests::undescribed())
        .await
        .answered(201);
    let described = charge(100, false);
    publish(&server, "1.0.1", &described)
        .await
        .refused(422, "semver_violation");
    publish(&server, "1.1.0", &described).await.answered(201);
    publish(&server, "1.2.0", guests::undescribed())
        .await
        .refused(422, "semver_violation");
}

#[tokio::test]
async fn two_versions_are_compared_without_a_change() {
    let server = Server::start().await;
    publish(&server, "1.0.0", &charge(100, false))
        .await
        .answered(201);
    publish(&server, "2.0.0", &charge(50, true))
        .await
        .answered(201);
    let diff = format!("{CHARGE}/diff?from=1.0.0&to=2.0.0");
    assert_eq!(
        server.get(&diff).await.answered(200),
        json!({"namespace": "shop", "name": "charge", "from": "1.0.0", "to": "2.0.0",
            "lowest_version": "2.0.0", "level": "major", "against": "1.0.0", "changes": [
            {"level": "major", "path": "handlers.charge.input/amount", "what": "maximum 100 → 50"},
            {"level": "minor", "path": "handlers.refund", "what": "the handler is new"}]})
    );
    let back = format!("{CHARGE}/diff?from=2.0.0&to=1.0.0");
    let back = server.get(&back).await.answered(200);
    assert_eq!(back["changes"][0]["what"], "the handler is no longer there");
    server
        .get(&format!("{CHARGE}/diff?from=1.0.0&to=3.0.0"))
        .await
        .refused(404, "unknown_version");
    server
        .get(&format!("{CHARGE}/diff?from=1.0.0"))
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn what_is_not_published_is_compared_and_not_stored() {
    let server = Server::start().await;
    publish(&server, "1.0.0", &charge(100, false))
        .await
        .answered(201);
    let path = format!("{CHARGE}/diff?from=1.0.0");
    let diff = post_diff(&server, &path, "application/wasm", charge(500, false)).await;
    let diff = diff.answered(200);
    assert_eq!(
        (&diff["level"], &diff["to"]),
        (&json!("minor"), &json!(null))
    );
    assert_eq!(diff["lowest_version"], "1.1.0");
    let versions = server.get(CHARGE).await.answered(200);
    assert_eq!(versions["versions"].as_array().unwrap().len(), 1);
    post_diff(&server, &path, "application/wasm", b"#!/bin/sh".to_vec())
        .await
        .refused(422, "component_refused");
}

#[tokio::test]
async fn templates_are_held_to_their_numbers_too() {
    let server = Server::start().await;
    let open = json!({"type": "object"});
    let narrow = json!({"type": "object", "required": ["order_id"]});
    let publish = async |version: &str, schema: &Value| {
        let source = yaml("fulfil", version, &steps(schema));
        server.put_template_early("fulfil", version, &source).await
    };
    publish("1.0.0", &open).await.answered(201);
    let refused = publish("1.1.0", &narrow).await;
    let detail = refused.refused(422, "semver_violation");
    assert!(detail.starts_with("template shop/fulfil 1.1.0"), "{detail}");
    assert_eq!(refused.json["errors"][0]["path"], "input_schema/order_id");
    let published = publish("2.0.0", &narrow).await.answered(201);
    assert_eq!(published["compat_report"]["level"], "major");
    let shown = server.get(&format!("{FULFIL}/versions/2.0.0")).await;
    assert_eq!(
        shown.answered(200)["compat_report"],
        published["compat_report"]
    );
    let diff = format!("{FULFIL}/diff?from=2.0.0&to=1.0.0");
    assert_eq!(server.get(&diff).await.answered(200)["level"], "minor");
    let path = format!("{FULFIL}/diff?from=1.0.0");
    let source = yaml("fulfil", "1.0.1", &steps(&open)).into_bytes();
    let same = post_diff(&server, &path, "application/yaml", source).await;
    assert_eq!(same.answered(200)["changes"], json!([]));
}
