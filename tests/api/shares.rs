//! Whose components the tasks of a namespace may run, and what is told of them to whom.

use super::server::{Answer, Asker, Server, answer};
use crate::sandbox::guests;
use serde_json::{Value, json};

const FOREIGN: &str = "steps: [{name: a, handler: shop/guest/noop@^1}]";
const PIN: &str = "/v1/namespaces/bakery/pins/component/shop~guest";

/// With `guest` 1.0.0 in `shop`.
async fn server() -> Server {
    let server = Server::start().await;
    let put = server.put_component("guest", "1.0.0", guests::misbehaving());
    put.await.answered(201);
    server
}

/// A key with these actions there.
async fn key(server: &Server, name: &str, namespace: &str, actions: &[&str]) -> Asker {
    let permissions = json!([{"namespace": namespace, "actions": actions}]);
    let body = json!({"name": name, "permissions": permissions});
    let made = server.post("/v1/keys", &body).await.answered(201);
    server.asked_with(made["key"].as_str())
}

fn bakery(version: &str) -> String {
    format!("namespace: bakery\nname: one\nversion: {version}\n{FOREIGN}")
}

async fn publish(asker: &Asker, version: &str) -> Answer {
    let path = format!("/v1/namespaces/bakery/templates/one/versions/{version}");
    let request = asker
        .request("PUT", &path)
        .header("content-type", "application/yaml");
    answer(request.body(bakery(version))).await
}

async fn plan(asker: &Asker) -> Answer {
    let path = "/v1/namespaces/bakery/templates/one/versions/1.0.0/plan";
    let request = asker
        .request("POST", path)
        .header("content-type", "application/yaml");
    answer(request.body(bakery("1.0.0"))).await
}

fn task() -> Value {
    json!({"namespace": "bakery", "template": "one"})
}

#[tokio::test]
async fn what_is_not_shared_is_neither_published_nor_planned_nor_pinned() {
    let server = server().await;
    let baker = key(&server, "baker", "bakery", &["admin"]).await;
    let told = "namespace bakery may not use shop/guest at step `a`: shop does not share it; who has `use` \
                on shop can: tasker share add shop/guest --with bakery";
    assert_eq!(
        publish(&baker, "1.0.0").await.refused(403, "not_shared"),
        told
    );
    let planned = plan(&baker).await.answered(200);
    assert_eq!(planned["steps"][0]["takes"], json!(null));
    assert_eq!(planned["steps"][0]["problem"], told);
    let to = json!({"requirement": "^1"});
    let refused = baker.send("PUT", PIN, &to).await;
    assert!(!refused.refused(403, "not_shared").contains("1.0.0"));
    // Nor is it told whether there is such a component.
    let none = PIN.replace("guest", "none");
    let refused = baker.send("PUT", &none, &to).await;
    refused.refused(403, "not_shared");

    server.share("shop", "guest", "bakery").await;
    publish(&baker, "1.0.0").await.answered(201);
    let planned = plan(&baker).await.answered(200);
    assert_eq!(planned["steps"][0]["takes"], "1.0.0");
    baker.send("PUT", PIN, &to).await.answered(200);
}

#[tokio::test]
async fn a_share_that_is_taken_back_ends_new_tasks_and_keeps_open_ones() {
    let server = server().await;
    server.share("shop", "*", "bakery").await;
    let baker = key(&server, "baker", "bakery", &["admin"]).await;
    publish(&baker, "1.0.0").await.answered(201);
    let open = baker.send("POST", "/v1/tasks", &task()).await.answered(201);
    baker
        .send("PUT", PIN, &json!({"requirement": "^1"}))
        .await
        .answered(200);
    let other = server.second_host().await;
    let share = "/v1/namespaces/shop/shares/*/bakery";
    server.delete(share).await.answered(200);
    for host in [&server, &other] {
        let refused = host.post("/v1/tasks", &task()).await;
        assert!(refused.refused(403, "not_shared").contains("at step `a`"));
    }
    let id = open["task"]["id"].as_str().unwrap();
    let shown = baker.get(&format!("/v1/tasks/{id}")).await.answered(200);
    assert_eq!(shown["lock"][0]["version"], "1.0.0");
    // What stays of the pin tells nothing of the component.
    let pins = baker.get("/v1/pins").await.answered(200);
    assert_eq!(pins["items"][0]["version"], json!(null));
    let migration = json!({"component": "shop/guest", "to": "^1"});
    let migrations = "/v1/namespaces/bakery/templates/one/migrations";
    let moved = baker.send("POST", migrations, &migration).await;
    moved.refused(403, "not_shared");
    server.delete(share).await.refused(404, "unknown_share");
}

#[tokio::test]
async fn a_migration_reveals_nothing_of_a_component_that_is_not_shared() {
    let server = server().await;
    server.share("shop", "guest", "bakery").await;
    let admin = server.asked_with(Some(crate::harness::ADMIN_KEY));
    publish(&admin, "1.0.0").await.answered(201);
    let share = "/v1/namespaces/shop/shares/guest/bakery";
    server.delete(share).await.answered(200);
    let operator = key(&server, "operator", "bakery", &["operate"]).await;
    let path = "/v1/namespaces/bakery/templates/one/migrations";
    for (component, is_dry) in [
        ("shop/guest", true),
        ("shop/none", true),
        ("shop/guest", false),
        ("shop/none", false),
    ] {
        let body = json!({"component": component, "dry_run": is_dry});
        let refused = operator.send("POST", path, &body).await;
        let told = format!("namespace bakery may not use {component}: shop does not share it");
        let detail = refused.refused(403, "not_shared");
        assert!(detail.starts_with(&told), "{detail}");
    }
}

#[tokio::test]
async fn who_has_use_shares_and_the_audit_has_it() {
    let server = server().await;
    let owner = key(&server, "owner", "shop", &["use"]).await;
    let path = "/v1/namespaces/shop/shares";
    let share = |component: &str, with: &str| json!({"component": component, "shared_with": with});
    let body = json!({"component": "guest", "shared_with": "bakery", "reason": "for cakes"});
    let made = owner.send("POST", path, &body).await.answered(201);
    assert_eq!(
        (&made["created"], &made["created_by"]),
        (&json!(true), &json!("owner"))
    );
    let again = owner
        .send("POST", path, &share("shop/guest", "bakery"))
        .await;
    assert_eq!(again.answered(200)["created"], false);
    for (wrong, name) in [
        (share("far/guest", "bakery"), "component"),
        (share("guest", "shop"), "shared_with"),
        (share("guest", "a/b"), "shared_with"),
        (share("", "bakery"), "component"),
    ] {
        let refused = owner.send("POST", path, &wrong).await;
        let detail = refused.refused(400, "invalid_parameter");
        assert!(detail.starts_with(name), "{detail}");
    }
    let publisher = key(&server, "publisher", "shop", &["publish", "grant"]).await;
    let refused = publisher.send("POST", path, &share("guest", "*")).await;
    assert_eq!(
        refused.refused(403, "forbidden"),
        "`publisher` lacks `use` on namespace `shop`"
    );
    let removed = "/v1/namespaces/shop/shares/guest/bakery?reason=no%20more";
    owner
        .send("DELETE", removed, &json!(null))
        .await
        .answered(200);
    let audit = server.get("/v1/audit?action=share").await.answered(200);
    let seen: Vec<_> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let column = |name: &str| row[name].as_str().unwrap().to_owned();
            (column("action"), column("subject"), column("reason"))
        })
        .collect();
    let expected = [
        ("share.remove", "share guest", "no more"),
        ("share.add", "share guest", "for cakes"),
    ];
    assert_eq!(
        seen,
        expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()))
    );
}

#[tokio::test]
async fn a_namespace_sees_the_shares_that_it_makes_and_those_that_it_has_a_part_in() {
    let server = server().await;
    for (component, with) in [("guest", "bakery"), ("other", "cafe"), ("open", "*")] {
        server.share("shop", component, with).await;
    }
    let seen = async |namespace: &str| {
        let reader = key(&server, namespace, namespace, &["read"]).await;
        let page = reader.get("/v1/shares").await.answered(200);
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|it| it["component"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(seen("shop").await, ["guest", "other", "open"]);
    assert_eq!(seen("bakery").await, ["guest", "open"]);
    assert_eq!(seen("stock").await, ["open"]);
}

/// A version of `guest` that steps and a pin of `bakery` hold, with an open task; a key that reads `shop`
/// only.
async fn used_elsewhere() -> (Server, Asker) {
    let server = server().await;
    server
        .publish("own", "steps: [{name: a, handler: guest/noop@^1}]")
        .await;
    server.share("shop", "guest", "bakery").await;
    let admin = server.asked_with(Some(crate::harness::ADMIN_KEY));
    publish(&admin, "1.0.0").await.answered(201);
    admin.send("POST", "/v1/tasks", &task()).await.answered(201);
    let pin = json!({"requirement": "=1.0.0"});
    server.put(PIN, &pin).await.answered(200);
    let reader = key(&server, "reader", "shop", &["read", "operate"]).await;
    (server, reader)
}

#[tokio::test]
async fn references_and_plans_name_what_the_reader_may_read_and_count_the_rest() {
    let (server, reader) = used_elsewhere().await;
    let hidden = json!({"steps": 1, "pins": 1, "subscriptions": 0});
    let component = "/v1/namespaces/shop/components/guest";
    for path in [
        "references",
        "versions/1.0.0/references",
        "versions/1.0.0/plan",
    ] {
        let path = format!("{component}/{path}");
        let all = server.get(&path).await.answered(200);
        let nothing = json!({"steps": 0, "pins": 0, "subscriptions": 0});
        assert_eq!(all["hidden"], nothing, "{path}");
        assert!(all.to_string().contains("bakery"), "{path}: {all}");
        let seen = reader.get(&path).await.answered(200);
        assert_eq!(seen["hidden"], hidden, "{path}: {seen}");
        assert!(!seen.to_string().contains("bakery"), "{path}: {seen}");
        assert_eq!(seen["steps"][0]["namespace"], "shop", "{path}: {seen}");
    }
    let references = format!("{component}/versions/1.0.0/references");
    let seen = reader.get(&references).await.answered(200);
    assert_eq!(
        (&seen["open_tasks"], &seen["oldest_tasks"]),
        (&json!(1), &json!([]))
    );
    let bytes = guests::misbehaving().to_vec();
    let request = reader.request("POST", &format!("{component}/versions/1.0.0/plan"));
    let request = request
        .header("content-type", "application/wasm")
        .body(bytes);
    let seen = answer(request).await.answered(200);
    assert_eq!(seen["hidden"], hidden, "{seen}");
}

#[tokio::test]
async fn what_only_others_hold_is_held_for_every_reader() {
    let (server, reader) = used_elsewhere().await;
    let yank = "/v1/namespaces/shop/templates/own/versions/1.0.0/yank";
    server.post(yank, &json!({})).await.answered(200);
    let references = "/v1/namespaces/shop/components/guest/versions/1.0.0/references";
    let seen = reader.get(references).await.answered(200);
    assert_eq!(
        (&seen["is_unreferenced"], &seen["steps"]),
        (&json!(false), &json!([]))
    );
    // Without the share, its template takes nothing; the pin stands.
    server
        .delete("/v1/namespaces/shop/shares/guest/bakery")
        .await
        .answered(200);
    let seen = reader.get(references).await.answered(200);
    assert_eq!(
        seen["hidden"],
        json!({"steps": 0, "pins": 1, "subscriptions": 0})
    );
}

#[tokio::test]
async fn who_takes_a_version_back_is_reported_how_many_pins_of_others_that_moves() {
    let (_server, reader) = used_elsewhere().await;
    let yank = "/v1/namespaces/shop/components/guest/versions/1.0.0/yank";
    let yanked = reader.send("POST", yank, &json!({})).await.answered(200);
    assert_eq!(yanked["hidden_pins"], 1, "{yanked}");
    assert!(!yanked.to_string().contains("bakery"), "{yanked}");
    let audit = reader.get("/v1/audit").await.answered(200);
    let rows = audit["items"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["namespace"] == "shop"), "{audit}");
    let others = "/v1/audit?namespace=bakery";
    reader.get(others).await.refused(403, "forbidden");
}

#[tokio::test]
async fn trees_and_graphs_of_one_namespace_have_nothing_of_another_but_the_names_that_it_uses() {
    let (_server, reader) = used_elsewhere().await;
    for path in [
        "/v1/namespaces/shop/tree",
        "/v1/registry/graph",
        "/v1/registry/graph?format=dot",
        "/v1/templates",
        "/v1/components",
        "/v1/tasks",
        "/v1/grants",
        "/v1/limits",
        "/v1/recording-rules",
        "/v1/pins",
    ] {
        let seen = reader.get(path).await;
        assert_eq!(seen.status, 200, "{path}: {}", seen.text);
        assert!(!seen.text.contains("bakery"), "{path}: {}", seen.text);
    }
}
