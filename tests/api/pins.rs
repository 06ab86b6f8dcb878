use super::server::{Server, yaml};
use crate::sandbox::guests;
use serde_json::json;

const PIN: &str = "/v1/namespaces/shop/pins/component/guest";
const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";

#[tokio::test]
async fn a_pin_is_set_listed_replaced_and_removed() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let body = json!({"requirement": "^1.0", "reason": "the new one is slow"});
    let set = server.put(PIN, &body).await.answered(200);
    assert_eq!(set["namespace"], "shop");
    assert_eq!(
        (&set["kind"], &set["target"]),
        (&json!("component"), &json!("guest"))
    );
    assert_eq!(
        (&set["requirement"], &set["created_by"]),
        (&json!("^1.0"), &json!("admin"))
    );
    server
        .put(PIN, &json!({"requirement": "=1.0.0"}))
        .await
        .answered(200);
    server
        .put(
            "/v1/namespaces/shop/pins/template/one",
            &json!({"requirement": "1"}),
        )
        .await
        .answered(200);
    let list = server.get("/v1/pins?namespace=shop").await.answered(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let component = &list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|pin| pin["kind"] == "component");
    assert_eq!(component.unwrap()["requirement"], "=1.0.0");
    assert_eq!(server.delete(PIN).await.status, 204);
    server.delete(PIN).await.refused(404, "unknown_pin");
}

#[tokio::test]
async fn pins_are_listed_page_by_page() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    server
        .put(PIN, &json!({"requirement": "1"}))
        .await
        .answered(200);
    server
        .put(
            "/v1/namespaces/shop/pins/template/one",
            &json!({"requirement": "1"}),
        )
        .await
        .answered(200);
    let first = server.get("/v1/pins?limit=1").await.answered(200);
    let next = first["next"].as_str().unwrap();
    let second = server
        .get(&format!("/v1/pins?limit=1&after={next}"))
        .await
        .answered(200);
    assert_ne!(first["items"][0]["kind"], second["items"][0]["kind"]);
    assert_eq!(second["next"], json!(null));
    server
        .get("/v1/pins?after=shop/other/guest")
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn a_pin_names_a_component_of_another_namespace_with_a_tilde() {
    let server = Server::start().await;
    server
        .put_component("guest", "1.0.0", guests::undescribed())
        .await
        .answered(201);
    server.share("shop", "guest", "bakery").await;
    let path = "/v1/namespaces/bakery/pins/component/shop~guest";
    let set = server
        .put(path, &json!({"requirement": "1"}))
        .await
        .answered(200);
    assert_eq!(
        (&set["namespace"], &set["target"]),
        (&json!("bakery"), &json!("shop/guest"))
    );
    assert_eq!(server.delete(path).await.status, 204);
}

#[tokio::test]
async fn a_pin_that_nothing_satisfies_is_refused_with_what_exists() {
    let server = Server::start().await;
    server
        .put(PIN, &json!({"requirement": "1"}))
        .await
        .refused(404, "unknown_component");
    server
        .put_component("guest", "1.0.0", guests::undescribed())
        .await
        .answered(201);
    let detail = server
        .put(PIN, &json!({"requirement": "^2"}))
        .await
        .refused(422, "pin_matches_nothing");
    assert!(
        detail.contains("component shop/guest has 1.0.0; none satisfies ^2"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_pin_for_a_template_of_another_namespace_is_refused() {
    let server = Server::start().await;
    server
        .put_template_early("one", "1.0.0", &yaml("one", "1.0.0", STEPS))
        .await
        .answered(201);
    let path = "/v1/namespaces/bakery/pins/template/shop~one";
    server
        .put(path, &json!({"requirement": "1"}))
        .await
        .refused(422, "foreign_template_pin");
    // Whatever is asked of such a pin, as the description says.
    let removed = server.delete(path).await;
    removed.refused(422, "foreign_template_pin");
    let history = server.get(&format!("{path}/history")).await;
    history.refused(422, "foreign_template_pin");
    for (change, body) in [
        ("rollout", json!({"to": "1.0.0", "percent": 20})),
        ("pause", json!({})),
        ("resume", json!({})),
        ("rollback", json!({})),
    ] {
        let changed = server.post(&format!("{path}/{change}"), &body).await;
        changed.refused(422, "foreign_template_pin");
    }
}

#[tokio::test]
async fn a_pin_of_an_unknown_kind_or_with_a_bad_range_is_refused() {
    let server = Server::start().await;
    let path = "/v1/namespaces/shop/pins/handler/guest";
    server
        .put(path, &json!({"requirement": "1"}))
        .await
        .refused(400, "invalid_parameter");
    let detail = server
        .put(PIN, &json!({"requirement": "one"}))
        .await
        .refused(400, "invalid_requirement");
    assert!(detail.contains("`one` is not a version range"), "{detail}");
    let many = json!({"requirement": "1", "reason": "x".repeat(1_001)});
    server
        .put(PIN, &many)
        .await
        .refused(400, "invalid_parameter");
}
