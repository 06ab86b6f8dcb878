use super::server::Server;
use super::worker::Worker;
use serde_json::{Value, json};

/// What it says of its hosts, the newest first.
async fn listed(server: &Server) -> Vec<Value> {
    let page = server.get("/v1/hosts").await.answered(200);
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn hosts_are_listed_newest_first_in_pages() {
    let server = Server::start().await;
    assert_eq!(listed(&server).await, Vec::<Value>::new());
    let first = Worker::register(&server.engine).await;
    let second = Worker::register(&server.engine).await;
    let hosts = listed(&server).await;
    assert_eq!(hosts[0]["id"], second.id());
    assert_eq!(hosts[1]["id"], first.id());
    assert_eq!(hosts[0]["host_name"], "by-hand");
    assert_eq!(hosts[0]["pid"], std::process::id());
    assert_eq!(hosts[0]["state"], "active");
    let page = server.get("/v1/hosts?limit=1").await.answered(200);
    let next = page["next"].as_str().unwrap();
    let rest = server.get(&format!("/v1/hosts?limit=1&after={next}")).await;
    let rest = rest.answered(200);
    assert_eq!(
        (&rest["items"][0]["id"], &rest["next"]),
        (&json!(first.id()), &Value::Null)
    );
}

#[tokio::test]
async fn a_host_is_listed_for_an_hour_after_it_stopped() {
    let server = Server::start().await;
    let worker = Worker::register(&server.engine).await;
    for (ago, states) in [("59 min", vec!["stopped"]), ("61 min", vec![])] {
        let stop = format!("update tasker.worker set stopped_at = now() - interval '{ago}'");
        server.run(&stop).await;
        let hosts = listed(&server).await;
        let found: Vec<_> = hosts
            .iter()
            .map(|it| it["state"].as_str().unwrap())
            .collect();
        assert_eq!(found, states, "{ago}");
    }
    let shown = server.get(&format!("/v1/hosts/{}", worker.id())).await;
    assert_eq!(shown.answered(200)["state"], "stopped");
}

#[tokio::test]
async fn a_host_without_a_heartbeat_is_silent() {
    let server = Server::start().await;
    Worker::register(&server.engine).await;
    server
        .execute("update tasker.worker set heartbeat_at = now() - interval '11 s'")
        .await;
    assert_eq!(listed(&server).await[0]["state"], "silent");
}

#[tokio::test]
async fn a_drain_and_its_end_are_recorded_once() {
    let server = Server::start().await;
    let worker = Worker::register(&server.engine).await;
    let path = |verb: &str| format!("/v1/hosts/{}/{verb}", worker.id());
    let because = json!({"reason": "a new kernel"});
    let post = async |verb: &str| server.post(&path(verb), &because).await.answered(200);
    let drained = post("drain").await;
    assert_eq!(
        (&drained["state"], &drained["changed"]),
        (&json!("draining"), &json!(true))
    );
    assert_eq!(post("drain").await["changed"], false);
    let resumed = post("resume").await;
    assert_eq!(
        (&resumed["state"], &resumed["changed"]),
        (&json!("active"), &json!(true))
    );
    assert_eq!(post("resume").await["changed"], false);
    let audit = server.get("/v1/audit?action=host").await.answered(200);
    let seen: Vec<_> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["action"].as_str().unwrap(),
                it["subject"].as_str().unwrap(),
            )
        })
        .collect();
    let subject = format!("host {}", worker.id());
    assert_eq!(
        seen,
        [("host.resume", &*subject), ("host.drain", &*subject)]
    );
    assert_eq!(audit["items"][1]["reason"], "a new kernel");
    assert_eq!(audit["items"][1]["detail"]["host_name"], "by-hand");
}

#[tokio::test]
async fn a_host_that_is_not_there_or_has_stopped_is_not_drained() {
    let server = Server::start().await;
    let worker = Worker::register(&server.engine).await;
    let unknown = server.post("/v1/hosts/4711/drain", &json!({})).await;
    let detail = unknown.refused(404, "unknown_host");
    assert_eq!(
        detail,
        "there is no host 4711; list them with: tasker host ls"
    );
    server
        .get("/v1/hosts/4711")
        .await
        .refused(404, "unknown_host");
    let word = server.post("/v1/hosts/db-1/drain", &json!({})).await;
    word.refused(400, "invalid_parameter");
    server
        .execute("update tasker.worker set stopped_at = now()")
        .await;
    for verb in ["drain", "resume"] {
        let path = format!("/v1/hosts/{}/{verb}", worker.id());
        let detail = server
            .post(&path, &json!({}))
            .await
            .refused(409, "host_stopped");
        assert!(detail.contains("has stopped"), "{detail}");
    }
    let audit = server.get("/v1/audit?action=host").await.answered(200);
    assert_eq!(audit["items"], json!([]));
}

#[tokio::test]
async fn hosts_are_seen_and_drained_by_those_who_may_on_all_namespaces() {
    let server = Server::start().await;
    let worker = Worker::register(&server.engine).await;
    let drain = format!("/v1/hosts/{}/drain", worker.id());
    let resume = drain.replace("drain", "resume");
    for (namespace, action, sees, drains) in [
        ("shop", "admin", 403, 403),
        ("*", "read", 200, 403),
        ("*", "operate", 403, 200),
    ] {
        let name = format!("{action}-{}", namespace.len());
        let permissions = json!([{"namespace": namespace, "actions": [action]}]);
        let key = json!({"name": name, "permissions": permissions});
        let made = server.post("/v1/keys", &key).await.answered(201);
        let asker = server.asked_with(made["key"].as_str());
        let seen = asker.get("/v1/hosts").await;
        assert_eq!(seen.status, sees, "{namespace} {action}");
        for path in [&drain, &resume] {
            let drained = asker.send("POST", path, &json!({})).await;
            assert_eq!(drained.status, drains, "{namespace} {action} {path}");
        }
    }
}
