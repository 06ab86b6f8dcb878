//! An identity provider on this machine that does what a test asks of it.

use crate::api::tokens::issuer::{Key, key_set};
use data_encoding::BASE64URL_NOPAD;
use reqwest::Url;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

/// What the host is called there.
pub const CLIENT_ID: &str = "tasker-web";

/// How it answers at one of its addresses.
#[derive(Clone)]
pub enum Reply {
    Says(u16, String),
    /// It never comes.
    Hangs,
}

/// What the host asked with, to exchange a code.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    pub authorization: Option<String>,
    pub form: HashMap<String, String>,
}

struct State {
    issuer: String,
    keys: Value,
    discovery: Option<Reply>,
    token: Reply,
    exchanges: Vec<Exchange>,
}

/// Until it is dropped.
pub struct Provider {
    pub issuer: String,
    state: Arc<Mutex<State>>,
    _serving: AbortOnDropHandle<()>,
}

impl Provider {
    pub async fn start(key: &Key) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            issuer: issuer.clone(),
            keys: key_set(&[key]),
            discovery: None,
            token: Reply::Says(400, json!({"error": "invalid_grant"}).to_string()),
            exchanges: Vec::new(),
        }));
        let its_state = state.clone();
        let serving = tokio::spawn(async move {
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                tokio::spawn(respond(connection, its_state.clone()));
            }
        });
        Self {
            issuer,
            state,
            _serving: AbortOnDropHandle::new(serving),
        }
    }

    /// From now on a code is exchanged for this token.
    pub fn give(&self, token: &str) {
        let answer = json!({"access_token": "a", "token_type": "Bearer", "id_token": token});
        self.answer_exchanges(Reply::Says(200, answer.to_string()));
    }

    pub fn answer_exchanges(&self, reply: Reply) {
        self.state.lock().unwrap().token = reply;
    }

    /// From now on it says this of itself.
    pub fn answer_discovery(&self, reply: Reply) {
        self.state.lock().unwrap().discovery = Some(reply);
    }

    /// What it says of itself unless it is told otherwise.
    pub fn metadata(&self) -> Value {
        metadata(&self.issuer)
    }

    pub fn exchanges(&self) -> Vec<Exchange> {
        self.state.lock().unwrap().exchanges.clone()
    }
}

/// What the challenge of a sign-in was computed from.
pub fn challenge(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(verifier))
}

fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth?tenant=1"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "authorization_response_iss_parameter_supported": true,
    })
}

async fn respond(mut connection: TcpStream, state: Arc<Mutex<State>>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(given, _)| given.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned())
    };
    let length = header("content-length").map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    let path = head.split(' ').nth(1).unwrap();
    let reply = reply(
        &mut state.lock().unwrap(),
        path,
        header("authorization"),
        &body,
    );
    let Reply::Says(status, body) = reply else {
        return std::future::pending().await;
    };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} It\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    connection.write_all(answer.as_bytes()).await.ok()
}

fn reply(state: &mut State, path: &str, authorization: Option<String>, body: &[u8]) -> Reply {
    match path {
        "/.well-known/openid-configuration" => {
            let usual = Reply::Says(200, metadata(&state.issuer).to_string());
            state.discovery.clone().unwrap_or(usual)
        }
        "/keys" => Reply::Says(200, state.keys.to_string()),
        "/token" => {
            let form = format!("form:/?{}", std::str::from_utf8(body).unwrap());
            let form: Url = form.parse().unwrap();
            state.exchanges.push(Exchange {
                authorization,
                form: form.query_pairs().into_owned().collect(),
            });
            state.token.clone()
        }
        _ => Reply::Says(404, String::new()),
    }
}
