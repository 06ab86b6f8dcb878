//! Moving open tasks to other versions of what they run.

use super::server::{Server, yaml};
use crate::sandbox::guests::{misbehaving, noted, undescribed};
use serde_json::{Value, json};

const MIGRATIONS: &str = "/v1/namespaces/shop/templates/one/migrations";
const STEPS: &str =
    "steps: [{name: a, handler: guest/noop}, {name: b, handler: guest/noop, depends_on: [a]},
  {name: c, handler: other/noop}]";

/// With `guest` and `other` 1.0.0 and two tasks of the template `one`, then 1.1.0 of both.
async fn two_tasks() -> (Server, Vec<String>) {
    let server = Server::start().await;
    publish(&server, "1.0.0").await;
    let yaml = yaml("one", "1.0.0", STEPS);
    server
        .put_template("one", "1.0.0", &yaml)
        .await
        .answered(201);
    let tasks = vec![
        server.submit("one", json!({})).await,
        server.submit("one", json!({})).await,
    ];
    publish(&server, "1.1.0").await;
    (server, tasks)
}

async fn publish(server: &Server, version: &str) {
    for name in ["guest", "other"] {
        let bytes = noted(misbehaving(), version);
        server
            .put_component(name, version, &bytes)
            .await
            .answered(201);
    }
}

/// The versions of a task's steps.
async fn versions(server: &Server, id: &str) -> String {
    let task = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
    let steps = task["steps"].as_array().unwrap().iter();
    let steps: Vec<&str> = steps.map(|it| it["version"].as_str().unwrap()).collect();
    steps.join(" ")
}

async fn migrate(server: &Server, body: Value) -> Value {
    server.post(MIGRATIONS, &body).await.answered(200)
}

/// `component from → to: tasks, steps` of each.
fn components(answer: &Value) -> Vec<String> {
    let components = answer["components"].as_array().unwrap().iter();
    let text = |it: &Value, member: &str| it[member].as_str().unwrap().to_owned();
    components
        .map(|it| {
            let (from, to) = (text(it, "from"), text(it, "to"));
            let name = text(it, "component");
            format!("{name} {from} → {to}: {}, {}", it["tasks"], it["steps"])
        })
        .collect()
}

#[tokio::test]
async fn open_tasks_take_what_new_ones_would_and_a_dry_run_tells_so_before() {
    let (server, tasks) = two_tasks().await;
    let wanted = ["guest 1.0.0 → 1.1.0: 2, 4", "other 1.0.0 → 1.1.0: 2, 2"];
    let dry = migrate(&server, json!({"dry_run": true})).await;
    assert_eq!(components(&dry), wanted);
    assert_eq!(
        (&dry["matched"], &dry["tasks"], &dry["dry_run"]),
        (&json!(2), &json!(2), &json!(true))
    );
    assert_eq!(versions(&server, &tasks[0]).await, "1.0.0 1.0.0 1.0.0");
    let done = migrate(&server, json!({"reason": "a leak"})).await;
    assert_eq!(components(&done), wanted);
    for task in &tasks {
        assert_eq!(versions(&server, task).await, "1.1.0 1.1.0 1.1.0");
    }
    let again = migrate(&server, json!({})).await;
    assert_eq!(
        (&again["matched"], &again["tasks"], &again["components"]),
        (&json!(2), &json!(0), &json!([]))
    );
    let audit = server.get("/v1/audit?action=task.migrate").await;
    let audit = audit.answered(200);
    let row = &audit["items"][0];
    assert_eq!(
        (&row["subject"], &row["reason"], &row["detail"]["tasks"]),
        (&json!("template one"), &json!("a leak"), &json!(2))
    );
}

#[tokio::test]
async fn only_what_is_asked_for_moves() {
    let (server, tasks) = two_tasks().await;
    let none = migrate(&server, json!({"version": "^2"})).await;
    assert_eq!(none["matched"], 0);
    let none = migrate(&server, json!({"state": "in_progress"})).await;
    assert_eq!(none["matched"], 0);
    let one = json!({"component": "shop/other", "state": "pending", "version": "^1"});
    let moved = migrate(&server, one).await;
    assert_eq!(components(&moved), ["other 1.0.0 → 1.1.0: 2, 2"]);
    assert_eq!(versions(&server, &tasks[0]).await, "1.0.0 1.0.0 1.1.0");
}

#[tokio::test]
async fn pins_are_followed_unless_one_says_where_to() {
    let (server, tasks) = two_tasks().await;
    let pin = "/v1/namespaces/shop/pins/component/guest";
    let to = json!({"requirement": "=1.0.0"});
    server.put(pin, &to).await.answered(200);
    let moved = migrate(&server, json!({})).await;
    assert_eq!(components(&moved), ["other 1.0.0 → 1.1.0: 2, 2"]);
    let directed = json!({"component": "guest", "to": "^1"});
    let moved = migrate(&server, directed).await;
    assert_eq!(components(&moved), ["guest 1.0.0 → 1.1.0: 2, 4"]);
    assert_eq!(versions(&server, &tasks[1]).await, "1.1.0 1.1.0 1.1.0");
    // Back again, where the pin says.
    let moved = migrate(&server, json!({"component": "guest"})).await;
    assert_eq!(components(&moved), ["guest 1.1.0 → 1.0.0: 2, 4"]);
}

#[tokio::test]
async fn tasks_on_a_rollout_take_it_and_the_others_do_not() {
    let server = Server::start().await;
    publish(&server, "1.0.0").await;
    let yaml = yaml("one", "1.0.0", STEPS);
    let put = server.put_template("one", "1.0.0", &yaml).await;
    put.answered(201);
    let mut tasks = Vec::new();
    for _ in 0..20 {
        tasks.push(server.submit("one", json!({})).await);
    }
    publish(&server, "1.1.0").await;
    for name in ["guest", "other"] {
        let pin = format!("/v1/namespaces/shop/pins/component/{name}");
        let to = json!({"requirement": "=1.0.0"});
        server.put(&pin, &to).await.answered(200);
    }
    let rollout = json!({"to": "1.1.0", "percent": 50});
    let path = "/v1/namespaces/shop/pins/component/guest/rollout";
    server.post(path, &rollout).await.answered(200);
    let moved = migrate(&server, json!({})).await;
    let moved = moved["tasks"].as_u64().unwrap();
    assert!((1..20).contains(&moved), "{moved} of 20 at 50 percent");
    let mut rolled_out = 0;
    for task in &tasks {
        match versions(&server, task).await.as_str() {
            "1.1.0 1.1.0 1.0.0" => rolled_out += 1,
            other => assert_eq!(other, "1.0.0 1.0.0 1.0.0"),
        }
    }
    assert_eq!(rolled_out, moved);
    // Nobody is on two sides: a second time nothing moves.
    assert_eq!(migrate(&server, json!({})).await["tasks"], 0);
}

#[tokio::test]
async fn what_is_not_compatible_is_refused_whole_unless_it_is_forced() {
    let (server, tasks) = two_tasks().await;
    // It describes no handler any more.
    server
        .put_component("guest", "2.0.0", undescribed())
        .await
        .answered(201);
    let answer = server.post(MIGRATIONS, &json!({})).await;
    let errors = answer.json["errors"].clone();
    let detail = answer.refused(409, "migration_breaks");
    assert!(
        detail.contains("shop/guest 1.0.0 → 2.0.0 is not compatible"),
        "{detail}"
    );
    assert!(detail.contains("force"), "{detail}");
    assert!(!errors.as_array().unwrap().is_empty());
    assert_eq!(versions(&server, &tasks[0]).await, "1.0.0 1.0.0 1.0.0");
    let dry = migrate(&server, json!({"dry_run": true})).await;
    assert_eq!(dry["components"][0]["level"], "major");
    assert!(
        !dry["components"][0]["breaking"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let forced = migrate(&server, json!({"force": true})).await;
    assert_eq!(forced["tasks"], 2);
    assert_eq!(versions(&server, &tasks[0]).await, "2.0.0 2.0.0 1.1.0");
}

#[tokio::test]
async fn the_requirements_of_steps_hold_whatever_is_asked_for() {
    let (server, _) = two_tasks().await;
    let beyond = json!({"component": "guest", "to": "^3", "force": true});
    let answer = server.post(MIGRATIONS, &beyond).await;
    let detail = answer.refused(422, "unresolved");
    assert!(detail.contains("^3"), "{detail}");
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused() {
    let (server, _) = two_tasks().await;
    for (body, status, code) in [
        (json!({"to": "^1"}), 422, "invalid_migration"),
        (json!({"state": "complete"}), 422, "invalid_migration"),
        (json!({"reason": "x".repeat(1_001)}), 422, "invalid_reason"),
        (json!({"component": "none"}), 404, "unknown_component"),
        (json!({"version": "one"}), 400, "invalid_body"),
    ] {
        server.post(MIGRATIONS, &body).await.refused(status, code);
    }
    let none = "/v1/namespaces/shop/templates/none/migrations";
    let answer = server.post(none, &json!({})).await;
    answer.refused(404, "unknown_template");
}

/// With `one` at 1.0.0, which runs `other`, and this many tasks of it, then `other` 1.1.0.
async fn many_tasks(count: usize) -> (Server, Vec<String>) {
    let server = Server::start().await;
    publish(&server, "1.0.0").await;
    let steps = "steps: [{name: a, handler: other/noop}]";
    let yaml = yaml("one", "1.0.0", steps);
    let put = server.put_template("one", "1.0.0", &yaml).await;
    put.answered(201);
    let mut tasks = Vec::new();
    for _ in 0..count {
        tasks.push(server.submit("one", json!({})).await);
    }
    let bytes = noted(misbehaving(), "1.1.0");
    let put = server.put_component("other", "1.1.0", &bytes).await;
    put.answered(201);
    (server, tasks)
}

/// Asks again from where the answer says, until it is done.
async fn migrate_by_threes(server: &Server, mut body: Value) -> Vec<Value> {
    body["limit"] = json!(3);
    let mut answers = Vec::new();
    loop {
        let answer = migrate(server, body.clone()).await;
        body["after"] = answer["next"].clone();
        answers.push(answer);
        if body["after"].is_null() {
            return answers;
        }
    }
}

fn numbers(answers: &[Value], member: &str) -> Vec<u64> {
    let numbers = answers.iter().map(|it| it[member].as_u64().unwrap());
    numbers.collect()
}

async fn moved(server: &Server, tasks: &[String]) -> usize {
    let mut moved = 0;
    for task in tasks {
        moved += usize::from(versions(server, task).await == "1.1.0");
    }
    moved
}

#[tokio::test]
async fn one_request_does_so_much_and_says_where_to_go_on() {
    let (server, tasks) = many_tasks(7).await;
    let dry = migrate_by_threes(&server, json!({"dry_run": true})).await;
    assert_eq!(numbers(&dry, "looked_at"), [3, 3, 1]);
    assert_eq!(numbers(&dry, "tasks"), [3, 3, 1]);
    assert_eq!(components(&dry[1]), ["other 1.0.0 → 1.1.0: 3, 3"]);
    assert_eq!(moved(&server, &tasks).await, 0);
    // All are looked at before the first one moves.
    let answers = migrate_by_threes(&server, json!({})).await;
    assert_eq!(numbers(&answers, "looked_at"), [3, 3, 1, 0, 0, 0]);
    assert_eq!(numbers(&answers, "matched"), [0, 0, 0, 3, 3, 1]);
    assert_eq!(numbers(&answers, "tasks"), [0, 0, 0, 3, 3, 1]);
    assert_eq!(components(&answers[3]), ["other 1.0.0 → 1.1.0: 3, 3"]);
    assert_eq!(moved(&server, &tasks).await, 7);
}

#[tokio::test]
async fn few_tasks_are_looked_at_and_moved_by_one_request() {
    let (server, tasks) = many_tasks(3).await;
    let answers = migrate_by_threes(&server, json!({})).await;
    assert_eq!(numbers(&answers, "tasks"), [3]);
    assert_eq!(numbers(&answers, "looked_at"), [3]);
    assert_eq!(moved(&server, &tasks).await, 3);
}

#[tokio::test]
async fn nothing_moves_where_a_task_that_is_looked_at_last_would_break() {
    let (server, tasks) = many_tasks(3).await;
    let steps = "steps: [{name: a, handler: other/noop}, {name: b, handler: guest/noop}]";
    let yaml = yaml("one", "2.0.0", steps);
    let put = server.put_template("one", "2.0.0", &yaml).await;
    put.answered(201);
    // Back to what the others have, so that all would move.
    let pin = "/v1/namespaces/shop/pins/component/other";
    let to = json!({"requirement": "=1.0.0"});
    server.put(pin, &to).await.answered(200);
    server.submit("one", json!({})).await;
    server.delete(pin).await;
    let put = server.put_component("guest", "2.0.0", undescribed()).await;
    put.answered(201);
    let first = migrate(&server, json!({"limit": 3})).await;
    assert_eq!(
        (&first["looked_at"], &first["tasks"]),
        (&json!(3), &json!(0))
    );
    let body = json!({"limit": 3, "after": first["next"]});
    let answer = server.post(MIGRATIONS, &body).await;
    answer.refused(409, "migration_breaks");
    assert_eq!(moved(&server, &tasks).await, 0);
    let answers = migrate_by_threes(&server, json!({"force": true})).await;
    assert_eq!(numbers(&answers, "tasks"), [0, 0, 3, 1]);
}

#[tokio::test]
async fn a_migration_that_was_broken_off_is_begun_again_without_harm() {
    let (server, tasks) = many_tasks(4).await;
    let mut body = json!({"limit": 3});
    while moved(&server, &tasks).await == 0 {
        let answer = migrate(&server, body.clone()).await;
        body["after"] = answer["next"].clone();
    }
    // The answer was lost: the same request again, then all of it.
    let again = migrate(&server, body).await;
    assert_eq!(again["tasks"], 1);
    let answers = migrate_by_threes(&server, json!({})).await;
    assert_eq!(numbers(&answers, "tasks"), [0, 0, 0, 0]);
    assert_eq!(numbers(&answers, "matched"), [0, 0, 3, 1]);
    assert_eq!(moved(&server, &tasks).await, 4);
    let log = format!("/v1/tasks/{}/transitions", tasks[0]);
    let log = server.get(&log).await.answered(200).to_string();
    assert!(log.matches("migrated").count() <= 1, "{log}");
}

#[tokio::test]
async fn a_request_asks_for_a_part_that_there_is() {
    let (server, _) = many_tasks(1).await;
    for limit in [0, 10_001] {
        let answer = server.post(MIGRATIONS, &json!({"limit": limit})).await;
        let detail = answer.refused(400, "invalid_parameter");
        assert!(detail.contains("1 to 10000"), "{detail}");
    }
    for after in ["", "one", "move~one"] {
        let answer = server.post(MIGRATIONS, &json!({"after": after})).await;
        let detail = answer.refused(400, "invalid_body");
        assert!(detail.contains("`next`"), "{detail}");
    }
}
