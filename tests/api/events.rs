//! The feed over HTTP: lists, filters, the catalog, and who may read what.

use super::server::Server;
use crate::sandbox::guests;
use schema_compat::Schema;
use serde_json::{Value, json};

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";

/// A host with a component, a template, a task and a key.
async fn server() -> (Server, String) {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let task = server.submit("one", json!({})).await;
    (server, task)
}

async fn list(server: &Server, query: &str) -> Value {
    server
        .get(&format!("/v1/events?{query}"))
        .await
        .answered(200)
}

fn types(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_event_has_the_form_of_cloudevents() {
    let (server, task) = server().await;
    let page = list(&server, &format!("task={task}")).await;
    let event = &page["items"][0];
    assert_eq!(event["specversion"], "1.0");
    assert_eq!(event["type"], "tasker.task.created");
    assert_eq!(event["source"], "/namespaces/shop");
    assert_eq!(event["subject"], json!(task));
    assert_eq!(event["datacontenttype"], "application/json");
    assert_eq!(event["data"]["template"], "one");
    assert!(event["time"].is_string() && event["sequence"].is_string() && event["id"].is_string());
    let schema = event["dataschema"].as_str().unwrap();
    let described = server.get(schema).await.answered(200);
    assert_eq!(described["name"], "task.created");
    let by_type = list(&server, "types=task.created,component.publish").await;
    assert_eq!(
        types(&by_type),
        ["tasker.component.publish", "tasker.task.created"]
    );
}

#[tokio::test]
async fn pages_go_on_from_the_cursor_and_filters_say_what_is_wanted() {
    let (server, _) = server().await;
    let whole = list(&server, "limit=500").await;
    assert_eq!(whole["is_end"], true);
    let (mut from, mut seen) = (String::new(), Vec::new());
    for _ in types(&whole) {
        let page = list(&server, &format!("limit=1{from}")).await;
        seen.extend(page["items"].as_array().unwrap().clone());
        from = format!("&from={}", page["next"].as_str().unwrap());
    }
    assert_eq!(&json!(seen), &whole["items"]);
    let last = list(&server, &format!("limit=1{from}")).await;
    assert_eq!((types(&last).len(), &last["is_end"]), (0, &json!(true)));

    for (query, count) in [
        ("template=one&types=task.*", 1),
        ("template=other", 0),
        ("types=tasker.template.*", 1),
        ("types=orders.charged", 0),
        ("namespace=shop&types=task.*", 1),
        ("correlation_id=nobody", 0),
        ("from=2000-01-01T00:00:00Z&types=task.*", 1),
        ("from=2999-01-01T00:00:00Z&types=task.*", 0),
    ] {
        assert_eq!(types(&list(&server, query).await).len(), count, "{query}");
    }
}

#[tokio::test]
async fn forged_and_foreign_cursors_and_unknown_types_are_refused_clearly() {
    let (server, _) = server().await;
    let page = list(&server, "limit=1").await;
    let cursor = page["next"].as_str().unwrap();
    let forged = format!("{}0", &cursor[..cursor.len() - 1]);
    let forged = if forged == cursor {
        format!("{}1", &cursor[..cursor.len() - 1])
    } else {
        forged
    };
    for path in ["/v1/events", "/v1/events/stream"] {
        let refused = server.get(&format!("{path}?from={forged}")).await;
        assert!(
            refused
                .refused(400, "invalid_cursor")
                .contains("not a cursor of the feed")
        );
        let ahead = tasker_events::Position {
            seq: 1 << 40,
            index: 0,
        };
        let refused = server.get(&format!("{path}?from={ahead}")).await;
        assert!(
            refused
                .refused(400, "invalid_cursor")
                .contains("another database")
        );
        let refused = server.get(&format!("{path}?types=task.complete")).await;
        assert!(
            refused
                .refused(400, "invalid_parameter")
                .contains("`task.completed`")
        );
    }
    let refused = server.get("/v1/events?limit=501").await;
    refused.refused(400, "invalid_parameter");
    let refused = server.get("/v1/events/catalog/task.complete").await;
    assert!(
        refused
            .refused(404, "unknown_event_type")
            .contains("`task.completed`")
    );
}

#[tokio::test]
async fn the_catalog_lists_every_type_with_a_schema_that_its_example_holds_to() {
    let server = Server::start().await;
    let all = server.get("/v1/events/catalog").await.answered(200);
    let items = all["items"].as_array().unwrap();
    assert!(items.len() >= 60);
    for item in items {
        let name = item["name"].as_str().unwrap();
        let shown = server.get(&format!("/v1/events/catalog/{name}")).await;
        let shown = shown.answered(200);
        let schema = Schema::compile(&shown["schema"]).unwrap();
        assert_eq!(schema.check(&shown["example"]).map_err(|_| name), Ok(()));
    }
    let prefixed = server.get("/v1/events/catalog/tasker.pin.set").await;
    assert_eq!(prefixed.answered(200)["category"], "change");
}

#[tokio::test]
async fn a_reader_of_one_namespace_sees_its_events_only_and_not_those_of_hosts_and_keys() {
    let (server, task) = server().await;
    let permissions = json!([{"namespace": "bakery", "actions": ["read"]}, {"namespace": "shop", "actions": ["read"]}]);
    let body = json!({"name": "reader", "permissions": permissions});
    let made = server.post("/v1/keys", &body).await.answered(201);
    let body = json!({"name": "baker", "permissions": [permissions[0].clone()]});
    let baker = server.post("/v1/keys", &body).await.answered(201);
    server.put("/v1/namespaces/bakery", &json!({})).await;
    let reader = server.asked_with(made["key"].as_str());
    let seen = reader.get("/v1/events").await.answered(200);
    let sources: Vec<&Value> = seen["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["source"])
        .collect();
    assert!(
        sources.contains(&&json!("/namespaces/shop"))
            && sources.contains(&&json!("/namespaces/bakery"))
    );
    assert!(!sources.contains(&&json!("/tasker")));
    assert!(types(&list(&server, "limit=500").await).contains(&"tasker.key.create"));
    let baker = server.asked_with(baker["key"].as_str());
    let seen = baker
        .get(&format!("/v1/events?task={task}"))
        .await
        .answered(200);
    assert_eq!(seen["items"], json!([]));
    baker
        .get("/v1/events?namespace=shop")
        .await
        .refused(403, "forbidden");
    baker
        .get("/v1/events/stream?namespace=shop")
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn a_namespace_lists_the_events_that_it_declares_by_their_newest_version() {
    let server = Server::start().await;
    let declaring = |handlers: &str, events: Value| {
        guests::described(&json!({"handlers": [{"name": handlers}], "events": events}))
    };
    let first = declaring("a", json!({"orders.old": {}}));
    server
        .put_component("seller", "1.0.0", &first)
        .await
        .answered(201);
    let second = declaring(
        "a",
        json!({"orders.charged": {"description": "Paid.", "schema": {"type": "object"}}, "orders.done": {}}),
    );
    server
        .put_component("seller", "2.0.0", &second)
        .await
        .answered(201);
    let template = format!("events: {{orders.charged: {{schema: {{type: integer}}}}}}\n{STEPS}");
    server.publish("one", &template).await;
    let list = server.get("/v1/namespaces/shop/events").await.answered(200);
    let line = |item: &Value| {
        let by = &item["declared_by"];
        json!([
            item["name"],
            by["kind"],
            by["name"],
            by["version"],
            item["schema"]["type"]
        ])
    };
    let lines: Vec<Value> = list["items"].as_array().unwrap().iter().map(line).collect();
    let all = [
        json!(["orders.charged", "component", "seller", "2.0.0", "object"]),
        json!(["orders.charged", "template", "one", "1.0.0", "integer"]),
        json!(["orders.done", "component", "seller", "2.0.0", null]),
    ];
    assert_eq!(lines, all);
    assert_eq!(list["items"][0]["description"], "Paid.");

    let mut pages = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/namespaces/shop/events?limit=1{after}");
        let page = server.get(&path).await.answered(200);
        pages.extend(page["items"].as_array().unwrap().iter().map(line));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(pages, all);
    let nowhere = server.get("/v1/namespaces/nowhere/events").await;
    nowhere.answered(404);
    let forged = server.get("/v1/namespaces/shop/events?after=x").await;
    forged.answered(400);
}
