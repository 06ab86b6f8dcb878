use super::server::Server;
use serde_json::{Value, json};
use tasker_domain::order::Seek;
use tasker_registry::store::audit::AuditFilter;

const GRANTS: &str = "/v1/namespaces/shop/grants";

/// What the namespace `shop` grants: (component, capability).
async fn granted(server: &Server) -> Vec<(String, String)> {
    let list = server.get(GRANTS).await.answered(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|grant| (text(&grant["component"]), text(&grant["capability"])))
        .collect()
}

fn grant(component: &str, capability: &str) -> Value {
    json!({"component": component, "capability": capability, "reason": "as agreed"})
}

#[tokio::test]
async fn a_grant_is_added_once_listed_and_taken_away() {
    let server = Server::start().await;
    let body = grant("shop/guest", "http  GET API.example.com/v1/*");
    let added = server.post(GRANTS, &body).await.answered(201);
    assert_eq!(added["component"], "guest");
    assert_eq!(added["capability"], "http GET api.example.com/v1/*");
    assert_eq!(
        (&added["created"], &added["created_by"]),
        (&json!(true), &json!("admin"))
    );
    let again = server.post(GRANTS, &body).await.answered(200);
    assert_eq!(
        (&again["id"], &again["created"]),
        (&added["id"], &json!(false))
    );
    let one = (
        "guest".to_owned(),
        "http GET api.example.com/v1/*".to_owned(),
    );
    assert_eq!(granted(&server).await, [one]);
    let path = format!("{GRANTS}/{}", added["id"]);
    let removed = server.delete(&path).await.answered(200);
    assert_eq!(removed["capability"], added["capability"]);
    assert!(granted(&server).await.is_empty());
    server.delete(&path).await.refused(404, "unknown_grant");
}

#[tokio::test]
async fn an_environment_variable_has_one_value() {
    let server = Server::start().await;
    for capability in ["env LEVEL=info", "env LEVEL_2=x", "env LEVEL=debug"] {
        server
            .post(GRANTS, &grant("*", capability))
            .await
            .answered(201);
    }
    let values: Vec<String> = granted(&server)
        .await
        .into_iter()
        .map(|(_, it)| it)
        .collect();
    assert_eq!(values, ["env LEVEL_2=x", "env LEVEL=debug"]);
}

#[tokio::test]
async fn grants_are_listed_page_by_page_and_by_component() {
    let server = Server::start().await;
    for component in ["*", "guest", "bakery/oven"] {
        server
            .post(GRANTS, &grant(component, "kv counters"))
            .await
            .answered(201);
    }
    server
        .post(
            "/v1/namespaces/bakery/grants",
            &grant("oven", "kv counters"),
        )
        .await
        .answered(201);
    let first = server.get("/v1/grants?limit=3").await.answered(200);
    assert_eq!(first["items"].as_array().unwrap().len(), 3);
    let next = first["next"].as_str().unwrap();
    let second = server
        .get(&format!("/v1/grants?limit=3&after={next}"))
        .await
        .answered(200);
    assert_eq!(second["items"][0]["namespace"], "bakery");
    assert_eq!(second["next"], json!(null));
    let ovens = server
        .get("/v1/namespaces/shop/grants?component=bakery/oven")
        .await
        .answered(200);
    assert_eq!(ovens["items"].as_array().unwrap().len(), 1);
    server
        .get("/v1/grants?after=x")
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn what_cannot_be_granted_is_refused_with_the_reason() {
    let server = Server::start().await;
    for (capability, status, code, told) in [
        (
            "htp a.example.com",
            400,
            "invalid_capability",
            "`htp a.example.com` is not a capability",
        ),
        (
            "http https://a.example.com",
            400,
            "invalid_capability",
            "write the host alone",
        ),
        (
            "http a.example.com/v1/../x",
            400,
            "invalid_capability",
            "without `//`",
        ),
        ("http", 422, "not_grantable", "name a destination"),
        ("env LEVEL", 422, "not_grantable", "env LEVEL=info"),
    ] {
        let answer = server.post(GRANTS, &grant("guest", capability)).await;
        let detail = answer.refused(status, code);
        assert!(detail.contains(told), "{detail}");
    }
    let answer = server.post(GRANTS, &grant("a b", "kv a")).await;
    answer.refused(400, "invalid_parameter");
    let long = json!({"component": "*", "capability": "kv a", "reason": "x".repeat(1_001)});
    server
        .post(GRANTS, &long)
        .await
        .refused(400, "invalid_parameter");
    assert!(granted(&server).await.is_empty());
}

#[tokio::test]
async fn a_namespace_has_a_bound_on_its_grants() {
    let server = Server::start().await;
    server
        .post(GRANTS, &grant("*", "kv first"))
        .await
        .answered(201);
    sqlx::query(
        "insert into tasker.grant (namespace_id, component, capability, created_by)
         select namespace_id, '*', 'kv b' || i, 'test' from tasker.namespace, generate_series(2, 1000) i",
    )
    .execute(server.pool())
    .await
    .unwrap();
    let answer = server.post(GRANTS, &grant("*", "kv last")).await;
    let detail = answer.refused(422, "too_many_grants");
    assert!(detail.contains("1000 grants"), "{detail}");
    server
        .post(GRANTS, &grant("*", "kv first"))
        .await
        .answered(200);
}

#[tokio::test]
async fn each_change_of_a_grant_is_on_record() {
    let server = Server::start().await;
    let added = server
        .post(GRANTS, &grant("guest", "kv a"))
        .await
        .answered(201);
    server
        .delete(&format!("{GRANTS}/{}?reason=no+longer", added["id"]))
        .await
        .answered(200);
    let of_grants = AuditFilter {
        actions: &["grant"],
        ..AuditFilter::default()
    };
    let changes = server.store.list_audit(of_grants, Seek::highest(10));
    let changes = changes.await.unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|it| (it.action.as_str(), it.subject.as_str(), it.reason.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("grant.remove", "grant guest", "no longer"),
            ("grant.add", "grant guest", "as agreed")
        ]
    );
    assert_eq!(changes[0].detail.as_ref().unwrap()["capability"], "kv a");
}
