//! Readers of the feed whose hosts are killed.

use crate::crash::hosts::Hosts;
use crate::harness::{ADMIN_KEY, EventStream, TestDatabase, basics, client};
use serde_json::{Value, json};
use std::collections::HashSet;

const TASKS: usize = 20;
const STEPS: &str =
    "steps: [{name: a, handler: basics/echo}, {name: b, handler: basics/echo, depends_on: [a]}]";

async fn send(request: reqwest::RequestBuilder) -> Value {
    let answer = request.bearer_auth(ADMIN_KEY).send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{text}");
    serde_json::from_str(&text).unwrap_or_default()
}

async fn publish(url: &str) {
    let component = format!("{url}/v1/namespaces/shop/components/basics/versions/1.0.0");
    let upload = client().put(component).body(basics().to_owned());
    send(upload.header("content-type", "application/wasm")).await;
    let template = format!("{url}/v1/namespaces/shop/templates/two/versions/1.0.0");
    let yaml = format!("namespace: shop\nname: two\nversion: 1.0.0\n{STEPS}");
    let upload = client().put(template).body(yaml);
    send(upload.header("content-type", "application/yaml")).await;
}

async fn submit(url: &str) {
    let submits: Vec<Value> = (0..TASKS)
        .map(|n| json!({"namespace": "shop", "template": "two", "input": n}))
        .collect();
    send(client().post(format!("{url}/v1/tasks")).json(&submits)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_goes_on_at_another_host_has_each_event_once_after_its_own_was_killed() {
    let database = TestDatabase::new().await;
    let hosts = Hosts::start(&database.url()).await;
    publish(&hosts.url(0)).await;
    let (mut host, mut from) = (0, "2000-01-01T00:00:00Z".to_owned());
    let (mut seen, mut ended) = (Vec::<String>::new(), 0);
    submit(&hosts.url(0)).await;
    while ended < 2 * TASKS {
        let path = format!("{}/v1/events/stream?from={from}", hosts.url(host));
        let mut stream = EventStream::open(client().get(path)).await;
        let mut taken = 0;
        while let Some(message) = stream.next().await {
            if message.event == "end" {
                break;
            }
            ended += usize::from(message.event == "tasker.task.completed");
            seen.push(format!(
                "{} {} {}",
                message.id, message.event, message.data["subject"]
            ));
            from = message.id;
            taken += 1;
            if ended == 2 * TASKS || (taken == 30 && host == 0) {
                break;
            }
        }
        if host == 0 {
            drop(stream);
            hosts.kill(0).await;
            host = 1;
            submit(&hosts.url(1)).await;
        }
    }
    let distinct: HashSet<&String> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len(), "one came twice");
    let mut all = Vec::new();
    let mut next = String::new();
    loop {
        let page = send(client().get(format!("{}/v1/events?limit=500{next}", hosts.url(1)))).await;
        for item in page["items"].as_array().unwrap() {
            let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            all.push(format!(
                "{} {} {}",
                text("sequence"),
                text("type"),
                item["subject"]
            ));
        }
        if page["is_end"] == true {
            break;
        }
        next = format!("&from={}", page["next"].as_str().unwrap());
    }
    assert_eq!(seen, all[..seen.len()]);
    hosts.stop().await;
}
