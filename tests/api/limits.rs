use super::server::{Answer, Server, answer, yaml};
use serde_json::{Value, json};
use tasker_domain::order::Seek;
use tasker_registry::store::audit::AuditFilter;

async fn change(server: &Server, component: &str, limits: Value) -> Answer {
    let path = format!("/v1/namespaces/shop/limits/{component}");
    let body = json!({"limits": limits, "reason": "as agreed"});
    answer(server.request("PATCH", &path).json(&body)).await
}

async fn rules(server: &Server, query: &str) -> Vec<Value> {
    let list = server
        .get(&format!("/v1/limits{query}"))
        .await
        .answered(200);
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn limits_are_set_one_by_one_and_removed_by_null() {
    let server = Server::start().await;
    let set = change(
        &server,
        "guest",
        json!({"memory": "64MiB", "http_requests": 10}),
    )
    .await;
    let set = set.answered(200);
    assert_eq!(
        set["limits"],
        json!({"memory": "64MiB", "http_requests": 10})
    );
    assert_eq!(
        (&set["component"], &set["set_by"]),
        (&json!("guest"), &json!("admin"))
    );
    let more = change(&server, "shop~guest", json!({"cpu": "2s", "memory": null})).await;
    assert_eq!(
        more.answered(200)["limits"],
        json!({"cpu": "2s", "http_requests": 10})
    );
    let none = change(
        &server,
        "guest",
        json!({"cpu": null, "http_requests": null}),
    )
    .await;
    let none = none.answered(200);
    assert_eq!(
        (&none["limits"], &none["set_at"]),
        (&json!({}), &json!(null))
    );
    assert!(rules(&server, "").await.is_empty());
}

#[tokio::test]
async fn a_rule_is_removed_as_a_whole() {
    let server = Server::start().await;
    change(&server, "*", json!({"log": "1KiB"}))
        .await
        .answered(200);
    let path = "/v1/namespaces/shop/limits/*?reason=enough";
    let removed = server.delete(path).await.answered(200);
    assert_eq!(
        (&removed["component"], &removed["limits"]["log"]),
        (&json!("*"), &json!("1KiB"))
    );
    let again = server.delete(path).await.refused(404, "unknown_limits");
    assert!(again.contains("tasker limit ls shop"), "{again}");
}

#[tokio::test]
async fn rules_are_listed_page_by_page_and_by_namespace() {
    let server = Server::start().await;
    for component in ["guest", "*", "bakery~oven"] {
        change(&server, component, json!({"cpu": "1s"}))
            .await
            .answered(200);
    }
    let body = json!({"limits": {"cpu": "2s"}});
    let other = server
        .request("PATCH", "/v1/namespaces/bakery/limits/*")
        .json(&body);
    answer(other).await.answered(200);
    let names = |rules: &[Value]| -> Vec<String> {
        let name =
            |rule: &Value| format!("{}: {}", rule["namespace"], rule["component"]).replace('"', "");
        rules.iter().map(name).collect()
    };
    let all = names(&rules(&server, "").await);
    assert_eq!(all.len(), 4);
    assert_eq!(all[0], "bakery: *");
    let mut paged = Vec::new();
    let mut query = "?limit=1".to_owned();
    loop {
        let page = server
            .get(&format!("/v1/limits{query}"))
            .await
            .answered(200);
        paged.extend(names(page["items"].as_array().unwrap()));
        match page["next"].as_str() {
            Some(next) => query = format!("?limit=1&after={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
    assert_eq!(
        names(&rules(&server, "?namespace=bakery").await),
        ["bakery: *"]
    );
    server
        .get("/v1/limits?after=x")
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn what_is_no_limit_is_refused_with_what_would_be_right() {
    let server = Server::start().await;
    for (limits, told) in [
        (json!({"speed": 1}), "there are memory, timeout, cpu"),
        (json!({"memory": 64}), "such as `64MiB`"),
        (json!({"cpu": "0s"}), "write a value from 1ms to 24h"),
    ] {
        let detail = change(&server, "guest", limits)
            .await
            .refused(400, "invalid_body");
        assert!(detail.contains(told), "{detail}");
    }
    let nothing = change(&server, "guest", json!({})).await;
    nothing.refused(400, "invalid_parameter");
    let wrong = change(&server, "a%20b", json!({"cpu": "1s"})).await;
    wrong.refused(400, "invalid_parameter");
    let long = json!({"limits": {"cpu": "1s"}, "reason": "x".repeat(1_001)});
    let long = server
        .request("PATCH", "/v1/namespaces/shop/limits/*")
        .json(&long);
    answer(long).await.refused(400, "invalid_parameter");
    assert!(rules(&server, "").await.is_empty());
}

#[tokio::test]
async fn a_namespace_has_a_bound_on_its_rules() {
    let server = Server::start().await;
    change(&server, "first", json!({"cpu": "1s"}))
        .await
        .answered(200);
    server
        .execute(
            "insert into tasker.limit_rule (namespace_id, component, limits, set_by)
             select namespace_id, 'c' || i, '{\"cpu\": \"1s\"}', 'test'
             from tasker.namespace, generate_series(2, 1000) i",
        )
        .await;
    let detail = change(&server, "last", json!({"cpu": "1s"})).await;
    let detail = detail.refused(422, "too_many_limits");
    assert!(detail.contains("1000 rules"), "{detail}");
    change(&server, "first", json!({"cpu": "2s"}))
        .await
        .answered(200);
}

#[tokio::test]
async fn each_change_is_on_record_with_what_it_was_before() {
    let server = Server::start().await;
    let generation = async || server.store.registry_generation().await.unwrap();
    change(&server, "guest", json!({"cpu": "1s"}))
        .await
        .answered(200);
    let before = generation().await;
    change(&server, "guest", json!({"cpu": "1s"}))
        .await
        .answered(200);
    assert_eq!(generation().await, before, "nothing was changed");
    change(&server, "guest", json!({"cpu": "2s"}))
        .await
        .answered(200);
    server
        .delete("/v1/namespaces/shop/limits/guest")
        .await
        .answered(200);
    assert_eq!(generation().await, before + 2);
    let of_limits = AuditFilter {
        actions: &["limit"],
        ..AuditFilter::default()
    };
    let changes = server.store.list_audit(of_limits, Seek::highest(10));
    let changes = changes.await.unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|it| {
            (
                it.action.as_str(),
                it.subject.as_str(),
                it.detail.clone().unwrap(),
            )
        })
        .collect();
    let detail = |before: Value, after: Value| json!({"before": before, "after": after});
    let (one, two) = (json!({"cpu": "1s"}), json!({"cpu": "2s"}));
    assert_eq!(
        told,
        [
            (
                "limit.remove",
                "limits guest",
                detail(two.clone(), json!({}))
            ),
            ("limit.set", "limits guest", detail(one.clone(), two)),
            ("limit.set", "limits guest", detail(json!({}), one)),
        ]
    );
    assert_eq!(changes[1].reason, "as agreed");
}

#[tokio::test]
async fn a_template_sets_limits_of_its_steps_and_mistakes_have_positions() {
    let server = Server::start().await;
    let rest = "defaults: {limits: {cpu: 2s}}\nsteps:\n  - name: a\n    handler: guest/noop\n    limits: {memory: 32MiB, http_requests: 3}\n";
    server.publish("one", rest).await;
    let shown = server
        .get("/v1/namespaces/shop/templates/one/versions/1.0.0")
        .await;
    let shown = shown.answered(200);
    assert_eq!(
        shown["steps"][0]["limits"],
        json!({"memory": "32MiB", "cpu": "2s", "http_requests": 3}),
        "{shown}"
    );
    let wrong = rest
        .replace("32MiB", "32")
        .replace("http_requests", "timeout");
    let refused = server
        .put_template("two", "1.0.0", &yaml("two", "1.0.0", &wrong))
        .await;
    refused.refused(422, "invalid_template");
    let told = refused.json["errors"].to_string();
    assert!(told.contains("such as `64MiB`"), "{told}");
    assert!(told.contains("unknown key `timeout`"), "{told}");
    assert!(told.contains("\"line\":8"), "{told}");
}
