//! Rollouts: which new tasks take them, how they move, pause and end.

use super::server::{Server, yaml};
use crate::sandbox::guests;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const PIN: &str = "/v1/namespaces/shop/pins/component/guest";
const TEMPLATE_PIN: &str = "/v1/namespaces/shop/pins/template/one";
/// Two steps of one component, and one of another.
const STEPS: &str = "steps: [{name: a, handler: guest/noop}, {name: b, handler: guest/noop},
  {name: c, handler: other/noop}]";

/// With `guest` 1.0.0 (pinned) and 1.1.0, `other` 1.0.0, and the template `one`.
pub async fn pinned() -> Server {
    let server = Server::start().await;
    for (name, version) in [("guest", "1.0.0"), ("guest", "1.1.0"), ("other", "1.0.0")] {
        let put = server.put_component(name, version, guests::undescribed());
        put.await.answered(201);
    }
    let yaml = yaml("one", "1.0.0", STEPS);
    server
        .put_template("one", "1.0.0", &yaml)
        .await
        .answered(201);
    let pin = json!({"requirement": "=1.0.0"});
    server.put(PIN, &pin).await.answered(200);
    server
}

pub async fn rollout(server: &Server, to: &str, percent: f64) -> Value {
    let body = json!({"to": to, "percent": percent});
    let answer = server.post(&format!("{PIN}/rollout"), &body).await;
    answer.answered(200)
}

/// How many of as many new tasks have this for the template and for each step, such as
/// `1.0.0 1.1.0 1.1.0 1.0.0`.
async fn taken(server: &Server, tasks: usize) -> BTreeMap<String, usize> {
    let submit = json!({"namespace": "shop", "template": "one"});
    let submits: Value = std::iter::repeat_n(submit, tasks).collect();
    let created = server.post("/v1/tasks", &submits).await.answered(200);
    let mut taken = BTreeMap::new();
    for item in created["items"].as_array().unwrap() {
        let id = item["task_id"].as_str().unwrap();
        *taken.entry(versions(server, id).await).or_default() += 1;
    }
    taken
}

async fn versions(server: &Server, id: &str) -> String {
    let task = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
    let steps = task["steps"].as_array().unwrap().iter();
    let steps = steps.map(|step| step["version"].as_str().unwrap());
    let all: Vec<&str> = std::iter::once(task["version"].as_str().unwrap())
        .chain(steps)
        .collect();
    all.join(" ")
}

const OLD: &str = "1.0.0 1.0.0 1.0.0 1.0.0";
const NEW: &str = "1.0.0 1.1.0 1.1.0 1.0.0";

#[tokio::test]
async fn a_share_of_new_tasks_takes_the_rollout_each_of_them_for_all_its_steps() {
    let server = pinned().await;
    rollout(&server, "1.1.0", 50.0).await;
    let taken = taken(&server, 60).await;
    assert!(taken[OLD] > 5 && taken[NEW] > 5, "{taken:?}");
    assert_eq!(taken[OLD] + taken[NEW], 60, "{taken:?}");
}

#[tokio::test]
async fn at_0_percent_no_task_takes_the_rollout_and_at_100_it_is_the_pin() {
    let server = pinned().await;
    let pin = rollout(&server, "1.1.0", 0.0).await;
    assert_eq!(pin["rollout"]["percent"], 0.0);
    assert_eq!(
        taken(&server, 10).await,
        BTreeMap::from([(OLD.to_owned(), 10)])
    );
    let pin = rollout(&server, "1.1.0", 100.0).await;
    assert_eq!(
        (&pin["requirement"], &pin["rollout"]),
        (&json!("=1.1.0"), &Value::Null)
    );
    assert_eq!(
        taken(&server, 10).await,
        BTreeMap::from([(NEW.to_owned(), 10)])
    );
}

#[tokio::test]
async fn a_rollout_is_shown_with_its_guard_and_keeps_its_beginning_as_it_moves() {
    let server = pinned().await;
    let begun = rollout(&server, "1.1.0", 10.0).await["rollout"].clone();
    assert_eq!(begun["requirement"], "=1.1.0");
    assert_eq!(
        (&begun["state"], &begun["percent"]),
        (&json!("running"), &json!(10.0))
    );
    assert_eq!(
        (&begun["guard"]["window"], &begun["guard"]["min_attempts"]),
        (&json!("5m"), &json!(20))
    );
    let body = json!({"to": "1.1.0", "percent": 12.34, "guard": {"window": "90s"}});
    let moved = server
        .post(&format!("{PIN}/rollout"), &body)
        .await
        .answered(200);
    assert_eq!(moved["rollout"]["percent"], 12.34);
    assert_eq!(moved["rollout"]["guard"]["window"], "1m30s");
    assert_eq!(moved["rollout"]["started_at"], begun["started_at"]);
    let body = json!({"to": "1.1.0", "percent": 20, "guard": null});
    let unguarded = server
        .post(&format!("{PIN}/rollout"), &body)
        .await
        .answered(200);
    assert_eq!(unguarded["rollout"]["guard"], Value::Null);
    let list = server.get("/v1/pins").await.answered(200);
    assert_eq!(list["items"][0]["rollout"], unguarded["rollout"]);
}

#[tokio::test]
async fn a_template_is_rolled_out_as_a_component_is() {
    let server = pinned().await;
    let yaml = yaml("one", "2.0.0", STEPS);
    server
        .put_template("one", "2.0.0", &yaml)
        .await
        .answered(201);
    let pin = json!({"requirement": "^1"});
    server.put(TEMPLATE_PIN, &pin).await.answered(200);
    let body = json!({"to": "2.0.0", "percent": 50});
    let rolled_out = server
        .post(&format!("{TEMPLATE_PIN}/rollout"), &body)
        .await
        .answered(200);
    assert_eq!(rolled_out["rollout"]["requirement"], "=2.0.0");
    let old = "1.0.0 1.0.0 1.0.0 1.0.0";
    let new = "2.0.0 1.0.0 1.0.0 1.0.0";
    let taken = taken(&server, 60).await;
    assert!(
        taken[old] > 5 && taken[new] > 5 && taken.len() == 2,
        "{taken:?}"
    );
    // Who asks for a version gets it, rollout or not.
    let submit = json!({"namespace": "shop", "template": "one", "version": "^1"});
    for _ in 0..10 {
        let answer = server.post("/v1/tasks", &submit).await.answered(201);
        assert_eq!(answer["task"]["version"], "1.0.0");
    }
}

#[tokio::test]
async fn the_figures_of_a_rollout_are_there_from_its_beginning_to_its_end() {
    let server = pinned().await;
    let figures = format!("{PIN}/figures");
    server.get(&figures).await.refused(409, "no_rollout");
    let unknown = figures.replace("guest", "other");
    server.get(&unknown).await.refused(404, "unknown_pin");
    rollout(&server, "1.1.0", 10.0).await;
    let found = server.get(&figures).await.answered(200);
    let none = json!({"attempts": 0, "failed_percent": null, "trapped_percent": null, "wall_ms": null, "cpu_ms": null,
                      "memory_kib": null});
    assert_eq!((&found["rollout"], &found["base"]), (&none, &none));
    assert!(found["since"].is_string(), "{found}");
    rollout(&server, "1.1.0", 100.0).await;
    server.get(&figures).await.refused(409, "no_rollout");
}

#[tokio::test]
async fn a_paused_rollout_stays_until_it_is_resumed_or_forced() {
    let server = pinned().await;
    rollout(&server, "1.1.0", 10.0).await;
    let because = json!({"reason": "the queue grows"});
    let paused = server
        .post(&format!("{PIN}/pause"), &because)
        .await
        .answered(200);
    assert_eq!(paused["rollout"]["state"], "paused");
    assert_eq!(
        paused["rollout"]["paused_because"],
        "by admin: the queue grows"
    );
    let further = json!({"to": "1.1.0", "percent": 20});
    let path = format!("{PIN}/rollout");
    let detail = server
        .post(&path, &further)
        .await
        .refused(409, "rollout_is_paused");
    assert!(
        detail.contains("paused at 10 % (by admin: the queue grows)"),
        "{detail}"
    );
    let forced = json!({"to": "1.1.0", "percent": 20, "force": true});
    let pin = server.post(&path, &forced).await.answered(200);
    assert_eq!(
        (&pin["rollout"]["percent"], &pin["rollout"]["state"]),
        (&json!(20.0), &json!("running"))
    );
    // Its guard looks at what comes after.
    assert_ne!(
        pin["rollout"]["started_at"],
        paused["rollout"]["started_at"]
    );
    assert_ne!(pin["rollout"]["guard"], Value::Null);
    let pause = format!("{PIN}/pause");
    let paused = server.post(&pause, &json!({})).await.answered(200);
    let resume = format!("{PIN}/resume");
    let resumed = server.post(&resume, &json!({})).await.answered(200);
    assert_eq!(resumed["rollout"]["state"], "running");
    // Its guard looks at what comes after.
    assert_ne!(
        resumed["rollout"]["started_at"],
        paused["rollout"]["started_at"]
    );
    server
        .post(&resume, &json!({}))
        .await
        .refused(409, "rollout_is_not_paused");
    rollout(&server, "1.1.0", 30.0).await;
}

#[tokio::test]
async fn a_paused_rollout_keeps_the_reason_of_its_first_pause() {
    let server = pinned().await;
    rollout(&server, "1.1.0", 10.0).await;
    let pause = format!("{PIN}/pause");
    let first = json!({"reason": "the queue grows"});
    server.post(&pause, &first).await.answered(200);
    for second in [json!({"reason": "a look"}), json!({})] {
        let again = server.post(&pause, &second).await;
        let detail = again.refused(409, "rollout_is_paused");
        assert_eq!(
            detail,
            "the pin of component guest in namespace shop stays as it is: the rollout to =1.1.0 is paused already (by admin: the queue grows)"
        );
    }
    let pins = server.get("/v1/pins").await.answered(200);
    assert_eq!(
        pins["items"][0]["rollout"]["paused_because"],
        "by admin: the queue grows"
    );
    let pauses = server.get("/v1/audit?action=pin.pause").await.answered(200);
    assert_eq!(pauses["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_rollout_to_an_ineligible_version_takes_what_the_others_take() {
    let server = pinned().await;
    rollout(&server, "1.1.0", 99.0).await;
    server.withdraw("guest", "1.1.0").await;
    assert_eq!(
        taken(&server, 10).await,
        BTreeMap::from([(OLD.to_owned(), 10)])
    );
}

#[tokio::test]
async fn a_rollout_beyond_what_a_step_asks_for_leaves_the_step_where_it_is() {
    let server = pinned().await;
    server
        .put_component("guest", "2.0.0", guests::undescribed())
        .await
        .answered(201);
    let narrow = yaml("one", "2.0.0", "steps: [{name: a, handler: guest/noop@^1}]");
    server
        .put_template("one", "2.0.0", &narrow)
        .await
        .answered(201);
    rollout(&server, "2.0.0", 99.99).await;
    let task = json!({"namespace": "shop", "template": "one"});
    let created = server.post("/v1/tasks", &task).await.answered(201);
    let id = created["task"]["id"].as_str().unwrap();
    assert_eq!(versions(&server, id).await, "2.0.0 1.0.0");
}

#[tokio::test]
async fn a_rollout_that_cannot_be_is_refused_and_says_why() {
    let server = pinned().await;
    let path = format!("{PIN}/rollout");
    let refused = async |body: Value, status, code: &str| {
        server.post(&path, &body).await.refused(status, code)
    };
    let to = |version: &str, percent: f64| json!({"to": version, "percent": percent});
    let detail = refused(to("1.2.0", 1.0), 422, "pin_matches_nothing").await;
    assert!(
        detail.contains("has 1.1.0, 1.0.0; none satisfies =1.2.0"),
        "{detail}"
    );
    refused(to("one", 1.0), 400, "invalid_requirement").await;
    refused(to("1.1.0", 101.0), 400, "invalid_parameter").await;
    refused(to("1.1.0", 0.001), 400, "invalid_parameter").await;
    refused(json!({"to": "1.1.0"}), 400, "invalid_body").await;
    let same = refused(to("1.0.0", 1.0), 422, "rollout_goes_nowhere").await;
    assert!(same.contains("takes =1.0.0 already"), "{same}");
    let guard = json!({"to": "1.1.0", "percent": 1, "guard": {"max_p95_ratio": 0.5}});
    let detail = refused(guard, 422, "invalid_guard").await;
    assert!(detail.contains("max_p95_ratio"), "{detail}");
    let unknown = json!({"to": "1.1.0", "percent": 1, "guard": {"errors": 1}});
    refused(unknown, 400, "invalid_body").await;
    server
        .put(PIN, &json!({"requirement": "^1"}))
        .await
        .answered(200);
    let detail = refused(to("1.1.0", 1.0), 422, "rollout_goes_nowhere").await;
    assert!(
        detail.contains("^1 and =1.1.0 both mean 1.1.0 now"),
        "{detail}"
    );
    for action in ["pause", "resume"] {
        let path = format!("{PIN}/{action}");
        server
            .post(&path, &json!({}))
            .await
            .refused(409, "no_rollout");
    }
    assert_eq!(server.delete(PIN).await.status, 204);
    let detail = refused(to("1.1.0", 1.0), 404, "unknown_pin").await;
    let first = "tasker pin set component shop/guest@1.1.0";
    assert!(detail.contains(first), "{detail}");
}
