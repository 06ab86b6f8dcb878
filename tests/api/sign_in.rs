//! Sign-in of browsers at an identity provider. `tests/ui/sign_in.rs` does the same with a browser and a provider of others.

mod outages;
mod provider;
mod refusals;

use super::server::{Answer, Server, answer};
use super::tokens::issuer::{Key, config, in_file, key_set, now};
use provider::{CLIENT_ID, Provider, challenge};
use reqwest::{Client, Response, Url};
use serde_json::{Value, json};
use std::collections::HashMap;
use tasker_api::auth::jwt::{JwtConfig, KeySource};
use tasker_api::auth::sign_in::SignInConfig;
use tempfile::TempDir;

/// Where browsers reach the host, as it is told.
const PUBLIC_URL: &str = "https://tasker.example.com";

/// A host, its provider, and a browser without anything.
struct Visit {
    server: Server,
    provider: Provider,
    key: Key,
    client: Client,
    keys: TempDir,
}

/// A sign-in that has begun.
struct Begun {
    /// What the browser is to ask the provider.
    query: HashMap<String, String>,
    cookie: String,
}

/// Where the host sends a browser, and the cookies that it sets.
struct Sent {
    location: Url,
    cookies: Vec<String>,
}

impl Visit {
    async fn start() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut SignInConfig)) -> Self {
        let key = Key::es256("first");
        let provider = Provider::start(&key).await;
        let (keys, source) = in_file(&key_set(&[&key]));
        let mut sign_in = SignInConfig {
            client_id: CLIENT_ID.to_owned(),
            client_secret_file: None,
            public_url: PUBLIC_URL.parse().unwrap(),
            scopes: vec!["openid".to_owned(), "tasker".to_owned()],
        };
        change(&mut sign_in);
        let server = Server::start_with_sign_in(of(&provider, source), sign_in).await;
        let client = Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            server,
            provider,
            key,
            client: client.build().unwrap(),
            keys,
        }
    }

    async fn ask(&self, path: &str, cookie: &str) -> Response {
        let url = format!("http://{}{path}", self.server.address());
        let request = self.client.get(url).header("cookie", cookie);
        request.send().await.unwrap()
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        let url = format!("http://{}{path}", self.server.address());
        answer(self.client.get(url).header("cookie", cookie)).await
    }

    async fn begin(&self, page: &str) -> Begun {
        let sent = sent(
            self.ask(&format!("/v1/session/oidc?return_to={page}"), "")
                .await,
        );
        assert!(sent.location.as_str().starts_with(&self.provider.issuer));
        Begun {
            query: query(&sent.location),
            cookie: sent.cookies[0].clone(),
        }
    }

    /// The token of who signs in; `claims` add to what it has to say, or replace it.
    fn token(&self, begun: &Begun, claims: &Value) -> String {
        let mut all = json!({
            "iss": self.provider.issuer, "aud": CLIENT_ID, "nonce": begun.query["nonce"],
            "tasker": ["read, run in shop"],
        });
        let claims = claims.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(claims);
        self.key.token(&all)
    }

    /// As the provider sends the browser back.
    fn answered(&self, begun: &Begun) -> Vec<(&'static str, String)> {
        vec![
            ("code", "c0de".to_owned()),
            ("state", begun.query["state"].clone()),
            ("iss", self.provider.issuer.clone()),
            ("session_state", "more than is read".to_owned()),
        ]
    }

    async fn finish(&self, begun: &Begun, query: &[(&str, String)]) -> Sent {
        let mut url: Url = "http://a/v1/session/oidc/callback".parse().unwrap();
        url.query_pairs_mut().extend_pairs(query);
        let path = format!("{}?{}", url.path(), url.query().unwrap());
        sent(self.ask(&path, pair(&begun.cookie)).await)
    }

    /// Signs in whole; the cookie of the session.
    async fn sign_in(&self, claims: &Value) -> String {
        let begun = self.begin("/tasks").await;
        self.provider.give(&self.token(&begun, claims));
        let sent = self.finish(&begun, &self.answered(&begun)).await;
        assert_eq!(sent.location.as_str(), format!("{PUBLIC_URL}/tasks"));
        pair(&sent.cookies[0]).to_owned()
    }

    async fn sessions(&self) -> i64 {
        let count = sqlx::query_scalar("select count(*) from tasker.browser_session");
        count.fetch_one(self.server.pool()).await.unwrap()
    }
}

impl Sent {
    /// Why nobody is signed in, as the page is told.
    fn failure(&self) -> String {
        let query = query(&self.location);
        assert_eq!(
            self.location.origin(),
            PUBLIC_URL.parse::<Url>().unwrap().origin()
        );
        assert!(query.contains_key("correlation_id"), "{}", self.location);
        // The sign-in is over, and no session has begun.
        assert_eq!(self.cookies.len(), 1);
        assert!(self.cookies[0].starts_with("__Host-tasker_sign_in=; Path=/; Max-Age=0"));
        query["sign_in_error"].clone()
    }
}

/// Tokens of this provider count.
fn of(provider: &Provider, keys: KeySource) -> JwtConfig {
    JwtConfig {
        issuer: provider.issuer.clone(),
        ..config(keys)
    }
}

fn sent(response: Response) -> Sent {
    assert_eq!(response.status(), 303);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("referrer-policy"), "no-referrer");
    let cookies = response.headers().get_all("set-cookie").iter();
    let cookies = cookies.map(|cookie| cookie.to_str().unwrap().to_owned());
    Sent {
        location: header("location").parse().unwrap(),
        cookies: cookies.collect(),
    }
}

fn query(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}

/// What a browser sends of a cookie.
fn pair(cookie: &str) -> &str {
    cookie.split(';').next().unwrap()
}

#[tokio::test]
async fn a_browser_is_sent_to_the_provider_with_what_only_it_can_finish() {
    let visit = Visit::start().await;
    let ways = visit.get("/v1/session", "").await.answered(200);
    assert_eq!(ways["oidc"]["issuer"], json!(visit.provider.issuer));
    assert_eq!(ways["oidc"]["url"], format!("{PUBLIC_URL}/v1/session/oidc"));
    let begun = visit.begin("/tasks").await;
    for (name, value) in [
        ("tenant", "1"),
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("scope", "openid tasker"),
        ("code_challenge_method", "S256"),
        (
            "redirect_uri",
            "https://tasker.example.com/v1/session/oidc/callback",
        ),
    ] {
        assert_eq!(begun.query[name], value, "{name}");
    }
    assert!(begun.cookie.starts_with("__Host-tasker_sign_in="));
    assert!(
        begun
            .cookie
            .ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure")
    );
    let other = visit.begin("/tasks").await;
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(begun.query[name], other.query[name], "{name}");
    }
}

#[tokio::test]
async fn a_session_permits_what_the_token_says_for_as_long_as_it_says() {
    let visit = Visit::start().await;
    let begun = visit.begin("/tasks?namespace=shop%26state=failed").await;
    let expires_at = now() + 600;
    visit
        .provider
        .give(&visit.token(&begun, &json!({"exp": expires_at})));
    let sent = visit.finish(&begun, &visit.answered(&begun)).await;
    assert_eq!(
        sent.location.as_str(),
        format!("{PUBLIC_URL}/tasks?namespace=shop&state=failed")
    );
    let [session, ended] = sent.cookies.as_slice() else {
        panic!("{:?}", sent.cookies)
    };
    assert!(
        session.starts_with("tasker_session=")
            && session.ends_with("HttpOnly; SameSite=Strict; Secure")
    );
    assert!(ended.starts_with("__Host-tasker_sign_in=; Path=/; Max-Age=0"));
    let [exchange] = visit.provider.exchanges().try_into().unwrap();
    assert_eq!(exchange.authorization, None);
    assert_eq!(
        challenge(&exchange.form["code_verifier"]),
        begun.query["code_challenge"]
    );
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("code", "c0de"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", begun.query["redirect_uri"].as_str()),
    ] {
        assert_eq!(exchange.form[name], value, "{name}");
    }
    let cookie = pair(session);
    let access = visit.get("/v1/access", cookie).await.answered(200);
    assert_eq!(access["actor"], "jwt:ada");
    assert_eq!(
        access["permissions"],
        json!([{"namespace": "shop", "actions": ["read", "run"]}])
    );
    visit
        .get("/v1/keys", cookie)
        .await
        .refused(403, "forbidden");
    let lasts: f64 = sqlx::query_scalar(
        "select extract(epoch from expires_at)::float8 from tasker.browser_session",
    )
    .fetch_one(visit.server.pool())
    .await
    .unwrap();
    assert_eq!(lasts, expires_at as f64);
}

#[tokio::test]
async fn a_host_with_a_secret_proves_who_it_is() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "s3cret+\n").unwrap();
    let path = file.path().to_owned();
    let visit = Visit::with(|config| config.client_secret_file = Some(path)).await;
    visit.sign_in(&json!({})).await;
    // Another secret counts without a restart.
    std::fs::write(file.path(), "another").unwrap();
    visit.sign_in(&json!({})).await;
    let exchanges = visit.provider.exchanges();
    let shown = exchanges.iter().map(|it| it.authorization.clone().unwrap());
    let basic = |pair: &str| format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()));
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [basic("tasker-web:s3cret%2B"), basic("tasker-web:another")]
    );
    assert!(!exchanges[0].form.contains_key("client_secret"));
}

#[tokio::test]
async fn a_session_ends_when_the_issuer_takes_its_key_back() {
    let visit = Visit::start().await;
    let cookie = visit.sign_in(&json!({})).await;
    visit.get("/v1/access", &cookie).await.answered(200);
    let other = Key::es256("second");
    std::fs::write(
        visit.keys.path().join("keys.json"),
        key_set(&[&other]).to_string(),
    )
    .unwrap();
    // A token that names a key which is not known has the set read again.
    let token = other.token(&json!({"iss": visit.provider.issuer}));
    let asker = visit.server.asked_with(Some(&token));
    asker.get("/v1/access").await.answered(200);
    visit
        .get("/v1/access", &cookie)
        .await
        .refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_host_that_trusts_no_issuer_takes_no_session_of_one() {
    let visit = Visit::start().await;
    let cookie = visit.sign_in(&json!({})).await;
    let other = visit.server.second_host().await;
    let request = other.asked_with(None).request("GET", "/v1/access");
    let refused = answer(request.header("cookie", cookie)).await;
    refused.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_host_without_a_provider_says_so() {
    let server = Server::start().await;
    let stranger = server.asked_with(None);
    let ways = stranger.get("/v1/session").await.answered(200);
    assert_eq!(ways, json!({"oidc": null}));
    for path in [
        "/v1/session/oidc",
        "/v1/session/oidc/callback?code=a&state=b",
    ] {
        let refused = stranger.get(path).await;
        let detail = refused.refused(404, "no_identity_provider");
        assert!(detail.contains("--oidc-client-id"), "{detail}");
    }
}
