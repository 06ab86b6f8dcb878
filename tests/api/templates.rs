use super::server::{Server, answer, yaml};
use crate::sandbox::guests;
use serde_json::json;

const ONE: &str = "/v1/namespaces/shop/templates/one";
const STEPS: &str = "description: Two steps
input_schema: {type: object}
steps:
  - {name: b, handler: guest/echo@^1, depends_on: [a], timeout: 5s, retry: {max_attempts: 2}}
  - {name: a, handler: guest/noop}
";

#[tokio::test]
async fn a_template_is_published_and_shown_with_its_steps_in_order() {
    let server = Server::start().await;
    server
        .put_component("guest", "1.0.0", guests::misbehaving())
        .await
        .answered(201);
    let source = yaml("one", "1.0.0", STEPS);
    let published = server
        .put_template("one", "1.0.0", &source)
        .await
        .answered(201);
    assert_eq!(
        (&published["created"], &published["warnings"]),
        (&json!(true), &json!([]))
    );
    let shown = server
        .get(&format!("{ONE}/versions/1.0.0"))
        .await
        .answered(200);
    assert_eq!(shown["source"], source);
    assert_eq!(shown["description"], "Two steps");
    assert_eq!(shown["input_schema"], json!({"type": "object"}));
    assert_eq!(
        (&shown["steps"][0]["name"], &shown["steps"][0]["timeout_ms"]),
        (&json!("a"), &json!(30_000))
    );
    let second = &shown["steps"][1];
    assert_eq!(
        (&second["handler"], &second["depends_on"]),
        (&json!("guest/echo@^1"), &json!(["a"]))
    );
    assert_eq!(
        (&second["timeout_ms"], &second["retry"]["max_attempts"]),
        (&json!(5_000), &json!(2))
    );
}

#[tokio::test]
async fn the_same_text_again_changes_nothing_and_another_is_refused() {
    let server = Server::start().await;
    let source = yaml("one", "1.0.0", STEPS);
    server
        .put_template_early("one", "1.0.0", &source)
        .await
        .answered(201);
    let again = server
        .put_template_early("one", "1.0.0", &source)
        .await
        .answered(200);
    assert_eq!(again["created"], false);
    let other = server
        .put_template_early("one", "1.0.0", &format!("{source}\n# more\n"))
        .await;
    let detail = other.refused(409, "version_exists");
    assert!(
        detail.starts_with("template shop/one 1.0.0 exists with other content"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_template_is_checked_without_being_stored() {
    let server = Server::start().await;
    let check = |source: String| {
        let request = server.request("POST", "/v1/templates/check");
        answer(
            request
                .header("content-type", "application/yaml")
                .body(source),
        )
    };
    let checked = check(yaml("one", "1.0.0", STEPS)).await.answered(200);
    assert_eq!(
        checked,
        json!({"namespace": "shop", "name": "one", "version": "1.0.0", "steps": 2})
    );
    server.get(ONE).await.refused(404, "unknown_template");
    check("steps: 7".to_owned())
        .await
        .refused(422, "invalid_template");
}

#[tokio::test]
async fn what_is_wrong_in_a_template_is_reported_with_its_place() {
    let server = Server::start().await;
    let source = yaml(
        "one",
        "1.0.0",
        "steps:\n  - {name: a, handler: guest/noop, timout: 5s}\n",
    );
    let refused = server.put_template("one", "1.0.0", &source).await;
    refused.refused(422, "invalid_template");
    let error = &refused.json["errors"][0];
    assert_eq!(
        (&error["line"], &error["column"].is_u64()),
        (&json!(5), &true)
    );
    assert!(
        error["message"].as_str().unwrap().contains("timout"),
        "{error}"
    );
}

#[tokio::test]
async fn a_template_is_published_only_under_the_names_that_it_has() {
    let server = Server::start().await;
    let source = yaml("one", "1.0.0", STEPS);
    let detail = server
        .put_template("two", "1.0.0", &source)
        .await
        .refused(422, "template_address_differs");
    assert!(detail.contains("name `one`"), "{detail}");
    let detail = server
        .put_template("one", "1.0.1", &source)
        .await
        .refused(422, "template_address_differs");
    assert!(detail.contains("version `1.0.0`"), "{detail}");
}

#[tokio::test]
async fn a_byte_order_mark_is_no_part_of_a_template_or_a_body() {
    let server = Server::start().await;
    let source = yaml("one", "1.0.0", STEPS);
    let marked = format!("\u{feff}{source}");
    let put = server.put_template_early("one", "1.0.0", &marked).await;
    assert_eq!(put.answered(201)["source"], source);
    let again = server.put_template_early("one", "1.0.0", &source).await;
    again.answered(200);
    let body = "\u{feff}{\"component\": \"guest\", \"capability\": \"kv a\"}";
    let request = server
        .request("POST", "/v1/namespaces/shop/grants")
        .header("content-type", "application/json");
    answer(request.body(body)).await.answered(201);
}

#[tokio::test]
async fn a_nul_in_a_template_is_refused() {
    let server = Server::start().await;
    let source = yaml(
        "one",
        "1.0.0",
        "steps: [{name: a, handler: guest/noop, config: \"\\0\"}]",
    );
    let refused = server.put_template("one", "1.0.0", &source).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
}

#[tokio::test]
async fn latest_is_the_highest_stable_version() {
    let server = Server::start().await;
    for version in ["0.9.0", "0.10.0", "1.0.0-rc.1"] {
        server
            .put_template_early("one", version, &yaml("one", version, STEPS))
            .await
            .answered(201);
    }
    let shown = server
        .get(&format!("{ONE}/versions/latest"))
        .await
        .answered(200);
    assert_eq!(shown["version"], "0.10.0");
    let list = server
        .get("/v1/templates?namespace=shop")
        .await
        .answered(200);
    assert_eq!(
        (&list["items"][0]["latest"], &list["items"][0]["versions"]),
        (&json!("0.10.0"), &json!(3))
    );
    let all = server.get(ONE).await.answered(200);
    assert_eq!(all["versions"][0]["version"], "1.0.0-rc.1");
    server
        .get(&format!("{ONE}/versions/3.0.0"))
        .await
        .refused(404, "unknown_version");
}

#[tokio::test]
async fn a_template_is_drawn_for_mermaid_and_for_dot() {
    let server = Server::start().await;
    server
        .put_template_early("one", "1.0.0", &yaml("one", "1.0.0", STEPS))
        .await
        .answered(201);
    let graph = format!("{ONE}/versions/latest/graph");
    let mermaid = server.get(&graph).await;
    assert!(mermaid.content_type.starts_with("text/plain"));
    assert!(mermaid.text.starts_with("flowchart"), "{}", mermaid.text);
    let dot = server.get(&format!("{graph}?format=dot")).await;
    assert!(dot.text.starts_with("digraph"), "{}", dot.text);
    server
        .get(&format!("{graph}?format=png"))
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn a_template_that_is_not_text_or_not_yaml_by_its_type_is_refused() {
    let server = Server::start().await;
    let path = format!("{ONE}/versions/1.0.0");
    let request = server
        .request("PUT", &path)
        .header("content-type", "application/yaml");
    answer(request.body(vec![0xff, 0xfe]))
        .await
        .refused(400, "invalid_body");
    let request = server
        .request("PUT", &path)
        .header("content-type", "application/json");
    answer(request.body("{}"))
        .await
        .refused(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_page_of_versions_ends_where_their_sources_are_much_to_read() {
    let server = Server::start().await;
    let large = format!("# {}\n", "x".repeat(3 << 20));
    for version in ["1.0.0", "1.0.1", "1.0.2", "1.0.3"] {
        let source = yaml("one", version, STEPS) + &large;
        server
            .put_template_early("one", version, &source)
            .await
            .answered(201);
    }
    let page = async |query: &str| {
        let page = server.get(&format!("{ONE}?{query}")).await.answered(200);
        let versions = page["versions"].as_array().unwrap().iter();
        let versions: Vec<_> = versions.map(|it| it["version"].clone()).collect();
        (json!(versions), page["next"].clone())
    };
    assert_eq!(
        page("limit=500").await,
        (json!(["1.0.3", "1.0.2", "1.0.1"]), json!("1.0.1"))
    );
    assert_eq!(page("after=1.0.1").await, (json!(["1.0.0"]), json!(null)));
    // One that ends with the last version is the last page.
    assert_eq!(
        page("after=1.0.3").await,
        (json!(["1.0.2", "1.0.1", "1.0.0"]), json!(null))
    );
}
