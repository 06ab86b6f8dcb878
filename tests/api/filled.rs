//! A server that has some of everything that is listed, and how its lists are read.

use super::server::{Server, answer, yaml};
use super::signatures::trust;
use super::withdrawals::two_versions;
use super::worker::Worker;
use crate::harness::openapi;
use crate::sandbox::guests;
use serde_json::{Value, json};

/// What tells the items of a list from each other.
const IDENTITY: [&str; 14] = [
    "id",
    "namespace",
    "name",
    "kind",
    "target",
    "component",
    "capability",
    "key",
    "key_id",
    "version",
    "seq",
    "digest",
    "number",
    "declared_by",
];

/// A list of the API that has an order.
pub struct List {
    /// With what the server of [`filled`] has.
    pub path: String,
    /// The key, and the same with a minus.
    pub orders: [String; 2],
    pub default: String,
}

/// All lists of the document that have an order.
pub fn lists(task: &str) -> Vec<List> {
    let paths = openapi()["paths"].as_object().unwrap();
    let ordered = paths.iter().filter_map(|(path, operations)| {
        let parameters = operations["get"]["parameters"].as_array()?;
        let order = parameters.iter().find(|it| it["name"] == "order")?;
        let schema = &order["schema"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Some(List {
            path: filled_in(path, task),
            orders: [0, 1].map(|place| text(&schema["enum"][place])),
            default: text(&schema["default"]),
        })
    });
    ordered.collect()
}

fn filled_in(path: &str, task: &str) -> String {
    let name = match path {
        path if path.contains("/components/") => "guest",
        path if path.contains("/templates/") => "one",
        _ => "hook",
    };
    path.replace("{namespace}", "shop")
        .replace("{name}", name)
        .replace("{id}", task)
        .replace("{bucket}", "orders")
        .replace("{kind}", "component")
        .replace("{target}", "guest")
}

const STEPS: &str = "steps: [{name: b, handler: guest/noop}, {name: a, handler: guest/noop, depends_on: [b]}, \
                     {name: c, handler: guest/noop}]";

/// A server that has some of everything, and a task of it.
pub async fn filled() -> (Server, String) {
    let server = two_versions().await;
    let events = "events: {orders.charged: {}, orders.done: {}}\n";
    for (version, text) in [
        ("2.0.0", STEPS.to_owned()),
        ("2.1.0", format!("{events}{STEPS}")),
    ] {
        let template = yaml("one", version, &text);
        server
            .put_template("one", version, &template)
            .await
            .answered(201);
    }
    for name in ["three", "two"] {
        let template = yaml(name, "1.0.0", STEPS);
        server
            .put_template(name, "1.0.0", &template)
            .await
            .answered(201);
        let bytes = guests::undescribed();
        server
            .put_component(name, "1.0.0", bytes)
            .await
            .answered(201);
    }
    fill_rules(&server).await;
    fill_hosts_and_subscriptions(&server).await;
    for _ in 0..2 {
        server.submit("one", json!({})).await;
    }
    for template in ["two", "three"] {
        server.submit(template, json!({})).await;
    }
    let task = server.submit("one", json!({})).await;
    let cancel = format!("/v1/tasks/{task}/cancel");
    server.post(&cancel, &json!({})).await.answered(200);
    for (seed, name) in [(1, "ci"), (2, "ada"), (3, "bob")] {
        trust(&server, seed, name).await;
    }
    (server, task)
}

/// Two of each rule in `shop`, and one in `bakery`.
async fn fill_rules(server: &Server) {
    let put = async |path: &str, body: Value| server.put(path, &body).await.answered(200);
    for requirement in ["=1.0.0", "=1.1.0", "^1"] {
        let pin = "/v1/namespaces/shop/pins/component/guest";
        put(pin, json!({"requirement": requirement})).await;
    }
    put(
        "/v1/namespaces/shop/pins/template/one",
        json!({"requirement": "^2"}),
    )
    .await;
    for (namespace, with) in [("shop", "bakery"), ("shop", "*"), ("bakery", "shop")] {
        server.share(namespace, "guest", with).await;
        let grants = format!("/v1/namespaces/{namespace}/grants");
        let grant = json!({"component": "guest", "capability": format!("kv {}", with.len())});
        server.post(&grants, &grant).await.answered(201);
    }
    for (namespace, component) in [("shop", "guest"), ("shop", "two"), ("bakery", "guest")] {
        let path = format!("/v1/namespaces/{namespace}/limits/{component}");
        let limit = json!({"limits": {"memory": "64MiB"}});
        answer(server.request("PATCH", &path).json(&limit))
            .await
            .answered(200);
        let rule = format!("/v1/namespaces/{namespace}/recording-rules/{component}");
        put(&rule, json!({"percent": 1})).await;
    }
    for namespace in ["shop", "bakery"] {
        put(
            &format!("/v1/namespaces/{namespace}/retention"),
            json!({"for_ever": true}),
        )
        .await;
        let queue = format!("/v1/namespaces/{namespace}/queue");
        answer(server.request("PATCH", &queue).json(&json!({"weight": 2})))
            .await
            .answered(200);
        for name in ["signing", "other"] {
            let path = format!("/v1/namespaces/{namespace}/secrets/{name}");
            let request = server
                .request("PUT", &path)
                .header("content-type", "application/octet-stream");
            answer(request.body("a long enough value"))
                .await
                .answered(200);
        }
    }
    put("/v1/retention", json!({"complete_ms": 86_400_000})).await;
    for key in ["order-1", "order-2", "other"] {
        put(&format!("/v1/namespaces/shop/kv/orders/{key}"), json!(1)).await;
    }
    for name in ["reader", "baker"] {
        let permissions = json!([{"namespace": "shop", "actions": ["read"]}]);
        let key = json!({"name": name, "permissions": permissions});
        server.post("/v1/keys", &key).await.answered(201);
    }
}

async fn fill_hosts_and_subscriptions(server: &Server) {
    for _ in 0..3 {
        Worker::register(&server.engine).await;
    }
    for name in ["hook", "other", "third"] {
        let path = format!("/v1/namespaces/shop/subscriptions/{name}");
        let body = json!({"to": "https://example.com/events", "secrets": ["signing"]});
        server.put(&path, &body).await.answered(201);
    }
    server
        .run(
            "insert into tasker.dead_letter (subscription_id, seq, seq_index, type, reason, attempts, at)
             select s.subscription_id, n, 0, 'tasker.pin.set', 'no', 12, now()
             from tasker.subscription s, generate_series(1, 3) n;
             insert into tasker.subscriber_run (subscription_id, run_no, at, seq, seq_index, attempt, rollouts,
               component_version_id, wall_ms, cpu_ms, host_ms, memory_kib, in_bytes, out_bytes, http_requests)
             select s.subscription_id, n, now(), n, 0, 1, '{}', (select max(component_version_id) from tasker.component_version),
                    1, 1, 1, 1, 1, 1, 0
             from tasker.subscription s, generate_series(1, 3) n;
             insert into tasker.quarantine (digest, actor, reason)
             select decode(repeat(n, 32), 'hex'), 'ada', 'no' from unnest(array['01', '02', '03']) n",
        )
        .await;
}

/// What a page has, each item by what tells it from others.
pub fn items(page: &Value) -> Vec<Value> {
    let items = page.get("items").unwrap_or(&page["versions"]);
    let items = items.as_array().unwrap().iter();
    let identity = |item: &Value| IDENTITY.map(|name| item[name].clone());
    items.map(|item| json!(identity(item))).collect()
}

/// All items of a list, read in pages of one or two.
pub async fn page_by_page(server: &Server, list: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("{list}&limit={limit}{after}");
        let page = server.get(&path).await.answered(200);
        let found = items(&page);
        assert!(found.len() <= limit, "{path}");
        all.extend(found);
        assert!(all.len() < 1_000, "{path}: it has no end");
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
    }
}
