//! The issuer's keys, and that they change.

use super::super::server::Server;
use super::issuer::{Key, WebServer, config, in_file, key_set, ok};
use crate::harness::{ADMIN_KEY, wait_until};
use serde_json::{Value, json};
use tasker_api::auth::jwt::{KeySource, Tokens};

async fn status(server: &Server, token: &str) -> u16 {
    let asker = server.asked_with(Some(token));
    asker.get("/v1/access").await.status
}

#[tokio::test]
async fn a_new_key_at_a_url_counts_at_once_and_the_old_one_ends() {
    let (old, new) = (Key::es256("old"), Key::ed25519("new"));
    let issuer = WebServer::start(&key_set(&[&old])).await;
    let server = Server::start_with_tokens(config(issuer.source())).await;
    let [by_old, by_new] = [&old, &new].map(|key| key.token(&json!({})));
    assert_eq!(status(&server, &by_old).await, 200);
    issuer.hand_out(&key_set(&[&new]));
    assert_eq!(status(&server, &by_new).await, 200);
    assert_eq!(status(&server, &by_old).await, 401);
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn strangers_cannot_make_the_host_ask_the_issuer_again_and_again() {
    let key = Key::es256("first");
    let issuer = WebServer::start(&key_set(&[&key])).await;
    let server = Server::start_with_tokens(config(issuer.source())).await;
    let asking = (0..50).map(|at| {
        let mut header = key.header();
        header.kid = Some(format!("made-up-{at}"));
        let token = key.token_with(&header, &json!({}));
        let server = &server;
        async move { status(server, &token).await }
    });
    let answers = futures::future::join_all(asking).await;
    assert!(answers.iter().all(|status| *status == 401), "{answers:?}");
    // Once at the start, and once for all of them.
    assert_eq!(issuer.asked(), 2);
    assert_eq!(status(&server, &key.token(&json!({}))).await, 200);
}

#[tokio::test]
async fn what_is_no_key_set_changes_nothing() {
    let key = Key::es256("first");
    let head = |status: &str| format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    let other = Key::es256("other");
    let set = ok(&key_set(&[&other]));
    let elsewhere = WebServer::start(&key_set(&[&other])).await;
    let redirect = format!("location: {}\r\ncontent-length: 0\r\n\r\n", elsewhere.url);
    for (what, answer) in [
        (
            "an error",
            format!("{}content-length: 0\r\n\r\n", head("500 Oops")),
        ),
        ("a redirect", format!("{}{redirect}", head("302 Found"))),
        ("no JSON", format!("{}\r\n<html>", head("200 OK"))),
        ("an empty set", ok(&json!({"keys": []}))),
        (
            "secrets",
            ok(&json!({"keys": [{"kty": "oct", "kid": "other", "k": "AA"}]})),
        ),
        ("a cut answer", set[..set.len() - 9].to_owned()),
        (
            "a flood",
            ok(&json!({"keys": [other.public], "more": "x".repeat(300 << 10)})),
        ),
    ] {
        let issuer = WebServer::start(&key_set(&[&key])).await;
        let server = Server::start_with_tokens(config(issuer.source())).await;
        issuer.answer_with(answer);
        assert_eq!(
            status(&server, &other.token(&json!({}))).await,
            401,
            "{what}"
        );
        assert_eq!(status(&server, &key.token(&json!({}))).await, 200, "{what}");
        assert_eq!(issuer.asked(), 2, "{what}");
    }
    assert_eq!(elsewhere.asked(), 0);
}

#[tokio::test]
async fn a_host_starts_while_the_issuer_is_down_and_says_that_tokens_have_to_wait() {
    let key = Key::es256("first");
    let issuer = WebServer::start(&key_set(&[&key])).await;
    issuer.answer_with("HTTP/1.1 503 Gone\r\nconnection: close\r\n\r\n".to_owned());
    let server = Server::start_with_tokens(config(issuer.source())).await;
    let asker = server.asked_with(Some(&key.token(&json!({}))));
    let detail = asker.get("/v1/access").await.refused(503, "not_ready");
    assert!(detail.contains("keys of the issuer"), "{detail}");
    assert_eq!(status(&server, ADMIN_KEY).await, 200);
}

#[tokio::test]
async fn a_file_is_read_again_when_a_key_is_not_known() {
    let (old, new) = (Key::es256("old"), Key::es256("new"));
    let (_folder, source) = in_file(&key_set(&[&old]));
    let KeySource::File(path) = source.clone() else {
        unreachable!("it is a file")
    };
    let server = Server::start_with_tokens(config(source)).await;
    let by_new = new.token(&json!({}));
    assert_eq!(status(&server, &by_new).await, 401);
    std::fs::write(path, key_set(&[&old, &new]).to_string()).unwrap();
    wait_until("the new key counts", async || {
        (status(&server, &by_new).await == 200).then_some(())
    })
    .await;
    assert_eq!(status(&server, &old.token(&json!({}))).await, 200);
}

async fn refused_at_start(set: &Value) -> String {
    let (_folder, source) = in_file(set);
    match Tokens::start(config(source)).await {
        Ok(_) => panic!("{set} was taken"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_file_that_is_of_no_use_is_refused_at_the_start() {
    let missing = KeySource::File("/nowhere/keys.json".into());
    let Err(error) = Tokens::start(config(missing)).await else {
        panic!("there is no such file");
    };
    assert!(
        error
            .to_string()
            .contains("/nowhere/keys.json cannot be read")
    );
    let told = refused_at_start(&json!([])).await;
    assert!(told.contains("is not a JSON Web Key Set"), "{told}");
    let told = refused_at_start(&json!({"keys": []})).await;
    assert!(told.contains("--jwt-algorithms"), "{told}");
    let told = refused_at_start(&json!("x".repeat(300 << 10))).await;
    assert!(told.contains("more than 262144 bytes"), "{told}");
}
