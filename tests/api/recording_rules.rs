use super::server::{Answer, Server, answer};
use serde_json::{Value, json};
use tasker_domain::order::Seek;
use tasker_registry::store::audit::AuditFilter;

const GUEST: &str = "/v1/namespaces/shop/recording-rules/guest";

async fn set(server: &Server, component: &str, rule: Value) -> Answer {
    let path = format!("/v1/namespaces/shop/recording-rules/{component}");
    answer(server.request("PUT", &path).json(&rule)).await
}

async fn rules(server: &Server, query: &str) -> Vec<String> {
    let path = format!("/v1/recording-rules{query}");
    let list = server.get(&path).await.answered(200);
    let rule = |it: &Value| {
        let text = format!(
            "{} {} {} {}",
            it["namespace"], it["component"], it["percent"], it["only_failures"]
        );
        text.replace('"', "")
    };
    list["items"].as_array().unwrap().iter().map(rule).collect()
}

#[tokio::test]
async fn a_rule_is_set_changed_listed_and_removed() {
    let server = Server::start().await;
    let rule = json!({"percent": 1, "only_failures": true, "reason": "as agreed"});
    let made = set(&server, "guest", rule).await.answered(200);
    assert_eq!(
        (&made["only_failures"], &made["set_by"]),
        (&json!(true), &json!("admin"))
    );
    set(&server, "*", json!({"percent": 0.5}))
        .await
        .answered(200);
    let other = json!({"percent": 100, "only_failures": false});
    set(&server, "bakery~oven", other).await.answered(200);
    // The same component, its own namespace written.
    let again = json!({"percent": 12.34});
    set(&server, "shop~guest", again).await.answered(200);
    let all = [
        "shop * 0.5 false",
        "shop bakery/oven 100.0 false",
        "shop guest 12.34 false",
    ];
    assert_eq!(rules(&server, "").await, all);
    assert_eq!(rules(&server, "?namespace=shop&limit=1").await, all[..1]);
    assert_eq!(rules(&server, "?after=shop/*&limit=1").await, all[1..2]);
    assert!(rules(&server, "?namespace=bakery").await.is_empty());
    let removed = server.delete(GUEST).await.answered(200);
    assert_eq!(removed["percent"].as_f64(), Some(12.34));
    assert_eq!(removed["etag"], json!(null));
    let again = server.delete(GUEST).await;
    let detail = again.refused(404, "unknown_recording_rule");
    assert!(detail.contains("tasker record ls shop"), "{detail}");
    assert_eq!(rules(&server, "").await, all[..2]);
}

#[tokio::test]
async fn what_is_no_rule_is_refused_with_what_would_be_right() {
    let server = Server::start().await;
    for percent in [json!(100.01), json!(-1), json!(0.001)] {
        let refused = set(&server, "guest", json!({"percent": percent})).await;
        let detail = refused.refused(400, "invalid_body");
        assert!(detail.contains("from 0 to 100"), "{detail}");
    }
    for body in [
        json!({}),
        json!({"percent": "1%"}),
        json!({"percent": 1, "only_failure": true}),
    ] {
        let refused = set(&server, "guest", body).await;
        refused.refused(400, "invalid_body");
    }
    let wrong = set(&server, "a%20b", json!({"percent": 1})).await;
    wrong.refused(400, "invalid_parameter");
    let long = json!({"percent": 1, "reason": "x".repeat(1_001)});
    let long = set(&server, "guest", long).await;
    long.refused(400, "invalid_parameter");
    let place = server.get("/v1/recording-rules?after=x").await;
    place.refused(400, "invalid_parameter");
    assert!(rules(&server, "").await.is_empty());
}

#[tokio::test]
async fn a_namespace_has_a_bound_on_its_rules_on_recordings() {
    let server = Server::start().await;
    let one = || json!({"percent": 1});
    set(&server, "first", one()).await.answered(200);
    server
        .execute(
            "insert into tasker.recording_rule (namespace_id, component, percent, only_failures, set_by)
             select namespace_id, 'c' || i, 1, false, 'test' from tasker.namespace, generate_series(2, 1000) i",
        )
        .await;
    let full = set(&server, "last", one()).await;
    let detail = full.refused(422, "too_many_recording_rules");
    assert!(detail.contains("1000 rules"), "{detail}");
    let changed = set(&server, "first", json!({"percent": 2})).await;
    changed.answered(200);
}

#[tokio::test]
async fn each_change_of_a_rule_is_in_the_audit_and_what_changes_nothing_is_not() {
    let server = Server::start().await;
    let generation = async || server.store.registry_generation().await.unwrap();
    let rule = |percent: u8| json!({"percent": percent, "reason": "as agreed"});
    set(&server, "guest", rule(1)).await.answered(200);
    let before = generation().await;
    set(&server, "guest", rule(1)).await.answered(200);
    assert_eq!(generation().await, before, "nothing was changed");
    set(&server, "guest", rule(2)).await.answered(200);
    server.delete(GUEST).await.answered(200);
    assert_eq!(generation().await, before + 2);
    let of_rules = AuditFilter {
        actions: &["recording_rule"],
        ..AuditFilter::default()
    };
    let changes = server.store.list_audit(of_rules, Seek::highest(10)).await;
    let changes = changes.unwrap();
    let percent = |detail: &Value, side: &str| detail[side]["percent"].as_f64();
    let made = changes.iter().map(|it| {
        let detail = it.detail.as_ref().unwrap();
        let sides = ["before", "after"].map(|side| percent(detail, side));
        (it.action.as_str(), it.subject.as_str(), sides)
    });
    assert_eq!(
        made.collect::<Vec<_>>(),
        [
            (
                "recording_rule.remove",
                "recordings guest",
                [Some(2.0), None]
            ),
            (
                "recording_rule.set",
                "recordings guest",
                [Some(1.0), Some(2.0)]
            ),
            ("recording_rule.set", "recordings guest", [None, Some(1.0)]),
        ]
    );
    assert_eq!(changes[1].reason, "as agreed");
}

#[tokio::test]
async fn rules_are_for_who_may_operate_and_seen_by_who_may_read() {
    let server = Server::start().await;
    for (name, action, set, listed) in [
        ("operator", "operate", 200, 403),
        ("reader", "read", 403, 200),
        ("granter", "grant", 403, 403),
    ] {
        let permissions = json!([{"namespace": "shop", "actions": [action]}]);
        let body = json!({"name": name, "permissions": permissions});
        let made = server.post("/v1/keys", &body).await.answered(201);
        let asker = server.asked_with(made["key"].as_str());
        let rule = json!({"percent": 1});
        assert_eq!(asker.send("PUT", GUEST, &rule).await.status, set, "{name}");
        let removed = answer(asker.request("DELETE", GUEST)).await;
        assert_eq!(removed.status, set, "{name}");
        let list = asker.get("/v1/recording-rules").await;
        assert_eq!(list.status, listed, "{name}");
    }
}
