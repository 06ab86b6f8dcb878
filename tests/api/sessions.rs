//! Sessions of browsers: a cookie instead of a key.

use super::server::{Answer, Asker, Server, answer};
use super::tokens::issuer::{Key, config, in_file, key_set, now};
use crate::harness::{ADMIN_KEY, wait_until};
use serde_json::{Value, json};

/// What a browser has after it signed in.
struct Browser {
    asker: Asker,
    cookie: String,
}

impl Browser {
    /// Signs in with a key or token.
    async fn sign_in(server: &Server, secret: &str) -> Self {
        let request = server
            .asked_with(Some(secret))
            .request("POST", "/v1/session");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 201);
        let given = response.headers()["set-cookie"].to_str().unwrap();
        Self {
            asker: server.asked_with(None),
            cookie: given.split(';').next().unwrap().to_owned(),
        }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.asker.request(method, path);
        request.header("cookie", &self.cookie)
    }

    async fn get(&self, path: &str) -> Answer {
        answer(self.request("GET", path)).await
    }

    /// As a page of the host sends it.
    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let request = self.request(method, path);
        answer(request.header("sec-fetch-site", "same-origin").json(body)).await
    }
}

async fn make_key(server: &Server, name: &str, expires_in_s: Option<u64>) -> String {
    let body = json!({
        "name": name, "expires_in_s": expires_in_s,
        "permissions": [{"namespace": "shop", "actions": ["read", "run"]}]
    });
    let made = server.post("/v1/keys", &body).await.answered(201);
    made["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_browser_that_signed_in_may_do_what_its_key_permits_until_it_signs_out() {
    let server = Server::start().await;
    let key = make_key(&server, "ada", None).await;
    let browser = Browser::sign_in(&server, &key).await;
    let access = browser.get("/v1/access").await.answered(200);
    assert_eq!(access["actor"], "ada");
    browser.get("/v1/tasks?namespace=shop").await.answered(200);
    browser.get("/v1/keys").await.refused(403, "forbidden");

    let signed_out = browser.send("DELETE", "/v1/session", &json!(null)).await;
    assert_eq!(signed_out.status, 204);
    let detail = browser
        .get("/v1/access")
        .await
        .refused(401, "unauthenticated");
    assert_eq!(detail, "the session has ended; sign in again");
    let audit: Vec<(String, String)> = sqlx::query_as(
        "select action, subject from tasker.audit where action ~ '^session' order by audit_id",
    )
    .fetch_all(server.pool())
    .await
    .unwrap();
    let of = |action: &str| (action.to_owned(), "session of ada".to_owned());
    assert_eq!(audit, [of("session.begin"), of("session.end")]);
}

#[tokio::test]
async fn a_script_cannot_read_the_cookie_and_no_other_site_has_it_sent() {
    let server = Server::start().await;
    for (origin, is_secure) in [("http://localhost:1", false), ("https://t.example", true)] {
        let request = server.request("POST", "/v1/session");
        let response = request.header("origin", origin).send().await.unwrap();
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert_eq!(cookie.contains("; Secure"), is_secure);
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
    // Nothing of the cookie is in the database.
    let browser = Browser::sign_in(&server, ADMIN_KEY).await;
    let value = browser.cookie.split_once('=').unwrap().1;
    let is_stored: bool = sqlx::query_scalar(
        "select exists (select from tasker.browser_session s where strpos(s::text, $1) > 0)
             or exists (select from tasker.audit a where strpos(a::text, $1) > 0)",
    )
    .bind(value)
    .fetch_one(server.pool())
    .await
    .unwrap();
    assert!(!is_stored);
}

#[tokio::test]
async fn a_page_of_another_origin_reads_with_a_session_at_most_and_changes_nothing() {
    let server = Server::start().await;
    let browser = Browser::sign_in(&server, ADMIN_KEY).await;
    let body = json!({"name": "made", "permissions": [{"namespace": "*", "actions": ["read"]}]});
    let own = format!("http://{}", server.address());
    for (name, value) in [
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "cross-site"),
        ("origin", "http://localhost:9"),
        ("accept", "*/*"),
    ] {
        let request = browser.request("POST", "/v1/keys").json(&body);
        let detail = answer(request.header(name, value))
            .await
            .refused(403, "other_site");
        assert!(detail.contains("Authorization: Bearer"), "{detail}");
    }
    let request = browser.request("POST", "/v1/keys").json(&body);
    answer(request.header("origin", own)).await.answered(201);
    // A header counts before the cookie, so a program with a key is asked for no origin.
    let request = browser.request("DELETE", "/v1/keys/made");
    let deleted = answer(request.header("authorization", format!("Bearer {ADMIN_KEY}"))).await;
    assert_eq!(deleted.status, 204);
}

#[tokio::test]
async fn a_session_ends_on_every_host_with_its_key() {
    let server = Server::start().await;
    let other = server.second_host().await;
    let key = make_key(&server, "ada", None).await;
    let mut browser = Browser::sign_in(&server, &key).await;
    browser.asker = other.asked_with(None);
    wait_until("the other host knows the session", async || {
        (browser.get("/v1/access").await.status == 200).then_some(())
    })
    .await;
    assert_eq!(server.delete("/v1/keys/ada").await.status, 204);
    // Another key of the same name is another.
    make_key(&server, "ada", None).await;
    wait_until("the other host refuses the session", async || {
        (browser.get("/v1/access").await.status == 401).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_session_lasts_no_longer_than_what_it_was_begun_with() {
    let key = Key::es256("first");
    let (_folder, source) = in_file(&key_set(&[&key]));
    let server = Server::start_with_tokens(config(source)).await;
    let expires_at = now() + 600;
    let token = key.token(&json!({"sub": "ada", "tasker": ["read in shop"], "exp": expires_at}));
    let browser = Browser::sign_in(&server, &token).await;
    let access = browser.get("/v1/access").await.answered(200);
    assert_eq!(access["actor"], "jwt:ada");
    let short = make_key(&server, "short", Some(600)).await;
    Browser::sign_in(&server, &short).await;
    let long = make_key(&server, "long", None).await;
    Browser::sign_in(&server, &long).await;
    let lasts: Vec<(String, bool, bool)> = sqlx::query_as(
        "select actor, expires_at <= now() + interval '10 minutes', expires_at > now() + interval '11 hours'
         from tasker.browser_session order by actor",
    )
    .fetch_all(server.pool())
    .await
    .unwrap();
    let of = |actor: &str, is_short, is_long| (actor.to_owned(), is_short, is_long);
    assert_eq!(
        lasts,
        [
            of("jwt:ada", true, false),
            of("long", false, true),
            of("short", true, false)
        ]
    );
    server
        .run("update tasker.browser_session set expires_at = now() where actor = 'jwt:ada'")
        .await;
    wait_until("the session is over", async || {
        (browser.get("/v1/access").await.status == 401).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_no_cookie_of_a_session_is_refused_and_a_session_begins_no_other() {
    let server = Server::start().await;
    let mut browser = Browser::sign_in(&server, ADMIN_KEY).await;
    let again = browser.send("POST", "/v1/session", &json!(null)).await;
    again.refused(401, "unauthenticated");
    browser.cookie = format!("tasker_session={}", "A".repeat(43));
    let unknown = browser.get("/v1/access").await;
    unknown.refused(401, "unauthenticated");
    for cookie in ["tasker_session=short", "other=1", "tasker_session"] {
        cookie.clone_into(&mut browser.cookie);
        let none = browser.get("/v1/access").await;
        none.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn the_oldest_sessions_of_a_caller_give_way_and_those_that_are_over_are_removed() {
    let server = Server::start().await;
    let first = Browser::sign_in(&server, ADMIN_KEY).await;
    server
        .run(
            "insert into tasker.browser_session (token_digest, api_key_id, actor, begun_at, expires_at)
             select sha256(n::text::bytea), api_key_id, 'admin', now() + make_interval(secs => n),
                    now() + make_interval(hours => n - 3)
             from tasker.api_key, generate_series(1, 52) n where name = 'admin'",
        )
        .await;
    Browser::sign_in(&server, ADMIN_KEY).await;
    let (count, over): (i64, i64) = sqlx::query_as(
        "select count(*), count(*) filter (where expires_at <= now()) from tasker.browser_session",
    )
    .fetch_one(server.pool())
    .await
    .unwrap();
    assert_eq!((count, over), (50, 0));
    wait_until("the oldest is over", async || {
        (first.get("/v1/access").await.status == 401).then_some(())
    })
    .await;
}
