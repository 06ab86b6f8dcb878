//! An issuer of tokens: keys, key sets, and a server that hands them out.

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};
use tasker_api::auth::jwt::{JwtAlgorithm, JwtConfig, KeySource};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

pub const ISSUER: &str = "https://id.example.com";
pub const AUDIENCE: &str = "tasker";

/// A key of an issuer.
pub struct Key {
    pub id: String,
    pub algorithm: Algorithm,
    pub secret: EncodingKey,
    /// As it stands in the set.
    pub public: Value,
    /// What an attacker has of it: its bytes and its PEM.
    pub public_bytes: Vec<u8>,
    pub public_pem: String,
}

impl Key {
    pub fn es256(id: &str) -> Self {
        let pair = rcgen::KeyPair::generate().unwrap();
        let point = pair.public_key_raw().to_owned();
        let [x, y] = [&point[1..33], &point[33..]].map(|bytes| BASE64URL_NOPAD.encode(bytes));
        Self {
            id: id.to_owned(),
            algorithm: Algorithm::ES256,
            secret: EncodingKey::from_ec_pem(pair.serialize_pem().as_bytes()).unwrap(),
            public: json!({"kty": "EC", "crv": "P-256", "kid": id, "x": x, "y": y}),
            public_bytes: point,
            public_pem: pair.public_key_pem(),
        }
    }

    pub fn ed25519(id: &str) -> Self {
        let pair = ed25519_dalek::SigningKey::from_bytes(&rand_bytes());
        let public = pair.verifying_key().to_bytes();
        let x = BASE64URL_NOPAD.encode(&public);
        Self {
            id: id.to_owned(),
            algorithm: Algorithm::EdDSA,
            secret: EncodingKey::from_ed_der(pair.to_pkcs8_der().unwrap().as_bytes()),
            public: json!({"kty": "OKP", "crv": "Ed25519", "kid": id, "alg": "EdDSA", "x": x}),
            public_bytes: public.to_vec(),
            public_pem: String::new(),
        }
    }

    pub fn header(&self) -> Header {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.id.clone());
        header
    }

    /// A token for an hour; `claims` add to what every token has, or replace it. Null takes away.
    pub fn token(&self, claims: &Value) -> String {
        self.token_with(&self.header(), claims)
    }

    pub fn token_with(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, &all_claims(claims), &self.secret).unwrap()
    }
}

/// What a token says that names `claims` only where they differ from the usual.
pub fn all_claims(claims: &Value) -> Value {
    let mut all = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ada",
        "iat": now(), "nbf": now(), "exp": now() + 3_600,
    });
    let object = all.as_object_mut().unwrap();
    for (name, value) in claims.as_object().unwrap() {
        match value.is_null() {
            true => object.remove(name),
            false => object.insert(name.clone(), value.clone()),
        };
    }
    all
}

/// Seconds since 1970.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs()
}

pub fn key_set(keys: &[&Key]) -> Value {
    json!({"keys": keys.iter().map(|key| &key.public).collect::<Vec<_>>()})
}

/// Writes a set to a file; the folder goes when dropped.
pub fn in_file(set: &Value) -> (TempDir, KeySource) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    std::fs::write(&path, set.to_string()).unwrap();
    (folder, KeySource::File(path))
}

pub fn config(keys: KeySource) -> JwtConfig {
    JwtConfig {
        keys,
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        algorithms: JwtAlgorithm::DEFAULT.to_vec(),
        claim: "tasker".to_owned(),
    }
}

/// A web server on this machine whose one answer can be changed.
pub struct WebServer {
    pub url: String,
    answer: Arc<Mutex<String>>,
    asked: Arc<AtomicUsize>,
    _serving: AbortOnDropHandle<()>,
}

impl WebServer {
    pub async fn start(set: &Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let (answer, asked) = (Arc::new(Mutex::new(ok(set))), Arc::<AtomicUsize>::default());
        let (its_answer, its_count) = (answer.clone(), asked.clone());
        let serving = tokio::spawn(async move {
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                its_count.fetch_add(1, Ordering::SeqCst);
                let text = its_answer.lock().unwrap().clone();
                tokio::spawn(respond(connection, text));
            }
        });
        Self {
            url,
            answer,
            asked,
            _serving: AbortOnDropHandle::new(serving),
        }
    }

    pub fn source(&self) -> KeySource {
        self.url.parse().unwrap()
    }

    pub fn hand_out(&self, set: &Value) {
        self.answer_with(ok(set));
    }

    /// From now on it answers with this text, head and body.
    pub fn answer_with(&self, text: String) {
        *self.answer.lock().unwrap() = text;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

pub fn ok(set: &Value) -> String {
    let set = set.to_string();
    let length = set.len();
    format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{set}")
}

async fn respond(mut connection: TcpStream, answer: String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.unwrap());
    }
    connection.write_all(answer.as_bytes()).await.ok();
}

fn rand_bytes() -> [u8; 32] {
    let [one, two] = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
    let bytes = [one.into_bytes(), two.into_bytes()].concat();
    bytes.try_into().unwrap()
}
