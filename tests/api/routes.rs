//! Every route that the router has, against the table of what each asks of its caller.

use super::server::{Asker, Server};
use crate::harness::ADMIN_KEY;
use serde_json::json;
use tasker_domain::permission::Action;
use tasker_wire::endpoint::{Endpoint as _, Needs, Scope};
use tasker_wire::event::StreamEvents;

/// Method, path and what is needed of every route.
pub fn routes() -> Vec<(String, &'static str, Needs)> {
    let routes = tasker_api::needs_of_routes().into_iter();
    routes
        .map(|(method, path, needs)| (method.to_string(), path, needs))
        .collect()
}

/// The path with something in place of its names.
fn filled(path: &str, task: &str) -> String {
    let segment = |segment: &str| match segment {
        "{namespace}" => "shop".to_owned(),
        "{id}" => task.to_owned(),
        "{kind}" => "component".to_owned(),
        "{version}" => "1.0.0".to_owned(),
        named if named.starts_with('{') => "guest".to_owned(),
        other => other.to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// A key with these actions there.
async fn key(server: &Server, name: &str, namespace: &str, actions: &[Action]) -> String {
    let permissions = json!([{"namespace": namespace, "actions": actions}]);
    let body = json!({"name": name, "permissions": permissions});
    let made = server.post("/v1/keys", &body).await.answered(201);
    made["key"].as_str().unwrap().to_owned()
}

async fn ask(asker: &Asker, needs: Needs, method: &str, path: &str) -> (u16, String) {
    let path = match needs.scope {
        Scope::Query => format!("{path}?namespace=shop"),
        // It is over at once.
        _ if path == StreamEvents::PATH => format!("{path}?limit=0"),
        _ => path.to_owned(),
    };
    let answer = match method {
        "GET" | "DELETE" => asker.send(method, &path, &json!(null)).await,
        _ => {
            asker
                .send(
                    method,
                    &path,
                    &json!({"namespace": "shop", "template": "one"}),
                )
                .await
        }
    };
    (
        answer.status,
        answer.json["code"].as_str().unwrap_or_default().to_owned(),
    )
}

#[tokio::test]
async fn every_route_asks_for_what_the_table_says_and_nothing_is_left_out() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let task = server.submit("one", json!({})).await;
    let stranger = server.asked_with(None);
    let elsewhere = key(&server, "elsewhere", "bakery", &[Action::Admin]).await;
    let elsewhere = server.asked_with(Some(&elsewhere));
    let mut others = Vec::new();
    for action in Action::ALL.iter().copied() {
        let rest: Vec<Action> = Action::ALL
            .iter()
            .copied()
            .filter(|other| *other != action && *other != Action::Admin)
            .collect();
        let key = key(&server, &format!("all-but-{action}"), "*", &rest).await;
        others.push((action, server.asked_with(Some(&key))));
    }
    for (method, route, needs) in routes() {
        let path = filled(route, &task);
        let refused = ask(&stranger, needs, &method, &path).await;
        if needs.scope == Scope::Open {
            let is_answered = refused.0 == 200 || refused.1 == "no_identity_provider";
            assert!(is_answered, "{method} {route}: {refused:?}");
            continue;
        }
        assert_eq!(
            refused,
            (401, "unauthenticated".to_owned()),
            "{method} {route}"
        );
        if needs.scope == Scope::Authenticated {
            continue;
        }
        let (_, without) = others
            .iter()
            .find(|(action, _)| *action == needs.action)
            .unwrap();
        let refused = ask(without, needs, &method, &path).await;
        assert_eq!(
            refused,
            (403, "forbidden".to_owned()),
            "{method} {route} without {}",
            needs.action
        );
        if needs.scope != Scope::AnyNamespace {
            let refused = ask(&elsewhere, needs, &method, &path).await;
            assert_eq!(
                refused,
                (403, "forbidden".to_owned()),
                "{method} {route} elsewhere"
            );
        }
    }
}

#[tokio::test]
async fn the_action_that_the_table_names_is_enough_in_its_namespace() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let mut askers = Vec::new();
    for action in Action::ALL.iter().copied() {
        let key = key(&server, &format!("{action}-only"), "shop", &[action]).await;
        askers.push((action, server.asked_with(Some(&key))));
    }
    let task = server.submit("one", json!({})).await;
    for (method, route, needs) in routes() {
        if matches!(needs.scope, Scope::Open | Scope::AllNamespaces) {
            continue;
        }
        let (_, asker) = askers
            .iter()
            .find(|(action, _)| *action == needs.action)
            .unwrap();
        let (status, code) = ask(asker, needs, &method, &filled(route, &task)).await;
        assert!(
            !matches!(status, 401 | 403),
            "{method} {route}: {status} {code}"
        );
    }
}

#[tokio::test]
async fn an_unknown_route_is_reported_only_to_authenticated_callers() {
    let server = Server::start().await;
    let stranger = server.asked_with(None);
    stranger
        .get("/v1/none")
        .await
        .refused(401, "unauthenticated");
    let admin = server.asked_with(Some(ADMIN_KEY));
    admin.get("/v1/none").await.refused(404, "unknown_route");
    let reader = key(&server, "reader", "*", &[Action::Read]).await;
    let reader = server.asked_with(Some(&reader));
    reader.get("/v1/none").await.refused(404, "unknown_route");
    // No rule names this method, so that it needs all there is.
    reader
        .send("PATCH", "/v1/tasks", &json!({}))
        .await
        .refused(403, "forbidden");
    admin
        .send("PATCH", "/v1/tasks", &json!({}))
        .await
        .refused(405, "method_not_allowed");
}
