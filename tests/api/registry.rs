use super::server::{Server, yaml};
use crate::sandbox::guests;
use serde_json::json;

const STEPS: &str = "steps:
  - {name: a, handler: guest/noop@^1}
  - {name: b, handler: shop/guest/echo, depends_on: [a]}
";

#[tokio::test]
async fn namespaces_are_listed_page_by_page_with_how_much_is_in_them() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    server.submit("one", json!(null)).await;
    server.share("shop", "guest", "bazaar").await;
    let pin = "/v1/namespaces/bazaar/pins/component/shop~guest";
    server
        .put(pin, &json!({"requirement": "^1"}))
        .await
        .answered(200);
    let first = server.get("/v1/namespaces?limit=1").await.answered(200);
    assert_eq!(first["items"][0]["name"], "bazaar");
    assert_eq!(
        (&first["items"][0]["pins"], &first["next"]),
        (&json!(1), &json!("bazaar"))
    );
    let second = server
        .get("/v1/namespaces?after=bazaar")
        .await
        .answered(200);
    let shop = &second["items"][0];
    assert_eq!(second["next"], json!(null));
    for (count, expected) in [
        ("components", 1),
        ("component_versions", 1),
        ("templates", 1),
        ("template_versions", 1),
        ("pins", 0),
        ("open_tasks", 1),
    ] {
        assert_eq!(shop[count], expected, "{count}: {shop}");
    }
    server
        .get("/v1/namespaces?after=a/b")
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn a_tree_shows_steps_and_handlers_of_the_highest_versions() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    for version in ["2.1.0", "2.10.0"] {
        server
            .put_component("guest", version, guests::undescribed())
            .await
            .answered(201);
    }
    let tree = server
        .get("/v1/namespaces/shop/tree?versions=2")
        .await
        .answered(200);
    let guest = &tree["components"][0];
    assert_eq!(
        (&guest["name"], &guest["version_count"]),
        (&json!("guest"), &json!(3))
    );
    let versions: Vec<_> = guest["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| &v["version"])
        .collect();
    assert_eq!(versions, [&json!("2.10.0"), &json!("2.1.0")]);
    let steps = &tree["templates"][0]["versions"][0]["steps"];
    assert_eq!(
        steps[0],
        json!({"name": "a", "component": "shop/guest", "handler": "noop", "requirement": "^1"})
    );
    let whole = server.get("/v1/namespaces/shop/tree").await.answered(200);
    let described = &whole["components"][0]["versions"][2];
    assert_eq!(described["handlers"][0]["name"], "noop");
    let languages = described["provenance"]["languages"].as_array().unwrap();
    assert!(languages.iter().any(|language| language["name"] == "Rust"));
    assert_eq!(whole["is_cut"], false);
    server
        .get("/v1/namespaces/none/tree")
        .await
        .refused(404, "unknown_namespace");
    server
        .get("/v1/namespaces/shop/tree?versions=0")
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn users_are_the_steps_pins_and_open_tasks_of_a_component() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    server.submit("one", json!(null)).await;
    server
        .put_component("guest", "2.0.0", guests::undescribed())
        .await
        .answered(201);
    // In this namespace, `guest/noop` is another component's.
    let foreign = "namespace: guest\nname: far\nversion: 1.0.0\nsteps:\n\
        \x20 - {name: a, handler: guest/noop}\n  - {name: b, handler: shop/guest/noop@<1}\n";
    server.share("shop", "guest", "guest").await;
    let path = "/v1/namespaces/guest/templates/far/versions/1.0.0?allow_missing=true";
    let request = server
        .request("PUT", path)
        .header("content-type", "application/yaml");
    super::server::answer(request.body(foreign))
        .await
        .answered(201);
    let pin = "/v1/namespaces/shop/pins/component/guest";
    server
        .put(pin, &json!({"requirement": "=1.0.0"}))
        .await
        .answered(200);

    let users = "/v1/namespaces/shop/components/guest/references";
    let uses = server.get(users).await.answered(200);
    let taken: Vec<_> = uses["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            (
                step["namespace"].clone(),
                step["step"].clone(),
                step["takes"].clone(),
            )
        })
        .collect();
    assert_eq!(
        taken,
        [
            (json!("guest"), json!("b"), json!(null)),
            (json!("shop"), json!("a"), json!("1.0.0")),
            (json!("shop"), json!("b"), json!("1.0.0")),
        ]
    );
    assert_eq!(
        uses["pins"],
        json!([{"namespace": "shop", "requirement": "=1.0.0"}])
    );
    assert_eq!(
        uses["versions"],
        json!([
            {"version": "2.0.0", "status": "active", "open_tasks": 0, "steps": 0},
            {"version": "1.0.0", "status": "active", "open_tasks": 1, "steps": 2},
        ])
    );
    let unknown = server
        .get("/v1/namespaces/shop/components/none/references")
        .await;
    unknown.refused(404, "unknown_component");
}

#[tokio::test]
async fn the_graph_is_drawn_from_the_latest_version_of_each_template() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let newer = yaml(
        "one",
        "2.0.0",
        "steps: [{name: a, handler: missing/noop@^3}]",
    );
    server
        .put_template_early("one", "2.0.0", &newer)
        .await
        .answered(201);
    let drawn = server
        .get("/v1/registry/graph?namespace=shop&format=dot")
        .await;
    assert_eq!(drawn.content_type, "text/vnd.graphviz; charset=utf-8");
    let expected = "digraph registry {\n    rankdir=LR;\n\
        \x20   t0 [label=\"shop/one 2.0.0\", shape=ellipse];\n\
        \x20   c0 [label=\"shop/guest\", shape=box];\n\
        \x20   c1 [label=\"shop/missing\", shape=box];\n\
        \x20   t0 -> c1 [label=\"^3\"];\n}\n";
    assert_eq!(drawn.text, expected);
    let mermaid = server.get("/v1/registry/graph").await;
    assert!(
        mermaid.text.starts_with("flowchart LR\n"),
        "{}",
        mermaid.text
    );
    server
        .get("/v1/registry/graph?format=svg")
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn the_graph_has_every_template_of_a_namespace_with_many() {
    let server = Server::start().await;
    for number in 0..20 {
        let name = format!("t{number}");
        let source = yaml(&name, "1.0.0", STEPS);
        let put = server.put_template_early(&name, "1.0.0", &source).await;
        put.answered(201);
    }
    let drawn = server.get("/v1/registry/graph?format=dot").await;
    assert_eq!(drawn.text.matches("shape=ellipse").count(), 20);
}

#[tokio::test]
async fn statistics_count_what_there_is() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    server
        .put_component("guest", "1.0.1", guests::misbehaving())
        .await
        .answered(201);
    let stats = server.get("/v1/registry/stats").await.answered(200);
    assert_eq!(
        (&stats["component_versions"], &stats["uploads"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(stats["upload_bytes"], guests::misbehaving().len());
    assert_eq!(stats["languages"]["Rust"], 2);
    assert_eq!(stats["generation"], 3);
}
