//! Changes on condition: what somebody else has changed meanwhile is not overwritten.

use super::server::{Answer, Server, answer};
use super::withdrawals::two_versions;
use crate::harness::wait_until_sql;
use crate::sandbox::guests::{misbehaving, noted};
use futures::future::join_all;
use serde_json::{Value, json};

const PIN: &str = "/v1/namespaces/shop/pins/component/guest";

/// A request with a condition, such as `("if-match", "*")`, and a body unless that is null.
async fn send(
    server: &Server,
    (method, path): (&str, &str),
    (condition, tag): (&str, &str),
    body: &Value,
) -> Answer {
    let request = server.request(method, path).header(condition, tag);
    let request = match body.is_null() {
        true => request,
        false => request.json(body),
    };
    answer(request).await
}

async fn set(server: &Server, condition: (&str, &str), requirement: &str) -> Answer {
    let body = json!({"requirement": requirement});
    send(server, ("PUT", PIN), condition, &body).await
}

/// The tag of what is set: without what changes by itself.
fn set_part(tag: &str) -> String {
    let (set, answer) = tag.trim_matches('"').split_once('.').unwrap();
    assert!(!set.is_empty() && !answer.is_empty(), "{tag}");
    format!("\"{set}\"")
}

#[tokio::test]
async fn a_pin_that_somebody_else_changed_is_not_overwritten() {
    let server = two_versions().await;
    let first = set(&server, ("if-none-match", "*"), "=1.0.0").await;
    let shown = server.get(PIN).await;
    assert_eq!(shown.etag, first.etag);
    assert_eq!(
        set_part(&shown.etag),
        format!("\"{}\"", shown.json["etag"].as_str().unwrap())
    );
    let second = set(&server, ("if-match", &first.etag), "=1.1.0").await;
    assert_ne!(set_part(&second.etag), set_part(&first.etag));
    second.answered(200);
    let lost = set(&server, ("if-match", &first.etag), "^1").await;
    let detail = lost.refused(412, "precondition_failed");
    let now = server.get(PIN).await.answered(200);
    assert!(detail.contains(now["etag"].as_str().unwrap()), "{detail}");
    assert_eq!(now["requirement"], "=1.1.0");
    let nothing = Value::Null;
    let stale = send(
        &server,
        ("DELETE", PIN),
        ("if-match", &first.etag),
        &nothing,
    )
    .await;
    stale.refused(412, "precondition_failed");
    let list = server.get("/v1/pins?namespace=shop").await.answered(200);
    let listed = format!("\"{}\"", list["items"][0]["etag"].as_str().unwrap());
    let removed = send(&server, ("DELETE", PIN), ("if-match", &listed), &nothing).await;
    assert_eq!(removed.status, 204, "{}", removed.text);
}

#[tokio::test]
async fn a_pin_may_be_set_only_where_there_is_none_or_only_where_there_is_one() {
    let server = two_versions().await;
    let none = set(&server, ("if-match", "*"), "^1").await;
    let detail = none.refused(412, "precondition_failed");
    assert!(detail.contains("it does not exist now"), "{detail}");
    server.get(PIN).await.refused(404, "unknown_pin");
    set(&server, ("if-none-match", "*"), "^1")
        .await
        .answered(200);
    let stood = set(&server, ("if-none-match", "*"), "^1").await;
    stood.refused(412, "precondition_failed");
    set(&server, ("if-match", "*"), "=1.0.0")
        .await
        .answered(200);
    // A weak tag says that something is like it, and not that it is the same.
    let tag = server.get(PIN).await.etag;
    let weak = set(&server, ("if-match", &format!("W/{tag}")), "^1").await;
    weak.refused(412, "precondition_failed");
    let unreadable = set(&server, ("if-match", "tag"), "^1").await;
    let detail = unreadable.refused(400, "invalid_parameter");
    assert!(detail.starts_with("if-match: give `*`"), "{detail}");
}

#[tokio::test]
async fn a_version_that_is_published_changes_no_pin() {
    let server = two_versions().await;
    let set = set(&server, ("if-none-match", "*"), "^1").await;
    let third = noted(misbehaving(), "a third one");
    server
        .put_component("guest", "1.2.0", &third)
        .await
        .answered(201);
    let shown = answer(
        server
            .request("GET", PIN)
            .header("if-none-match", &set.etag),
    )
    .await;
    assert_eq!(shown.json["version"], "1.2.0");
    assert_ne!(shown.etag, set.etag);
    assert_eq!(set_part(&shown.etag), set_part(&set.etag));
    let body = json!({"to": "1.2.0", "percent": 10});
    let rollout = format!("{PIN}/rollout");
    let pin = json!({"requirement": "=1.0.0"});
    send(&server, ("PUT", PIN), ("if-match", &set.etag), &pin)
        .await
        .answered(200);
    let stale = send(&server, ("POST", &rollout), ("if-match", &set.etag), &body).await;
    stale.refused(412, "precondition_failed");
}

#[tokio::test]
async fn each_step_of_a_rollout_may_have_a_condition() {
    let server = two_versions().await;
    let mut known = set(&server, ("if-none-match", "*"), "=1.0.0").await.etag;
    let begin = json!({"to": "1.1.0", "percent": 10});
    let reason = json!({});
    for (verb, body) in [
        ("rollout", &begin),
        ("pause", &reason),
        ("resume", &reason),
        ("rollback", &reason),
    ] {
        let path = format!("{PIN}/{verb}");
        let stale = send(&server, ("POST", &path), ("if-match", "\"stale\""), body).await;
        stale.refused(412, "precondition_failed");
        let done = send(&server, ("POST", &path), ("if-match", &known), body).await;
        assert_ne!(set_part(&done.etag), set_part(&known), "{verb}");
        known.clone_from(&done.etag);
        done.answered(200);
        assert_eq!(server.get(PIN).await.etag, known, "{verb}");
    }
}

/// Sends these at once to two hosts, all of which wait for the lock that is held meanwhile; their statuses, in order.
async fn at_once(
    servers: [&Server; 2],
    lock: &'static str,
    conditions: [(&str, &str); 2],
) -> [u16; 2] {
    let mut held = servers[0].pool().begin().await.unwrap();
    sqlx::query(lock).execute(&mut *held).await.unwrap();
    let sent = servers
        .into_iter()
        .zip(conditions)
        .zip(["=1.0.0", "=1.1.0"]);
    let sent = join_all(sent.map(|((server, condition), to)| set(server, condition, to)));
    let released = async {
        let both_wait = "select count(*) = 2 from pg_stat_activity
                         where datname = current_database() and wait_event_type = 'Lock'";
        wait_until_sql(servers[0].pool(), both_wait).await;
        held.rollback().await.unwrap();
    };
    let (answers, ()) = tokio::join!(sent, released);
    let mut statuses = [answers[0].status, answers[1].status];
    statuses.sort_unstable();
    statuses
}

#[tokio::test]
async fn of_two_changes_of_what_both_know_one_is_made() {
    let server = two_versions().await;
    let other = server.second_host().await;
    let tag = set(&server, ("if-none-match", "*"), "^1").await.etag;
    let known = ("if-match", tag.as_str());
    let lock = "select from tasker.pin for update";
    assert_eq!(
        at_once([&server, &other], lock, [known, known]).await,
        [200, 412]
    );
    // Without a condition both are, as ever.
    let any = ("if-match", "*");
    assert_eq!(
        at_once([&server, &other], lock, [any, any]).await,
        [200, 200]
    );
}

#[tokio::test]
async fn of_two_that_make_a_pin_that_was_not_there_one_does() {
    let server = two_versions().await;
    let other = server.second_host().await;
    let new = ("if-none-match", "*");
    // Both have seen by then that there is none.
    let lock = "lock table tasker.audit in access exclusive mode";
    assert_eq!(
        at_once([&server, &other], lock, [new, new]).await,
        [200, 412]
    );
}

#[tokio::test]
async fn rules_that_somebody_else_changed_are_not_overwritten() {
    let server = two_versions().await;
    let secret = server.request("PUT", "/v1/namespaces/shop/secrets/signing");
    let secret = secret
        .header("content-type", "text/plain")
        .body("a value that is kept");
    assert_eq!(answer(secret).await.status, 200);
    let hook =
        |types: &str| json!({"to": "https://example.com/", "secrets": ["signing"], "types": types});
    let limit = |memory: &str| json!({"limits": {"memory": memory}});
    for (method, path, first, second) in [
        (
            "PUT",
            "/v1/retention",
            json!({"complete_ms": 60_000}),
            json!({"complete_ms": 70_000}),
        ),
        (
            "PUT",
            "/v1/namespaces/shop/retention",
            json!({"error_ms": 60_000}),
            json!({"error_ms": 70_000}),
        ),
        (
            "PATCH",
            "/v1/namespaces/shop/limits/guest",
            limit("64MiB"),
            limit("32MiB"),
        ),
        (
            "PUT",
            "/v1/namespaces/shop/recording-rules/guest",
            json!({"percent": 1}),
            json!({"percent": 1, "only_failures": true}),
        ),
        (
            "PUT",
            "/v1/namespaces/shop/subscriptions/hook",
            hook("task.*"),
            hook("step.*"),
        ),
    ] {
        let nothing = Value::Null;
        let at = (method, path);
        let missing = send(&server, at, ("if-match", "*"), &first).await;
        missing.refused(412, "precondition_failed");
        let made = send(&server, at, ("if-none-match", "*"), &first).await;
        assert!(made.status < 300, "{path}: {}", made.text);
        let twice = send(&server, at, ("if-none-match", "*"), &second).await;
        twice.refused(412, "precondition_failed");
        let changed = send(&server, at, ("if-match", &made.etag), &second).await;
        assert_eq!(changed.status, 200, "{path}: {}", changed.text);
        let lost = send(&server, at, ("if-match", &made.etag), &first).await;
        lost.refused(412, "precondition_failed");
        let delete = ("DELETE", path);
        let stale = send(&server, delete, ("if-match", &made.etag), &nothing).await;
        stale.refused(412, "precondition_failed");
        let tag = format!("\"{}\"", changed.json["etag"].as_str().unwrap());
        let removed = send(&server, delete, ("if-match", &tag), &nothing).await;
        assert!(removed.status < 300, "{path}: {}", removed.text);
    }
}

#[tokio::test]
async fn a_value_that_somebody_else_changed_is_not_overwritten() {
    let server = two_versions().await;
    let path = "/v1/namespaces/shop/kv/orders/o-9";
    let (put, nothing) = (("PUT", path), Value::Null);
    let missing = send(&server, put, ("if-match", "*"), &json!(1)).await;
    missing.refused(412, "precondition_failed");
    let made = send(&server, put, ("if-none-match", "*"), &json!(1)).await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert_eq!(server.get(path).await.etag, made.etag);
    let twice = send(&server, put, ("if-none-match", "*"), &json!(2)).await;
    twice.refused(412, "precondition_failed");
    let changed = send(&server, put, ("if-match", &made.etag), &json!(2)).await;
    assert_eq!(changed.json["value"], 2);
    for at in [put, ("DELETE", path)] {
        let body = if at == put { &json!(3) } else { &nothing };
        let lost = send(&server, at, ("if-match", &made.etag), body).await;
        lost.refused(412, "precondition_failed");
    }
    let removed = send(
        &server,
        ("DELETE", path),
        ("if-match", &changed.etag),
        &nothing,
    )
    .await;
    assert_eq!(removed.status, 204);
    let gone = send(
        &server,
        ("DELETE", path),
        ("if-match", &changed.etag),
        &nothing,
    )
    .await;
    gone.refused(412, "precondition_failed");
    server.delete(path).await.refused(404, "unknown_kv");
}

#[tokio::test]
async fn of_many_who_count_on_a_value_at_once_none_is_lost() {
    let server = two_versions().await;
    let path = "/v1/namespaces/shop/kv/orders/count";
    server.put(path, &json!(0)).await.answered(200);
    let add = async || {
        let mut refused = 0;
        loop {
            let now = server.get(path).await;
            let next = json!(now.json["value"].as_i64().unwrap() + 1);
            let set = send(&server, ("PUT", path), ("if-match", &now.etag), &next).await;
            match set.status {
                200 => return refused,
                _ => set.refused(412, "precondition_failed"),
            };
            refused += 1;
        }
    };
    join_all((0..8).map(|_| add())).await;
    let counted = server.get(path).await.answered(200);
    assert_eq!(counted["value"], 8);
}

#[tokio::test]
async fn the_turns_of_a_namespace_are_changed_on_condition_also_where_nothing_was_set() {
    let server = two_versions().await;
    let list = server.get("/v1/queue?namespace=shop").await.answered(200);
    let usual = format!("\"{}\"", list["items"][0]["etag"].as_str().unwrap());
    let at = ("PATCH", "/v1/namespaces/shop/queue");
    let set = send(&server, at, ("if-match", &usual), &json!({"weight": 5})).await;
    assert_eq!(set.status, 200, "{}", set.text);
    let lost = send(&server, at, ("if-match", &usual), &json!({"weight": 7})).await;
    lost.refused(412, "precondition_failed");
}

#[tokio::test]
async fn a_condition_that_is_not_checked_is_refused() {
    let server = two_versions().await;
    let grant = json!({"component": "guest", "capability": "kv orders"});
    let at = ("POST", "/v1/namespaces/shop/grants");
    let refused = send(&server, at, ("if-match", "*"), &grant).await;
    refused.refused(400, "invalid_parameter");
}
