//! JSON Web Tokens, signed with real keys.

pub mod issuer;
mod key_sets;
mod refusals;

use super::server::{Server, answer};
use crate::harness::ADMIN_KEY;
use issuer::{Key, config, in_file, key_set};
use serde_json::json;

const RSA_MODULUS: &str = "uTA7fb2DsVnu5FRyHHTXrgv1lugdfCvYJFe0aeI2OYQAv1WF1DuLDP9Qm9xUwSVwJ-6TpwabAy3vmJzR8tG2GyAzFledy30WdeoF68zP_nWdV5E-j1sBT9on0d_UrFu0UUJ3VcpbVhTfdRk7LEQUpLW65iSbaULF8gItPHVumGFxx-rxby7uQ42egZBNUTlf3trmihhlw2LYe6Yx6NRTOUEcxbIXIrj1MJiH7stnc4sW13kNw3ybK3ppg7Tecvdq_4ifCl9KjrbhnsChrtJpb0o5Eu_5XxhFQNKUDbBotxLIzxuRg5eiJKp7TiB0wIy_z4PtQFR5IbYQkmmkR7ITUw";

/// Made by OpenSSL for `ci` with `read in shop`, until the year 2100; its key was thrown away.
const RS256_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwiYXVkIjoidGFza2VyIiwic3ViIjoiY2kiLCJleHAiOjQxMDI0NDQ4MDAsInRhc2tlciI6WyJyZWFkIGluIHNob3AiXX0.PbCGVci00T9f6EZIcyroFJv1hBmFWNCShnwvLaKEwjWK_9_QTIxNusIUYJZHvZVMNQGrFSdKtFHWl14bby-GKtyxDFpqKAEUilDC7JVVrTHRBlIU3PK60GQNSeRQDQ7iFcn-WpcgzQ7JLmkwK-p__PC1f1ZxH5b-xwxIP1cMBucTky-3SuubS0_37SqpMeS5gVIaiQqIugucCQESLJ-iApRg7AJYtzarK8E2yL4HWH7BCigLORcCqKgT3sTjDFS6yP-i8_9GGL4jgv71olYb8lmji4SB154i83vJVLutuygN4tXCNjMx41memNKOXAt6v7P2MKoXwXb10lg0MgyTqw";

#[tokio::test]
async fn a_token_permits_what_its_claim_says_and_nothing_else() {
    let key = Key::es256("first");
    let (_folder, source) = in_file(&key_set(&[&key]));
    let server = Server::start_with_tokens(config(source)).await;
    let token = key.token(&json!({"sub": "ada", "tasker": ["read, pin in shop"]}));
    let ada = server.asked_with(Some(&token));
    let access = ada.get("/v1/access").await.answered(200);
    assert_eq!(access["actor"], "jwt:ada");
    assert_eq!(
        access["permissions"],
        json!([{"namespace": "shop", "actions": ["read", "pin"]}])
    );
    ada.get("/v1/tasks?namespace=shop").await.answered(200);
    let detail = ada
        .get("/v1/tasks?namespace=bakery")
        .await
        .refused(403, "forbidden");
    assert_eq!(detail, "`jwt:ada` lacks `read` on namespace `bakery`");
    ada.get("/v1/keys").await.refused(403, "forbidden");

    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let pin = json!({"requirement": "=1.0.0"});
    let pinned = ada
        .send("PUT", "/v1/namespaces/shop/pins/component/guest", &pin)
        .await;
    assert!(pinned.status < 300, "{}", pinned.text);
    let by: String = sqlx::query_scalar("select actor from tasker.audit where action = 'pin.set'")
        .fetch_one(server.pool())
        .await
        .unwrap();
    assert_eq!(by, "jwt:ada");
}

#[tokio::test]
async fn without_the_claim_the_caller_is_known_and_may_do_nothing() {
    let key = Key::ed25519("first");
    let (_folder, source) = in_file(&key_set(&[&key]));
    let server = Server::start_with_tokens(config(source)).await;
    let ada = server.asked_with(Some(&key.token(&json!({"sub": "ada", "roles": ["admin"]}))));
    let access = ada.get("/v1/access").await.answered(200);
    assert_eq!(
        (&access["actor"], &access["permissions"]),
        (&json!("jwt:ada"), &json!([]))
    );
    let detail = ada.get("/v1/tasks").await.refused(403, "forbidden");
    assert_eq!(detail, "`jwt:ada` lacks `read` on any namespace");
}

#[tokio::test]
async fn keys_count_beside_tokens() {
    let key = Key::es256("first");
    let (_folder, source) = in_file(&key_set(&[&key]));
    let server = Server::start_with_tokens(config(source)).await;
    let admin = server.asked_with(Some(ADMIN_KEY));
    admin.get("/v1/keys").await.answered(200);
    let wrong = ADMIN_KEY.replace("7e57ab1e", "00000000");
    let detail = server
        .asked_with(Some(&wrong))
        .get("/v1/keys")
        .await
        .refused(401, "unauthenticated");
    assert!(detail.contains("the key does not exist"), "{detail}");
    // A key that a token's admin makes is a key like any other.
    let token = key.token(&json!({"sub": "ops", "tasker": ["admin in *"]}));
    let ops = server.asked_with(Some(&token));
    let body =
        json!({"name": "ci", "permissions": [{"namespace": "shop", "actions": ["publish"]}]});
    let made = ops.send("POST", "/v1/keys", &body).await.answered(201);
    assert_eq!(made["created_by"], "jwt:ops");
    server
        .asked_with(made["key"].as_str())
        .get("/v1/access")
        .await
        .answered(200);
}

#[tokio::test]
async fn rsa_as_another_program_signs_it_counts_where_it_is_allowed() {
    let set = json!({"keys": [{"kty": "RSA", "use": "sig", "kid": "rsa", "n": RSA_MODULUS, "e": "AQAB"}]});
    let (_folder, source) = in_file(&set);
    let server = Server::start_with_tokens(config(source.clone())).await;
    let ci = server.asked_with(Some(RS256_TOKEN));
    let access = ci.get("/v1/access").await.answered(200);
    assert_eq!(access["actor"], "jwt:ci");

    let mut others = config(source);
    others.algorithms = vec![tasker_api::auth::jwt::JwtAlgorithm::Ps256];
    let server = Server::start_with_tokens(others).await;
    server
        .asked_with(Some(RS256_TOKEN))
        .get("/v1/access")
        .await
        .refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_token_is_taken_from_the_header_only() {
    let key = Key::es256("first");
    let (_folder, source) = in_file(&key_set(&[&key]));
    let server = Server::start_with_tokens(config(source)).await;
    let token = key.token(&json!({"sub": "ada", "tasker": ["read in *"]}));
    let stranger = server.asked_with(None);
    let path = format!("/v1/tasks?access_token={token}");
    stranger.get(&path).await.refused(401, "unauthenticated");
    let request = stranger
        .request("GET", "/v1/tasks")
        .header("cookie", format!("token={token}"));
    answer(request).await.refused(401, "unauthenticated");
}
