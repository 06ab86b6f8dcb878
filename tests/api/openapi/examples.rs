//! The examples of the description, sent to a host one after the other.

use super::operations;
use crate::harness::{TestDatabase, TestHost, wait_until};
use crate::sandbox::guests;
use serde_json::Value;
use std::collections::BTreeSet;
use tasker_wire::template::TEMPLATE_EXAMPLE;

/// Requests that make what others need, in an order that works.
const MAKE: &str = "createNamespace planComponentUpload publishComponent checkTemplate planTemplate publishTemplate \
    diffComponentUpload diffTemplateUpload approveComponent drainHost submitTasks cancelTask resumeHost setPin startRollout \
    pauseRollout resumeRollout changeQueue changeLimits setRecordingRule setKv setSecret addGrant addShare setRetention \
    setDefaultRetention setSubscription testSubscription pauseSubscription resumeSubscription moveSubscription \
    redeliverDeadLetters createKey addSigningKey migrateTasks rotateSecrets collectVersions beginSession";
/// Requests that end what is there, in an order that works.
const END: &str = "endSession removeSigningKey revokeKey removeSubscription removeDefaultRetention removeRetention \
    removeShare removeGrant removeSecret removeKv removeLimits removeRecordingRule rollBackPin removePin quarantineComponent \
    releaseComponent yankComponent unyankComponent yankTemplate unyankTemplate";
/// Examples that are refused here, and what with: no version waits for approval, the task did not fail, nothing is recorded,
/// and a webhook has no runs; the host has no identity provider.
const REFUSED: [(&str, u16); 9] = [
    ("approveComponent", 409),
    ("beginOidc", 404),
    ("finishOidc", 404),
    ("showCheckpoint", 404),
    ("showDetail", 404),
    ("showRecording", 404),
    ("showStepError", 404),
    ("showSubscriberRun", 404),
    ("showTaskError", 404),
];
/// Its answer has no end; other tests read it.
const ENDLESS: &str = "streamEvents";

/// A host, and the ids of what was made there.
pub struct World {
    pub host: TestHost,
    open_task: String,
    task: String,
    grant: String,
    signing_key: String,
    worker: String,
    /// Answers that were not as described.
    wrong: Vec<String>,
}

impl World {
    /// A host with a worker, where nothing was made yet.
    async fn begin(host: TestHost) -> Self {
        let worker = wait_until("the worker is there", async || {
            let (status, hosts) = host.get("/v1/hosts").await;
            assert_eq!(status, 200, "{hosts}");
            hosts["items"][0]["id"].as_i64()
        });
        let worker = worker.await.to_string();
        Self {
            host,
            worker,
            open_task: String::new(),
            task: String::new(),
            grant: String::new(),
            signing_key: String::new(),
            wrong: Vec::new(),
        }
    }

    /// The host with something of everything that can be made.
    pub async fn populated(host: TestHost) -> Self {
        let mut world = Self::begin(host).await;
        world.send_all(MAKE.split_whitespace()).await;
        assert!(world.wrong.is_empty(), "{:#?}", world.wrong);
        world
    }

    /// Sends the examples of these operations.
    async fn send_all(&mut self, ids: impl IntoIterator<Item = &str>) {
        for id in ids {
            let operation = operations().find(|(.., it)| it["operationId"] == id);
            self.send(operation.unwrap()).await;
        }
    }

    /// A segment of a path that has no example, since the host chooses it or it depends on what it is of.
    fn segment(&self, path: &str, name: &str) -> Option<String> {
        let value = match name {
            "id" if path.ends_with("/cancel") => &self.open_task,
            "id" if path.starts_with("/v1/tasks") => &self.task,
            "id" => &self.worker,
            "grant_id" => &self.grant,
            "key" if path.contains("/signing-keys/") => &self.signing_key,
            "name" if path.starts_with("/v1/keys") => "ci",
            "name" if path.starts_with("/v1/events/catalog") => "task.completed",
            _ => return None,
        };
        Some(value.to_owned())
    }

    async fn send(&mut self, (method, path, operation): (String, &str, &Value)) {
        let id = operation["operationId"].as_str().unwrap();
        let (mut filled, mut query) = (path.to_owned(), String::new());
        for parameter in operation["parameters"].as_array().unwrap() {
            let name = parameter["name"].as_str().unwrap();
            let example = parameter["example"].as_str().map(str::to_owned);
            let example = example.or_else(|| Some(parameter["example"].to_string()));
            let value = self.segment(path, name).or(example).unwrap();
            match parameter["in"].as_str().unwrap() {
                "path" => filled = filled.replace(&format!("{{{name}}}"), &value),
                "query" if parameter["required"] == true => query += &format!("&{name}={value}"),
                _ => {}
            }
        }
        if !query.is_empty() {
            filled += &format!("?{}", &query[1..]);
        }
        let contents = operation["requestBody"]["content"].as_object();
        let body = contents.map(|contents| {
            let (media_type, content) = contents.iter().next().unwrap();
            let bytes = match &content["example"] {
                Value::Null => guests::misbehaving().to_owned(),
                Value::String(text) => text.as_bytes().to_vec(),
                json => json.to_string().into_bytes(),
            };
            (media_type.as_str(), bytes)
        });
        let (status, answer) = self.host.send(&method, &filled, body).await;
        let is_as_described = match REFUSED.iter().find(|(refused, _)| *refused == id) {
            Some((_, expected)) => status == *expected,
            None => matches!(status, 200..=299),
        };
        match is_as_described {
            true => self.keep(id, &answer).await,
            false => self.wrong.push(format!("{id}: {status} {answer}")),
        }
    }

    /// What later requests are about.
    async fn keep(&mut self, id: &str, answer: &Value) {
        match id {
            "submitTasks" => self.open_task = answer["task"]["id"].as_str().unwrap().to_owned(),
            "addGrant" => self.grant = answer["id"].to_string(),
            "addSigningKey" => self.signing_key = answer["key_id"].as_str().unwrap().to_owned(),
            "publishComponent" => {
                let wasm = guests::misbehaving();
                self.host.publish_component("charge", "1.1.0", wasm).await;
            }
            "publishTemplate" => {
                let yaml = TEMPLATE_EXAMPLE.replace("1.0.0", "1.1.0").into_bytes();
                let path = "/v1/namespaces/shop/templates/charge/versions/1.1.0";
                let body = Some(("application/yaml", yaml));
                let (status, answer) = self.host.send("PUT", path, body).await;
                assert_eq!(status, 201, "{answer}");
            }
            "resumeHost" => {
                self.task = self.host.submit("charge", serde_json::json!({})).await;
                self.host.finished(&self.task).await;
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn each_example_is_answered_as_described() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    let mut world = World::begin(host).await;
    let reads = operations().filter(|(method, ..)| method == "GET");
    let reads = reads.map(|(.., it)| it["operationId"].as_str().unwrap());
    let reads = reads.filter(|id| *id != ENDLESS);
    let story = MAKE
        .split_whitespace()
        .chain(reads)
        .chain(END.split_whitespace());
    let story: Vec<&str> = story.collect();
    let all: BTreeSet<_> = operations()
        .map(|(.., it)| it["operationId"].as_str().unwrap())
        .collect();
    let told: BTreeSet<_> = story.iter().copied().chain([ENDLESS]).collect();
    assert_eq!(all, told);
    world.send_all(story).await;
    assert!(world.wrong.is_empty(), "{:#?}", world.wrong);
}
