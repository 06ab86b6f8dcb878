//! API keys, from their making to their end.

use super::server::{Asker, Server, answer};
use crate::harness::{ADMIN_KEY, wait_until, wait_until_sql};
use serde_json::{Value, json};

const READ_ALL: &str = r#"[{"namespace": "*", "actions": ["read"]}]"#;

fn body(name: &str, permissions: &str) -> Value {
    let permissions: Value = serde_json::from_str(permissions).unwrap();
    json!({"name": name, "permissions": permissions})
}

async fn make(server: &Server, name: &str, permissions: &str) -> String {
    let made = server.post("/v1/keys", &body(name, permissions)).await;
    let key = made.answered(201)["key"].clone();
    key.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn without_a_valid_key_nothing_is_served_and_every_refusal_is_alike() {
    let server = Server::start().await;
    let detail = server
        .asked_with(None)
        .get("/v1/tasks")
        .await
        .refused(401, "unauthenticated");
    assert!(detail.contains("Authorization: Bearer"), "{detail}");
    let other_secret = format!("{}{}", &ADMIN_KEY[..12], "A".repeat(43));
    let other_prefix = ADMIN_KEY.replace("7e57ab1e", "00000000");
    let mut details = Vec::new();
    for wrong in [
        "",
        "nonsense",
        &ADMIN_KEY[..54],
        &other_secret,
        &other_prefix,
    ] {
        let asked = server.asked_with(Some(wrong)).get("/v1/tasks").await;
        details.push(asked.refused(401, "unauthenticated"));
    }
    details.dedup();
    assert_eq!(details.len(), 1, "{details:?}");
}

#[tokio::test]
async fn a_refusal_says_by_which_scheme_to_come() {
    let server = Server::start().await;
    let stranger = server.asked_with(None);
    let response = stranger.request("GET", "/v1/tasks").send().await.unwrap();
    assert_eq!(
        response.headers()["www-authenticate"],
        "Bearer realm=\"tasker\""
    );
    for (scheme, status) in [("Basic", 401), ("bearer", 200), ("Bearer", 200)] {
        let request = stranger.request("GET", "/v1/tasks");
        let request = request.header("authorization", format!("{scheme} {ADMIN_KEY}"));
        assert_eq!(answer(request).await.status, status, "{scheme}");
    }
    // A URL is written into logs on its way, so that no key is taken from there.
    let path = format!("/v1/tasks?token={ADMIN_KEY}");
    stranger.get(&path).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_key_is_shown_once_and_works_until_it_is_revoked() {
    let server = Server::start().await;
    let made = server
        .post("/v1/keys", &body("ci", READ_ALL))
        .await
        .answered(201);
    let key = made["key"].as_str().unwrap();
    assert_eq!((key.len(), &made["created_by"]), (55, &json!("admin")));
    let ci = server.asked_with(Some(key));
    ci.get("/v1/tasks").await.answered(200);

    let listed = server.get("/v1/keys").await.answered(200);
    let names: Vec<&Value> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| &key["name"])
        .collect();
    assert_eq!(names, ["admin", "ci"]);
    let secret = &key[12..];
    assert!(!listed.to_string().contains(secret));

    assert_eq!(server.delete("/v1/keys/ci").await.status, 204);
    ci.get("/v1/tasks").await.refused(401, "unauthenticated");
    server
        .delete("/v1/keys/ci")
        .await
        .refused(404, "unknown_key");
    let audit = "select string_agg(action || ' ' || subject || ' by ' || actor, ', ' order by audit_id)
                 = 'key.create key admin by host, key.create key ci by admin, key.revoke key ci by admin'
                 from tasker.audit";
    wait_until_sql(server.pool(), audit).await;
    // Neither the table nor the audit has what the key consists of.
    let stored: bool = sqlx::query_scalar(
        "select exists (select from tasker.api_key k where strpos(k::text, $1) > 0)
             or exists (select from tasker.audit a where strpos(a::text, $1) > 0)",
    )
    .bind(secret)
    .fetch_one(server.pool())
    .await
    .unwrap();
    assert!(!stored);
}

#[tokio::test]
async fn a_key_is_taken_and_refused_by_every_host() {
    let server = Server::start().await;
    let other = server.second_host().await;
    // The other host has looked at the keys before there is a new one.
    other.get("/v1/tasks").await.answered(200);
    let key = make(&server, "ci", READ_ALL).await;
    let there = other.asked_with(Some(&key));
    wait_until("the other host takes the key", async || {
        (there.get("/v1/tasks").await.status == 200).then_some(())
    })
    .await;
    assert_eq!(server.delete("/v1/keys/ci").await.status, 204);
    let revoked = std::time::Instant::now();
    wait_until("the other host refuses the key", async || {
        (there.get("/v1/tasks").await.status == 401).then_some(())
    })
    .await;
    assert!(revoked.elapsed().as_secs() < 10, "{:?}", revoked.elapsed());
}

#[tokio::test]
async fn a_key_that_has_expired_is_refused_and_says_so_to_its_holder_only() {
    let server = Server::start().await;
    let mut body = body("short", READ_ALL);
    body["expires_in_s"] = json!(3_600);
    let made = server.post("/v1/keys", &body).await.answered(201);
    assert!(made["expires_at"].is_string());
    let key = made["key"].as_str().unwrap();
    server
        .asked_with(Some(key))
        .get("/v1/tasks")
        .await
        .answered(200);
    sqlx::query("update tasker.api_key set expires_at = now() where name = 'short'")
        .execute(server.pool())
        .await
        .unwrap();
    let other = server.second_host().await;
    let detail = other
        .asked_with(Some(key))
        .get("/v1/tasks")
        .await
        .refused(401, "unauthenticated");
    assert!(detail.contains("`short` has expired"), "{detail}");
    let guess = format!("{}{}", &key[..12], "A".repeat(43));
    let detail = other
        .asked_with(Some(&guess))
        .get("/v1/tasks")
        .await
        .refused(401, "unauthenticated");
    assert!(!detail.contains("short"), "{detail}");
    let listed = other.get("/v1/keys?after=admin").await.answered(200);
    assert_eq!(listed["items"][0]["is_expired"], true);
}

#[tokio::test]
async fn the_last_key_that_can_make_keys_stays() {
    let server = Server::start().await;
    make(
        &server,
        "of-shop",
        r#"[{"namespace": "shop", "actions": ["admin"]}]"#,
    )
    .await;
    server
        .delete("/v1/keys/admin")
        .await
        .refused(409, "last_admin_key");
    let second = make(
        &server,
        "second",
        r#"[{"namespace": "*", "actions": ["admin"]}]"#,
    )
    .await;
    assert_eq!(server.delete("/v1/keys/admin").await.status, 204);
    let second = server.asked_with(Some(&second));
    second
        .send("DELETE", "/v1/keys/second", &json!(null))
        .await
        .refused(409, "last_admin_key");
}

#[tokio::test]
async fn a_key_that_makes_no_sense_is_refused_with_the_reason() {
    let server = Server::start().await;
    make(&server, "ci", READ_ALL).await;
    server
        .post("/v1/keys", &body("ci", READ_ALL))
        .await
        .refused(409, "key_exists");
    let refused = async |body: Value| {
        server
            .post("/v1/keys", &body)
            .await
            .refused(422, "invalid_key")
    };
    assert!(
        refused(body("host", READ_ALL))
            .await
            .contains("a reserved name of the audit log")
    );
    assert!(refused(body("none", "[]")).await.contains("name some"));
    let nothing = r#"[{"namespace": "*", "actions": []}]"#;
    assert!(refused(body("none", nothing)).await.contains("name some"));
    let many = format!(
        "[{}]",
        vec![&READ_ALL[1..READ_ALL.len() - 1]; 101].join(",")
    );
    assert!(
        refused(body("many", &many))
            .await
            .contains("the limit is 100")
    );
    let mut eternal = body("old", READ_ALL);
    eternal["expires_in_s"] = json!(u64::MAX);
    assert!(refused(eternal).await.contains("ten years"));
    for wrong in [
        json!({"name": "a/b", "permissions": []}),
        json!({"name": "a", "permissions": [{"namespace": "shop*", "actions": ["read"]}]}),
        json!({"name": "a", "permissions": [{"namespace": "shop", "actions": ["fly"]}]}),
        json!({"name": "a", "permissions": [{"namespace": "shop", "actions": ["read"], "more": 1}]}),
    ] {
        server
            .post("/v1/keys", &wrong)
            .await
            .refused(400, "invalid_body");
    }
    server
        .get("/v1/keys?after=a/b")
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn the_use_of_a_key_is_written_down_but_not_at_each_request() {
    let server = Server::start().await;
    let key = make(&server, "ci", READ_ALL).await;
    let asker: Asker = server.asked_with(Some(&key));
    asker.get("/v1/tasks").await.answered(200);
    let used = "select last_used_at is not null from tasker.api_key where name = 'ci'";
    wait_until_sql(server.pool(), used).await;
    let first: String =
        sqlx::query_scalar("select last_used_at::text from tasker.api_key where name = 'ci'")
            .fetch_one(server.pool())
            .await
            .unwrap();
    server
        .second_host()
        .await
        .asked_with(Some(&key))
        .get("/v1/tasks")
        .await
        .answered(200);
    for _ in 0..20 {
        asker.get("/v1/tasks").await.answered(200);
    }
    let second: String =
        sqlx::query_scalar("select last_used_at::text from tasker.api_key where name = 'ci'")
            .fetch_one(server.pool())
            .await
            .unwrap();
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_caller_can_ask_what_they_are_taken_for() {
    let server = Server::start().await;
    let key = make(&server, "ci", READ_ALL).await;
    let access = server
        .asked_with(Some(&key))
        .get("/v1/access")
        .await
        .answered(200);
    let permissions: Value = serde_json::from_str(READ_ALL).unwrap();
    let expected = json!({"actor": "ci", "authentication": true, "permissions": permissions});
    assert_eq!(access, expected);
}
