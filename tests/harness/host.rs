use std::path::Path;
use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tasker::host::{AuthConfig, DatabaseChoice, Host, HostConfig};
use tasker_engine::recording_bound::MAX_RECORDINGS_BYTES;
use tasker_registry::maintenance::Maintenance;
use tasker_sandbox::Compiler;
use tasker_subscribers::SubscribersConfig;
use tasker_worker::WorkerConfig;

use super::{ADMIN_KEY, Seen, TestDatabase, check_answer, client, wait_until};

/// The namespace of all that these hosts are given.
const NAMESPACE: &str = "shop";

/// A host in this process: API, sandbox and, unless it is told otherwise, a worker.
pub struct TestHost {
    pub host: Host,
    client: reqwest::Client,
}

impl TestHost {
    /// A host with few slots and short intervals.
    pub async fn start(database: &TestDatabase) -> Self {
        Self::start_with(database, |_| {}).await
    }

    /// A host that serves the API and runs nothing.
    pub async fn start_idle(database: &TestDatabase) -> Self {
        Self::start_with(database, |config| config.worker = None).await
    }

    /// The same as [`TestHost::start`], but for what is changed.
    pub async fn start_with(database: &TestDatabase, change: impl FnOnce(&mut HostConfig)) -> Self {
        Self::start_at(database.url(), change).await
    }

    /// The same on the database at a URL.
    pub async fn start_at(url: String, change: impl FnOnce(&mut HostConfig)) -> Self {
        let mut config = HostConfig {
            metrics_listen: None,
            listen: ([127, 0, 0, 1], 0).into(),
            // Hosts share compiled code, so that it is compiled once for all tests.
            data_dir: Path::new(env!("CARGO_TARGET_TMPDIR")).join("hosts"),
            database: DatabaseChoice::Url(url),
            read_replica: None,
            secret_keys: None,
            connections: 8,
            compiler: Compiler::InProcess,
            worker: Some(worker()),
            subscribers: SubscribersConfig::default(),
            watch: None,
            maintenance: Maintenance::default(),
            max_recordings_bytes: MAX_RECORDINGS_BYTES,
            archive: None,
            auth: AuthConfig::Keys {
                admin_key: Some(ADMIN_KEY.parse().unwrap()),
                tokens: None,
                sign_in: None,
            },
            bounds: Default::default(),
            tls: None,
            exports: None,
            serves_ui: true,
        };
        change(&mut config);
        let host = Host::start(config).await.unwrap();
        let client = client();
        Self { host, client }
    }

    /// Asks for a path such as `/v1/tasks`; the status and the body.
    pub async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.client.get(self.url(path))).await
    }

    /// The same with a header; also how far behind the read replica is that answered, if one did.
    pub async fn get_with(
        &self,
        path: &str,
        name: &'static str,
        value: &str,
    ) -> (u16, Option<u64>, Value) {
        let request = self.client.get(self.url(path)).header(name, value);
        let response = request.send().await.unwrap();
        let lag = response.headers().get("x-tasker-replica-lag-ms");
        let lag = lag.map(|lag| lag.to_str().unwrap().parse().unwrap());
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, lag, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Sends a request with a body of a media type, if one is given.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
    ) -> (u16, Value) {
        let mut request = self.client.request(method.parse().unwrap(), self.url(path));
        if let Some((media_type, bytes)) = body {
            request = request.header("content-type", media_type).body(bytes);
        }
        answer(request).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.client.post(self.url(path)).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.client.put(self.url(path)).json(body)).await
    }

    pub async fn post_yaml(&self, path: &str, yaml: String) -> (u16, Value) {
        let request = self.client.post(self.url(path)).body(yaml);
        answer(request.header("content-type", "application/yaml")).await
    }

    /// Sends a component to a path.
    pub async fn post_bytes(&self, path: &str, bytes: &[u8]) -> (u16, Value) {
        let request = self.client.post(self.url(path)).body(bytes.to_owned());
        answer(request.header("content-type", "application/wasm")).await
    }

    /// Uploads a component to a path.
    pub async fn put_bytes(&self, path: &str, bytes: &[u8]) -> (u16, Value) {
        let request = self.client.put(self.url(path)).body(bytes.to_owned());
        answer(request.header("content-type", "application/wasm")).await
    }

    /// Sets a secret at a path.
    pub async fn put_secret(&self, path: &str, value: &'static str) {
        let request = self.client.put(self.url(path)).body(value);
        let request = request.header("content-type", "application/octet-stream");
        let (status, set) = answer(request).await;
        assert_eq!(status, 200, "{set}");
    }

    /// Uploads a component with a signature.
    pub async fn put_signed(&self, path: &str, bytes: &[u8], signature: &str) {
        let request = self.client.put(self.url(path)).body(bytes.to_owned());
        let request = request.header("content-type", "application/wasm");
        let (status, put) = answer(request.header("x-tasker-signature", signature)).await;
        assert_eq!(status, 201, "{put}");
    }

    pub async fn patch(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.client.patch(self.url(path)).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> (u16, Value) {
        answer(self.client.delete(self.url(path))).await
    }

    pub async fn publish_component(&self, name: &str, version: &str, bytes: &[u8]) {
        let path = format!("/v1/namespaces/{NAMESPACE}/components/{name}/versions/{version}");
        let request = self.client.put(self.url(&path)).body(bytes.to_owned());
        published(request.header("content-type", "application/wasm")).await;
    }

    /// Publishes version 1.0.0 of a template, of which the YAML says all but its name.
    pub async fn publish_template(&self, name: &str, rest_of_yaml: &str) {
        self.publish_template_version(name, "1.0.0", rest_of_yaml)
            .await;
    }

    /// Publishes a version of a template, of which the YAML says the rest.
    pub async fn publish_template_version(&self, name: &str, version: &str, rest_of_yaml: &str) {
        let yaml =
            format!("namespace: {NAMESPACE}\nname: {name}\nversion: {version}\n{rest_of_yaml}");
        self.put_template(NAMESPACE, name, version, yaml).await;
    }

    /// Publishes version 1.0.0 of a template of any namespace.
    pub async fn publish_yaml(&self, namespace: &str, name: &str, yaml: &str) {
        self.put_template(namespace, name, "1.0.0", yaml.to_owned())
            .await;
    }

    async fn put_template(&self, namespace: &str, name: &str, version: &str, yaml: String) {
        let path = format!("/v1/namespaces/{namespace}/templates/{name}/versions/{version}");
        let request = self.client.put(self.url(&path)).body(yaml);
        published(request.header("content-type", "application/yaml")).await;
    }

    /// Has the namespace grant this to a component.
    pub async fn grant(&self, component: &str, capability: &str) {
        let path = format!("/v1/namespaces/{NAMESPACE}/grants");
        let body = json!({"component": component, "capability": capability});
        published(self.client.post(self.url(&path)).json(&body)).await;
    }

    /// Lets another namespace use a component.
    pub async fn share(&self, component: &str, with: &str) {
        let path = format!("/v1/namespaces/{NAMESPACE}/shares");
        let body = json!({"component": component, "shared_with": with});
        published(self.client.post(self.url(&path)).json(&body)).await;
    }

    /// Has new tasks take this version of a component.
    pub async fn pin_component(&self, name: &str, requirement: &str) {
        let path = format!("/v1/namespaces/{NAMESPACE}/pins/component/{name}");
        let body = json!({"requirement": requirement});
        published(self.client.put(self.url(&path)).json(&body)).await;
    }

    /// Submits a task and says its id.
    pub async fn submit(&self, template: &str, input: Value) -> String {
        let body = json!({"namespace": NAMESPACE, "template": template, "input": input});
        let (status, created) = self.post("/v1/tasks", &body).await;
        assert_eq!(status, 201, "{created}");
        created["task"]["id"].as_str().unwrap().to_owned()
    }

    /// Submits tasks in one batch and says their ids.
    pub async fn submit_all(&self, templates: &[&str]) -> Vec<String> {
        let (status, created) = self.post("/v1/tasks", &submits(NAMESPACE, templates)).await;
        assert_eq!(status, 200, "{created}");
        let items = created["items"].as_array().unwrap().iter();
        items
            .map(|item| item["task_id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The task as it is.
    pub async fn task(&self, id: &str) -> Value {
        let (status, task) = self.get(&format!("/v1/tasks/{id}")).await;
        assert_eq!(status, 200, "{task}");
        task
    }

    /// The task once it is over.
    pub async fn finished(&self, id: &str) -> Value {
        wait_until(&format!("task {id} is over"), async || {
            let (status, task) = self.get(&format!("/v1/tasks/{id}?wait_ms=5000")).await;
            (status == 200 && !task["finished_at"].is_null()).then_some(task)
        })
        .await
    }

    /// Submits a task and waits for its end.
    pub async fn run(&self, template: &str, input: Value) -> Value {
        self.finished(&self.submit(template, input).await).await
    }

    /// The step of a task once it is in this state.
    pub async fn step_in(&self, id: &str, step: &str, state: &str) -> Value {
        wait_until(&format!("step {step} of {id} is {state}"), async || {
            let task = self.task(id).await;
            let found = step_of(&task, step).clone();
            (found["state"] == state).then_some(found)
        })
        .await
    }

    /// The states that a step went through, with the log's rows.
    pub async fn transitions(&self, id: &str, step: &str) -> Vec<Value> {
        let (status, page) = self
            .get(&format!("/v1/tasks/{id}/transitions?limit=500"))
            .await;
        assert_eq!(status, 200, "{page}");
        let rows = page["items"].as_array().unwrap().iter();
        rows.filter(|row| row["step"] == step).cloned().collect()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.host.url())
    }
}

/// The step of that name.
#[track_caller]
pub fn step_of<'t>(task: &'t Value, name: &str) -> &'t Value {
    let steps = task["steps"].as_array().unwrap();
    steps.iter().find(|step| step["name"] == name).unwrap()
}

/// One submit without input for each of the templates.
pub fn submits(namespace: &str, templates: &[&str]) -> Value {
    let submit = |template: &&str| json!({"namespace": namespace, "template": template});
    templates.iter().map(submit).collect()
}

fn worker() -> WorkerConfig {
    WorkerConfig {
        slots: 16,
        poll_interval: Duration::from_millis(100),
        heartbeat_interval: Duration::from_millis(50),
        dead_after: Duration::from_secs(5),
        drain_timeout: Duration::from_secs(10),
        ..WorkerConfig::default()
    }
}

async fn published(request: RequestBuilder) {
    let (status, body) = answer(request).await;
    assert!(matches!(status, 200 | 201), "{status}: {body}");
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
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
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}
