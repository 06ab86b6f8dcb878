use super::server::{Server, yaml};
use crate::sandbox::guests::{misbehaving, noted};
use serde_json::{Value, json};
use tasker_domain::order::Seek;

pub const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";

pub fn component(version: &str, verb: &str) -> String {
    format!("/v1/namespaces/shop/components/guest/versions/{version}/{verb}")
}

/// The component `guest` as it is, but for its digest.
fn other_bytes() -> Vec<u8> {
    noted(misbehaving(), "other bytes")
}

/// With guest 1.0.0 and 1.1.0, which have different bytes, and the template `one`.
pub async fn two_versions() -> Server {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    server
        .put_component("guest", "1.1.0", &other_bytes())
        .await
        .answered(201);
    server
}

/// The version that a new task takes.
async fn taken(server: &Server) -> String {
    let id = server.submit("one", json!({})).await;
    let task = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
    task["lock"][0]["version"].as_str().unwrap().to_owned()
}

async fn audit(server: &Server) -> Vec<(String, String, Option<Value>)> {
    let rows = server
        .store
        .list_audit(Default::default(), Seek::highest(100));
    let rows = rows.await;
    let mut rows: Vec<_> = rows
        .unwrap()
        .into_iter()
        .filter(|row| !row.action.starts_with("key."))
        .map(|row| (row.action, row.subject, row.detail))
        .collect();
    rows.reverse();
    rows
}

#[tokio::test]
async fn new_tasks_do_not_take_a_yanked_version_until_it_is_unyanked() {
    let server = two_versions().await;
    assert_eq!(taken(&server).await, "1.1.0");
    let yank = json!({"reason": "it rounds wrongly"});
    for _ in 0..2 {
        let view = server
            .post(&component("1.1.0", "yank"), &yank)
            .await
            .answered(200);
        assert_eq!(view["status"], "yanked");
        assert_eq!(taken(&server).await, "1.0.0");
    }
    for _ in 0..2 {
        let view = server
            .post(&component("1.1.0", "unyank"), &json!({}))
            .await
            .answered(200);
        assert_eq!(view["status"], "active");
        assert_eq!(taken(&server).await, "1.1.0");
    }
    let actions: Vec<_> = audit(&server).await.split_off(3);
    let subject = "component guest@1.1.0".to_owned();
    let detail = |from: &str, to: &str| Some(json!({"from": from, "to": to}));
    assert_eq!(
        actions,
        [
            (
                "component.yank".to_owned(),
                subject.clone(),
                detail("active", "yanked")
            ),
            (
                "component.unyank".to_owned(),
                subject,
                detail("yanked", "active")
            ),
        ]
    );
}

#[tokio::test]
async fn a_version_that_waited_for_approval_waits_again_when_it_is_unyanked() {
    let server = two_versions().await;
    server
        .run(
            "update tasker.component_version set status = 'needs_approval' where version = '1.1.0'",
        )
        .await;
    server
        .post(&component("1.1.0", "yank"), &json!({}))
        .await
        .answered(200);
    let view = server
        .post(&component("1.1.0", "unyank"), &json!({}))
        .await
        .answered(200);
    assert_eq!(view["status"], "needs_approval");
}

#[tokio::test]
async fn new_tasks_do_not_take_a_yanked_version_of_a_template() {
    let server = two_versions().await;
    server
        .put_template("one", "1.1.0", &yaml("one", "1.1.0", STEPS))
        .await
        .answered(201);
    let path = |verb| format!("/v1/namespaces/shop/templates/one/versions/1.1.0/{verb}");
    let version = async || {
        let id = server.submit("one", json!({})).await;
        let task = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
        task["version"].as_str().unwrap().to_owned()
    };
    assert_eq!(version().await, "1.1.0");
    let view = server.post(&path("yank"), &json!({})).await.answered(200);
    assert_eq!(view["status"], "yanked");
    assert_eq!(version().await, "1.0.0");
    server.post(&path("unyank"), &json!({})).await.answered(200);
    assert_eq!(version().await, "1.1.0");
}

#[tokio::test]
async fn a_quarantine_stops_the_same_bytes_under_every_name() {
    let server = two_versions().await;
    server
        .put_component("alias", "7.0.0", &other_bytes())
        .await
        .answered(201);
    let body = json!({"reason": "it charges twice"});
    let answer = server
        .post(&component("1.1.0", "quarantine"), &body)
        .await
        .answered(200);
    assert_eq!(
        (&answer["created"], &answer["reason"]),
        (&json!(true), &json!("it charges twice"))
    );
    assert_eq!(
        answer["names"],
        json!([
            {"namespace": "shop", "component": "alias", "version": "7.0.0"},
            {"namespace": "shop", "component": "guest", "version": "1.1.0"},
        ])
    );
    assert_eq!(taken(&server).await, "1.0.0");
    let again = server
        .post(&component("1.1.0", "quarantine"), &json!({}))
        .await
        .answered(200);
    assert_eq!(
        (&again["created"], &again["reason"]),
        (&json!(false), &json!("it charges twice"))
    );
    let alias = server
        .get("/v1/namespaces/shop/components/alias/versions/7.0.0")
        .await
        .answered(200);
    assert_eq!(alias["quarantined"], true);
    let listed = server.get("/v1/quarantine").await.answered(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let subjects: Vec<_> = audit(&server).await.split_off(4);
    let subjects: Vec<_> = subjects
        .iter()
        .map(|(action, subject, _)| format!("{action} {subject}"))
        .collect();
    assert_eq!(
        subjects,
        [
            "component.quarantine component alias@7.0.0",
            "component.quarantine component guest@1.1.0"
        ]
    );
}

#[tokio::test]
async fn a_released_version_is_taken_again() {
    let server = two_versions().await;
    server
        .post(&component("1.1.0", "quarantine"), &json!({}))
        .await
        .answered(200);
    let released = server
        .post(&component("1.1.0", "release"), &json!({}))
        .await
        .answered(200);
    assert_eq!(released["steps"], 0);
    assert_eq!(taken(&server).await, "1.1.0");
    let detail = server
        .post(&component("1.1.0", "release"), &json!({}))
        .await
        .refused(409, "not_quarantined");
    assert!(
        detail.contains("component shop/guest 1.1.0 is not in quarantine"),
        "{detail}"
    );
}

#[tokio::test]
async fn pins_that_only_took_a_quarantined_version_are_rolled_back() {
    let server = two_versions().await;
    let pin = |namespace: &str, target: &str| {
        format!("/v1/namespaces/{namespace}/pins/component/{target}")
    };
    let own = pin("shop", "guest");
    for requirement in ["^1", "=1.0.0", "=1.1.0"] {
        server
            .put(&own, &json!({"requirement": requirement}))
            .await
            .answered(200);
    }
    server.share("shop", "guest", "*").await;
    // Nothing stood before this one; the third has another version to take.
    server
        .put(
            &pin("bakery", "shop~guest"),
            &json!({"requirement": "=1.1.0"}),
        )
        .await
        .answered(200);
    server
        .put(&pin("cafe", "shop~guest"), &json!({"requirement": "^1"}))
        .await
        .answered(200);
    let answer = server
        .post(&component("1.1.0", "quarantine"), &json!({}))
        .await
        .answered(200);
    assert_eq!(
        answer["pins"],
        json!([
            {"namespace": "shop", "kind": "component", "target": "guest", "from": "=1.1.0",
             "to": "=1.0.0"},
        ])
    );
    assert_eq!(
        answer["unresolvable_pins"],
        json!([
            {"namespace": "bakery", "kind": "component", "target": "shop/guest",
             "requirement": "=1.1.0"},
        ])
    );
    assert_eq!(taken(&server).await, "1.0.0");
    // Nothing is left to go back to: the pin stays, and new tasks are refused by its name.
    let answer = server
        .post(&component("1.0.0", "quarantine"), &json!({}))
        .await
        .answered(200);
    assert_eq!(answer.get("pins"), None);
    let named = |pin: &Value| format!("{} {}", pin["namespace"], pin["requirement"]);
    let unresolvable = answer["unresolvable_pins"].as_array().unwrap().iter();
    assert_eq!(
        unresolvable.map(named).collect::<Vec<_>>(),
        [r#""cafe" "^1""#, r#""shop" "=1.0.0""#]
    );
    let submit = json!({"namespace": "shop", "template": "one"});
    let detail = server
        .post("/v1/tasks", &submit)
        .await
        .refused(422, "unresolved");
    assert!(
        detail.contains("none satisfies the namespace's pin =1.0.0"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_yanked_template_has_its_pin_rolled_back_or_reported_as_unresolvable() {
    let server = two_versions().await;
    let second = yaml("one", "1.1.0", STEPS);
    let put = server.put_template("one", "1.1.0", &second);
    put.await.answered(201);
    let pin = "/v1/namespaces/shop/pins/template/one";
    for requirement in ["=1.0.0", "=1.1.0"] {
        let to = json!({"requirement": requirement});
        server.put(pin, &to).await.answered(200);
    }
    let yank = |version: &str| format!("/v1/namespaces/shop/templates/one/versions/{version}/yank");
    let answer = server.post(&yank("1.1.0"), &json!({})).await.answered(200);
    assert_eq!(
        (&answer["pins"][0]["kind"], &answer["pins"][0]["to"]),
        (&json!("template"), &json!("=1.0.0"))
    );
    let answer = server.post(&yank("1.0.0"), &json!({})).await.answered(200);
    assert_eq!(answer["unresolvable_pins"][0]["requirement"], "=1.0.0");
}

#[tokio::test]
async fn a_reason_that_is_given_later_is_kept_and_shown_with_who_gave_it() {
    let server = two_versions().await;
    let show = "/v1/namespaces/shop/components/guest/versions/1.1.0";
    for (verb, back) in [("yank", "unyank"), ("quarantine", "release")] {
        let withdrawal = async || {
            let shown = server.get(show).await.answered(200);
            let withdrawal = shown["withdrawal"].clone();
            assert!(withdrawal["at"].is_string(), "{shown}");
            (withdrawal["reason"].clone(), withdrawal["at"].clone())
        };
        let path = component("1.1.0", verb);
        server.post(&path, &json!({})).await.answered(200);
        let (reason, since) = withdrawal().await;
        assert_eq!(reason, "");
        for reason in ["it leaks", "it leaks badly"] {
            let body = json!({ "reason": reason });
            server.post(&path, &body).await.answered(200);
            assert_eq!(withdrawal().await, (json!(reason), since.clone()));
        }
        // Who says nothing more takes nothing back.
        server.post(&path, &json!({})).await.answered(200);
        assert_eq!(withdrawal().await.0, "it leaks badly");
        let audit = format!("/v1/audit?action=component.{verb}");
        let told = server.get(&audit).await.answered(200);
        assert_eq!(told["items"].as_array().unwrap().len(), 3, "{told}");
        let path = component("1.1.0", back);
        server.post(&path, &json!({})).await.answered(200);
        let shown = server.get(show).await.answered(200);
        assert_eq!(
            (shown.get("withdrawal"), &shown["status"]),
            (None, &json!("active"))
        );
    }
}

#[tokio::test]
async fn what_does_not_exist_cannot_be_taken_out_of_use() {
    let server = two_versions().await;
    for verb in ["yank", "unyank", "quarantine", "release"] {
        let detail = server
            .post(&component("2.0.0", verb), &json!({}))
            .await
            .refused(404, "unknown_version");
        assert!(detail.contains("there are 1.1.0, 1.0.0"), "{detail}");
        server
            .post(&component("2", verb), &json!({}))
            .await
            .refused(400, "invalid_version");
        let path = format!("/v1/namespaces/shop/components/none/versions/1.0.0/{verb}");
        server
            .post(&path, &json!({}))
            .await
            .refused(404, "unknown_component");
        let long = json!({"reason": "x".repeat(1_001)});
        server
            .post(&component("1.0.0", verb), &long)
            .await
            .refused(400, "invalid_parameter");
    }
    let path = "/v1/namespaces/shop/templates/one/versions/9.0.0/yank";
    server
        .post(path, &json!({}))
        .await
        .refused(404, "unknown_version");
}
