//! Templates of which no task could run, and which version new tasks take.

use super::server::{Server, answer, yaml};
use crate::sandbox::guests;
use serde_json::{Value, json};

const ONE: &str = "/v1/namespaces/shop/templates/one";
const STEPS: &str = "input_schema: {type: object}
steps:
  - {name: b, handler: guest/echo@^1, depends_on: [a]}
  - {name: a, handler: guest/noop}
";

#[tokio::test]
async fn a_template_that_cannot_run_is_refused_with_each_obstacle_and_its_place() {
    let server = Server::start().await;
    let source = yaml("one", "1.0.0", STEPS);
    let refused = server.put_template("one", "1.0.0", &source).await;
    refused.refused(422, "template_cannot_run");
    let errors = refused.json["errors"].as_array().unwrap();
    let told = |error: &Value| {
        (
            error["line"].as_u64().unwrap(),
            error["path"].as_str().unwrap().to_owned(),
        )
    };
    let places: Vec<_> = errors.iter().map(told).collect();
    let expected = [(6, "steps[0].handler"), (7, "steps[1].handler")];
    assert_eq!(places, expected.map(|(line, path)| (line, path.to_owned())));
    let message = errors[0]["message"].as_str().unwrap();
    assert!(
        message.contains("there is no component shop/guest"),
        "{message}"
    );
    server.get(ONE).await.refused(404, "unknown_template");
    server
        .put_component("guest", "1.0.0", guests::misbehaving())
        .await
        .answered(201);
    let steps = "steps:\n- {name: a, handler: guest/missing}\n- {name: b, handler: guest/noop@^2}\n\
                 - {name: c, handler: guest/noop}\n";
    let source = yaml("two", "1.0.0", steps);
    let refused = server.put_template("two", "1.0.0", &source).await;
    refused.refused(422, "template_cannot_run");
    let errors = refused.json["errors"].to_string();
    assert!(
        errors.contains("does not have; it has noop, echo"),
        "{errors}"
    );
    assert!(errors.contains("none satisfies ^2"), "{errors}");
    assert_eq!(refused.json["errors"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_template_that_cannot_run_yet_is_stored_where_that_is_asked_for() {
    let server = Server::start().await;
    let source = yaml("one", "1.0.0", STEPS);
    let early = server.put_template_early("one", "1.0.0", &source).await;
    let warnings = early.answered(201)["warnings"].to_string();
    assert!(
        warnings.contains("there is no component shop/guest"),
        "{warnings}"
    );
    // It is there, so that the same again is no mistake.
    server
        .put_template("one", "1.0.0", &source)
        .await
        .answered(200);
    let query = server
        .request("PUT", &format!("{ONE}/versions/1.0.0?allow_missing=maybe"))
        .header("content-type", "application/yaml");
    answer(query.body(source))
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn a_template_of_ineligible_versions_is_refused_until_they_are_eligible() {
    let server = Server::start().await;
    server
        .put_component("guest", "1.0.0", guests::misbehaving())
        .await
        .answered(201);
    let source = yaml("one", "1.0.0", STEPS);
    for (withdraw, free) in [("yank", "unyank"), ("quarantine", "release")] {
        let change = async |verb: &str| {
            let path = format!("/v1/namespaces/shop/components/guest/versions/1.0.0/{verb}");
            server.post(&path, &json!({})).await.answered(200);
        };
        change(withdraw).await;
        let refused = server.put_template("one", "1.0.0", &source).await;
        let detail = refused.refused(422, "template_cannot_run");
        assert!(detail.contains(&format!("1.0.0 ({withdraw}")), "{detail}");
        change(free).await;
    }
    server
        .put_template("one", "1.0.0", &source)
        .await
        .answered(201);
}

#[tokio::test]
async fn a_template_whose_input_a_handler_can_never_take_is_refused() {
    let server = Server::start().await;
    let input = json!({
        "type": "object", "required": ["amount"],
        "properties": {"amount": {"type": "integer"}},
    });
    let handlers = json!({"handlers": [{"name": "charge", "input_schema": input}]});
    server
        .put_component("charge", "1.0.0", &guests::described(&handlers))
        .await
        .answered(201);
    let with_amount = |kind: &str| {
        let schema = format!(
            "{{type: object, required: [amount], properties: {{amount: {{type: {kind}}}}}}}"
        );
        let steps = "steps:\n- {name: pay, handler: charge/charge}\n";
        yaml("one", "1.0.0", &format!("input_schema: {schema}\n{steps}"))
    };
    let refused = server
        .put_template("one", "1.0.0", &with_amount("string"))
        .await;
    let detail = refused.refused(422, "template_cannot_run");
    assert!(
        detail.contains("`/amount` is string and has to be integer"),
        "{detail}"
    );
    server
        .put_template("one", "1.0.0", &with_amount("integer"))
        .await
        .answered(201);
}

#[tokio::test]
async fn latest_is_what_a_new_task_takes_also_after_a_yank_and_with_a_pin() {
    let server = Server::start().await;
    server
        .put_component("guest", "1.0.0", guests::misbehaving())
        .await
        .answered(201);
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        let source = yaml("one", version, STEPS);
        let put = server.put_template("one", version, &source).await;
        put.answered(201);
    }
    let latest = async || {
        let list = server.get("/v1/templates?namespace=shop").await;
        let listed = list.answered(200)["items"][0]["latest"].clone();
        let shown = server.get(ONE).await.answered(200)["latest"].clone();
        assert_eq!(listed, shown);
        let graph = server.get("/v1/registry/graph?namespace=shop").await.text;
        let drawn = graph.lines().find(|line| line.contains("shop/one"));
        match listed.as_str() {
            Some(version) => {
                let drawn = drawn.unwrap();
                assert!(drawn.contains(&format!("shop/one {version}")), "{drawn}");
                let submit = json!({"namespace": "shop", "template": "one", "input": {}});
                let task = server.post("/v1/tasks", &submit).await.answered(201);
                assert_eq!(task["task"]["version"], version);
            }
            None => assert_eq!(drawn, None),
        }
        listed
    };
    assert_eq!(latest().await, "1.2.0");
    let yank = async |version: &str| {
        let path = format!("{ONE}/versions/{version}/yank");
        server.post(&path, &json!({})).await.answered(200);
    };
    yank("1.2.0").await;
    assert_eq!(latest().await, "1.1.0");
    let pin = json!({"requirement": "=1.0.0"});
    let put = server
        .put("/v1/namespaces/shop/pins/template/one", &pin)
        .await;
    put.answered(200);
    assert_eq!(latest().await, "1.0.0");
    let gone = server.delete("/v1/namespaces/shop/pins/template/one").await;
    assert_eq!(gone.status, 204);
    yank("1.1.0").await;
    yank("1.0.0").await;
    assert_eq!(latest().await, Value::Null);
    let list = server.get("/v1/templates").await.answered(200);
    assert_eq!(list["items"][0]["ineligible"], json!({"yanked": 3}));
    let detail = server.get(&format!("{ONE}/versions/latest")).await;
    let detail = detail.refused(422, "unresolved");
    assert!(detail.contains("1.0.0 (yanked)"), "{detail}");
}
