//! A host's API on a free port, with a database of its own.

use crate::harness::{
    Seen, TestDatabase, check_answer, client, client_with, install_admin_key, kept_code_dir,
};
use crate::sandbox::guests;
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};
use tasker_api::auth::jwt::{JwtConfig, Tokens};
use tasker_api::auth::sign_in::{SignIn, SignInConfig};
use tasker_api::auth::{Authentication, Keyring};
use tasker_api::bounds::Bounds;
use tasker_api::metrics::Metrics;
use tasker_api::{AppState, serve};
use tasker_database::notifications::Notifications;
use tasker_database::{Database, MIN_CONNECTIONS};
use tasker_egress::InnerAddresses;
use tasker_engine::Engine;
use tasker_engine::claim_health::ClaimHealth;
use tasker_engine::secret::{KeyRing, SecretKeys};
use tasker_events::Feed;
use tasker_registry::store::Store;
use tasker_sandbox::{Compiler, Sandbox, SandboxConfig};
use tasker_telemetry::Tracer;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Invocations that the sandbox of these tests runs at once.
const MAX_CONCURRENT: usize = 8;
/// What secrets are encrypted with.
const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A running API and a client of it; stopped when dropped.
pub struct Server {
    pub engine: Engine,
    pub store: Store,
    /// Cancel it, and the host drains.
    pub shutdown: CancellationToken,
    /// What its worker would report.
    pub claiming: ClaimHealth,
    url: String,
    client: reqwest::Client,
    _stop: DropGuard,
    database: Arc<TestDatabase>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub correlation_id: String,
    /// Empty where there is none.
    pub etag: String,
    pub text: String,
    /// Null where the text is not JSON.
    pub json: Value,
}

impl Server {
    pub async fn start() -> Self {
        Self::on(Arc::new(TestDatabase::new().await)).await
    }

    /// Another host on the same database.
    pub async fn second_host(&self) -> Self {
        Self::on(self.database.clone()).await
    }

    /// A host that takes tokens beside keys.
    pub async fn start_with_tokens(config: JwtConfig) -> Self {
        let tokens = Tokens::start(config).await.unwrap();
        let database = Arc::new(TestDatabase::new().await);
        Self::with(database, |state| {
            let keyring = Keyring::new(Store::new(state.engine.clone()));
            state.authentication = Authentication::KeysAndTokens(keyring, tokens, None);
        })
        .await
    }

    /// A host where browsers sign in at the issuer of tokens.
    pub async fn start_with_sign_in(config: JwtConfig, sign_in: SignInConfig) -> Self {
        let sign_in = SignIn::start(sign_in, &config.issuer).await.unwrap();
        let tokens = Tokens::start(config).await.unwrap();
        let database = Arc::new(TestDatabase::new().await);
        Self::with(database, |state| {
            let keyring = Keyring::new(Store::new(state.engine.clone()));
            state.authentication = Authentication::KeysAndTokens(keyring, tokens, Some(sign_in));
        })
        .await
    }

    /// A host that takes less, or waits less, than others do.
    pub async fn start_within(bounds: Bounds) -> Self {
        let database = Arc::new(TestDatabase::new().await);
        Self::with(database, |state| state.bounds = bounds).await
    }

    async fn on(database: Arc<TestDatabase>) -> Self {
        Self::with(database, |_| {}).await
    }

    async fn with(database: Arc<TestDatabase>, change: impl FnOnce(&mut AppState)) -> Self {
        let keys = SecretKeys::given(KeyRing::parse(KEY).unwrap());
        let opened = Database::open_url(&database.url(), MIN_CONNECTIONS).unwrap();
        let engine = Engine::new(opened).with_keys(keys);
        let store = Store::new(engine.clone());
        install_admin_key(&store).await;
        let shutdown = CancellationToken::new();
        let stop = CancellationToken::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut state = state(engine.clone(), shutdown.clone());
        change(&mut state);
        let claiming = state.claiming.clone().unwrap_or_default();
        tokio::spawn(serve(listener, state, stop.clone()));
        Self {
            engine,
            store,
            shutdown,
            claiming,
            url,
            client: client(),
            _stop: stop.drop_guard(),
            database,
        }
    }

    /// The database behind it.
    pub fn pool(&self) -> &sqlx::PgPool {
        self.database.pool()
    }

    /// Where it listens, as `127.0.0.1:4711`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The same server, asked with this key, or with none.
    pub fn asked_with(&self, key: Option<&str>) -> Asker {
        Asker {
            url: self.url.clone(),
            client: client_with(key),
        }
    }

    /// A request to be, such as `request("GET", "/health/live")`.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client
            .request(method.parse().unwrap(), format!("{}{path}", self.url))
    }

    /// Runs a statement in the database.
    pub async fn execute(&self, statement: &'static str) {
        let pool = self.database.pool();
        sqlx::query(statement).execute(pool).await.unwrap();
    }

    pub async fn get(&self, path: &str) -> Answer {
        answer(self.request("GET", path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.request("POST", path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        answer(self.request("PUT", path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        answer(self.request("DELETE", path)).await
    }

    pub async fn put_component(&self, name: &str, version: &str, bytes: &[u8]) -> Answer {
        let path = format!("/v1/namespaces/shop/components/{name}/versions/{version}");
        let request = self
            .request("PUT", &path)
            .header("content-type", "application/wasm");
        answer(request.body(bytes.to_owned())).await
    }

    pub async fn put_template(&self, name: &str, version: &str, yaml: &str) -> Answer {
        let path = format!("/v1/namespaces/shop/templates/{name}/versions/{version}");
        let request = self
            .request("PUT", &path)
            .header("content-type", "application/yaml");
        answer(request.body(yaml.to_owned())).await
    }

    /// Also where no task of it could run yet.
    pub async fn put_template_early(&self, name: &str, version: &str, yaml: &str) -> Answer {
        let path = format!("/v1/namespaces/shop/templates/{name}/versions/{version}");
        let request = self
            .request("PUT", &format!("{path}?allow_missing=true"))
            .header("content-type", "application/yaml");
        answer(request.body(yaml.to_owned())).await
    }

    /// Publishes the component `shop/guest` and a template whose steps run its handlers.
    pub async fn publish(&self, template: &str, rest_of_yaml: &str) {
        let component = self
            .put_component("guest", "1.0.0", guests::misbehaving())
            .await;
        assert!(component.status < 300, "{}", component.text);
        let yaml = yaml(template, "1.0.0", rest_of_yaml);
        let published = self.put_template(template, "1.0.0", &yaml).await;
        assert_eq!(published.status, 201, "{}", published.text);
        assert_eq!(published.json["warnings"], json!([]));
    }

    /// Changes the database behind the host's back.
    pub async fn run(&self, sql: &str) {
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
            .execute(self.database.pool())
            .await;
        done.unwrap();
    }

    /// Lets another namespace, or all by `*`, use a component of `namespace`.
    pub async fn share(&self, namespace: &str, component: &str, with: &str) {
        let path = format!("/v1/namespaces/{namespace}/shares");
        let body = json!({"component": component, "shared_with": with});
        self.post(&path, &body).await.answered(201);
    }

    /// Takes a version of a component away from new tasks.
    pub async fn withdraw(&self, component: &str, version: &str) {
        let yank = format!("/v1/namespaces/shop/components/{component}/versions/{version}/yank");
        self.post(&yank, &json!({})).await.answered(200);
    }

    /// Submits a task that has to be created; its id.
    pub async fn submit(&self, template: &str, input: Value) -> String {
        let submit = json!({"namespace": "shop", "template": template, "input": input});
        let answer = self.post("/v1/tasks", &submit).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json["task"]["id"].as_str().unwrap().to_owned()
    }
}

/// Asks a server with a key of its own.
pub struct Asker {
    url: String,
    client: reqwest::Client,
}

impl Asker {
    /// A request to be, such as `request("GET", "/health/live")`.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client
            .request(method.parse().unwrap(), format!("{}{path}", self.url))
    }

    pub async fn get(&self, path: &str) -> Answer {
        answer(self.request("GET", path)).await
    }

    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        answer(self.request(method, path).json(body)).await
    }
}

/// A host's parts with the sandbox that all tests here use.
pub fn state(engine: Engine, shutdown: CancellationToken) -> AppState {
    AppState {
        metrics: Metrics::new(engine.clone(), sandbox()),
        authentication: Authentication::Keys(Keyring::new(Store::new(engine.clone()))),
        feed: Feed::new(engine.clone(), Tracer::default(), shutdown.clone()),
        webhook_addresses: InnerAddresses::Refused,
        engine,
        sandbox: sandbox(),
        notifications: Notifications::default(),
        claiming: Some(ClaimHealth::default()),
        shutdown,
        bounds: Bounds::default(),
        tracer: Default::default(),
        exports: Default::default(),
        serves_ui: true,
    }
}

impl Answer {
    /// Asserts that this is a problem with this status and code; its detail.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> String {
        assert_eq!(
            (self.status, &self.json["code"]),
            (status, &json!(code)),
            "{}",
            self.text
        );
        assert_eq!(self.content_type, "application/problem+json");
        assert_eq!(self.json["status"], status);
        self.json["detail"].as_str().unwrap().to_owned()
    }

    /// Asserts the status; the body.
    #[track_caller]
    pub fn answered(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }
}

/// The YAML of a template of the namespace `shop`.
pub fn yaml(name: &str, version: &str, rest: &str) -> String {
    format!("namespace: shop\nname: {name}\nversion: {version}\n{rest}")
}

/// Sends a request and reads the answer.
pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let (method, url) = (request.method().to_string(), request.url().clone());
    let response = client.execute(request).await.unwrap();
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let text = response.text().await.unwrap();
    check_answer(Seen {
        method: &method,
        url: &url,
        status,
        headers: &headers,
        text: &text,
    });
    let header = |name: &str| {
        let value = headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    };
    let (content_type, correlation_id) = (header("content-type"), header("x-correlation-id"));
    let etag = header("etag");
    let json = serde_json::from_str(&text).unwrap_or_default();
    Answer {
        status,
        content_type,
        correlation_id,
        etag,
        text,
        json,
    }
}

/// One sandbox for all tests here, whose compiled code is kept for those of other processes.
fn sandbox() -> Sandbox {
    static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| {
        Sandbox::new(SandboxConfig {
            cache_dir: kept_code_dir(),
            max_concurrent: MAX_CONCURRENT,
            compiler: Compiler::InProcess,
        })
        .unwrap()
    });
    SANDBOX.clone()
}
