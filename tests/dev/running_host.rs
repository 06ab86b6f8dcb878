//! On a host that others use too.

use super::project::Project;
use super::session::Session;
use crate::harness::{ADMIN_KEY, TestDatabase, TestHost, basics};
use serde_json::{Value, json};

/// The requirements of all pins of a namespace, by kind and target.
async fn pins(host: &TestHost, namespace: &str) -> Vec<String> {
    let (status, page) = host.get(&format!("/v1/pins?namespace={namespace}")).await;
    assert_eq!(status, 200, "{page}");
    let text = |pin: &Value, member: &str| pin[member].as_str().unwrap().to_owned();
    let pins = page["items"].as_array().unwrap().iter();
    let pins = pins.map(|pin| {
        let (kind, target) = (text(pin, "kind"), text(pin, "target"));
        format!("{kind} {target} {}", text(pin, "requirement"))
    });
    let mut pins: Vec<String> = pins.collect();
    pins.sort();
    pins
}

fn start(project: &Project, host: &TestHost, arguments: &[&str]) -> Session {
    let (url, key) = (host.host.url(), ADMIN_KEY);
    let arguments = [&["--url", &url], arguments].concat();
    Session::start(
        project,
        &arguments,
        &[("TASKER_TOKEN", key), ("USER", "ada")],
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_there_is_used_in_a_namespace_of_the_user_and_pins_are_taken_back() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    let project = Project::new("guest").await;
    let mut session = start(&project, &host, &[]);
    session
        .line("component dev-ada/guest@0.1.0-dev.1 published")
        .await;
    session.line("\"text\": \"Hello, world!\"").await;
    session.waits().await;
    let pinned = [
        "component guest =0.1.0-dev.1",
        "template guest =0.1.0-dev.2",
    ];
    assert_eq!(pins(&host, "dev-ada").await, pinned);
    let ended = session.interrupt().await;
    assert_eq!(
        (ended.code, &ended.left),
        (Some(0), &Vec::new()),
        "{}",
        ended.text()
    );
    let told = "the component dev-ada/guest is no longer pinned";
    assert!(ended.text().contains(told), "{}", ended.text());
    assert_eq!(pins(&host, "dev-ada").await, Vec::<String>::new());
    // Versions count on where they are. For programs, each line is an object.
    let ended = start(&project, &host, &["--once", "--output", "json"]);
    let ended = ended.end().await;
    assert_eq!(ended.code, Some(0), "{}", ended.text());
    // What the tools of a slow build say is on standard error.
    let lines = ended.lines.iter().filter(|line| line.starts_with('{'));
    let lines = lines.map(|line| serde_json::from_str(line));
    let lines: Vec<Value> = lines.collect::<Result<_, _>>().unwrap();
    let published = lines.iter().filter(|line| line["dev"] == "published");
    let released: Vec<_> = published.map(|line| &line["release"]).collect();
    let expected = ["dev-ada/guest@0.1.0-dev.3", "dev-ada/guest@0.1.0-dev.4"];
    assert_eq!(released, expected);
    assert!(lines.iter().any(|line| line["message"] == "greeting"));
    assert!(lines.iter().any(|line| line["state"] == "complete"));
    assert_eq!(pins(&host, "dev-ada").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_that_was_there_is_set_again_unless_somebody_changed_it_meanwhile() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    let project = Project::new("pinned").await;
    host.publish_component("pinned", "1.0.0", basics()).await;
    host.pin_component("pinned", "^1").await;
    let namespace = ["--namespace", "shop"];
    let mut session = start(&project, &host, &namespace);
    session.waits().await;
    let during = [
        "component pinned =0.1.0-dev.1",
        "template pinned =0.1.0-dev.2",
    ];
    assert_eq!(pins(&host, "shop").await, during);
    session.interrupt().await;
    assert_eq!(pins(&host, "shop").await, ["component pinned ^1"]);
    let mut session = start(&project, &host, &namespace);
    session.waits().await;
    host.pin_component("pinned", "=1.0.0").await;
    let ended = session.interrupt().await;
    let told = "the pin of the component shop/pinned was changed meanwhile, and stays";
    assert!(ended.text().contains(told), "{}", ended.text());
    assert_eq!(pins(&host, "shop").await, ["component pinned =1.0.0"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_component_requests_is_granted_on_its_own_host_and_asked_for_on_another() {
    let project = Project::new("requests").await;
    let handlers = "tasker_sdk::handlers! {\n";
    let requests = format!("{handlers}    #![capabilities(\"kv visits\")]\n");
    project.edit("src/lib.rs", handlers, &requests);
    let ended = Session::own(&project, &["--once"]).end().await;
    assert_eq!(ended.code, Some(0), "{}", ended.text());
    let granted = "granted to demo/requests: kv visits";
    assert!(ended.text().contains(granted), "{}", ended.text());
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    let ended = start(&project, &host, &["--once"]).end().await;
    let told = "requests what is not granted; to grant it:";
    let command = "tasker component approve dev-ada/requests@0.1.0-dev.1";
    assert!(ended.text().contains(told), "{}", ended.text());
    assert!(ended.text().contains(command), "{}", ended.text());
    let (_, grants) = host.get("/v1/namespaces/dev-ada/grants").await;
    assert_eq!(grants["items"], json!([]));
}
